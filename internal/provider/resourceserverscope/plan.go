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

// ModifyPlan refuses to add scopes to the Management API, and notes others for the grants
// that are planned after it. Other APIs of the tenant are known only when it refuses. It
// warns if the same run plans all scopes of the API.
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
				"scopes, which are then all scopes of the API: it removes "+
				"what this resource adds, and the two undo each other in turns. Leave scopes out "+
				"there, or move the scope there.",
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
