// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// ModifyPlan refuses to add a scope to the Management API. Other system APIs are recognized only
// when the tenant refuses the scope. ModifyPlan records the scope for grants that are planned
// later, and warns if the same run plans all scopes of the API.
func (r *scopeResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan scopeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if attribute.IsUnset(plan.Identifier) {
		return
	}
	if server, planned := r.run.PlannedAPI(plan.Identifier.ValueString()); planned &&
		server.Complete {
		resp.Diagnostics.AddAttributeWarning(path.Root(
			"resource_server_identifier",
		), "Scopes managed twice",
			fmt.Sprintf("The m2m_resource_server of the API %q in this configuration sets "+
				"scopes, which are all scopes of the API. It removes the scope that this "+
				"resource adds, so the two keep undoing each other. Remove scopes from the "+
				"m2m_resource_server, or add this scope to them and remove this resource.",
				plan.Identifier.ValueString()))
	}
	switch {
	case !req.State.Raw.IsNull():
	case plan.Identifier.ValueString() == r.run.ManagementAudience:
		systemScopeError(&resp.Diagnostics, r.operation(report.Create, plan, nil))
	case !attribute.IsUnset(plan.Scope):
		r.run.AddScope(plan.Identifier.ValueString(), plan.Scope.ValueString())
	}
}
