// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package exclusivegrants

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

var (
	_ resource.ResourceWithConfigure      = (*exclusiveResource)(nil)
	_ resource.ResourceWithIdentity       = (*exclusiveResource)(nil)
	_ resource.ResourceWithValidateConfig = (*exclusiveResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*exclusiveResource)(nil)
	_ resource.ResourceWithImportState    = (*exclusiveResource)(nil)
)

// NewResource returns the resource m2m_client_grants_exclusive.
func NewResource() resource.Resource { return &exclusiveResource{} }

type exclusiveResource struct{ run *run.Run }

func (r *exclusiveResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_client_grants_exclusive"
}

func (r *exclusiveResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (r *exclusiveResource) operation(verb report.Verb, m exclusiveModel) report.Operation {
	return report.Operation{
		Verb: verb, Kind: "exclusive client grants", Object: m.object(),
		TypeName: "m2m_client_grants_exclusive", ImportOnly: true,
	}
}

func (r *exclusiveResource) ValidateConfig(
	_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config := attribute.ValuesOf(req.Config.Raw)
	audience, client := config["audience"], config["client_id"]
	switch {
	case audience.IsNull() && client.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("audience"), "Missing audience or client_id",
			"Set audience to say which grants an API may have, or client_id to say which grants a "+
				"client may have.")
	case attribute.IsSet(audience) && attribute.IsSet(client):
		resp.Diagnostics.AddAttributeError(path.Root("client_id"), "Both audience and client_id",
			"Set only one of audience and client_id. To govern both, use two resources.")
	}
}

// Create records the grants that exist. It removes none, because no plan has named them: Terraform
// hands an apply only what the state had, and a new resource has no state.
func (r *exclusiveResource) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	var plan exclusiveModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Create, plan)
	live, err := r.run.API.ClientGrants.List(ctx, plan.filter())
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}
	if len(live) == 0 && !r.exists(ctx, plan, &resp.Diagnostics) {
		return
	}
	plan.setID()
	plan.UnmanagedGrantIDs = idsOf(ctx, plan.unmanaged(live), &resp.Diagnostics)
	tfstate.FinishCreate(
		ctx, &r.run.Connection, op, true, plan.identity(), &plan, nil, req, resp,
	)
}

// exists reports an error if the tenant certainly has no such API or client. A list of its grants
// is empty then, so a misspelled name would govern nothing.
func (r *exclusiveResource) exists(
	ctx context.Context, m exclusiveModel, diags *diag.Diagnostics,
) bool {
	op := report.Operation{Verb: report.Create, Kind: "exclusive client grants"}
	if m.Audience.IsNull() {
		op.Object = "client with the id " + m.ClientID.String()
		if _, err := r.run.API.Clients.Get(ctx, m.ClientID.ValueString()); rest.IsNotFound(err) {
			r.run.Missing(diags, op, "client_id", "Set client_id to the id of the client, not to "+
				"its name.")
			return false
		}
		return true
	}
	op.Object = "API with the identifier " + m.Audience.String()
	identifier := m.Audience.ValueString()
	if _, err := r.run.API.ResourceServers.Find(ctx, identifier); rest.IsNotFound(err) {
		r.run.Missing(diags, op, "audience", r.run.HintOfAPI(ctx, identifier))
		return false
	}
	return true
}

func (r *exclusiveResource) Read(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse,
) {
	var state exclusiveModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	r.run.SeeInState(state.object())
	live, err := r.run.API.Reads.ClientGrants(ctx, state.filter())
	if err != nil {
		r.run.Report(&resp.Diagnostics, r.operation(report.Read, state), err)
		return
	}
	tfstate.RememberTenant(ctx, &r.run.Connection, resp.Private, &resp.Diagnostics)
	unmanaged := state.unmanaged(live)
	if state.GrantIDs.IsNull() { // An import.
		state.GrantIDs = idsOf(ctx, unmanaged, &resp.Diagnostics)
		unmanaged = nil
	}
	state.UnmanagedGrantIDs = idsOf(ctx, unmanaged, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update removes grants that leave unmanaged_grant_ids. The state of the plan lists them, so an
// apply removes nothing else, whatever the tenant has by then.
func (r *exclusiveResource) Update(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	var plan, prior exclusiveModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Update, plan)
	tfstate.SetIdentity(ctx, resp.Identity, plan.identity(), &resp.Diagnostics)
	leaving := prior.leaving(plan)
	if len(leaving) > 0 || plan.UnmanagedGrantIDs.IsUnknown() {
		live, err := r.run.API.ClientGrants.List(ctx, plan.filter())
		if err != nil {
			r.run.Report(&resp.Diagnostics, op, err)
			return
		}
		if plan.UnmanagedGrantIDs.IsUnknown() {
			plan.UnmanagedGrantIDs = idsOf(ctx, plan.unmanaged(live), &resp.Diagnostics)
		}
		if left := r.remove(ctx, live, leaving, &resp.Diagnostics); len(left) > 0 {
			plan.UnmanagedGrantIDs = idsOf(ctx, left, &resp.Diagnostics)
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	if !resp.Diagnostics.HasError() {
		tfstate.FinishUpdate(ctx, &r.run.Connection, op, nil, req, resp)
	}
}

// leaving returns the grants of a state that an apply of the plan removes.
func (m *exclusiveModel) leaving(plan exclusiveModel) idSet {
	leaving := idSet{}
	if plan.OnUnmanaged.ValueString() == reportOnly {
		return leaving
	}
	listed, _ := knownIDs(plan.GrantIDs)
	for _, id := range without(m.UnmanagedGrantIDs, listed) {
		leaving[id] = true
	}
	return leaving
}

// remove removes grants, and returns those that it could not remove. System grants stay, even if
// somebody has edited the state.
func (r *exclusiveResource) remove(
	ctx context.Context, live []m2m.ClientGrant, leaving idSet, diags *diag.Diagnostics,
) (left []m2m.ClientGrant) {
	for _, grant := range live {
		if !leaving[grant.ID] || grant.IsSystem {
			continue
		}
		op := report.Operation{
			Verb: report.Delete, Kind: "client grant", TypeName: "m2m_client_grant",
			Object: run.GrantObject(grant.Key()) + " (" + grant.ID + ")",
		}
		err := r.run.Destroy(op, grant.ID, diags, func() error {
			return r.run.API.ClientGrants.Delete(ctx, grant.ID)
		})
		if err != nil {
			r.run.Report(diags, op, err)
			left = append(left, grant)
		}
	}
	return left
}

// Delete removes no grants: without this resource, nobody says which grants may exist.
func (r *exclusiveResource) Delete(
	context.Context, resource.DeleteRequest, *resource.DeleteResponse,
) {
}

// noGrants is an empty set of ids.
var noGrants = types.SetValueMust(types.StringType, nil)
