// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

// Snapshot returns the tenant as a JSON document that Restore takes. It holds secrets and private
// keys.
func (s *Server) Snapshot() []byte { return s.store.Snapshot() }

// Restore puts the tenant of a snapshot in the place of the present one. A snapshot of a server
// with another issuer moves: its system APIs and the grants for them get the identifiers that they
// have here. When there is an error, nothing has changed.
func (s *Server) Restore(taken []byte) error { return s.store.Restore(taken) }

// Reset makes the server as it was when it was first started: the tenant, the clock, the limits and
// what chance will bring; faults and the record of requests are gone.
func (s *Server) Reset() error {
	if err := s.store.Reset(); err != nil {
		return err
	}
	s.clock.SetOffset(0)
	s.limits.reset()
	s.tokens.Reset()
	s.faults.Reset()
	s.awkward.Reset()
	s.ForgetRequests()
	return nil
}
