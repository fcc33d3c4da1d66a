// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/bounded"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// Error is an answer that refuses a request or cannot be used: it has no object or another one, is
// too large, or does not come from the API.
type Error struct {
	Method, Path string
	Status       int
	// Code is errorCode of the Management API, or error of the token endpoint. It may be empty (API
	// contract 1.2).
	Code string
	// Message is the API's sentence, bounded and without secrets.
	Message   string
	RequestID string
	// NotJSON means that the body was not what the API sends, so it may be damaged, or come from a
	// proxy or another server. Body says what it was, as in "an empty body". ContentType is its
	// declared type.
	NotJSON     bool
	Body        string
	ContentType string
	// Location is the target of a redirect.
	Location string
	Tries

	cause error // Why the answer could not be decoded.
}

func (e *Error) Unwrap() error { return e.cause }

// Tries says how often and for how long a request was tried.
type Tries struct {
	Attempts int
	Elapsed  time.Duration
	// Limited and Paused are the parts of Elapsed that were waits: for the rate limit, and between
	// attempts after other failures.
	Limited, Paused time.Duration

	// RepeatAfter is how long to wait before a Prompt request may be sent again, with a new body.
	// It is 0 if another attempt cannot help or does not fit into the time, and for other requests.
	RepeatAfter time.Duration
}

// TriesOf returns how often and how long the request of an error was tried, if that is known.
func TriesOf(err error) Tries {
	if login, ok := errors.AsType[*LoginError](err); ok {
		err = login.Err
	}
	if tries := TriesIn(err); tries != nil {
		return *tries
	}
	return Tries{}
}

// TriesIn returns the part of an error that says how often its request was tried; nil if it has
// none. The error of a login belongs to several requests.
func TriesIn(err error) *Tries {
	var (
		login     *LoginError
		answer    *Error
		transport *TransportError
		limit     *LimitError
	)
	switch {
	case errors.As(err, &login):
		return nil
	case errors.As(err, &answer):
		return &answer.Tries
	case errors.As(err, &transport):
		return &transport.Tries
	case errors.As(err, &limit):
		return &limit.Tries
	default:
		return nil
	}
}

func (e *Error) Error() string {
	what := e.Message
	if e.NotJSON {
		what = "the answer has " + e.Body
	}
	if e.Code != "" {
		what += " (" + e.Code + ")"
	}
	return fmt.Sprintf(
		"%s %s: %d %s: %s", e.Method, e.Path, e.Status, http.StatusText(e.Status), what,
	)
}

// TransportError means that no answer arrived. Its text does not say how often the request was
// tried; that is in Tries, as in the other errors.
type TransportError struct {
	Method, Host string
	Err          error  // For its type; its text may quote the request.
	text         string // The text of Err without secrets.
	lost         bool   // The request may have been handled.
	Tries
}

func (e *TransportError) Error() string {
	return fmt.Sprintf("%s to %s: %s", e.Method, e.Host, e.text)
}

func (e *TransportError) Unwrap() error { return e.Err }

// LimitError means that an attempt was not sent, because the time for the request was over before
// the rate limit permitted it.
type LimitError struct {
	Err error
	Tries
}

func (e *LimitError) Error() string {
	return "the request did not get its turn within the rate limit: " + e.Err.Error()
}

func (e *LimitError) Unwrap() error { return e.Err }

// LoginError means that the login failed, so the request itself was not sent.
type LoginError struct {
	ClientID string
	Audience string
	Err      error
}

func (e *LoginError) Error() string { return "log in to the Management API: " + e.Err.Error() }

func (e *LoginError) Unwrap() error { return e.Err }

// IsNotFound reports whether the API said that the object does not exist. A 404 from another
// server, or for an unknown route, says nothing about the object: the API marks its own 404s with a
// code (API contract 1.5).
func IsNotFound(err error) bool {
	e := Answered(err)
	return e != nil && e.Status == http.StatusNotFound && strings.HasPrefix(e.Code, "inexistent_")
}

