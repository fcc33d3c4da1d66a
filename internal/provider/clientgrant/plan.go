// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// ModifyPlan plans scopes that the configuration omits: null if all scopes are granted, otherwise
// an empty set (API contract 4.1). It refuses allow_all_scopes for a system API, warns before a
// grant is adopted, records the plan for other types, and checks the scopes against the API.
func (r *grantResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	elsewhere := r.run.Declare(req, func(from run.Values) string {
		var m grantModel
		resp.Diagnostics.Append(from.Get(ctx, &m)...)
		if !m.keyKnown() {
			return ""
		}
		return r.operation("", m.grantValues, nil).Object
	}, &resp.Diagnostics)
	again := tfstate.PlannedAgain(ctx, req, &resp.Diagnostics)
	defer func() {
		r.recordPlan(ctx, resp.Plan, req.State, elsewhere.OtherName, &resp.Diagnostics)
		if !again {
			r.checkReferences(ctx, resp.Plan, req.State, elsewhere.OtherName, &resp.Diagnostics)
			r.run.WarnOfMissingScopes(
				ctx, "m2m_client_grant", elsewhere.OtherName, req, resp,
			)
		}
	}()
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan grantModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	var id types.String
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
	}
	defer func() {
		changing := !resp.Plan.Raw.Equal(req.State.Raw)
		r.run.ChangeGrantOf(plan.ClientID.ValueString(), plan.Audience.ValueString(), changing)
		if !id.IsNull() {
			r.run.ChangeGrant(id.ValueString(), "", changing)
		}
	}()
	if plan.AllowAllScopes.ValueBool() && r.run.IsSystem(plan.Audience.ValueString()) {
		resp.Diagnostics.AddAttributeError(path.Root("allow_all_scopes"), "Not for a system API",
			fmt.Sprintf("The API %q is a system API, whose scopes cannot be granted all at once. "+
				"List the required scopes in scopes instead.", plan.Audience.ValueString()))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Scopes.IsNull() {
		plan.Scopes = omittedScopes(plan.AllowAllScopes)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("scopes"), plan.Scopes)...)
	}
	warnOfUnusedValues(
		r.operation(report.Read, plan.grantValues, nil).Object, plan, &resp.Diagnostics,
	)
	if !plan.ID.IsUnknown() && !plan.OrganizationUsage.IsUnknown() {
		r.run.PlanOrganizations(plan.ID.ValueString(), !plan.permitsNoOrganization())
	}
	r.planOmitted(ctx, config, plan, req.State, &resp.Plan, &resp.Diagnostics)
	if !req.State.Raw.IsNull() {
		r.warnOfReplacedAPI(ctx, plan.grantValues, &resp.Diagnostics)
	}
	if !req.State.Raw.IsNull() && !elsewhere.OtherName {
		var prior grantModel
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
		r.warnOfOpening(prior.grantValues, plan.grantValues, &resp.Diagnostics)
	}
	switch {
	case elsewhere.OtherName:
		// The second plan of the replacement could not warn.
		planned := resp.Plan
		if config.AuthorizationDetailsTypes.IsNull() {
			resp.Diagnostics.Append(planned.SetAttribute(
				ctx, path.Root("authorization_details_types"), noTypes,
			)...)
		}
		r.planAdoption(ctx, req.Config.Raw, planned, &resp.Diagnostics)
	case req.State.Raw.IsNull() && elsewhere == (run.Elsewhere{}) && !again:
		r.planAdoption(ctx, req.Config.Raw, resp.Plan, &resp.Diagnostics)
	}
}

// warnOfReplacedAPI warns if the plan keeps the grant although the replacement of its API deletes
// it, and names all grants that this deletes.
func (r *grantResource) warnOfReplacedAPI(
	ctx context.Context, grant grantValues, diags *diag.Diagnostics,
) {
	identifier := grant.Audience.ValueString()
	api := run.APIObject(identifier)
	if !r.run.Replaces(api) {
		return
	}
	all := ""
	if r.run.SayOnce("replaced: " + api) {
		all = "This deletes " + run.NameGrants(r.run.GrantsOf(ctx, identifier, diags)) + "."
	}
	diags.AddAttributeWarning(path.Root("audience"),
		fmt.Sprintf("The %s is deleted with its API", r.operation("", grant, nil).Object),
		report.Paragraphs(fmt.Sprintf("The plan replaces the %s. It keeps this grant, which the "+
			"tenant deletes with the old API. The next apply creates it again. To create it in "+
			"this apply, replace it too (-replace, or replace_triggered_by in its lifecycle).",
			api),
			all))
}

// warnOfOpening warns of a change that lets organizations use a grant that nobody lists, or that
// grants scopes that nobody lists. In a large plan, that is one line among many.
func (r *grantResource) warnOfOpening(prior, plan grantValues, diags *diag.Diagnostics) {
	object := r.operation("", plan, nil).Object
	if plan.AllowAnyOrganization.ValueBool() && !prior.AllowAnyOrganization.ValueBool() &&
		!plan.permitsNoOrganization() {
		diags.AddAttributeWarning(path.Root("allow_any_organization"),
			fmt.Sprintf("Opens the %s to every organization", object),
			"With allow_any_organization = true, tokens may be for any organization of the "+
				"tenant, also for those that are created later. Without it, only associated "+
				"organizations can be used.")
	}
	if plan.AllowAllScopes.ValueBool() && !prior.AllowAllScopes.ValueBool() {
		diags.AddAttributeWarning(path.Root("allow_all_scopes"),
			fmt.Sprintf("Extends the %s to all scopes", object),
			"With allow_all_scopes = true, the client gets every scope of the API, also scopes "+
				"that are defined later.")
	}
}

// omittedScopes returns the scopes of a grant whose configuration omits them.
func omittedScopes(allowAllScopes types.Bool) types.Set {
	switch {
	case allowAllScopes.IsUnknown():
		return types.SetUnknown(types.StringType)
	case allowAllScopes.ValueBool():
		return types.SetNull(types.StringType)
	default:
		return types.SetValueMust(types.StringType, nil)
	}
}

// planAdoption warns which grant use_existing will adopt and what will change, because the plan
// only shows a create.
func (r *grantResource) planAdoption(
	ctx context.Context, config tftypes.Value, planned tfsdk.Plan, diags *diag.Diagnostics,
) {
	var plan grantModel
	planned = attribute.KnownWhole(config, planned)
	diags.Append(planned.Get(ctx, &plan)...)
	if !plan.keyKnown() || !r.run.Adoptable(plan.UseExisting) {
		return
	}
	found, ok := run.LookForAdoption(ctx, r.run, "client grants to adopt", "read:client_grants",
		diags, func(ctx context.Context) (m2m.ClientGrant, string, error) {
			found, err := r.run.API.Reads.ClientGrantByKey(ctx, plan.key())
			return found, found.ID, err
		})
	if !ok {
		return
	}
	_, changes := r.adoption(ctx, found, planned, diags)
	report.WarnOfPlannedAdoption(
		diags, r.operation(report.Create, plan.grantValues, nil), found.ID, changes, config,
	)
}
