// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// adopt updates an existing grant to match the plan.
func (r *grantResource) adopt(
	ctx context.Context, op report.Operation, id string, planned tfsdk.Plan,
	diags *diag.Diagnostics,
) (m2m.ClientGrant, error) {
	found, err := r.run.API.ClientGrants.Get(ctx, id)
	if err != nil {
		return found, err
	}
	changes, lines := r.adoption(ctx, found, planned, diags)
	if changes != (m2m.ClientGrantProperties{}) {
		if found, err = r.run.API.ClientGrants.Update(ctx, id, changes); err != nil {
			return found, err
		}
		// Another run that adopts the object at the same time may want something else.
		if found, err = r.run.API.ClientGrants.Look(ctx, id, changes); err != nil {
			return found, err
		}
	}
	report.WarnOfAdoption(diags, op, id, lines)
	return found, nil
}

// adoption returns the changes that make an existing grant match the plan, also as text.
func (r *grantResource) adoption(
	ctx context.Context, found m2m.ClientGrant, planned tfsdk.Plan, diags *diag.Diagnostics,
) (changes m2m.ClientGrantProperties, lines []string) {
	var plan, tenant grantModel
	diags.Append(planned.Get(ctx, &plan)...)
	tenant.fromAPI(ctx, found, diags)
	changes = plan.changes(ctx, &tenant.grantValues, diags)
	return changes, attribute.Differences(ctx, planned, &tenant, changes, diags)
}