// IsPlainNotFound reports a 404 without a code. It may be about an object for which the API sends
// no code (API contract 1.5), or come from another server.
func IsPlainNotFound(err error) bool {
	e := Answered(err)
	return e != nil && e.Status == http.StatusNotFound && !e.NotJSON && e.Code == ""
}

// IsConflict reports whether the API said that the object already exists. The API also answers 409
// when a limit is reached (API contract 5.2); a retry would only reach it again.
func IsConflict(err error) bool {
	e := Answered(err)
	return e != nil && e.Status == http.StatusConflict && !e.NotJSON &&
		!strings.HasPrefix(e.Message, "Quota exceeded")
}

// ReplyLost reports whether a request that ended with err may have taken effect.
func ReplyLost(err error) bool {
	if e := Answered(err); e != nil {
		return e.Status < 300 || transientStatus(e.Status)
	}
	var (
		login     *LoginError
		transport *TransportError
	)
	return !errors.As(err, &login) && errors.As(err, &transport) && transport.lost
}

func transientStatus(status int) bool {
	return status == http.StatusRequestTimeout ||
		status >= 500 && status != http.StatusNotImplemented
}

// Answered returns the answer to the request itself, or nil if there was none. The answer to a
// failed login does not count.
func Answered(err error) *Error {
	var (
		login  *LoginError
		answer *Error
	)
	if errors.As(err, &login) || !errors.As(err, &answer) {
		return nil
	}
	return answer
}

// maxRefusal is far above the size of any refusal, in bytes.
const maxRefusal = 64 << 10

// readRefusal reads the error formats of the Management API and of the token endpoint (API contract
// 1.2, 9.4). It returns the errors of the network unchanged.
func readRefusal(resp *http.Response) error {
	e := newError(resp)
	var body struct {
		Error       string `json:"error"`
		Message     string `json:"message"`
		ErrorCode   string `json:"errorCode"`
		Description string `json:"error_description"`
	}
	err := decode(bounded.NewDecoder(resp.Body, bounded.Bounds{
		Size: maxRefusal, Object: maxRefusal, String: maxRefusal, Depth: maxDepth,
		Memory: MaxMemory,
	}), &body)
	var (
		limit  *bounded.LimitError
		syntax *bounded.SyntaxError
	)
	switch {
	case errors.As(err, &syntax):
		e.NotJSON, e.Body = true, bodyOf(e.ContentType, syntax)
	case errors.As(err, &limit):
		e.NotJSON, e.Body = true, "a body that "+limit.Error()
	case errors.Is(err, bounded.ErrForm), err == nil && body.Error == "" && body.Message == "":
		e.NotJSON, e.Body = true, "JSON without a message"
	case err != nil:
		return err
	case body.Message == "":
		e.Code, e.Message = body.Error, body.Description
	default:
		e.Code, e.Message = body.ErrorCode, body.Message
	}
	return e
}

func newError(resp *http.Response) *Error {
	return &Error{
		Method:      resp.Request.Method,
		Path:        resp.Request.URL.EscapedPath(),
		Status:      resp.StatusCode,
		RequestID:   resp.Header.Get("X-Auth0-Requestid"),
		ContentType: mediaType(resp),
		Location:    redirection(resp),
	}
}

func (e *Error) redact(secrets *redact.Secrets) {
	for _, text := range []*string{
		&e.Path, &e.Message, &e.Code, &e.RequestID, &e.ContentType, &e.Location,
	} {
		*text = secrets.Text(*text)
	}
}

// redirection returns the target of a redirect without its query, which may contain a secret.
func redirection(resp *http.Response) string {
	target, err := resp.Location()
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: target.Scheme, Host: target.Host, Path: target.Path}).String()
}

func mediaType(resp *http.Response) string {
	t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}
