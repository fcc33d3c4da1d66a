// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Fault is something that goes wrong with one request.
type Fault struct {
	kind        string // Of faultKinds.
	status      int
	delay       time.Duration
	contentType string
	body        string
}

// Refuse answers with the API's own body for a status such as 429, 500 or 503, and does not handle the request.
func Refuse(status int) Fault { return Fault{kind: "refuse", status: status} }

// LoseReply handles the request, then closes the connection without an answer.
func LoseReply() Fault { return Fault{kind: "lose_reply"} }

// ResetConnection resets the connection and does not handle the request.
func ResetConnection() Fault { return Fault{kind: "reset_connection"} }

// HTMLPage answers with a page of a proxy in front, and does not handle the request.
func HTMLPage(status int) Fault { return Fault{kind: "html_page", status: status} }

// Respond answers as told, and does not handle the request.
func Respond(status int, contentType, body string) Fault {
	return Fault{kind: "respond", status: status, contentType: contentType, body: body}
}

// Delay waits by the machine's time, then handles the request. Once the client has gone or the server is closing it waits
// no longer, and handles the request all the same.
func Delay(d time.Duration) Fault { return Fault{kind: "delay", delay: d} }

// TruncateBody handles the request and announces the whole answer, but sends half of it and closes the connection.
func TruncateBody() Fault { return Fault{kind: "truncate_body"} }

// WrongContentType handles the request and answers with another content type.
func WrongContentType(contentType string) Fault {
	return Fault{kind: "wrong_content_type", contentType: contentType}
}

// StaleRead lets a read see each object as it was before its last write: one that has just been created is not there.
func StaleRead() Fault { return Fault{kind: "stale_read"} }

// ExpiredToken takes a valid bearer token for one that has expired. At the token endpoint it hands out a token that
// expired an hour ago, and says that it lasts as long as ever.
func ExpiredToken() Fault { return Fault{kind: "expired_token"} }

// faultKind is what the faults of one name have in common.
type faultKind struct {
	takes  []string          // Parameters, by the names of the serialised form.
	fits   func(*route) bool // The routes that it has an effect on; nil for all.
	strike func(s *Server, c *call, f Fault, handle endpoint) wire.Reply
}

var faultKinds = map[string]faultKind{
	"refuse": {takes: []string{"status"}, strike: strikeRefuse},
	"lose_reply": {strike: func(_ *Server, c *call, _ Fault, handle endpoint) wire.Reply {
		handle(c)
		return wire.Reply{Ending: wire.ClosedUnanswered}
	}},
	"reset_connection": {strike: func(*Server, *call, Fault, endpoint) wire.Reply {
		return wire.Reply{Ending: wire.ResetUnanswered}
	}},
	"html_page": {takes: []string{"status"}, strike: strikeHTMLPage},
	"respond": {
		takes: []string{"status", "content_type", "body"},
		strike: func(_ *Server, _ *call, f Fault, _ endpoint) wire.Reply {
			return textReply(f.status, f.contentType, f.body)
		},
	},
	"delay": {takes: []string{"delay"}, strike: strikeDelay},
	"truncate_body": {strike: func(_ *Server, c *call, _ Fault, handle endpoint) wire.Reply {
		answer := handle(c)
		if answer.Ending == wire.Answered {
			answer.Ending = wire.Truncated
		}
		return answer
	}},
	"wrong_content_type": {takes: []string{"content_type"}, strike: strikeWrongContentType},
	"stale_read":         {fits: (*route).readsObjects, strike: strikeStaleRead},
	"expired_token": {fits: (*route).dealsInTokens, strike: func(_ *Server, c *call, _ Fault, handle endpoint) wire.Reply {
		c.tokenExpired = true
		return handle(c)
	}},
}

// readsObjects is true of the routes whose reading can lag behind.
func (r *route) readsObjects() bool { return r.method == http.MethodGet && len(r.scopes) > 0 }

// dealsInTokens is true of the routes that take bearer tokens, and of the one that makes them.
func (r *route) dealsInTokens() bool {
	return len(r.scopes) > 0 || r.pattern == tokenPattern || r.pattern == samplePattern
}

// strikeRefuse sends the headers of a rate limit with a 429, whether the server has one or not.
func strikeRefuse(s *Server, c *call, f Fault, _ endpoint) wire.Reply {
	refused := wire.RefusalOf(f.status)
	if f.status == http.StatusTooManyRequests {
		const limit = 50 // As was observed (API contract 12.1).
		refused = refused.Until(s.clock.Now(), limit)
	}
	return c.route.refuse(refused)
}

func strikeHTMLPage(_ *Server, _ *call, f Fault, _ endpoint) wire.Reply {
	text := http.StatusText(f.status)
	return textReply(f.status, "text/html", fmt.Sprintf(
		"<html>\n<head><title>%d %s</title></head>\n<body><center><h1>%d %s</h1></center></body>\n</html>\n",
		f.status, text, f.status, text))
}

// textReply names no content type when that is empty, and keeps the HTTP server from guessing one.
func textReply(status int, contentType, body string) wire.Reply {
	answer := wire.Reply{Status: status, Header: http.Header{"Content-Type": nil}, Body: []byte(body)}
	if contentType != "" {
		answer.Header.Set("Content-Type", contentType)
	}
	return answer
}

func strikeDelay(s *Server, c *call, f Fault, handle endpoint) wire.Reply {
	s.hold(c, f.delay)
	return handle(c)
}

func strikeWrongContentType(_ *Server, c *call, f Fault, handle endpoint) wire.Reply {
	answer := handle(c)
	if answer.Ending == wire.Answered {
		answer.Header = answer.Header.Clone()
		answer.Header.Set("Content-Type", f.contentType)
	}
	return answer
}

// strikeStaleRead lags so far behind that no write but the seed is old enough to be seen.
func strikeStaleRead(s *Server, c *call, _ Fault, handle endpoint) wire.Reply {
	c.view = tenant.View{Now: s.clock.Now(), Lag: math.MaxInt64}
	return handle(c)
}

// String is how the log names the fault.
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

// maxDelay is longer than any client waits.
const maxDelay = 10 * time.Minute

// check says what is wrong with the parameters.
func (f Fault) check() error {
	kind, known := faultKinds[f.kind]
	switch {
	case !known:
		return fmt.Errorf("there is no fault %q; the faults are %s", f.kind, faultNames())
	case f.kind == "refuse" && (f.status < 400 || http.StatusText(f.status) == ""):
		return fmt.Errorf("refuse needs an error status that HTTP knows, such as 503, not %d", f.status)
	case slices.Contains(kind.takes, "status") && (f.status < 200 || f.status > 599):
		return fmt.Errorf("%s needs a status from 200 to 599, not %d", f.kind, f.status)
	case f.kind == "delay" && (f.delay <= 0 || f.delay > maxDelay):
		return fmt.Errorf("delay needs a time above 0s and up to %v, not %v", maxDelay, f.delay)
	case f.kind == "wrong_content_type" && f.contentType == "":
		return errors.New("wrong_content_type needs a content type, such as text/plain")
	}
	return nil
}

func faultNames() string {
	return strings.Join(slices.Sorted(maps.Keys(faultKinds)), ", ")
}
