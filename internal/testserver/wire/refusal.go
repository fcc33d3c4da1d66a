// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Refusal is what the tenant refuses, in its own words: an error inside the server, an answer
// outside. All of them are variables of the packages that refuse, and the route table lists which
// route refuses what.
type Refusal struct { //nolint:errname // It is as much an answer as an error.
	Status int
	Code   string // Empty when the API gives none.
	Text   string // A format where it names something.
	// In the shape of the token endpoint (API contract 9.4) instead of that of the Management API
	// (1.2).
	tokens  bool
	echoed  bool        // The body says the text once more, under `attributes` (API contract 1.4).
	Header  http.Header // Beyond the headers of every answer.
	general *Refusal    // What this one was made of; nil for a variable.
}

// Error is the text.
func (r *Refusal) Error() string { return r.Text }

// With fills in what the text names.
func (r *Refusal) With(args ...any) *Refusal {
	filled := *r
	filled.Text = fmt.Sprintf(r.Text, args...)
	filled.general = r
	return &filled
}

// Carrying adds headers.
func (r *Refusal) Carrying(header http.Header) *Refusal {
	filled := *r
	filled.Header = header
	filled.general = r
	return &filled
}

// Until says when a limit lets something through again, in the headers that tell it of every limit
// (API contract 12.1).
func (r *Refusal) Until(reset time.Time, limit int) *Refusal {
	// Whoever comes in that second gets through.
	return r.Carrying(LimitHeader(limit, 0, reset.Unix()+1))
}

// Is lets errors.Is find the refusal that was filled in.
func (r *Refusal) Is(target error) bool { return r.general != nil && r.general == target }

// Listed is the refusal as the route table lists it.
func (r *Refusal) Listed() *Refusal {
	if r.general != nil {
		return r.general
	}
	return r
}

// Reply is the answer that says it.
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

// AsRefusal tells what the tenant refuses from what goes wrong inside the server.
func AsRefusal(err error) (*Refusal, bool) {
	return errors.AsType[*Refusal](err)
}

// AsTokenError gives a refusal of the Management API the shape of the token endpoint.
func (r *Refusal) AsTokenError() *Refusal {
	shaped := *r
	shaped.tokens, shaped.Code = true, cmp.Or(r.Code, "server_error")
	return &shaped
}

// tokenError is an error of the token endpoint, whose shape is its own (API contract 9.4).
func tokenError(status int, code, description string) Reply {
	return RespondToken(status, "private, no-store, no-cache, must-revalidate", struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}
