// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// ImportState imports a scope by id or identity. If the id is ambiguous, it imports the scope that
// exists.
func (r *scopeResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	var identity scopeIdentity
	wanted := m2m.ParseResourceServerScopeID(req.ID)
	if tfstate.ImportedByIdentity(ctx, req.ID, req.Identity, &identity, &resp.Diagnostics) {
		wanted = []m2m.ResourceServerScope{
			{
				Identifier: identity.Identifier.ValueString(),
				Scope:      m2m.Scope{Value: identity.Scope.ValueString()},
			},
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if len(wanted) == 0 || wanted[0].Identifier == "" || wanted[0].Value == "" {
		resp.Diagnostics.AddError("Invalid import id",
			fmt.Sprintf("%q is not the id of a scope. Use the identifier of the API and the "+
				"scope, joined by two colons, IDENTIFIER::SCOPE, such as "+
				"https://orders.example.com::read:orders.",
				req.ID))
		return
	}
	var state scopeModel
	state.fromAPI(wanted[0])
	if len(wanted) > 1 {
		r.chooseImported(ctx, &state, wanted, &resp.Diagnostics)
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// chooseImported sets the state to the first of several scopes that exists.
func (r *scopeResource) chooseImported(
	ctx context.Context, state *scopeModel, among []m2m.ResourceServerScope,
	diags *diag.Diagnostics,
) {
	for _, candidate := range among {
		found, err := r.run.API.Reads.ResourceServerScope(ctx, candidate)
		if err == nil {
			state.fromAPI(found)
			return
		}
		if !rest.IsNotFound(err) {
			r.reportError(diags, r.operation(report.Read, *state, nil), err)
			return
		}
	}
}
