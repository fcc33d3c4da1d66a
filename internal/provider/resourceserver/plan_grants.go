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

// planForGrants notes what is planned for the scopes of an API, and warns of the effects on
// the grants that the tenant has for it.
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

// staying returns the grants that the tenant has for an API, except those that this run is
// known to destroy.
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
		return // A system API stays.
	}
	identifier := prior.Identifier.ValueString()
	if staying := r.staying(ctx, identifier, diags); len(staying) > 0 {
		diags.AddWarning("API in use",
			fmt.Sprintf("Destroying the API %q ends %s: %s. Grants that this run destroys as "+
				"well can be among them, where Terraform "+
				"plans these later; the clients of all others get no more tokens for it.",
				identifier, countGrants(staying), nameGrants(staying)))
	}
}

// warnOfReplacement is warnOfDestroy for an API that gets another identifier. The grants of
// this configuration are planned after it, so nothing is known of them yet.
func (r *serverResource) warnOfReplacement(
	ctx context.Context, prior serverModel, diags *diag.Diagnostics,
) {
	if systemKind(r.run, prior.serverValues) != run.NotSystem {
		return
	}
	identifier := prior.Identifier.ValueString()
	if staying := r.staying(ctx, identifier, diags); len(staying) > 0 {
		diags.AddAttributeWarning(path.Root("identifier"), "API in use",
			fmt.Sprintf("Another identifier replaces the API %q, which ends %s: %s. Those that "+
				"this configuration manages can move to "+
				"the new identifier in this run; the clients of all others get no more tokens.",
				identifier, countGrants(staying), nameGrants(staying)))
	}
}

// warnOfRemoval names the grants that hold scopes that the API is about to lose.
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
			fmt.Sprintf("The API %q loses scopes that client grants hold. The grants keep "+
				"listing them unless this run changes that too, "+
				"but tokens come without:\n\n%s", identifier, strings.Join(lines, "\n")))
	}
}

func countGrants(grants []m2m.ClientGrant) string {
	if len(grants) == 1 {
		return "1 client grant"
	}
	return fmt.Sprintf("%d client grants", len(grants))
}

// maxGrants is the most grants that a message names.
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
