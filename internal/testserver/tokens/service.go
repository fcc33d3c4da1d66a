// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package tokens issues and checks access tokens: the token endpoint with client authentication,
// grants, actions and quotas; minting and verifying; the discovery documents; and the sample API,
// which accepts tokens. It reads the tenant but never changes it, and knows neither the Management
// API nor faults.
package tokens

import (
	"log/slog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Service issues and checks the tokens of a tenant.
type Service struct {
	store   *tenant.Store
	log     *slog.Logger
	action  func(Exchange) Verdict // nil allows all tokens unchanged.
	quotas  quotaMeter
	replays replayGuard
}

// New returns the service for a tenant. The action may be nil.
func New(store *tenant.Store, action func(Exchange) Verdict, log *slog.Logger) *Service {
	return &Service{store: store, action: action, log: log}
}

// Reset clears the quota counts and the used assertions.
func (s *Service) Reset() {
	s.quotas.reset()
	s.replays.reset()
}
