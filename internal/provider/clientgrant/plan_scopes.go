// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// planScopes records the planned grant, and compares its scopes with the scopes that the API
// defines. A tenant stores any scope, but a scope that the API does not define has no effect (API
// contract 4.3).
func (r *grantResource) planScopes(
	ctx context.Context, plan tfsdk.Plan, state tfsdk.State, diags *diag.Diagnostics,
) {
	var planned, prior grantModel
	if !state.Raw.IsNull() {
		diags.Append(state.Get(ctx, &prior)...)
		r.run.Hold(prior.ID.ValueString())
	}
	if plan.Raw.IsNull() {
		r.run.PlanGrant(prior.ID.ValueString(), run.PlannedGrant{
			Scopes:  run.Scopes{Known: true},
			Leaving: true,
		})
		return
	}
	diags.Append(plan.Get(ctx, &planned)...)
	if diags.HasError() {
		return
	}
	scopes, held := run.SetScopes(planned.Scopes), run.SetScopes(prior.Scopes)
	if !prior.ID.IsNull() {
		if replaces(planned, prior) {
			r.run.PlanGrant(prior.ID.ValueString(), run.PlannedGrant{
				Scopes:  run.Scopes{Known: true},
				Leaving: true,
			})
			return // Terraform plans a replacement a second time, as a create.
		}
		r.run.PlanGrant(prior.ID.ValueString(), run.PlannedGrant{Scopes: scopes})
	}
	if planned.Audience.IsUnknown() || len(scopes.Values) == 0 {
		return
	}
	added := run.Scopes{Values: scopes.Without(held)}
	kept := run.Scopes{Values: scopes.Without(added)}
	changing := len(added.Values) > 0 || len(held.Without(scopes)) > 0
	// An adopted grant may already have the added scopes.
	certain := planned.UseExisting.IsNull() ||
		!planned.UseExisting.IsUnknown() && !planned.UseExisting.ValueBool()
	r.checkScopes(
		ctx, planned.Audience.ValueString(), added, kept, changing, certain || !prior.ID.IsNull(),
		diags,
	)
}

// replaces reports whether a plan replaces the grant.
func replaces(plan, prior grantModel) bool {
	return !plan.ClientID.Equal(prior.ClientID) || !plan.DefaultFor.Equal(prior.DefaultFor) ||
		!plan.Audience.Equal(prior.Audience) || !plan.SubjectType.Equal(prior.SubjectType)
}

// checkScopes reports scopes that the API does not define: scopes that the plan adds, and scopes
// that the plan keeps in the grant. An added scope is an error if it is certain that the grant
// lacks it and that the API will not define it. All other undefined scopes are warnings.
func (r *grantResource) checkScopes(
	ctx context.Context, audience string, added, kept run.Scopes, changing, certain bool,
	diags *diag.Diagnostics,
) {
	server, found := r.run.PlannedAPI(audience)
	defined := server.Scopes
	switch {
	case found && !defined.Known:
		return
	case !found && !changing:
		return // An unchanged grant costs no request.
	case !found:
		live, err := r.run.LiveScopes(ctx, audience)
		if err != nil {
			if !m2m.IsNotFound(err) { // Another provider may create it in this run.
				r.run.SkipCheck(
					ctx, diags, "scopes that the API "+inQuotes(audience)+" does not define",
					"read:resource_servers", err,
				)
			}
			return
		}
		defined = live
	}
	defined = r.run.WithAdded(audience, defined)
	undefined, stale := added.Without(defined), kept.Without(defined)

	const summary = "Scope that the API does not define"
	where, unseen := "in the tenant", unseenScopes
	switch {
	case server.Complete:
		where, unseen = "in this configuration", ""
	case r.run.IsSystem(audience):
		unseen = ""
	}
	if len(undefined) > 0 {
		them := pronoun(undefined)
		detail := fmt.Sprintf("This adds %s to the grant. The API %s %s defines %s. The tenant "+
			"would store %s in the grant, but tokens would not include %s.",
			inQuotes(undefined...), inQuotes(audience), where, someOf(defined.Values), them, them)
		switch {
		case server.Complete && certain:
			diags.AddAttributeError(path.Root("scopes"), summary, detail+
				" Add "+them+" to scopes of the m2m_resource_server, or remove "+them+
				" from the grant.")
		case r.run.IsSystem(audience):
			diags.AddAttributeWarning(path.Root("scopes"), summary, detail+
				" The scopes of a system API cannot be changed. Remove "+them+
				" from the grant.")
		default:
			diags.AddAttributeWarning(path.Root("scopes"), summary, detail+
				" Define "+them+" before the grant is used, or remove "+them+" from the grant."+
				unseen)
		}
	}
	if len(stale) > 0 {
		them := pronoun(stale)
		diags.AddAttributeWarning(path.Root("scopes"), summary, fmt.Sprintf("The grant has %s, "+
			"which the API %s %s does not define, so tokens do not include %s. "+
			"Remove %s from the grant, or define %s.",
			inQuotes(stale...), inQuotes(audience), where, them, them, them)+unseen)
	}
}

// unseenScopes is advice for the case that this run plans scopes of the API after the grant.
const unseenScopes = " If this configuration defines a missing scope, let the grant depend on " +
	"the resource that defines it (depends_on), so that the plan knows."

func pronoun(values []string) string {
	if len(values) == 1 {
		return "it"
	}
	return "them"
}

// maxNamed is the maximum number of names that a message lists.
const maxNamed = 10

func inQuotes(values ...string) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprintf("%q", value)
	}
	return strings.Join(texts, ", ")
}

// someOf lists the first names, up to maxNamed.
func someOf(values []string) string {
	switch {
	case len(values) == 0:
		return "no scopes"
	case len(values) > maxNamed:
		return fmt.Sprintf("%s and %d more", inQuotes(values[:maxNamed]...), len(values)-maxNamed)
	default:
		return inQuotes(values...)
	}
}
