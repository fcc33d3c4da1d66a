// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

var (
	_ resource.ResourceWithConfigure   = (*scopeResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*scopeResource)(nil)
	_ resource.ResourceWithIdentity    = (*scopeResource)(nil)
	_ resource.ResourceWithImportState = (*scopeResource)(nil)
	_ resource.ResourceWithMoveState   = (*scopeResource)(nil)
)

// NewResource returns the resource m2m_resource_server_scope.
func NewResource() resource.Resource { return &scopeResource{} }

type scopeResource struct{ run *run.Run }

func (r *scopeResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_resource_server_scope"
}

func (r *scopeResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (r *scopeResource) operation(
	verb report.Verb, m scopeModel, attributes func(string) bool,
) report.Operation {
	return report.Operation{
		Verb: verb, Kind: "resource server scope",
		Object: fmt.Sprintf(
			"scope %q of the API %q", m.Scope.ValueString(), m.Identifier.ValueString(),
		),
		TypeName: "m2m_resource_server_scope", Attributes: attributes, ImportOnly: true,
	}
}

func (r *scopeResource) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	var plan scopeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.ChangeAPI(plan.Identifier.ValueString(), plan.Scope.ValueString(), false)
	op := r.operation(report.Create, plan, report.HasAttribute(req.Plan.Raw))
	created, adopted, err := run.CreateOrAdopt(ctx, r.run, op, false, &resp.Diagnostics,
		func() (m2m.ResourceServerScope, string, error) {
			out, err := r.run.API.ResourceServerScopes.Create(ctx, plan.toAPI())
			return out, out.ID(), err
		}, nil)
	r.warnOfDoubts(&resp.Diagnostics, plan.Identifier.ValueString())
	if err != nil {
		op.Hint = r.run.HintOfMissingAPI(ctx, err, plan.Identifier.ValueString())
		r.reportError(&resp.Diagnostics, op, err)
		var race *m2m.LostRaceError
		if !errors.As(err, &race) || created.Value == "" {
			return
		}
		// Other scopes than this one are lost.
	}

	// The scope exists now. Write the state even if something fails.
	plan.fromAPI(created)
	tfstate.FinishCreate(
		ctx, &r.run.Connection, op, adopted, plan.identity(), &plan, nil, req, resp,
	)
}

func (r *scopeResource) Read(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse,
) {
	var state scopeModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	found, err := r.run.API.Reads.ResourceServerScope(ctx, state.toAPI())
	if rest.IsNotFound(err) {
		tfstate.Forget(
			ctx, &r.run.Connection, r.operation(report.Read, state, nil), state.ID.ValueString(),
			resp,
		)
		return
	}
	if err != nil {
		r.reportError(&resp.Diagnostics, r.operation(report.Read, state, nil), err)
		return
	}
	tfstate.RememberTenant(ctx, &r.run.Connection, resp.Private, &resp.Diagnostics)
	state.fromAPI(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update changes the description. Any other change replaces the resource.
func (r *scopeResource) Update(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	var plan scopeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Update, plan, report.HasAttribute(req.Plan.Raw))
	tfstate.SetIdentity(ctx, resp.Identity, plan.identity(), &resp.Diagnostics)
	updated, err := r.run.API.ResourceServerScopes.Update(ctx, plan.toAPI())
	r.warnOfDoubts(&resp.Diagnostics, plan.Identifier.ValueString())
	if err != nil {
		r.reportError(&resp.Diagnostics, op, err)
		return
	}
	plan.fromAPI(updated)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	tfstate.FinishUpdate(ctx, &r.run.Connection, op, nil, req, resp)
}

func (r *scopeResource) Delete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse,
) {
	var state scopeModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Delete, state, nil)
	if !tfstate.OfThisTenant(ctx, &r.run.Connection, op, req.Private, &resp.Diagnostics) {
		return
	}
	err := r.run.Destroy(op, state.ID.ValueString(), &resp.Diagnostics, func() error {
		return r.run.API.ResourceServerScopes.Delete(ctx, state.toAPI())
	})
	r.warnOfDoubts(&resp.Diagnostics, state.Identifier.ValueString())
	switch {
	case errors.Is(err, m2m.ErrSystemAPI):
		resp.Diagnostics.AddWarning("Kept the "+op.Object,
			fmt.Sprintf(
				"The %s belongs to a system API, so it was not deleted. It was only removed from "+
					"the state.",
				op.Object,
			))
	case err != nil:
		r.reportError(&resp.Diagnostics, op, err)
	}
}
