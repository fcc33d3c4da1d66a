// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package management is the Management API: for each kind of object its schemas, routes and handlers, how it is shown, and
// the rules that no schema can express; and what they share, which is paging and the refusals of this API. What must hold
// between objects is for the tenant to see to.
package management

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Handlers are the endpoints of the Management API.
type Handlers struct {
	store           *tenant.Store
	withoutFeatures []string // Of planFeatures.
}

// New makes the Management API of a tenant whose plan lacks some features.
func New(store *tenant.Store, without []string) (*Handlers, error) {
	for _, name := range without {
		if !slices.Contains(planFeatures, name) {
			return nil, fmt.Errorf("no plan feature %q; those that a plan can lack are %s", name, strings.Join(planFeatures, ", "))
		}
	}
	return &Handlers{store: store, withoutFeatures: slices.Clone(without)}, nil
}

// Routes lists the endpoints. Their scopes are those of API contract 2.
func (h *Handlers) Routes() []routing.Route {
	return slices.Concat(
		h.resourceServerRoutes(), h.clientGrantRoutes(), h.clientRoutes(), h.credentialRoutes(), h.organizationRoutes(),
		h.organizationGrantRoutes(), h.signingKeyRoutes(),
	)
}
