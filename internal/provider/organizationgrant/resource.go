// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

var (
	_ resource.ResourceWithConfigure   = (*associationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*associationResource)(nil)
	_ resource.ResourceWithIdentity    = (*associationResource)(nil)
	_ resource.ResourceWithImportState = (*associationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*associationResource)(nil)
	_ resource.ResourceWithMoveState   = (*associationResource)(nil)
)

// NewResource returns the resource m2m_organization_client_grant.
func NewResource() resource.Resource {
	return &associationResource{}
}

type associationResource struct{ run *run.Run }

func (r *associationResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_organization_client_grant"
}

func (r *associationResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (r *associationResource) operation(
	verb report.Verb, m associationModel, attributes func(string) bool,
) report.Operation {
	return report.Operation{
		Verb: verb, Kind: "organization client grant",
		Object: fmt.Sprintf(
			"association of the grant %q with the organization %q", m.GrantID.ValueString(),
			m.OrganizationID.ValueString(),
		),
		TypeName: "m2m_organization_client_grant", Attributes: attributes, ImportOnly: true,
	}
}

func (r *associationResource) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	var plan associationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.ChangeGrant(plan.GrantID.ValueString(), plan.toAPI().ID(), false)
	op := r.operation(report.Create, plan, report.HasAttribute(req.Plan.Raw))
	created, adopted, err := run.CreateOrAdopt(ctx, r.run, op, false, &resp.Diagnostics,
		func() (m2m.OrganizationClientGrant, string, error) {
			// This run may also remove an association with the same id. If its DELETE were repeated
			// later, it would remove the new association.
			if err := r.run.Settle(ctx, plan.toAPI().ID()); err != nil {
				return m2m.OrganizationClientGrant{}, "", err
			}
			out, err := r.run.API.OrganizationClientGrants.Create(ctx, plan.toAPI())
			return out, out.ID(), err
		}, nil)
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}

	// The association exists now. Write the state even if something fails.
	plan.fromAPI(created)
	tfstate.FinishCreate(
		ctx, &r.run.Connection, op, adopted, plan.identity(), &plan, nil, req, resp,
	)
}

func (r *associationResource) Read(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse,
) {
	var state associationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	found, err := r.run.API.Reads.OrganizationClientGrant(ctx, state.toAPI())
	if rest.IsNotFound(err) {
		tfstate.Forget(
			ctx, &r.run.Connection, r.operation(report.Read, state, nil), state.ID.ValueString(),
			resp,
		)
		return
	}
	if err != nil {
		r.run.Report(&resp.Diagnostics, r.operation(report.Read, state, nil), err)
		return
	}
	tfstate.RememberTenant(ctx, &r.run.Connection, resp.Private, &resp.Diagnostics)
	state.fromAPI(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update is never called: a change of either attribute replaces the resource.
func (r *associationResource) Update(
	_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	resp.State.Raw = req.Plan.Raw
}

func (r *associationResource) Delete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse,
) {
	var state associationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Delete, state, nil)
	if !tfstate.OfThisTenant(ctx, &r.run.Connection, op, req.Private, &resp.Diagnostics) {
		return
	}
	err := r.run.Destroy(op, state.ID.ValueString(), &resp.Diagnostics, func() error {
		return r.run.API.OrganizationClientGrants.Delete(ctx, state.toAPI())
	})
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
	}
}
