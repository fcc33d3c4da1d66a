// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var (
	_ resource.ResourceWithConfigure      = (*resourceServerResource)(nil)
	_ resource.ResourceWithIdentity       = (*resourceServerResource)(nil)
	_ resource.ResourceWithValidateConfig = (*resourceServerResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*resourceServerResource)(nil)
	_ resource.ResourceWithImportState    = (*resourceServerResource)(nil)
	_ resource.ResourceWithMoveState      = (*resourceServerResource)(nil)
)

func newResourceServerResource() resource.Resource { return &resourceServerResource{} }

type resourceServerResource struct{ run *run.Run }

func (r *resourceServerResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resource_server"
}

func (r *resourceServerResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (r *resourceServerResource) operation(verb report.Verb, m resourceServerValues, attributes func(string) bool) report.Operation {
	return report.Operation{
		Verb: verb, Kind: "resource server", Object: fmt.Sprintf("API %q", m.Identifier.ValueString()),
		TypeName: "m2m_resource_server", Attributes: attributes, LeavesToTenant: true,
	}
}

// systemKind tells whether an API belongs to the tenant itself.
func (r *resourceServerResource) systemKind(m resourceServerValues) run.SystemKind {
	return r.run.SystemKind(m.Identifier.ValueString(), m.IsSystem.ValueBool())
}

func (r *resourceServerResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config resourceServerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// On the version, as Terraform would print the line that holds a secret.
	at := path.Root("signing_secret_wo_version")
	switch {
	case !attribute.IsUnset(config.SigningSecret) && !attribute.IsUnset(config.SigningSecretWO):
		resp.Diagnostics.AddAttributeError(at, "Two signing secrets",
			"signing_secret and its write-only form signing_secret_wo are both set. Take one of them out of the configuration.")
	case !attribute.IsUnset(config.SigningSecretWO) && config.SigningSecretWOVersion.IsNull():
		resp.Diagnostics.AddAttributeError(at, "Missing version",
			"signing_secret_wo is only sent when signing_secret_wo_version changes: set signing_secret_wo_version, for example to 1.")
	case config.SigningSecretWO.IsNull() && !config.SigningSecretWOVersion.IsNull() && !config.SigningSecretWOVersion.IsUnknown():
		resp.Diagnostics.AddAttributeError(at, "Missing signing secret",
			"signing_secret_wo_version is the version of signing_secret_wo, which is not set.")
	}
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
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	defer func() { r.planForGrants(ctx, req.Config, resp.Plan, req.State, &resp.Diagnostics) }()
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan, prior resourceServerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	creating := req.State.Raw.IsNull()
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}

	// A tenant keeps lifetimes that it would not take (API contract 3.12), so only a
	// change is judged. A replacement is planned once more, as a creation.
	replacing := !creating && !plan.Identifier.Equal(prior.Identifier)
	changing := !plan.TokenLifetime.Equal(prior.TokenLifetime) || !plan.TokenLifetimeForWeb.Equal(prior.TokenLifetimeForWeb)
	if changing && !replacing {
		lifetime := plan.TokenLifetime
		if creating && config.TokenLifetime.IsNull() && !mayAdopt(plan) {
			lifetime = types.Int64Value(defaultTokenLifetime)
		}
		checkWebLifetime(&resp.Diagnostics, config.TokenLifetimeForWeb, lifetime)
	}

	if config.SigningSecret.IsNull() {
		secret := plannedSecret(config, plan, prior)
		if secret.IsUnknown() && config.SigningSecretWOVersion.IsNull() && !prior.SigningSecretWOVersion.IsNull() {
			resp.Diagnostics.AddAttributeWarning(path.Root("signing_secret_wo_version"), "Signing secret enters the state",
				"Without signing_secret_wo_version the signing secret is read from the tenant into the state, in clear text. "+
					"Keep signing_secret_wo and its version to prevent that.")
		}
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("signing_secret"), secret)...)
	}
	if !isFixed(r.systemKind(prior.resourceServerValues), "token_encryption") {
		planTokenEncryption(ctx, plan.TokenEncryption, prior.TokenEncryption, &resp.Plan, &resp.Diagnostics)
	}
	r.planSystemAPI(ctx, req.Config, resp.Plan, req.State, &resp.Diagnostics)
	if creating && !resp.Diagnostics.HasError() {
		r.planAdoption(ctx, req.Config.Raw, resp.Plan, config.SigningSecretWO, &resp.Diagnostics)
	}
}

