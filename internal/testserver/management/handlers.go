// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package management implements the Management API: the schemas, routes, handlers and answers of
// each kind of object, the rules that no schema can express, and paging and refusals, which they
// share. Package tenant enforces what must hold between objects. This package knows neither tokens
// nor faults.
package management

import (
	"fmt"
	"slices"
	"strings"

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
			return nil, fmt.Errorf(
				"no plan feature %q; those that a plan can lack are %s", name,
				strings.Join(planFeatures, ", "),
			)
		}
	}
	return &Handlers{store: store, withoutFeatures: slices.Clone(without)}, nil
}

// planFeatures are the properties of resource servers that not every plan has (API contract 3.1),
// in the order in which a refusal names them.
//
// ASSUMED: alphabetical, as in the refusal that was observed (API contract 1.4).
var planFeatures = []string{
	"authorization_details", "consent_policy", "proof_of_possession", "token_encryption",
}
