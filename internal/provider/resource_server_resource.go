// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var (
	_ resource.ResourceWithConfigure      = (*resourceServerResource)(nil)
	_ resource.ResourceWithValidateConfig = (*resourceServerResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*resourceServerResource)(nil)
	_ resource.ResourceWithImportState    = (*resourceServerResource)(nil)
)

func newResourceServerResource() resource.Resource { return &resourceServerResource{} }

type resourceServerResource struct{ *session }

func (r *resourceServerResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resource_server"
}

func (r *resourceServerResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = sessionOf(req.ProviderData, &resp.Diagnostics)
}

func (r *resourceServerResource) operation(verb string, m resourceServerModel, attributes func(string) bool) operation {
	object := fmt.Sprintf("API %q", m.Identifier.ValueString())
	if m.Identifier.IsNull() {
		object = fmt.Sprintf("API with the id %q", m.ID.ValueString()) // As in an import.
	}
	return operation{
		verb: verb, kind: "resource server", object: object,
		typeName: "m2m_resource_server", attributes: attributes,
	}
}

func (r *resourceServerResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config resourceServerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	checkWebLifetime(&resp.Diagnostics, config.TokenLifetimeForWeb, config.TokenLifetime)
}

// checkWebLifetime holds the rule that browser flows get no longer tokens than
// others (API contract 3.1).
func checkWebLifetime(diags *diag.Diagnostics, web, lifetime types.Int64) {
	if web.IsNull() || web.IsUnknown() || lifetime.IsNull() || lifetime.IsUnknown() || web.ValueInt64() <= lifetime.ValueInt64() {
		return
	}
	diags.AddAttributeError(path.Root("token_lifetime_for_web"), "Invalid token lifetime",
		fmt.Sprintf("token_lifetime_for_web is %d seconds, above token_lifetime, which is %d. Lower it, or raise token_lifetime.",
			web.ValueInt64(), lifetime.ValueInt64()))
}

// defaultTokenLifetime is what the tenant chooses (API contract 3.1).
const defaultTokenLifetime = 86400

// ModifyPlan plans what depends on several attributes and on whether the API
// exists already.
func (r *resourceServerResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan, prior resourceServerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if creating := req.State.Raw.IsNull(); !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}

	lifetime := plan.TokenLifetime
	if req.State.Raw.IsNull() && config.TokenLifetime.IsNull() {
		lifetime = types.Int64Value(defaultTokenLifetime)
	}
	checkWebLifetime(&resp.Diagnostics, config.TokenLifetimeForWeb, lifetime)

	if config.SigningSecret.IsNull() {
		secret := plannedSecret(config, plan, prior)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("signing_secret"), secret)...)
	}
}

// plannedSecret foresees the signing secret where the configuration leaves it
// out: the tenant makes one for HS256 and keeps it ever after (API contract 3.3).
func plannedSecret(config, plan, prior resourceServerModel) types.String {
	switch {
	case !config.SigningSecretWOVersion.IsNull():
		return types.StringNull()
	case !prior.SigningSecret.IsNull():
		return prior.SigningSecret
	case !prior.SigningSecretWOVersion.IsNull():
		return types.StringUnknown() // What was kept out of the state is shown again.
	case plan.SigningAlg.IsUnknown(), plan.SigningAlg.ValueString() == "HS256" && !prior.SigningAlg.Equal(plan.SigningAlg):
		return types.StringUnknown()
	default:
		return types.StringNull()
	}
}

func (r *resourceServerResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config resourceServerModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation("create", plan, hasAttribute(req.Plan.Raw))
	settings := plan.settings(ctx, &resourceServerModel{}, config.SigningSecretWO, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	created, err := r.api.ResourceServers.Create(ctx, m2m.NewResourceServer{
		Identifier: plan.Identifier.ValueString(), ResourceServerSettings: settings,
	})
	var conflict *m2m.ConflictError
	if errors.As(err, &conflict) && conflict.ID != "" && plan.UseExisting.ValueBool() {
		created, err = r.adopt(ctx, op, conflict.ID, plan, config.SigningSecretWO, &resp.Diagnostics)
	}
	if err != nil {
		r.report(&resp.Diagnostics, op, err)
		return
	}

	// The API exists from here on: write state whatever happens, or its id is lost.
	plan.fromAPI(ctx, created, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	confirmPlanned(&resp.Diagnostics, op, req.Plan.Raw, resp.State.Raw)
}

// adopt takes over an API that exists and brings it to the plan.
func (r *resourceServerResource) adopt(
	ctx context.Context, op operation, id string, plan resourceServerModel, secret types.String, diags *diag.Diagnostics,
) (m2m.ResourceServer, error) {
	found, err := r.api.ResourceServers.Get(ctx, id)
	if err != nil {
		return found, err
	}
	prior := resourceServerModel{TokenEncryption: plan.TokenEncryption}
	prior.fromAPI(ctx, found, diags)
	plan.IsSystem = prior.IsSystem
	settings := plan.settings(ctx, &prior, secret, diags)
	if settings != (m2m.ResourceServerSettings{}) {
		if found, err = r.api.ResourceServers.Update(ctx, id, settings); err != nil {
			return found, err
		}
	}
	adoptionWarning(diags, op, id, namesOf(settings))
	return found, nil
}

func (r *resourceServerResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state resourceServerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := r.api.ResourceServers.Get(ctx, state.ID.ValueString())
	if m2m.IsNotFound(err) {
		tflog.Info(ctx, "The resource server is gone; it will be planned anew", map[string]any{"id": state.ID.ValueString()})
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		r.report(&resp.Diagnostics, r.operation("read", state, nil), err)
		return
	}
	state.fromAPI(ctx, found, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func (r *resourceServerResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior, config resourceServerModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation("update", plan, hasAttribute(req.Plan.Raw))
	settings := plan.settings(ctx, &prior, config.SigningSecretWO, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	updated, err := r.write(ctx, prior.ID.ValueString(), settings)
	if err != nil {
		r.report(&resp.Diagnostics, op, err)
		return
	}
	planned := plan.Scopes
	plan.fromAPI(ctx, updated, &resp.Diagnostics)
	if config.Scopes.IsNull() && !planned.IsUnknown() {
		// Others own these scopes and may have changed them since the plan; the
		// next refresh shows it.
		plan.Scopes = planned
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	confirmPlanned(&resp.Diagnostics, op, req.Plan.Raw, resp.State.Raw)
}

// write sends what changed. Some changes, such as that of use_existing, concern
// Terraform alone; after these the API is only read.
func (r *resourceServerResource) write(ctx context.Context, id string, settings m2m.ResourceServerSettings) (m2m.ResourceServer, error) {
	if settings == (m2m.ResourceServerSettings{}) {
		return r.api.ResourceServers.Get(ctx, id)
	}
	return r.api.ResourceServers.Update(ctx, id, settings)
}

func (r *resourceServerResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state resourceServerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if state.IsSystem.ValueBool() {
		resp.Diagnostics.AddWarning("System API kept",
			fmt.Sprintf("The API %q belongs to the tenant itself and stays there; it is only dropped from the state.", state.Identifier.ValueString()))
		return
	}
	err := r.api.ResourceServers.Delete(ctx, state.ID.ValueString())
	if err != nil && !m2m.IsNotFound(err) {
		r.report(&resp.Diagnostics, r.operation("delete", state, nil), err)
	}
}

// ImportState takes the id of an API, or its identifier, as the Management API
// reads it by either.
func (r *resourceServerResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
}
