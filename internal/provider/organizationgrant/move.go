// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// MoveState accepts the state of an auth0_organization_client_grant, whose id has the same
// form.
func (r *associationResource) MoveState(context.Context) []resource.StateMover {
	type incumbent struct {
		ID             string `json:"id"`
		OrganizationID string `json:"organization_id"`
		GrantID        string `json:"grant_id"`
	}
	const typeName = "auth0_organization_client_grant"
	return []resource.StateMover{tfstate.MoveFrom(typeName,
		func(ctx context.Context, old incumbent, resp *resource.MoveStateResponse) {
			moved := m2m.OrganizationClientGrant{
				OrganizationID: old.OrganizationID,
				GrantID:        old.GrantID,
			}
			if moved.OrganizationID == "" || moved.GrantID == "" {
				// An import without a refresh only sets the id.
				var ok bool
				if moved, ok = m2m.ParseOrganizationClientGrantID(old.ID); !ok {
					tfstate.MoveError(
						&resp.Diagnostics, typeName, "it does not name an organization and a grant",
					)
					return
				}
			}
			var state associationModel
			state.fromAPI(moved)
			tfstate.SetIdentity(ctx, resp.TargetIdentity, state.identity(), &resp.Diagnostics)
			resp.Diagnostics.Append(resp.TargetState.Set(ctx, &state)...)
		})}
}
