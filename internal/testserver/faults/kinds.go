// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Fault is something that goes wrong with one request.
type Fault struct {
	kind string // A key of kinds.

	// The parameters. Zero means not set.
	status      int
	delay       time.Duration
	contentType string
	body        string
}

// Refuse replies with the API's own body for a status such as 429, 500 or 503, and does not handle
// the request.
func Refuse(status int) Fault { return Fault{kind: "refuse", status: status} }

// LoseReply handles the request, then closes the connection without a reply.
func LoseReply() Fault { return Fault{kind: "lose_reply"} }

// ResetConnection resets the connection and does not handle the request.
func ResetConnection() Fault { return Fault{kind: "reset_connection"} }

// HTMLPage replies with the error page of a proxy, and does not handle the request.
func HTMLPage(status int) Fault { return Fault{kind: "html_page", status: status} }

// Respond sends the given reply, and does not handle the request.
func Respond(status int, contentType, body string) Fault {
	return Fault{kind: "respond", status: status, contentType: contentType, body: body}
}

// Delay waits in real time, then handles the request. It stops waiting, but still handles the
// request, once the client has gone or the server is closing.
func Delay(d time.Duration) Fault { return Fault{kind: "delay", delay: d} }

// TruncateBody handles the request and sends a header with the full length, but closes the
// connection after half of the body.
func TruncateBody() Fault { return Fault{kind: "truncate_body"} }

// WrongContentType handles the request and replies with the given content type.
func WrongContentType(contentType string) Fault {
	return Fault{kind: "wrong_content_type", contentType: contentType}
}

// StaleRead makes a read see each object as it was before its last write. A new object is missing.
func StaleRead() Fault { return Fault{kind: "stale_read"} }

// ExpiredToken treats a valid bearer token as expired. At the token endpoint, it issues a token
// that expired an hour ago, with the usual expires_in.
func ExpiredToken() Fault { return Fault{kind: "expired_token"} }

// kind is what all faults of one name share. A new kind needs an entry in kinds. Tests in Go import
// testserver only; a kind that they use needs a function here that makes the fault, and one in
// faults.go there that calls it. A new parameter needs a field of Fault and of Entry, its name in
// EntryFields, and a line in Entry.given, Entry.fault and Fault.entry.
type kind struct {
	does  string                    // What it does, for the documentation.
	takes []string                  // The parameters, named as in an Entry.
	fits  func(*routing.Route) bool // The routes that the fault can affect; nil for all.
	// Checks the parameters; nil if there is nothing to check.
	check  func(Fault) error
	strike func(b *Book, c *routing.Call, f Fault, handle routing.Endpoint) wire.Reply
}

var kinds = map[string]kind{
	"refuse": {
		does:  "the API's own answer with that status; the request is not handled",
		takes: []string{"status"}, check: checkRefusal, strike: strikeRefuse,
	},
	"lose_reply": {
		does: "the request takes effect, and the connection closes without an answer",
		strike: func(_ *Book, c *routing.Call, _ Fault, handle routing.Endpoint) wire.Reply {
			handle(c)
			return wire.Reply{Ending: wire.ClosedUnanswered}
		},
	},
	"reset_connection": {
		does: "the connection is reset; the request is not handled",
		strike: func(*Book, *routing.Call, Fault, routing.Endpoint) wire.Reply {
			return wire.Reply{Ending: wire.ResetUnanswered}
		},
	},
	"html_page": {
		does:  "the error page of a proxy; the request is not handled",
		takes: []string{"status"}, check: checkStatus, strike: strikeHTMLPage,
	},
	"respond": {
		does:  "the given answer; the request is not handled",
		takes: []string{"status", "content_type", "body"}, check: checkStatus,
		strike: func(_ *Book, _ *routing.Call, f Fault, _ routing.Endpoint) wire.Reply {
			return textReply(f.status, f.contentType, f.body)
		},
	},
	"delay": {
		does:  "the request waits, then it is handled",
		takes: []string{"delay"}, check: checkDelay,
		strike: func(b *Book, c *routing.Call, f Fault, handle routing.Endpoint) wire.Reply {
			c.Hold(f.delay, b.closing)
			return handle(c)
		},
	},
	"truncate_body": {
		does: "the request takes effect, and half of the answer arrives",
		strike: func(_ *Book, c *routing.Call, _ Fault, handle routing.Endpoint) wire.Reply {
			answer := handle(c)
			if answer.Ending == wire.Answered {
				answer.Ending = wire.Truncated
			}
			return answer
		},
	},
	"wrong_content_type": {
		does:  "the request is handled, and the answer names another type",
		takes: []string{"content_type"}, check: checkContentType, strike: strikeWrongContentType,
	},
	"stale_read": {
		does: "a read returns objects as they were before their last write",
		fits: (*routing.Route).ReadsObjects, strike: strikeStaleRead,
	},
	"expired_token": {
		does: "the token that was sent, or the token that is issued, has expired",
		fits: (*routing.Route).DealsInTokens,
		strike: func(_ *Book, c *routing.Call, _ Fault, handle routing.Endpoint) wire.Reply {
			c.TokenExpired = true
			return handle(c)
		},
	},
}

// Description documents a kind of fault.
type Description struct {
	Kind  string
	Does  string
	Takes []string // Names of parameters.
}

