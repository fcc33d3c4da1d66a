// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// MoveState accepts the state of an auth0_resource_server_scope, whose id has the same form. The
// auth0 provider stores a missing description as an empty string; the refresh after the move
// corrects that.
func (r *scopeResource) MoveState(context.Context) []resource.StateMover {
	type incumbent struct {
		ID          string `json:"id"`
		Identifier  string `json:"resource_server_identifier"`
		Scope       string `json:"scope"`
		Description string `json:"description"`
	}
	const typeName = "auth0_resource_server_scope"
	return []resource.StateMover{tfstate.MoveFrom(typeName,
		func(ctx context.Context, old incumbent, resp *resource.MoveStateResponse) {
			moved := m2m.ResourceServerScope{
				Identifier: old.Identifier,
				Scope:      m2m.Scope{Value: old.Scope},
			}
			if moved.Identifier == "" || moved.Value == "" {
				// An import without a refresh only sets the id.
				parsed := m2m.ParseResourceServerScopeID(old.ID)
				if len(parsed) == 0 {
					tfstate.MoveError(&resp.Diagnostics, typeName, "it does not name an API and "+
						"a scope")
					return
				}
				moved = parsed[0]
			}
			if old.Description != "" {
				moved.Description = &old.Description
			}
			var state scopeModel
			state.fromAPI(moved)
			tfstate.SetIdentity(ctx, resp.TargetIdentity, state.identity(), &resp.Diagnostics)
			resp.Diagnostics.Append(resp.TargetState.Set(ctx, &state)...)
		})}
}
