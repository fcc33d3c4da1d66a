// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// issuable returns the scopes that a token can have, in the order of the grant.
//
// ASSUMED: a scope that the API no longer defines is not issued (API contract 10.4).
func issuable(g tenant.ClientGrant, api tenant.ResourceServer) []string {
	defined := api.ScopeValues()
	if g.AllowsAllScopes() {
		return defined
	}
	known := make(map[string]bool, len(defined))
	for _, value := range defined {
		known[value] = true
	}
	return slices.DeleteFunc(
		slices.Clone(g.Scope), func(value string) bool { return !known[value] },
	)
}

// chooseScopes keeps only the requested scopes. A requested scope that is not granted fails the
// request (API contract 10.4).
func (*Service) chooseScopes(d *decision) error {
	d.scopes = issuable(d.grant, d.api)
	wanted := strings.Fields(d.params["scope"])
	if len(wanted) == 0 {
		return nil
	}
	var missing []string
	for _, value := range wanted {
		if !slices.Contains(d.scopes, value) && !slices.Contains(missing, value) {
			missing = append(missing, value)
		}
	}
	if len(missing) > 0 {
		return errScopesNotGranted.With(strings.Join(missing, ", "))
	}
	d.scopes = slices.DeleteFunc(slices.Clone(d.scopes), func(value string) bool {
		return !slices.Contains(wanted, value)
	})
	return nil
}
