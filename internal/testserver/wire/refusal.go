// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Refusal is a request that the tenant refuses, in the words of the API: an error inside the
// server, a reply to the client. Refusals are package variables, and the route table lists which
// route can return which.
type Refusal struct { //nolint:errname // It is a reply as much as an error.
	Status int
	Code   string // Empty if the API sends none.
	Text   string // A format string if it names something.
	// Whether it has the shape of token endpoint errors (API contract 9.4) instead of Management
	// API errors (1.2).
	tokens  bool
	echoed  bool        // The body repeats the text under `attributes` (API contract 1.4).
	Header  http.Header // In addition to the headers of every reply.
	general *Refusal    // The variable this one was made from; nil for a variable.
}

// Error returns the text.
func (r *Refusal) Error() string { return r.Text }

// With returns a copy with its text formatted with args.
func (r *Refusal) With(args ...any) *Refusal {
	filled := *r
	filled.Text = fmt.Sprintf(r.Text, args...)
	filled.general = r
	return &filled
}

// Carrying returns a copy with additional headers.
func (r *Refusal) Carrying(header http.Header) *Refusal {
	filled := *r
	filled.Header = header
	filled.general = r
	return &filled
}

// Until returns a copy that says when the limit allows the next request, in the rate limit headers
// (API contract 12.1).
func (r *Refusal) Until(reset time.Time, limit int) *Refusal {
	// Rounded up, so that a request in that second is allowed.
	return r.Carrying(LimitHeader(limit, 0, reset.Unix()+1))
}

// Is lets errors.Is match a copy with the variable it was made from.
func (r *Refusal) Is(target error) bool { return r.general != nil && r.general == target }

// Listed returns the variable that the route table lists for this refusal.
func (r *Refusal) Listed() *Refusal {
	if r.general != nil {
		return r.general
	}
	return r
}

// Reason describes the refusal without the values of the request, which may be secrets.
func (r *Refusal) Reason() string {
	text := verbs.Replace(r.Listed().Text)
	if r.Code == "" {
		return text
	}
	return r.Code + ": " + text
}

var verbs = strings.NewReplacer("%s", "…", "%d", "…", "%v", "…")

// Reply returns the reply that the client gets.
func (r *Refusal) Reply() Reply {
	if r.tokens {
		return tokenError(r.Status, r.Code, r.Text).With(r.Header)
	}
	body := problemBody{
		StatusCode: r.Status, Error: http.StatusText(r.Status), Message: r.Text, ErrorCode: r.Code,
	}
	if r.echoed {
		body.Attributes = map[string]string{"error": r.Text}
	}
	return Respond(r.Status, body).With(r.Header)
}

// AsRefusal returns the refusal in err. If it finds none, err is a failure inside the server.
func AsRefusal(err error) (*Refusal, bool) {
	return errors.AsType[*Refusal](err)
}

// AsTokenError returns a copy of a Management API refusal in the shape of token endpoint errors.
func (r *Refusal) AsTokenError() *Refusal {
	shaped := *r
	shaped.tokens, shaped.Code = true, cmp.Or(r.Code, "server_error")
	return &shaped
}

// tokenError is an error reply of the token endpoint, which has its own shape (API contract 9.4).
func tokenError(status int, code, description string) Reply {
	return RespondToken(status, "private, no-store, no-cache, must-revalidate", struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}
