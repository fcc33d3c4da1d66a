// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"log/slog"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
)

// service issues the tokens of a tenant and checks them.
type service struct {
	store   *tenant.Store
	log     *slog.Logger
	action  func(Exchange) Verdict // nil lets all tokens pass.
	quotas  quotaMeter
	replays replayGuard
}

// newService makes the token endpoint of a tenant. The action may be nil.
func newService(store *tenant.Store, action func(Exchange) Verdict, log *slog.Logger) *service {
	return &service{store: store, action: action, log: log}
}

// table lists the endpoints that need no token of the Management API.
func (s *service) table() []routing.Route { return slices.Concat(s.tokenRoutes(), s.discoveryRoutes()) }

// reset forgets what was counted and seen.
func (s *service) reset() {
	s.quotas.reset()
	s.replays.reset()
}
