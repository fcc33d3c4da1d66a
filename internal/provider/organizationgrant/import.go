// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// ImportState imports an association by its combined id or by identity.
func (r *associationResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	var identity associationIdentity
	wanted, ok := m2m.ParseOrganizationClientGrantID(req.ID)
	given := fmt.Sprintf("%q", req.ID)
	if tfstate.ImportedByIdentity(ctx, req.ID, req.Identity, &identity, &resp.Diagnostics) {
		wanted = m2m.OrganizationClientGrant{
			OrganizationID: identity.OrganizationID.ValueString(),
			GrantID:        identity.GrantID.ValueString(),
		}
		ok = true // The two ids are checked below.
		given = fmt.Sprintf(
			"The identity with organization_id %q and grant_id %q", wanted.OrganizationID,
			wanted.GrantID,
		)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !ok || !attribute.OrganizationID.MatchString(wanted.OrganizationID) ||
		!attribute.GrantID.MatchString(wanted.GrantID) {
		resp.Diagnostics.AddError("Invalid import id",
			given+
				" does not identify the association of a grant with an organization. Use the ids "+
				"of the organization and the grant, joined by two colons, "+
				"ORGANIZATION_ID::GRANT_ID, such as org_Ab12Cd34Ef56Gh78::cgr_Ab12Cd34Ef56Gh78.")
		return
	}
	var state associationModel
	state.fromAPI(wanted)
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}
