// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var (
	_ resource.ResourceWithConfigure   = (*resourceServerScopeResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*resourceServerScopeResource)(nil)
	_ resource.ResourceWithIdentity    = (*resourceServerScopeResource)(nil)
	_ resource.ResourceWithImportState = (*resourceServerScopeResource)(nil)
	_ resource.ResourceWithMoveState   = (*resourceServerScopeResource)(nil)
)

func newResourceServerScopeResource() resource.Resource { return &resourceServerScopeResource{} }

type resourceServerScopeResource struct{ run *run.Run }

func (r *resourceServerScopeResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resource_server_scope"
}

func (r *resourceServerScopeResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (r *resourceServerScopeResource) operation(verb report.Verb, m resourceServerScopeModel, attributes func(string) bool) report.Operation {
	return report.Operation{
		Verb: verb, Kind: "resource server scope",
		Object:   fmt.Sprintf("scope %q of the API %q", m.Scope.ValueString(), m.Identifier.ValueString()),
		TypeName: "m2m_resource_server_scope", Attributes: attributes, ImportOnly: true,
	}
}

// reportScope words what can only happen to scopes, and leaves the rest to report.
func (r *resourceServerScopeResource) reportScope(diags *diag.Diagnostics, op report.Operation, err error) {
	var race *m2m.LostRaceError
	switch {
	case errors.As(err, &race) && race.Restored:
		diags.AddError(op.Summary(), fmt.Sprintf("The %s was removed, and then somebody else wrote all scopes of the API and put it back.\n\n"+
			"%s", op.Object, raceAdvice))
	case errors.As(err, &race):
		diags.AddError(op.Summary(), fmt.Sprintf("The %s was written, and then somebody else wrote all scopes of the API and removed it.\n\n"+
			"%s", op.Object, raceAdvice))
	case errors.Is(err, m2m.ErrSystemAPI):
		systemScopeError(diags, op)
	default:
		r.run.Report(diags, op, err)
	}
}

const raceAdvice = "Run terraform apply again. If that happens each time, something else manages all scopes of this API, such as an " +
	"m2m_resource_server with scopes in another configuration: let only one of the two manage them."

func systemScopeError(diags *diag.Diagnostics, op report.Operation) {
	diags.AddAttributeError(path.Root("resource_server_identifier"), op.Summary(),
		fmt.Sprintf("The %s cannot be managed: the API is one of the tenant's own, whose scopes cannot be changed. "+
			"Nothing was changed in the tenant. Take the scope out of the configuration.", op.Object))
}

// ModifyPlan refuses to add scopes to the Management API, and notes others for the
// grants that are planned after it. The tenant's other own APIs are only known by
// what it answers. It warns where the same run plans all scopes of the API.
func (r *resourceServerScopeResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan resourceServerScopeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if attribute.IsUnset(plan.Identifier) {
		return
	}
	if server, planned := r.run.PlannedAPI(plan.Identifier.ValueString()); planned && server.Complete {
		resp.Diagnostics.AddAttributeWarning(path.Root("resource_server_identifier"), "Scopes managed twice",
			fmt.Sprintf("The m2m_resource_server of the API %q in this configuration sets scopes, which are then all scopes of the API: it removes "+
				"what this resource adds, and the two undo each other in turns. Leave scopes out there, or move the scope there.",
				plan.Identifier.ValueString()))
	}
	switch {
	case !req.State.Raw.IsNull():
	case plan.Identifier.ValueString() == r.run.ManagementAudience:
		systemScopeError(&resp.Diagnostics, r.operation(report.Create, plan, nil))
	case !attribute.IsUnset(plan.Scope):
		r.run.AddScope(plan.Identifier.ValueString(), plan.Scope.ValueString())
	}
}

func (r *resourceServerScopeResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan resourceServerScopeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Create, plan, report.HasAttribute(req.Plan.Raw))
	created, _, err := run.CreateOrAdopt(ctx, r.run, false,
		func() (m2m.ResourceServerScope, string, error) {
			out, err := r.run.API.ResourceServerScopes.Create(ctx, plan.toAPI())
			return out, out.ID(), err
		}, nil)
	if err != nil {
		r.reportScope(&resp.Diagnostics, op, err)
		return
	}

	// The scope exists from here on: write state whatever happens.
	plan.fromAPI(created)
	tfstate.FinishCreate(ctx, op, false, plan.identity(), &plan, req, resp)
}

