// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
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
		return because(
			errScopesNotGranted.With(strings.Join(missing, ", ")),
			fmt.Sprintf("The grant %s does not give %s.", d.grant.ID, shownList(missing)),
			d.addScopes(missing),
		)
	}
	d.scopes = slices.DeleteFunc(slices.Clone(d.scopes), func(value string) bool {
		return !slices.Contains(wanted, value)
	})
	return nil
}

// addScopes says how a client gets scopes that its grant does not give.
func (d *decision) addScopes(missing []string) string {
	defined := d.api.ScopeValues()
	undefined := slices.DeleteFunc(slices.Clone(missing), func(value string) bool {
		return slices.Contains(defined, value)
	})
	change := "Add the missing scopes to the grant"
	switch {
	case d.grant.AllowsAllScopes():
		change = "Define the missing scopes in the API"
	case len(undefined) > 0:
		change = "The API does not define " + shownList(undefined) +
			". Define it there, and add the missing scopes to the grant"
	}
	return change + ", or request fewer scopes."
}
