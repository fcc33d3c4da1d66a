// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// ModifyPlan refuses to add a scope to the Management API. Other system APIs are recognized only
// when the tenant refuses the scope. ModifyPlan records the scope for grants that are planned
// later. It warns if the plan takes a scope from client grants, and if an m2m_resource_server
// removes the scope.
func (r *scopeResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	var plan, prior scopeModel
	creating, destroying := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	}
	if !destroying {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	elsewhere := r.run.Declare(req, func(from run.Values) string {
		var m scopeModel
		resp.Diagnostics.Append(from.Get(ctx, &m)...)
		if m.Identifier.IsUnknown() || m.Scope.IsUnknown() {
			return ""
		}
		return r.object(m)
	}, &resp.Diagnostics)
	if !tfstate.PlannedAgain(ctx, req, &resp.Diagnostics) {
		defer func() {
			r.run.WarnOfMissingScopes(
				ctx, "m2m_resource_server_scope", elsewhere.OtherName, req, resp,
			)
		}()
		if (creating || !plan.Identifier.Equal(prior.Identifier)) && !destroying &&
			!attribute.IsUnset(plan.Identifier) {
			r.run.CheckAPI(ctx, "resource_server_identifier", plan.Identifier.ValueString(),
				&resp.Diagnostics)
		}
	}
	if !creating && (destroying || r.object(plan) != r.object(prior)) {
		r.warnOfRemoval(ctx, prior, resp)
	}
	identifier := plan.Identifier.ValueString()
	switch server, _ := r.run.PlannedAPI(identifier); {
	case destroying, attribute.IsUnset(plan.Identifier):
	case creating && identifier == r.run.ManagementAudience:
		systemScopeError(&resp.Diagnostics, r.operation(report.Create, plan, nil))
	case creating && !attribute.IsUnset(plan.Scope):
		r.run.AddScope(identifier, plan.Scope.ValueString())
		r.run.ChangeAPI(identifier, plan.Scope.ValueString(), true)
	case server.Complete && server.Known && !server.Has(plan.Scope.ValueString()):
		resp.Diagnostics.AddAttributeWarning(path.Root("resource_server_identifier"),
			fmt.Sprintf("The %s is managed twice", r.object(plan)),
			"The m2m_resource_server of this API in this configuration sets scopes, which are all "+
				"scopes of the API, so it removes this scope. The two resources undo each other's "+
				"changes in every apply. Remove scopes from the m2m_resource_server, or add this "+
				"scope to them and remove this resource.")
	}
}

// warnOfRemoval names the grants that lose a scope, unless another resource keeps it or the whole
// API is destroyed.
func (r *scopeResource) warnOfRemoval(
	ctx context.Context, prior scopeModel, resp *resource.ModifyPlanResponse,
) {
	identifier, scope := prior.Identifier.ValueString(), prior.Scope.ValueString()
	server, _ := r.run.PlannedAPI(identifier)
	if r.run.Declares(r.object(prior)) || server.Complete && server.Has(scope) ||
		r.run.Leaves(run.APIObject(identifier)) {
		return
	}
	var warnings diag.Diagnostics
	r.run.WarnOfRemovedScopes(ctx, path.Root("scope"), identifier, []string{scope}, &warnings)
	if len(warnings) == 0 || r.run.AwaitDeclaration(ctx, r.object(prior)) {
		return
	}
	resp.Diagnostics.Append(warnings...)
}

func (r *scopeResource) object(m scopeModel) string { return r.operation("", m, nil).Object }