// plannedSecret foresees the signing secret where the configuration leaves it
// out: the tenant makes one for HS256 and keeps it ever after (API contract 3.3).
func plannedSecret(config, plan, prior resourceServerModel) types.String {
	switch {
	case config.SigningSecretWOVersion.IsUnknown():
		return types.StringUnknown()
	case !config.SigningSecretWOVersion.IsNull():
		return types.StringNull()
	case prior.ID.IsNull() && mayAdopt(plan):
		return types.StringUnknown()
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

// mayAdopt tells whether the API to create may be one that exists, with changes
// that are nobody's defaults.
func mayAdopt(plan resourceServerModel) bool {
	return plan.UseExisting.IsUnknown() || plan.UseExisting.ValueBool()
}

func (r *resourceServerResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config resourceServerModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Create, plan.resourceServerValues, report.HasAttribute(req.Plan.Raw))
	changes := plan.changes(ctx, &resourceServerModel{}, config.SigningSecretWO, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	created, adopted, err := run.CreateOrAdopt(ctx, r.run, plan.UseExisting.ValueBool(),
		func() (m2m.ResourceServer, string, error) {
			in := m2m.NewResourceServer{Identifier: plan.Identifier.ValueString(), ResourceServerSettings: changes}
			return r.createOrFind(ctx, in, r.systemKind(plan.resourceServerValues))
		},
		func(id string) (m2m.ResourceServer, error) {
			return r.adopt(ctx, op, id, plan, config.SigningSecretWO, &resp.Diagnostics)
		})
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}

	// The API exists from here on: write state whatever happens, or its id is lost.
	plan.fromAPI(ctx, created, &resp.Diagnostics)
	tfstate.FinishCreate(ctx, op, adopted, plan.identity(), &plan, req, resp)
}

// adopt takes over an API that exists and brings it to the plan.
func (r *resourceServerResource) adopt(
	ctx context.Context, op report.Operation, id string, plan resourceServerModel, secret types.String, diags *diag.Diagnostics,
) (m2m.ResourceServer, error) {
	found, err := r.run.API.ResourceServers.Get(ctx, id)
	if err != nil {
		return found, err
	}
	kind, changes := r.adoption(ctx, found, plan, secret, diags)
	if err := checkAdoption(kind, changes); err != nil {
		return found, err
	}
	if changes != (m2m.ResourceServerSettings{}) {
		if found, err = r.run.API.ResourceServers.Update(ctx, id, changes); err != nil {
			return found, err
		}
	}
	report.WarnOfAdoption(diags, op, id, attribute.NamesOf(changes))
	return found, nil
}

// adoption is what has to be sent so that an API which exists becomes as planned.
func (r *resourceServerResource) adoption(
	ctx context.Context, found m2m.ResourceServer, plan resourceServerModel, secret types.String, diags *diag.Diagnostics,
) (run.SystemKind, m2m.ResourceServerSettings) {
	var prior resourceServerModel
	if encryption := found.TokenEncryption; encryption != nil && encryption.EncryptionKey.ThumbprintSHA256 != "" {
		prior.TokenEncryption = plan.TokenEncryption // Its PEM stays if it is that of the key which the API has.
	}
	prior.fromAPI(ctx, found, diags)
	kind := r.systemKind(prior.resourceServerValues)
	return kind, forSystem(kind, plan.changes(ctx, &prior, secret, diags))
}

func (r *resourceServerResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state resourceServerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	r.run.Hold(state.ID.ValueString())
	found, err := r.run.API.ResourceServers.Get(ctx, state.ID.ValueString())
	if m2m.IsNotFound(err) {
		tfstate.Forget(ctx, "resource server", state.ID.ValueString(), resp)
		return
	}
	if err != nil {
		r.run.Report(&resp.Diagnostics, r.operation(report.Read, state.resourceServerValues, nil), err)
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
	op := r.operation(report.Update, plan.resourceServerValues, report.HasAttribute(req.Plan.Raw))
	changes := plan.changes(ctx, &prior, config.SigningSecretWO, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	updated, err := r.write(ctx, prior.ID.ValueString(), forSystem(r.systemKind(prior.resourceServerValues), changes))
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}
	plan.fromAPI(ctx, updated, &resp.Diagnostics)
	tfstate.SetIdentity(ctx, resp.Identity, plan.identity(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	tfstate.ConfirmUpdated(op, req, resp)
}

// write sends what changed. Some changes, such as that of use_existing, concern
// Terraform alone; after these the API is only read.
func (r *resourceServerResource) write(ctx context.Context, id string, changes m2m.ResourceServerSettings) (m2m.ResourceServer, error) {
	if changes == (m2m.ResourceServerSettings{}) {
		return r.run.API.ResourceServers.Get(ctx, id)
	}
	return r.run.API.ResourceServers.Update(ctx, id, changes)
}

func (r *resourceServerResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state resourceServerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.systemKind(state.resourceServerValues) != run.NotSystem {
		resp.Diagnostics.AddWarning("System API kept",
			fmt.Sprintf("The API %q belongs to the tenant itself and stays there; it is only dropped from the state.", state.Identifier.ValueString()))
		return
	}
	op := r.operation(report.Delete, state.resourceServerValues, nil)
	err := r.run.Destroy(op, state.ID.ValueString(), &resp.Diagnostics, func() error { return r.run.API.ResourceServers.Delete(ctx, state.ID.ValueString()) })
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
	}
}
