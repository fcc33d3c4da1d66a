// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// planSystemAPI refuses what a tenant would not do with an API of its own (API
// contract 3.12), before anything is done.
func (r *resourceServerResource) planSystemAPI(
	ctx context.Context, config tfsdk.Config, plan tfsdk.Plan, state tfsdk.State, diags *diag.Diagnostics,
) {
	var planned, prior resourceServerModel
	diags.Append(plan.Get(ctx, &planned)...)
	creating := state.Raw.IsNull()
	if !creating {
		diags.Append(state.Get(ctx, &prior)...)
	}
	switch {
	case diags.HasError() || planned.Identifier.IsUnknown():
	case creating:
		r.planSystemCreate(attribute.ValuesOf(config.Raw), planned, diags)
	case planned.Identifier.Equal(prior.Identifier): // A replacement is planned once more, as a creation.
		r.planSystemUpdate(attribute.ValuesOf(config.Raw), attribute.ValuesOf(plan.Raw), attribute.ValuesOf(state.Raw), prior, diags)
	}
}

func (r *resourceServerResource) planSystemCreate(
	given map[string]tftypes.Value, planned resourceServerModel, diags *diag.Diagnostics,
) {
	identifier := planned.Identifier.ValueString()
	kind := r.systemKind(planned.resourceServerValues)
	switch {
	case kind == run.NotSystem || mayAdopt(planned):
		return
	case kind == run.ManagementAPI:
		diags.AddAttributeError(path.Root("identifier"), "The Management API cannot be created",
			fmt.Sprintf("The API %q is in every tenant from its start. To manage what can be changed of it, import it with this block, "+
				"with NAME replaced so that it is the address shown above after \"with\", and apply again:\n\n"+
				"%s\n\nOr set use_existing = true to adopt it in one apply.", identifier, report.ImportBlock("m2m_resource_server", identifier)))
		return
	}
	for _, attribute := range slices.Sorted(maps.Keys(given)) {
		if isFixed(kind, attribute) && given[attribute].IsKnown() && !given[attribute].IsNull() {
			diags.AddAttributeError(path.Root(attribute), "Not for a system API",
				fmt.Sprintf("The tenant makes the %s from a template, which has the %s. Take %s out of the configuration. "+
					"If the tenant has this API already, import it, or set use_existing = true to adopt it.",
					r.run.TemplateName(identifier), attribute, attribute))
		}
	}
}

func (r *resourceServerResource) planSystemUpdate(
	given, planned, stored map[string]tftypes.Value, prior resourceServerModel, diags *diag.Diagnostics,
) {
	kind := r.systemKind(prior.resourceServerValues)
	if kind == run.NotSystem {
		return
	}
	for _, attribute := range slices.Sorted(maps.Keys(planned)) {
		want := planned[attribute]
		if attribute == "use_existing" || !isFixed(kind, attribute) || !want.IsFullyKnown() || want.Equal(stored[attribute]) {
			continue
		}
		at := path.Root(attribute)
		if strings.HasPrefix(attribute, "signing_secret") {
			at = path.Root("identifier") // Terraform would print the line that holds the secret.
		}
		advice := "Take " + attribute + " out of the configuration: the plan then keeps what the tenant has."
		if given[attribute].IsNull() {
			advice = "Write " + attribute + " in the configuration as the state has it (terraform state show prints it)."
		}
		diags.AddAttributeError(at, "Not changeable for a system API", whyFixed(kind, attribute)+" "+advice)
	}
	if half := clientHalf(given["subject_type_authorization"]); half.IsFullyKnown() && !half.IsNull() &&
		!half.Equal(clientHalf(stored["subject_type_authorization"])) {
		diags.AddAttributeError(path.Root("subject_type_authorization").AtName("client"), "Not changeable for a system API",
			whyFixed(kind, "subject_type_authorization.client")+" Take the client half out of the configuration: the plan then keeps what the tenant has.")
	}
}

// clientHalf is the half for machines of a subject_type_authorization.
func clientHalf(subjects tftypes.Value) tftypes.Value {
	if !subjects.IsKnown() || subjects.IsNull() {
		return tftypes.NewValue(subjects.Type(), nil)
	}
	return attribute.ValuesOf(subjects)["client"]
}

// whyFixed says that an attribute cannot be changed, and what can be changed instead.
func whyFixed(kind run.SystemKind, attribute string) string {
	if kind == run.ManagementAPI {
		return fmt.Sprintf("The tenant does not let anybody change %s of its Management API, only token_lifetime, "+
			"skip_consent_for_verifiable_first_party_clients and subject_type_authorization.user.", attribute)
	}
	return fmt.Sprintf("The API belongs to the tenant itself, which does not let anybody change its %s.", attribute)
}

// fixedIn are the changes that a system API does not take, in the words of the
// schema.
func fixedIn(kind run.SystemKind, changes m2m.ResourceServerSettings) []string {
	return slices.DeleteFunc(attribute.NamesOf(changes), func(name string) bool { return !isFixed(kind, name) })
}

// checkAdoption refuses to adopt a system API with changes that it does not take,
// where some were not known, or not the same, when that was planned.
func checkAdoption(kind run.SystemKind, changes m2m.ResourceServerSettings) error {
	refused := fixedIn(kind, changes)
	if len(refused) == 0 {
		return nil
	}
	list := strings.Join(refused, ", ")
	return &report.Problem{
		Summary: "Unable to adopt system API",
		Detail:  whyFixed(kind, list) + fmt.Sprintf(" Nothing was changed. Take %s out of the configuration and apply again.", list),
	}
}

// createOrFind creates an API. The Management API, whose identifier is reserved,
// is looked up instead, so that it can be adopted.
func (r *resourceServerResource) createOrFind(
	ctx context.Context, in m2m.NewResourceServer, kind run.SystemKind,
) (m2m.ResourceServer, string, error) {
	if kind != run.ManagementAPI {
		out, err := r.run.API.ResourceServers.Create(ctx, in)
		return out, out.ID, err
	}
	found, err := r.run.API.ResourceServers.Find(ctx, in.Identifier)
	if err != nil {
		return found, "", err
	}
	return found, "", &m2m.ConflictError{ID: found.ID, Err: fmt.Errorf("the API %q is in every tenant", in.Identifier)}
}
