// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// adoptable tells whether what is to be created is known well enough to look for it
// in the tenant. That takes a request, so only use_existing = true asks for it.
func (s *session) adoptable(useExisting types.Bool, key ...types.String) bool {
	for _, part := range key {
		if part.IsUnknown() {
			return false
		}
	}
	return s != nil && useExisting.ValueBool() && s.unusable == nil
}

// planAdoption says which API use_existing adopts and what of it changes, since a
// plan shows a creation. What the tenant does not let anybody change of an API of its
// own is refused here (API contract 3.12).
func (r *resourceServerResource) planAdoption(
	ctx context.Context, config tftypes.Value, planned tfsdk.Plan, secret types.String, diags *diag.Diagnostics,
) {
	var plan resourceServerModel
	planned = knownWhole(config, planned)
	diags.Append(planned.Get(ctx, &plan)...)
	if !r.adoptable(plan.UseExisting, plan.Identifier) {
		return
	}
	found, ok := lookForAdoption(ctx, r.session, "APIs to adopt", "read:resource_servers", diags, func(ctx context.Context) (m2m.ResourceServer, string, error) {
		found, err := r.api.ResourceServers.Find(ctx, plan.Identifier.ValueString())
		return found, found.ID, err
	})
	if !ok {
		return
	}
	kind, settings := r.adoption(ctx, found, plan, secret, diags)
	refused := kind.fixedIn(settings)
	for _, name := range refused {
		at := path.Root(name)
		if strings.HasPrefix(name, "signing_secret") {
			at = path.Root("identifier") // Terraform would print the line that holds the secret.
		}
		diags.AddAttributeError(at, "Not changeable for a system API",
			kind.refusal(name)+" Take "+name+" out of the configuration: the adopted API keeps what it has.")
	}
	if len(refused) == 0 {
		report.WarnOfPlannedAdoption(diags, r.operation(report.Create, plan, nil), found.ID, attribute.NamesOf(settings), config)
	}
}

// planAdoption says which grant use_existing adopts and what of it changes.
func (r *clientGrantResource) planAdoption(ctx context.Context, config tftypes.Value, planned tfsdk.Plan, diags *diag.Diagnostics) {
	var plan clientGrantModel
	planned = knownWhole(config, planned)
	diags.Append(planned.Get(ctx, &plan)...)
	if !r.adoptable(plan.UseExisting, plan.ClientID, plan.DefaultFor, plan.Audience, plan.SubjectType) {
		return
	}
	found, ok := lookForAdoption(ctx, r.session, "client grants to adopt", "read:client_grants", diags, func(ctx context.Context) (m2m.ClientGrant, string, error) {
		found, err := r.api.ClientGrants.Find(ctx, plan.key())
		return found, found.ID, err
	})
	if !ok {
		return
	}
	settings := r.adoption(ctx, found, plan, diags)
	report.WarnOfPlannedAdoption(diags, r.operation(report.Create, plan, nil), found.ID, attribute.NamesOf(settings), config)
}

// knownWhole makes unknown what the configuration knows only in part, such as a set
// with one element that is unknown: it may turn out to be what is there.
func knownWhole(config tftypes.Value, plan tfsdk.Plan) tfsdk.Plan {
	planned := maps.Clone(attribute.ValuesOf(plan.Raw))
	for name, value := range attribute.ValuesOf(config) {
		if !value.IsFullyKnown() {
			planned[name] = tftypes.NewValue(value.Type(), tftypes.UnknownValue)
		}
	}
	plan.Raw = tftypes.NewValue(plan.Raw.Type(), planned)
	return plan
}

// lookForAdoption is false where there is nothing to adopt, or where it could not be
// looked for, as a plan can do without.
func lookForAdoption[T any](
	ctx context.Context, s *session, check, scope string, diags *diag.Diagnostics, find func(context.Context) (T, string, error),
) (found T, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	found, id, err := find(ctx)
	if err != nil && !m2m.IsNotFound(err) {
		s.reportSkipped(ctx, diags, check, scope, err)
	}
	return found, err == nil && !s.plans.holds(id)
}
