// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
)

// handlers are the endpoints of the Management API.
type handlers struct {
	store           *tenant.Store
	withoutFeatures []string // Of planFeatures.
}

// newHandlers makes the Management API of a tenant whose plan lacks some features.
func newHandlers(store *tenant.Store, without []string) (*handlers, error) {
	for _, name := range without {
		if !slices.Contains(planFeatures, name) {
			return nil, fmt.Errorf("no plan feature %q; those that a plan can lack are %s", name, strings.Join(planFeatures, ", "))
		}
	}
	return &handlers{store: store, withoutFeatures: slices.Clone(without)}, nil
}

// table lists the endpoints. Their scopes are those of API contract 2.
func (h *handlers) table() []routing.Route {
	return slices.Concat(
		h.resourceServerRoutes(), h.clientGrantRoutes(), h.clientRoutes(), h.credentialRoutes(), h.organizationRoutes(),
		h.organizationGrantRoutes(), h.signingKeyRoutes(),
	)
}
