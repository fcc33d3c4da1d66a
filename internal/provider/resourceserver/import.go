// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

func (r *serverResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = tfstate.IdentityOf(map[string]string{
		"identifier": "Identifier of the API: the audience of its tokens.",
	})
}

// ImportState imports an API by id, identifier or identity. It looks the API up, because the state
// needs the id and the identity needs the identifier.
func (r *serverResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	var identity serverIdentity
	wanted, called, find := req.ID, "id or the identifier", r.run.API.Reads.ResourceServerByID
	if tfstate.ImportedByIdentity(ctx, req.ID, req.Identity, &identity, &resp.Diagnostics) {
		wanted, called = identity.Identifier.ValueString(), "identifier"
		find = r.run.API.Reads.ResourceServerByIdentifier
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if strings.TrimSpace(wanted) == "" {
		resp.Diagnostics.AddError(
			"Invalid import id",
			"The import id is empty. Use the id of the API, such as 68f0a1b2c3d4e5f60718293a, or "+
				"its identifier.",
		)
		return
	}
	found, err := find(ctx, wanted)
	op := r.operation(report.Import, serverValues{Identifier: types.StringValue(wanted)}, nil)
	switch {
	case rest.IsNotFound(err):
		resp.Diagnostics.AddError(op.Summary(), fmt.Sprintf("The tenant %s has no API with the "+
			"%s %q. Identifiers are compared byte for byte, including a trailing "+
			"slash.", r.run.Domain, called, wanted))
		return
	case err != nil:
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}
	tfstate.SetIdentity(
		ctx, resp.Identity, serverIdentity{types.StringValue(found.Identifier)}, &resp.Diagnostics,
	)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), found.ID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(
		ctx, path.Root("identifier"), found.Identifier,
	)...)
	// With an empty list in the state, [] in the configuration is no change, and neither is null.
	resp.Diagnostics.Append(resp.State.SetAttribute(
		ctx, path.Root("authorization_details"), noDetails,
	)...)
}
