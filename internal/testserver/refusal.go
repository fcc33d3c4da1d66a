// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// refusal is what the tenant refuses, in its own words: an error inside the server, an answer outside. All of them are
// variables in refusals.go and token_refusals.go, and the route table lists which route refuses what.
type refusal struct {
	status  int
	code    string      // Empty when the API gives none.
	text    string      // A format where it names something.
	tokens  bool        // In the shape of the token endpoint (API contract 9.4) instead of that of the Management API (1.2).
	echoed  bool        // The body says the text once more, under `attributes` (API contract 1.4).
	header  http.Header // Beyond the headers of every answer.
	general *refusal    // What this one was made of; nil for a variable.
}

func (r *refusal) Error() string { return r.text }

// with fills in what the text names.
func (r *refusal) with(args ...any) *refusal {
	filled := *r
	filled.text = fmt.Sprintf(r.text, args...)
	filled.general = r
	return &filled
}

// carrying adds headers.
func (r *refusal) carrying(header http.Header) *refusal {
	filled := *r
	filled.header = header
	filled.general = r
	return &filled
}

// until says when a limit lets something through again, in the headers that tell it of every limit (API contract 12.1).
func (r *refusal) until(reset time.Time, limit int) *refusal {
	return r.carrying(limitHeader(limit, 0, reset.Unix()+1)) // Whoever comes in that second gets through.
}

// Is lets errors.Is find the refusal that was filled in.
func (r *refusal) Is(target error) bool { return r.general != nil && r.general == target }

// listed is the refusal as the route table lists it.
func (r *refusal) listed() *refusal {
	if r.general != nil {
		return r.general
	}
	return r
}

func (r *refusal) reply() reply {
	if r.tokens {
		return tokenError(r.status, r.code, r.text).with(r.header)
	}
	body := problemBody{StatusCode: r.status, Error: http.StatusText(r.status), Message: r.text, ErrorCode: r.code}
	if r.echoed {
		body.Attributes = map[string]string{"error": r.text}
	}
	return respond(r.status, body).with(r.header)
}

// at is the reply of one of the refusals that any route can meet with, in the shape that the route has for its own.
func (r *refusal) at(asked *route) reply {
	if asked.pattern != tokenPattern {
		return r.reply()
	}
	shaped := *r
	shaped.tokens, shaped.code = true, cmp.Or(r.code, "server_error")
	return shaped.reply()
}

// asRefusal tells what the tenant refuses from what goes wrong inside the server.
func asRefusal(err error) (*refusal, bool) {
	return errors.AsType[*refusal](err)
}
