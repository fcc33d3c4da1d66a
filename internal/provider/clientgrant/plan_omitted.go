// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// planOmitted plans values that the configuration omits and that are empty in every new grant: they
// are null, so that the plan does not show them. An existing grant keeps an empty set.
func (r *grantResource) planOmitted(
	ctx context.Context, config, plan grantModel, state tfsdk.State, planned *tfsdk.Plan,
	diags *diag.Diagnostics,
) {
	var prior grantModel
	creating := state.Raw.IsNull()
	mayAdopt := plan.UseExisting.IsUnknown() || plan.UseExisting.ValueBool()
	if !creating {
		diags.Append(state.Get(ctx, &prior)...)
	}
	if config.AuthorizationDetailsTypes.IsNull() {
		kinds := noTypes // The tenant cannot change a set back to null.
		switch {
		case creating && plan.UseExisting.IsUnknown():
			kinds = types.SetUnknown(types.StringType)
		case creating && !mayAdopt:
			kinds = types.SetNull(types.StringType)
		case !creating && prior.AuthorizationDetailsTypes.IsNull():
			kinds = prior.AuthorizationDetailsTypes
		}
		diags.Append(planned.SetAttribute(ctx, path.Root("authorization_details_types"), kinds)...)
	}
	if creating && !mayAdopt {
		diags.Append(planned.SetAttribute(ctx, path.Root("is_system"), types.BoolNull())...)
	}
}