func (r *resourceServerScopeResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state resourceServerScopeModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	found, err := r.run.API.ResourceServerScopes.Find(ctx, state.toAPI())
	if m2m.IsNotFound(err) {
		tfstate.Forget(ctx, "scope", state.ID.ValueString(), resp)
		return
	}
	if err != nil {
		r.reportScope(&resp.Diagnostics, r.operation(report.Read, state, nil), err)
		return
	}
	state.fromAPI(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update changes the description; all else replaces the resource.
func (r *resourceServerScopeResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan resourceServerScopeModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Update, plan, report.HasAttribute(req.Plan.Raw))
	tfstate.SetIdentity(ctx, resp.Identity, plan.identity(), &resp.Diagnostics)
	updated, err := r.run.API.ResourceServerScopes.Update(ctx, plan.toAPI())
	if err != nil {
		r.reportScope(&resp.Diagnostics, op, err)
		return
	}
	plan.fromAPI(updated)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	tfstate.ConfirmUpdated(op, req, resp)
}

func (r *resourceServerScopeResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state resourceServerScopeModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Delete, state, nil)
	err := r.run.Destroy(op, state.ID.ValueString(), &resp.Diagnostics, func() error { return r.run.API.ResourceServerScopes.Delete(ctx, state.toAPI()) })
	switch {
	case errors.Is(err, m2m.ErrSystemAPI):
		resp.Diagnostics.AddWarning("Scope of a system API kept",
			fmt.Sprintf("The %s belongs to the tenant itself and stays there; it is only dropped from the state.", op.Object))
	case err != nil:
		r.reportScope(&resp.Diagnostics, op, err)
	}
}

// ImportState takes the id, or the identity. Where an id can be read in several
// ways, the tenant tells which scope there is.
func (r *resourceServerScopeResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var identity resourceServerScopeIdentity
	wanted := m2m.ParseResourceServerScopeID(req.ID)
	if tfstate.ImportedByIdentity(ctx, req.ID, req.Identity, &identity, &resp.Diagnostics) {
		wanted = []m2m.ResourceServerScope{
			{Identifier: identity.Identifier.ValueString(), Scope: m2m.Scope{Value: identity.Scope.ValueString()}},
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if len(wanted) == 0 || wanted[0].Identifier == "" || wanted[0].Value == "" {
		resp.Diagnostics.AddError("Invalid import id",
			fmt.Sprintf("%q does not name a scope of an API. It is imported by the identifier of the API and the scope with two colons between "+
				"them, IDENTIFIER::SCOPE, such as https://orders.example.com::read:orders.", req.ID))
		return
	}
	var state resourceServerScopeModel
	state.fromAPI(wanted[0])
	if len(wanted) > 1 {
		r.chooseImported(ctx, &state, wanted, &resp.Diagnostics)
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// chooseImported takes the first of several scopes that exists.
func (r *resourceServerScopeResource) chooseImported(
	ctx context.Context, state *resourceServerScopeModel, among []m2m.ResourceServerScope, diags *diag.Diagnostics,
) {
	for _, candidate := range among {
		found, err := r.run.API.ResourceServerScopes.Find(ctx, candidate)
		if err == nil {
			state.fromAPI(found)
			return
		}
		if !m2m.IsNotFound(err) {
			r.reportScope(diags, r.operation(report.Read, *state, nil), err)
			return
		}
	}
}

// MoveState takes over auth0_resource_server_scope, whose id is made like ours. It
// stores a missing description as an empty one; the refresh after the move tells
// which it is.
func (r *resourceServerScopeResource) MoveState(context.Context) []resource.StateMover {
	type incumbent struct {
		ID          string `json:"id"`
		Identifier  string `json:"resource_server_identifier"`
		Scope       string `json:"scope"`
		Description string `json:"description"`
	}
	const typeName = "auth0_resource_server_scope"
	return []resource.StateMover{tfstate.MoveFrom(typeName, func(ctx context.Context, old incumbent, resp *resource.MoveStateResponse) {
		moved := m2m.ResourceServerScope{Identifier: old.Identifier, Scope: m2m.Scope{Value: old.Scope}}
		if moved.Identifier == "" || moved.Value == "" {
			// So it is right after an import that was not refreshed.
			parsed := m2m.ParseResourceServerScopeID(old.ID)
			if len(parsed) == 0 {
				tfstate.MoveError(&resp.Diagnostics, typeName, "it names no API and no scope")
				return
			}
			moved = parsed[0]
		}
		if old.Description != "" {
			moved.Description = &old.Description
		}
		var state resourceServerScopeModel
		state.fromAPI(moved)
		tfstate.SetIdentity(ctx, resp.TargetIdentity, state.identity(), &resp.Diagnostics)
		resp.Diagnostics.Append(resp.TargetState.Set(ctx, &state)...)
	})}
}
