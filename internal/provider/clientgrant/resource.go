// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/unchanged"
)

var (
	_ resource.ResourceWithConfigure      = (*grantResource)(nil)
	_ resource.ResourceWithIdentity       = (*grantResource)(nil)
	_ resource.ResourceWithValidateConfig = (*grantResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*grantResource)(nil)
	_ resource.ResourceWithImportState    = (*grantResource)(nil)
	_ resource.ResourceWithMoveState      = (*grantResource)(nil)
)

// NewResource returns the resource m2m_client_grant.
func NewResource() resource.Resource { return &grantResource{} }

type grantResource struct{ run *run.Run }

func (r *grantResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_client_grant"
}

func (r *grantResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (r *grantResource) operation(
	verb report.Verb, m grantValues, attributes func(string) bool,
) report.Operation {
	object := run.GrantObject(m.key())
	if m.Audience.IsNull() {
		object = fmt.Sprintf("grant with the id %q", m.ID.ValueString()) // During an import.
	}
	return report.Operation{
		Verb: verb, Kind: "client grant", Object: object,
		TypeName: "m2m_client_grant", Attributes: attributes,
	}
}

// ValidateConfig looks at single values: Terraform validates each object in each plan, and Get
// would be a large part of the cost of an object that has not changed.
func (r *grantResource) ValidateConfig(
	_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config := attribute.ValuesOf(req.Config.Raw)
	client, group := config["client_id"], config["default_for"]
	switch {
	case client.IsNull() && group.IsNull():
		resp.Diagnostics.AddAttributeError(
			path.Root("client_id"), "Missing client_id or default_for",
			"A grant is for one client or for a group of clients. Set client_id or default_for.",
		)
	case attribute.IsSet(client) && attribute.IsSet(group):
		resp.Diagnostics.AddAttributeError(
			path.Root("default_for"), "Both client_id and default_for",
			"A grant is for one client or for a group of clients. Set client_id or default_for, "+
				"not both.",
		)
	}
	if config["allow_all_scopes"].Equal(tftypes.NewValue(tftypes.Bool, true)) &&
		attribute.IsSet(config["scopes"]) {
		resp.Diagnostics.AddAttributeError(path.Root("scopes"), "Both scopes and allow_all_scopes",
			"allow_all_scopes = true grants every scope of the API. Remove scopes from the "+
				"configuration, or set allow_all_scopes to false.")
	}
}

func (r *grantResource) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	var plan grantModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.ChangeGrantOf(plan.ClientID.ValueString(), plan.Audience.ValueString(), false)
	op := r.operation(report.Create, plan.grantValues, report.HasAttribute(req.Plan.Raw))
	// A new grant has these values unless the request sets others.
	fresh := grantValues{
		AllowAllScopes:            types.BoolValue(false),
		AuthorizationDetailsTypes: noTypes,
	}
	changes := plan.changes(ctx, &fresh, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	created, adopted, err := run.CreateOrAdopt(
		ctx, r.run, op, plan.UseExisting.ValueBool(), &resp.Diagnostics,
		func() (m2m.ClientGrant, string, error) {
			out, err := r.run.API.ClientGrants.Create(ctx, m2m.NewClientGrant{
				ClientGrantKey:        plan.key(),
				ClientGrantProperties: changes,
			})
			return out, out.ID, err
		},
		func(id string) (m2m.ClientGrant, error) {
			return r.adopt(ctx, op, id, req.Plan, &resp.Diagnostics)
		})
	if err != nil {
		op.Hint = r.run.HintOfMissingAPI(ctx, err, plan.Audience.ValueString())
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}

	// The grant exists now. Write the state even if something fails, or its id is lost.
	plan.fromAPI(ctx, created, &resp.Diagnostics)
	tfstate.FinishCreate(
		ctx, &r.run.Connection, op, adopted, plan.identity(), &plan, created, req, resp,
	)
}

func (r *grantResource) Read(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse,
) {
	var state grantModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	r.run.SeeInState(r.operation(report.Read, state.grantValues, nil).Object)
	found, err := unchanged.Answer(ctx, func() (m2m.ClientGrant, error) {
		return r.run.API.Reads.ClientGrant(ctx, state.ID.ValueString(), state.key())
	})
	if rest.IsNotFound(err) {
		tfstate.Forget(
			ctx, &r.run.Connection, r.operation(report.Read, state.grantValues, nil),
			state.ID.ValueString(), resp,
		)
		return
	}
	if err != nil {
		r.run.Report(&resp.Diagnostics, r.operation(report.Read, state.grantValues, nil), err)
		return
	}
	tfstate.RememberTenant(ctx, &r.run.Connection, resp.Private, &resp.Diagnostics)
	op := r.operation(report.Read, state.grantValues, nil)
	attribute.WarnOfDecomposed(&resp.Diagnostics, op.Object, found.Scope)
	state.fromAPI(ctx, found, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	tfstate.RememberAnswer(ctx, &r.run.Connection, found, resp)
}

func (r *grantResource) Update(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	var plan, prior grantModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.ChangeGrant(prior.ID.ValueString(), "", false)
	r.run.ChangeGrantOf(plan.ClientID.ValueString(), plan.Audience.ValueString(), false)
	op := r.operation(report.Update, plan.grantValues, report.HasAttribute(req.Plan.Raw))
	changes := plan.changes(ctx, &prior.grantValues, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	updated, err := r.write(ctx, prior.ID.ValueString(), changes)
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}
	plan.fromAPI(ctx, updated, &resp.Diagnostics)
	tfstate.SetIdentity(ctx, resp.Identity, plan.identity(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	tfstate.FinishUpdate(ctx, &r.run.Connection, op, updated, req, resp)
}

// write sends the changes. If only use_existing changed, which is not sent, it reads the grant.
func (r *grantResource) write(
	ctx context.Context, id string, changes m2m.ClientGrantProperties,
) (m2m.ClientGrant, error) {
	if changes == (m2m.ClientGrantProperties{}) {
		return r.run.API.ClientGrants.Get(ctx, id)
	}
	return r.run.API.ClientGrants.Update(ctx, id, changes)
}

func (r *grantResource) Delete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse,
) {
	var state grantModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if state.IsSystem.ValueBool() {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Kept the system grant %q", state.ID.ValueString()),
			fmt.Sprintf(
				"The grant %q is a system grant, so it was not deleted. It was only removed from "+
					"the state.",
				state.ID.ValueString(),
			))
		return
	}
	op := r.operation(report.Delete, state.grantValues, nil)
	if !tfstate.OfThisTenant(ctx, &r.run.Connection, op, req.Private, &resp.Diagnostics) {
		return
	}
	err := r.run.Destroy(op, state.ID.ValueString(), &resp.Diagnostics, func() error {
		return r.run.API.ClientGrants.Delete(ctx, state.ID.ValueString())
	})
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
	}
}
