// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
)

// Fault is something that goes wrong with one request.
type Fault = faults.Fault

// FaultRule applies a fault to requests repeatedly.
type FaultRule = faults.Rule

// ParseFaults reads a file of rules in YAML or JSON: `faults: [{route: "POST /oauth/token", fault:
// refuse, status: 503}]`. It does not check whether a server has
// the routes; Inject does.
func ParseFaults(file []byte) ([]FaultRule, error) { return faults.Parse(file) }

// Next queues faults for a route, given as method and pattern. Each applies to one request. It
// panics if the route is unknown or a fault is invalid.
func (s *Server) Next(route string, faults ...Fault) {
	if err := s.faults.Queue(route, faults); err != nil {
		panic("testserver: " + err.Error())
	}
}

// Inject adds rules after the existing ones. On an error, it adds none.
func (s *Server) Inject(rules ...FaultRule) error { return s.faults.Inject(rules) }

// ClearFaults removes all faults.
func (s *Server) ClearFaults() { s.faults.Clear() }

// Refuse answers with the API's own body for a status such as 429, 500 or 503, and does not handle
// the request.
func Refuse(status int) Fault { return faults.Refuse(status) }

// LoseReply handles the request, then closes the connection without an answer.
func LoseReply() Fault { return faults.LoseReply() }

// ResetConnection resets the connection and does not handle the request.
func ResetConnection() Fault { return faults.ResetConnection() }

// HTMLPage answers with the error page of a proxy, and does not handle the request.
func HTMLPage(status int) Fault { return faults.HTMLPage(status) }

// Respond sends the given answer, and does not handle the request.
func Respond(status int, contentType, body string) Fault {
	return faults.Respond(status, contentType, body)
}

// Delay waits in real time, then handles the request. It stops waiting, but still handles the
// request, once the client has gone or the server is closing.
func Delay(d time.Duration) Fault { return faults.Delay(d) }

// TruncateBody handles the request and announces the full length of the answer, but closes the
// connection after half of the body.
func TruncateBody() Fault { return faults.TruncateBody() }

// WrongContentType handles the request and answers with another content type.
func WrongContentType(contentType string) Fault { return faults.WrongContentType(contentType) }

// StaleRead makes a read see each object as it was before its last write. A new object is
// missing.
func StaleRead() Fault { return faults.StaleRead() }

// ExpiredToken treats a valid bearer token as expired. At the token endpoint, it issues a token
// that expired an hour ago, with the usual expires_in.
func ExpiredToken() Fault { return faults.ExpiredToken() }
