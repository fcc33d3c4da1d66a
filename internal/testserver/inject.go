// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

// Next queues faults for a route, given as method and pattern. Each strikes one request. An unknown route and a fault
// that makes no sense are mistakes in the test, so they panic.
func (s *Server) Next(route string, faults ...Fault) {
	if err := s.faults.queue(route, faults); err != nil {
		panic("testserver: " + err.Error())
	}
}

// Inject adds rules behind those that wait already. It adds all of them, or none and says what is wrong.
func (s *Server) Inject(rules ...FaultRule) error { return s.faults.inject(rules) }

// ClearFaults drops what Next has queued and Inject has added.
func (s *Server) ClearFaults() { s.faults.clear() }
