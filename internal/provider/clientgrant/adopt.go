// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// adopt updates an existing grant to match the plan.
func (r *grantResource) adopt(
	ctx context.Context, op report.Operation, id string, plan grantModel, diags *diag.Diagnostics,
) (m2m.ClientGrant, error) {
	found, err := r.run.API.ClientGrants.Get(ctx, id)
	if err != nil {
		return found, err
	}
	changes := r.adoption(ctx, found, plan, diags)
	if changes != (m2m.ClientGrantProperties{}) {
		if found, err = r.run.API.ClientGrants.Update(ctx, id, changes); err != nil {
			return found, err
		}
	}
	report.WarnOfAdoption(diags, op, id, attribute.NamesOf(changes))
	return found, nil
}

// adoption returns the changes that make an existing grant match the plan.
func (r *grantResource) adoption(
	ctx context.Context, found m2m.ClientGrant, plan grantModel, diags *diag.Diagnostics,
) m2m.ClientGrantProperties {
	var prior grantValues
	prior.fromAPI(ctx, found, diags)
	return plan.changes(ctx, &prior, diags)
}
