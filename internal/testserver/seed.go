// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"fmt"
	"slices"
)

// populate gives the tenant its first state, and then the state that its file has kept, if there is
// one. That comes last, because the first state is what Reset goes back to.
func (s *Server) populate(config Config) error {
	if err := s.store.MakeSigningKeys(config.SigningKeys); err != nil {
		return err
	}
	if err := s.store.Seed(s.managementClientScopes()); err != nil {
		return fmt.Errorf("seed the tenant: %w", err)
	}
	if err := s.seedFrom(config.Tenant); err != nil {
		return fmt.Errorf("seed the tenant: %w", err)
	}
	s.store.Settle()
	return s.store.KeepIn(config.Data, s.log)
}

// managementClientScopes are those that this server's endpoints ask for. A token with all that the
// Management API defines would be some kilobytes longer.
func (s *Server) managementClientScopes() []string {
	var needed []string
	for _, r := range s.routes {
		for _, value := range r.Scopes {
			if !slices.Contains(needed, value) {
				needed = append(needed, value)
			}
		}
	}
	return needed
}
