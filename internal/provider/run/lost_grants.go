// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// StayingGrants returns the grants for an API in the tenant, except grants that this run is known
// to destroy.
func (r *Run) StayingGrants(ctx context.Context, identifier string) ([]m2m.ClientGrant, error) {
	found, err := r.LiveGrants(ctx, identifier)
	var staying []m2m.ClientGrant
	for _, grant := range found {
		if planned, _ := r.PlannedGrant(grant.ID); !planned.Leaving {
			staying = append(staying, grant)
		}
	}
	return staying, err
}

// GrantsOf is StayingGrants for a check that is skipped if the tenant cannot be asked.
func (r *Run) GrantsOf(
	ctx context.Context, identifier string, diags *diag.Diagnostics,
) []m2m.ClientGrant {
	staying, err := r.StayingGrants(ctx, identifier)
	if err != nil {
		r.SkipCheck(
			ctx, diags, fmt.Sprintf("client grants that use the API %q", identifier),
			"read:client_grants", err,
		)
		return nil
	}
	return staying
}

// WarnOfRemovedScopes names the grants with scopes that a plan removes from an API.
func (r *Run) WarnOfRemovedScopes(
	ctx context.Context, at path.Path, identifier string, removed []string, diags *diag.Diagnostics,
) {
	if len(removed) == 0 {
		return
	}
	lost := map[string][]m2m.ClientGrant{}
	for _, grant := range r.GrantsOf(ctx, identifier, diags) {
		planned, ok := r.PlannedGrant(grant.ID)
		for _, scope := range grant.Scope {
			if !ok || !planned.Known || planned.Has(scope) {
				lost[scope] = append(lost[scope], grant)
			}
		}
	}
	var lines []string
	for _, scope := range removed {
		if holders := lost[scope]; len(holders) > 0 {
			lines = append(lines, fmt.Sprintf("  - %q: %s", scope, NameGrants(holders)))
		}
	}
	if len(lines) > 0 {
		diags.AddAttributeWarning(at,
			fmt.Sprintf("Removes scopes of the API %q that client grants use", identifier),
			fmt.Sprintf("Tokens will no longer include these scopes, although the grants keep "+
				"listing them, unless this plan changes the grants too:\n\n%s",
				strings.Join(lines, "\n")))
	}
}

// maxGrants is the maximum number of grants that a message names.
const maxGrants = 5

// NameGrants counts grants and names the first of them, with their clients.
func NameGrants(grants []m2m.ClientGrant) string {
	var names []string
	for _, grant := range grants[:min(len(grants), maxGrants)] {
		key := grant.Key()
		who := "client " + key.ClientID
		if key.ClientID == "" {
			who = key.DefaultFor
		}
		names = append(names, grant.ID+" ("+who+")")
	}
	text := "1 client grant: "
	if len(grants) > 1 {
		text = fmt.Sprintf("%d client grants: ", len(grants))
	}
	text += strings.Join(names, ", ")
	if more := len(grants) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
