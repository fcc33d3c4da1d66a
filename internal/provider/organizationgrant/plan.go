// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// ModifyPlan reports a second resource for the same association, and records that a new association
// will change what its grant allows. It warns of a grant that this run plans without organizations:
// the tenant accepts the association, but refuses tokens (API contract 4.4 and 5.2).
func (r *associationResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	elsewhere := r.run.Declare(req, func(from run.Values) string {
		var m associationModel
		resp.Diagnostics.Append(from.Get(ctx, &m)...)
		if m.OrganizationID.IsUnknown() || m.GrantID.IsUnknown() {
			return ""
		}
		return r.operation("", m, nil).Object
	}, &resp.Diagnostics)
	if !tfstate.PlannedAgain(ctx, req, &resp.Diagnostics) {
		defer func() {
			r.run.WarnOfMissingScopes(
				ctx, "m2m_organization_client_grant", elsewhere.OtherName, req, resp,
			)
		}()
	}
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan associationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if req.State.Raw.IsNull() && !attribute.IsUnset(plan.GrantID) {
		r.run.ChangeGrant(plan.GrantID.ValueString(), plan.toAPI().ID(), true)
	}
	if attribute.IsUnset(plan.OrganizationID) || attribute.IsUnset(plan.GrantID) ||
		!r.run.RefusesOrganizations(plan.GrantID.ValueString()) {
		return
	}
	resp.Diagnostics.AddAttributeWarning(path.Root("grant_id"),
		fmt.Sprintf("The grant %q does not permit the organization %q",
			plan.GrantID.ValueString(), plan.OrganizationID.ValueString()),
		"The association has no effect, because organization_usage of the grant is not \"allow\" "+
			"or \"require\". Set organization_usage of the m2m_client_grant, or remove this "+
			"association.")
}
