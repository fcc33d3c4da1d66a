// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package exclusivegrants

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// ImportState imports the grants of an API or a client by id or identity. Read lists the grants
// that exist.
func (r *exclusiveResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	identity := exclusiveIdentity{ID: types.StringValue(req.ID)}
	tfstate.ImportedByIdentity(ctx, req.ID, req.Identity, &identity, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var state exclusiveModel
	if !state.parseID(identity.ID.ValueString()) {
		resp.Diagnostics.AddError("Invalid import id",
			fmt.Sprintf("%q does not say whose grants to import. Use audience::IDENTIFIER, such "+
				"as audience::https://orders.example.com, or client_id::CLIENT_ID.",
				identity.ID.ValueString()))
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	for name, value := range map[string]types.String{
		"audience": state.Audience, "client_id": state.ClientID, "id": state.ID,
		"on_unmanaged": types.StringValue(reportOnly),
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}
