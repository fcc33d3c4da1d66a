// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package tokens issues access tokens and checks them: the token endpoint with client
// authentication, grants, actions and quotas; minting and verifying; the documents by which clients
// find both; and the sample API, which takes tokens. It reads the tenant and never changes it.
package tokens

import (
	"log/slog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Service issues the tokens of a tenant and checks them.
type Service struct {
	store   *tenant.Store
	log     *slog.Logger
	action  func(Exchange) Verdict // nil lets all tokens pass.
	quotas  quotaMeter
	replays replayGuard
}

// New makes the token endpoint of a tenant. The action may be nil.
func New(store *tenant.Store, action func(Exchange) Verdict, log *slog.Logger) *Service {
	return &Service{store: store, action: action, log: log}
}

// Reset forgets what was counted and seen.
func (s *Service) Reset() {
	s.quotas.reset()
	s.replays.reset()
}
