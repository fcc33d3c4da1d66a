// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// checkWebLifetime reports a token_lifetime_for_web that is greater than token_lifetime (API
// contract 3.1).
func checkWebLifetime(diags *diag.Diagnostics, web, lifetime types.Int64) {
	if web.IsNull() || web.IsUnknown() || lifetime.IsNull() || lifetime.IsUnknown() ||
		web.ValueInt64() <= lifetime.ValueInt64() {
		return
	}
	diags.AddAttributeError(path.Root("token_lifetime_for_web"), "Invalid token lifetime",
		fmt.Sprintf("token_lifetime_for_web (%d seconds) is greater than token_lifetime (%d "+
			"seconds). Lower token_lifetime_for_web or raise token_lifetime.",
			web.ValueInt64(), lifetime.ValueInt64()))
}

// defaultTokenLifetime is the tenant's default (API contract 3.1).
const defaultTokenLifetime = 86400

// ModifyPlan plans values that depend on several attributes or on whether the API exists.
func (r *serverResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	elsewhere := r.run.Declare(req, func(from run.Values) string {
		var identifier types.String
		resp.Diagnostics.Append(from.GetAttribute(ctx, path.Root("identifier"), &identifier)...)
		if identifier.IsUnknown() {
			return ""
		}
		return run.APIObject(identifier.ValueString())
	}, &resp.Diagnostics)
	again := tfstate.PlannedAgain(ctx, req, &resp.Diagnostics)
	defer func() {
		r.planForGrants(ctx, req, resp, elsewhere, again)
		if !again {
			r.warnOfMissingScopes(ctx, elsewhere.OtherName, req, resp)
		}
	}()
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan, prior serverModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	creating := req.State.Raw.IsNull()
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}

	kind := systemKind(r.run, prior.serverValues)
	if creating {
		kind = systemKind(r.run, plan.serverValues)
	}
	planOmitted(kind, req.Config, req.State, &resp.Plan, mayAdopt(plan))
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)

	warnOfUnusedValues(config, plan, &resp.Diagnostics)

	// A tenant keeps lifetimes that it would no longer accept (API contract 3.12), so only changes
	// are checked. Terraform plans a replacement a second time, as a create.
	replacing := !creating && !plan.Identifier.Equal(prior.Identifier)
	changing := !plan.TokenLifetime.Equal(prior.TokenLifetime) ||
		!plan.TokenLifetimeForWeb.Equal(prior.TokenLifetimeForWeb)
	if changing && !replacing {
		checkWebLifetime(&resp.Diagnostics, config.TokenLifetimeForWeb, plan.TokenLifetime)
	}

	if config.SigningSecret.IsNull() {
		secret := plannedSecret(config, plan, prior)
		if secret.IsUnknown() && config.SigningSecretWOVersion.IsNull() &&
			!prior.SigningSecretWOVersion.IsNull() {
			resp.Diagnostics.AddAttributeWarning(path.Root("signing_secret_wo_version"),
				fmt.Sprintf("Signing secret of the API %q enters the state",
					plan.Identifier.ValueString()),
				"Without signing_secret_wo_version, the signing secret is read from the tenant "+
					"and stored in the state in clear text. To prevent that, keep "+
					"signing_secret_wo and signing_secret_wo_version.")
		}
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("signing_secret"), secret)...)
	}
	if !isFixed(systemKind(r.run, prior.serverValues), "token_encryption") {
		planTokenEncryption(
			ctx, plan.TokenEncryption, prior.TokenEncryption, &resp.Plan, &resp.Diagnostics,
		)
	}
	if !creating {
		tfstate.WarnOfUnmanaged(
			ctx, r.operation(report.Update, prior.serverValues, nil), req, resp,
		)
	}
	r.planSystemAPI(ctx, req.Config, resp.Plan, req.State, &resp.Diagnostics)
	switch {
	case resp.Diagnostics.HasError():
	case elsewhere.OtherName:
		// The second plan of the replacement could not warn.
		r.planAdoption(ctx, req.Config.Raw, r.asNew(req.Config, resp.Plan, plan),
			config.SigningSecretWO, &resp.Diagnostics)
	case creating && elsewhere == (run.Elsewhere{}) && !again:
		r.planAdoption(ctx, req.Config.Raw, resp.Plan, config.SigningSecretWO, &resp.Diagnostics)
	}
}

// asNew returns the plan of a replacement as the plan of its new API.
func (r *serverResource) asNew(config tfsdk.Config, plan tfsdk.Plan, as serverModel) tfsdk.Plan {
	attributes, values := plan.Schema.GetAttributes(), maps.Clone(attribute.ValuesOf(plan.Raw))
	for name, given := range attribute.ValuesOf(config.Raw) {
		if given.IsNull() && attributes[name].IsComputed() {
			values[name] = tftypes.NewValue(given.Type(), tftypes.UnknownValue)
		}
	}
	plan.Raw = tftypes.NewValue(plan.Raw.Type(), values)
	nothing := tfsdk.State{Schema: plan.Schema, Raw: tftypes.NewValue(plan.Raw.Type(), nil)}
	kind := r.run.SystemKind(as.Identifier.ValueString(), false)
	planOmitted(kind, config, nothing, &plan, mayAdopt(as))
	return plan
}

// plannedSecret plans the signing secret if the configuration omits it. The tenant generates a
// secret for HS256 and keeps it from then on (API contract 3.3).
func plannedSecret(config, plan, prior serverModel) types.String {
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
		return types.StringUnknown() // The state gets the secret again.
	case plan.SigningAlg.IsUnknown(), plan.SigningAlg.ValueString() == "HS256" &&
		!prior.SigningAlg.Equal(plan.SigningAlg):
		return types.StringUnknown()
	default:
		return types.StringNull()
	}
}