// Describe documents all kinds of faults, sorted by name.
func Describe() []Description {
	all := make([]Description, 0, len(kinds))
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		all = append(all, Description{name, kinds[name].does, kinds[name].takes})
	}
	return all
}

// checkRefusal requires an error status that has a standard text.
func checkRefusal(f Fault) error {
	if f.status < 400 || http.StatusText(f.status) == "" {
		return fmt.Errorf(
			"refuse needs an error status that HTTP knows, such as 503, not %d", f.status,
		)
	}
	return checkStatus(f)
}

func checkStatus(f Fault) error {
	if f.status < 200 || f.status > 599 {
		return fmt.Errorf("%s needs a status from 200 to 599, not %d", f.kind, f.status)
	}
	return nil
}

// maxDelay is longer than any client waits.
const maxDelay = 10 * time.Minute

func checkDelay(f Fault) error {
	if f.delay <= 0 || f.delay > maxDelay {
		return fmt.Errorf("delay needs a time above 0s and up to %v, not %v", maxDelay, f.delay)
	}
	return nil
}

func checkContentType(f Fault) error {
	if f.contentType == "" {
		return errors.New("wrong_content_type needs a content type, such as text/plain")
	}
	return nil
}

// strikeRefuse adds rate limit headers to a 429, even if the server has no rate limit.
func strikeRefuse(b *Book, c *routing.Call, f Fault, _ routing.Endpoint) wire.Reply {
	refused := wire.RefusalOf(f.status)
	if f.status == http.StatusTooManyRequests {
		const limit = 50 // The observed value (API contract 12.1).
		refused = refused.Until(b.now(), limit)
	}
	return c.Route.Refuse(refused)
}

func strikeHTMLPage(_ *Book, _ *routing.Call, f Fault, _ routing.Endpoint) wire.Reply {
	text := http.StatusText(f.status)
	return textReply(f.status, "text/html", fmt.Sprintf(
		"<html>\n<head><title>%d %s</title></head>\n<body><center><h1>%d "+
			"%s</h1></center></body>\n</html>\n",
		f.status, text, f.status, text))
}

// textReply has no Content-Type header if contentType is empty; nil keeps the HTTP server from
// guessing one.
func textReply(status int, contentType, body string) wire.Reply {
	answer := wire.Reply{
		Status: status,
		Header: http.Header{"Content-Type": nil},
		Body:   []byte(body),
	}
	if contentType != "" {
		answer.Header.Set("Content-Type", contentType)
	}
	return answer
}

func strikeWrongContentType(_ *Book, c *routing.Call, f Fault, handle routing.Endpoint) wire.Reply {
	answer := handle(c)
	if answer.Ending == wire.Answered {
		answer.Header = answer.Header.Clone()
		answer.Header.Set("Content-Type", f.contentType)
	}
	return answer
}

// strikeStaleRead makes the read lag so far behind that it sees no write after the first state.
func strikeStaleRead(b *Book, c *routing.Call, _ Fault, handle routing.Endpoint) wire.Reply {
	c.View = tenant.View{Now: b.now(), Lag: math.MaxInt64}
	return handle(c)
}

// Entry is a rule as files and the control API write it. nil means not given.
type Entry struct {
	ID          int      `json:"id,omitempty"` // Only in answers: the server numbers its faults.
	Route       string   `json:"route"`
	Fault       string   `json:"fault"`
	Times       *int     `json:"times,omitempty"`
	Probability *float64 `json:"probability,omitempty"`
	Status      *int     `json:"status,omitempty"`
	Delay       *string  `json:"delay,omitempty"`
	ContentType *string  `json:"content_type,omitempty"`
	Body        *string  `json:"body,omitempty"`
}

// EntryFields lists the fields of an entry, for error messages about unknown fields.
const EntryFields = "route, fault, times, probability, status, delay, content_type, body"

// given lists the parameters that the entry sets, in the order of its fields.
func (e Entry) given() []string {
	var names []string
	for _, parameter := range []struct {
		name  string
		given bool
	}{
		{"status", e.Status != nil},
		{"delay", e.Delay != nil},
		{"content_type", e.ContentType != nil},
		{"body", e.Body != nil},
	} {
		if parameter.given {
			names = append(names, parameter.name)
		}
	}
	return names
}

// fault converts the parameters of the entry.
func (e Entry) fault() (Fault, error) {
	out := Fault{
		kind: e.Fault, status: orZero(e.Status), contentType: orZero(e.ContentType),
		body: orZero(e.Body),
	}
	if e.Delay != nil {
		var err error
		if out.delay, err = time.ParseDuration(*e.Delay); err != nil {
			return out, fmt.Errorf(`delay is a time such as "250ms" or "1m30s", not %q`, *e.Delay)
		}
	}
	return out, nil
}

// entry is the inverse of Entry.fault.
func (f Fault) entry() Entry {
	return Entry{
		Fault: f.kind, Status: orNil(f.status), Delay: orNil(durationText(f.delay)),
		ContentType: orNil(f.contentType), Body: orNil(f.body),
	}
}

// String returns the fault's name in the log.
func (f Fault) String() string {
	switch {
	case f.status != 0:
		return f.kind + " " + strconv.Itoa(f.status)
	case f.delay != 0:
		return f.kind + " " + f.delay.String()
	default:
		return f.kind
	}
}
