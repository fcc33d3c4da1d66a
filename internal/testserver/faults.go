// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
)

// Fault is something that goes wrong with one request.
type Fault = faults.Fault

// FaultRule lets a fault strike again and again.
type FaultRule = faults.Rule

// ParseFaults reads a file of rules in YAML or JSON: `faults: [{route: "POST /oauth/token", fault:
// refuse, status: 503}]`. Whether a server has the routes is for Inject to say.
func ParseFaults(file []byte) ([]FaultRule, error) { return faults.Parse(file) }

// Next queues faults for a route, given as method and pattern. Each strikes one request. An unknown
// route and a fault that makes no sense are mistakes in the test, so they panic.
func (s *Server) Next(route string, faults ...Fault) {
	if err := s.faults.Queue(route, faults); err != nil {
		panic("testserver: " + err.Error())
	}
}

// Inject adds rules behind those that wait already. It adds all of them, or none and says what is
// wrong.
func (s *Server) Inject(rules ...FaultRule) error { return s.faults.Inject(rules) }

// ClearFaults drops what Next has queued and Inject has added.
func (s *Server) ClearFaults() { s.faults.Clear() }

// Refuse answers with the API's own body for a status such as 429, 500 or 503, and does not handle
// the request.
func Refuse(status int) Fault { return faults.Refuse(status) }

// LoseReply handles the request, then closes the connection without an answer.
func LoseReply() Fault { return faults.LoseReply() }

// ResetConnection resets the connection and does not handle the request.
func ResetConnection() Fault { return faults.ResetConnection() }

// HTMLPage answers with a page of a proxy in front, and does not handle the request.
func HTMLPage(status int) Fault { return faults.HTMLPage(status) }

// Respond answers as told, and does not handle the request.
func Respond(status int, contentType, body string) Fault {
	return faults.Respond(status, contentType, body)
}

// Delay waits by the machine's time, then handles the request. Once the client has gone or the
// server is closing it waits no longer, and handles the request all the same.
func Delay(d time.Duration) Fault { return faults.Delay(d) }

// TruncateBody handles the request and announces the whole answer, but sends half of it and closes
// the connection.
func TruncateBody() Fault { return faults.TruncateBody() }

// WrongContentType handles the request and answers with another content type.
func WrongContentType(contentType string) Fault { return faults.WrongContentType(contentType) }

// StaleRead lets a read see each object as it was before its last write: one that has just been
// created is not there.
func StaleRead() Fault { return faults.StaleRead() }

// ExpiredToken takes a valid bearer token for one that has expired. At the token endpoint it hands
// out a token that expired an hour ago, and says that it lasts as long as ever.
func ExpiredToken() Fault { return faults.ExpiredToken() }
