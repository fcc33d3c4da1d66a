// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

func (r *grantResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = tfstate.IdentityOf(map[string]string{
		"id": "Id of the grant in the tenant.",
	})
}

// parseKey reads CLIENT_ID::AUDIENCE or CLIENT_ID::AUDIENCE::SUBJECT_TYPE. CLIENT_ID may be the
// name of a group of clients. An audience may also contain two colons, so the part after the last
// two colons is a subject type only if it is a known subject type.
func parseKey(id string) (key m2m.ClientGrantKey, ok bool) {
	client, audience, ok := strings.Cut(id, "::")
	if last := strings.LastIndex(audience, "::"); last >= 0 &&
		slices.Contains(subjectTypes, audience[last+2:]) {
		audience, key.SubjectType = audience[:last], audience[last+2:]
	}
	key.Audience = audience
	if slices.Contains(clientGroups, client) {
		key.DefaultFor = client
	} else {
		key.ClientID = client
	}
	return key, ok && client != "" && audience != ""
}

// ImportState imports a grant by id, natural key or identity.
func (r *grantResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	identity := grantIdentity{ID: types.StringValue(req.ID)}
	byIdentity := tfstate.ImportedByIdentity(
		ctx, req.ID, req.Identity, &identity, &resp.Diagnostics,
	)
	if resp.Diagnostics.HasError() {
		return
	}
	id := identity.ID.ValueString()
	if !attribute.GrantID.MatchString(id) {
		key, ok := parseKey(id)
		if !ok || byIdentity {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("%q is not the id of a "+
				"grant. Use the id of the grant, such as cgr_Ab12Cd34Ef56Gh78, or "+
				"CLIENT_ID::AUDIENCE or CLIENT_ID::AUDIENCE::SUBJECT_TYPE. For a grant with "+
				"default_for, CLIENT_ID is third_party_clients. An import by identity only "+
				"accepts the id.", id))
			return
		}
		if id, ok = r.lookUp(ctx, key, &resp.Diagnostics); !ok {
			return
		}
	}
	tfstate.SetIdentity(
		ctx, resp.Identity, grantIdentity{ID: types.StringValue(id)}, &resp.Diagnostics,
	)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	// With an empty set in the state, [] in the configuration is no change, and neither is null.
	resp.Diagnostics.Append(resp.State.SetAttribute(
		ctx, path.Root("authorization_details_types"), noTypes,
	)...)
}

// lookUp finds the id of a grant by its natural key.
func (r *grantResource) lookUp(
	ctx context.Context, key m2m.ClientGrantKey, diags *diag.Diagnostics,
) (id string, ok bool) {
	wanted := grantValues{
		ClientID: types.StringValue(key.ClientID),
		Audience: types.StringValue(key.Audience),
	}
	if key.DefaultFor != "" {
		wanted.DefaultFor = types.StringValue(key.DefaultFor)
	}
	op := r.operation(report.Import, wanted, nil)
	found, err := r.run.API.Reads.ClientGrantsOfEachSubjectType(ctx, key)
	if err != nil {
		r.run.Report(diags, op, err)
		return "", false
	}
	subject, hint := key.SubjectType, ""
	if subject == "" {
		subject, hint = m2m.DefaultSubjectType, ", which is the default"
	}
	if grant, ok := found[subject]; ok {
		return grant.ID, true
	}
	others := "Check the client and the audience, which is compared byte for byte, including a " +
		"trailing slash."
	if len(found) > 0 {
		others = "There is one"
		for i, other := range slices.Sorted(maps.Keys(found)) {
			if i > 0 {
				others += " and one"
			}
			others += fmt.Sprintf(
				" with the subject type %q (import it by %s)", other, found[other].ID,
			)
		}
		others += "."
	}
	diags.AddError(op.Summary(), report.Paragraphs(
		fmt.Sprintf(
			"The tenant %s has no %s with the subject type %q%s.", r.run.Domain, op.Object, subject,
			hint,
		), others))
	return "", false
}
