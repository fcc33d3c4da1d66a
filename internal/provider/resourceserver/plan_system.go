// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// planSystemAPI refuses changes that the tenant does not allow for a system API (API contract
// 3.12), before anything is sent.
func (r *serverResource) planSystemAPI(
	ctx context.Context, config tfsdk.Config, plan tfsdk.Plan, state tfsdk.State,
	diags *diag.Diagnostics,
) {
	var planned, prior serverModel
	diags.Append(plan.Get(ctx, &planned)...)
	creating := state.Raw.IsNull()
	if !creating {
		diags.Append(state.Get(ctx, &prior)...)
	}
	switch {
	case diags.HasError() || planned.Identifier.IsUnknown():
	case creating:
		r.planSystemCreate(attribute.ValuesOf(config.Raw), planned, diags)
	// Terraform plans a replacement a second time, as a create.
	case planned.Identifier.Equal(prior.Identifier):
		r.planSystemUpdate(
			attribute.ValuesOf(config.Raw), attribute.ValuesOf(plan.Raw),
			attribute.ValuesOf(state.Raw), prior, diags,
		)
	}
}

func (r *serverResource) planSystemCreate(
	given map[string]tftypes.Value, planned serverModel, diags *diag.Diagnostics,
) {
	identifier := planned.Identifier.ValueString()
	kind := systemKind(r.run, planned.serverValues)
	switch {
	case kind == run.NotSystem || mayAdopt(planned):
		return
	case kind == run.ManagementAPI:
		diags.AddAttributeError(path.Root("identifier"), "The Management API cannot be created",
			fmt.Sprintf("The API %q exists in every tenant. To manage it, import it with this "+
				"block and apply again. Replace m2m_resource_server.NAME with the address shown "+
				"above after \"with\".\n\n"+
				"%s\n\nAlternatively, set use_existing = true to adopt it in one apply.",
				identifier,
				report.ImportBlock("m2m_resource_server", identifier)))
		return
	}
	for _, attribute := range slices.Sorted(maps.Keys(given)) {
		if isFixed(kind, attribute) && given[attribute].IsKnown() && !given[attribute].IsNull() {
			diags.AddAttributeError(path.Root(attribute), "Not for a system API",
				fmt.Sprintf("The tenant creates the %s from a template that sets the %s. Remove "+
					"%s from the configuration. If the tenant already has this API, import it, "+
					"or set use_existing = true to adopt it.",
					r.run.TemplateName(identifier), attribute, attribute))
		}
	}
}

func (r *serverResource) planSystemUpdate(
	given, planned, stored map[string]tftypes.Value, prior serverModel, diags *diag.Diagnostics,
) {
	kind := systemKind(r.run, prior.serverValues)
	if kind == run.NotSystem {
		return
	}
	for _, attribute := range slices.Sorted(maps.Keys(planned)) {
		want := planned[attribute]
		if attribute == "use_existing" || !isFixed(kind, attribute) || !want.IsFullyKnown() ||
			want.Equal(stored[attribute]) {
			continue
		}
		at := path.Root(attribute)
		if strings.HasPrefix(attribute, "signing_secret") {
			at = path.Root("identifier") // Otherwise, Terraform prints the secret.
		}
		advice := "Remove " + attribute +
			" from the configuration to keep the value in the tenant."
		if given[attribute].IsNull() {
			advice = "Set " + attribute +
				" to its value in the state (terraform state show prints it)."
		}
		diags.AddAttributeError(
			at, "Not changeable for a system API",
			whyFixed(kind, prior.Identifier.ValueString(), attribute)+" "+advice,
		)
	}
	if half := clientHalf(given["subject_type_authorization"]); half.IsFullyKnown() &&
		!half.IsNull() &&
		!half.Equal(clientHalf(stored["subject_type_authorization"])) {
		diags.AddAttributeError(path.Root("subject_type_authorization").AtName(
			"client",
		), "Not changeable for a system API",
			whyFixed(
				kind, prior.Identifier.ValueString(), "subject_type_authorization.client",
			)+
				" Remove client from subject_type_authorization to keep the value in the tenant.")
	}
}

// clientHalf returns the client part of a subject_type_authorization.
func clientHalf(subjects tftypes.Value) tftypes.Value {
	if !subjects.IsKnown() || subjects.IsNull() {
		return tftypes.NewValue(subjects.Type(), nil)
	}
	return attribute.ValuesOf(subjects)["client"]
}
