// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// planForGrants records the planned scopes of an API, and warns about the effects on its client
// grants in the tenant.
func (r *serverResource) planForGrants(
	ctx context.Context, config tfsdk.Config, plan tfsdk.Plan, state tfsdk.State,
	diags *diag.Diagnostics,
) {
	var given, planned, prior serverModel
	if !plan.Raw.IsNull() {
		diags.Append(config.Get(ctx, &given)...)
		diags.Append(plan.Get(ctx, &planned)...)
	}
	if !state.Raw.IsNull() {
		diags.Append(state.Get(ctx, &prior)...)
		r.run.Hold(prior.ID.ValueString())
	}
	if diags.HasError() {
		return
	}
	scopes := run.MapScopes(planned.Scopes)
	if !plan.Raw.IsNull() && !planned.Identifier.IsUnknown() {
		r.run.PlanAPI(planned.Identifier.ValueString(), run.PlannedAPI{
			Scopes:   scopes,
			Complete: !given.Scopes.IsNull(),
			Changing: !state.Raw.IsNull() && !plan.Raw.Equal(state.Raw),
		})
	}
	switch {
	case state.Raw.IsNull():
	case plan.Raw.IsNull():
		r.warnOfDestroy(ctx, prior, diags)
	case planned.Identifier.IsUnknown():
	case !planned.Identifier.Equal(prior.Identifier):
		r.warnOfReplacement(ctx, prior, diags)
	case scopes.Known:
		r.warnOfRemoval(
			ctx, prior.Identifier.ValueString(), run.MapScopes(prior.Scopes).Without(scopes), diags,
		)
	}
}

// staying returns the grants for an API in the tenant, except grants that this run is known to
// destroy.
func (r *serverResource) staying(
	ctx context.Context, identifier string, diags *diag.Diagnostics,
) []m2m.ClientGrant {
	found, err := r.run.LiveGrants(ctx, identifier)
	if err != nil {
		r.run.SkipCheck(
			ctx, diags, fmt.Sprintf("client grants that use the API %q", identifier),
			"read:client_grants", err,
		)
		return nil
	}
	var staying []m2m.ClientGrant
	for _, grant := range found {
		if planned, _ := r.run.PlannedGrant(grant.ID); !planned.Leaving {
			staying = append(staying, grant)
		}
	}
	return staying
}

// warnOfDestroy names the grants that lose their API.
func (r *serverResource) warnOfDestroy(
	ctx context.Context, prior serverModel, diags *diag.Diagnostics,
) {
	if systemKind(r.run, prior.serverValues) != run.NotSystem {
		return // A system API is not deleted.
	}
	identifier := prior.Identifier.ValueString()
	if staying := r.staying(ctx, identifier, diags); len(staying) > 0 {
		diags.AddWarning("API in use",
			fmt.Sprintf("Destroying the API %q deletes %s: %s. This run may also destroy some of "+
				"these grants, if Terraform plans them later. The clients of all other grants "+
				"can no longer get tokens for the API.",
				identifier, countGrants(staying), nameGrants(staying)))
	}
}

// warnOfReplacement names the grants that lose their API because its identifier changes. The grants
// of this configuration are planned later, so nothing is known about them yet.
func (r *serverResource) warnOfReplacement(
	ctx context.Context, prior serverModel, diags *diag.Diagnostics,
) {
	if systemKind(r.run, prior.serverValues) != run.NotSystem {
		return
	}
	identifier := prior.Identifier.ValueString()
	if staying := r.staying(ctx, identifier, diags); len(staying) > 0 {
		diags.AddAttributeWarning(path.Root("identifier"), "API in use",
			fmt.Sprintf("Changing the identifier replaces the API %q, which deletes %s: %s. "+
				"Grants that this configuration manages can move to the new identifier in this "+
				"run. The clients of all other grants can no longer get tokens.",
				identifier, countGrants(staying), nameGrants(staying)))
	}
}

// warnOfRemoval names the grants with scopes that the plan removes from the API.
func (r *serverResource) warnOfRemoval(
	ctx context.Context, identifier string, removed []string, diags *diag.Diagnostics,
) {
	if len(removed) == 0 {
		return
	}
	lost := map[string][]m2m.ClientGrant{}
	for _, grant := range r.staying(ctx, identifier, diags) {
		planned, ok := r.run.PlannedGrant(grant.ID)
		for _, scope := range grant.Scope {
			if !ok || !planned.Known || planned.Has(scope) {
				lost[scope] = append(lost[scope], grant)
			}
		}
	}
	var lines []string
	for _, scope := range removed {
		if holders := lost[scope]; len(holders) > 0 {
			lines = append(lines, fmt.Sprintf(
				"- %q: %s: %s", scope, countGrants(holders), nameGrants(holders),
			))
		}
	}
	if len(lines) > 0 {
		diags.AddAttributeWarning(path.Root("scopes"), "Scope in use",
			fmt.Sprintf("This removes scopes of the API %q that client grants list. The grants "+
				"keep listing them unless this run changes the grants too, but tokens will not "+
				"include them:\n\n%s", identifier, strings.Join(lines, "\n")))
	}
}

func countGrants(grants []m2m.ClientGrant) string {
	if len(grants) == 1 {
		return "1 client grant"
	}
	return fmt.Sprintf("%d client grants", len(grants))
}

// maxGrants is the maximum number of grants that a message names.
const maxGrants = 5

func nameGrants(grants []m2m.ClientGrant) string {
	var names []string
	for _, grant := range grants[:min(len(grants), maxGrants)] {
		key := grant.Key()
		who := "client " + key.ClientID
		if key.ClientID == "" {
			who = key.DefaultFor
		}
		names = append(names, grant.ID+" ("+who+")")
	}
	if more := len(grants) - len(names); more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	return strings.Join(names, ", ")
}
