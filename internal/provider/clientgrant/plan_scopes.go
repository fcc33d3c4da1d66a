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
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// recordPlan records what this run plans for an existing grant.
func (r *grantResource) recordPlan(
	ctx context.Context, plan tfsdk.Plan, state tfsdk.State, replaces bool,
	diags *diag.Diagnostics,
) {
	if state.Raw.IsNull() || diags.HasError() {
		return
	}
	var planned, prior grantModel
	diags.Append(state.Get(ctx, &prior)...)
	if plan.Raw.IsNull() || replaces {
		r.run.PlanGrant(prior.ID.ValueString(), run.PlannedGrant{
			Scopes:  run.Scopes{Known: true},
			Leaving: true,
		})
		return
	}
	diags.Append(plan.Get(ctx, &planned)...)
	r.run.PlanGrant(prior.ID.ValueString(), run.PlannedGrant{
		Scopes: run.SetScopes(planned.Scopes),
	})
}

// checkReferences checks that the client and the API of a planned grant exist, and compares its
// scopes with the scopes that the API defines. A tenant stores any scope, but a scope that the API
// does not define has no effect (API contract 4.3).
func (r *grantResource) checkReferences(
	ctx context.Context, plan tfsdk.Plan, state tfsdk.State, replaces bool,
	diags *diag.Diagnostics,
) {
	if plan.Raw.IsNull() || diags.HasError() {
		return
	}
	var planned, prior grantModel
	diags.Append(plan.Get(ctx, &planned)...)
	if !state.Raw.IsNull() && !replaces {
		diags.Append(state.Get(ctx, &prior)...)
	}
	if !attribute.IsUnset(planned.ClientID) && !plan.Raw.Equal(state.Raw) {
		r.run.CheckClient(ctx, planned.ClientID.ValueString(),
			planned.SubjectType.ValueString() == m2m.DefaultSubjectType, diags)
	}
	if planned.Audience.IsUnknown() {
		return
	}
	if prior.ID.IsNull() {
		r.run.CheckAPI(ctx, "audience", planned.Audience.ValueString(), diags)
	}
	scopes, held := run.SetScopes(planned.Scopes), run.SetScopes(prior.Scopes)
	if len(scopes.Values) == 0 {
		return
	}
	added := run.Scopes{Values: scopes.Without(held)}
	kept := run.Scopes{Values: scopes.Without(added)}
	changing := len(added.Values) > 0 || len(held.Without(scopes)) > 0
	r.checkScopes(ctx, planned.grantValues, added, kept, changing, diags)
}

// checkScopes warns of scopes that the API does not define: scopes that the plan adds, and scopes
// that the plan keeps in the grant. It is no error, because the tenant accepts such a grant.
func (r *grantResource) checkScopes(
	ctx context.Context, grant grantValues, added, kept run.Scopes, changing bool,
	diags *diag.Diagnostics,
) {
	audience := grant.Audience.ValueString()
	server, found := r.run.PlannedAPI(audience)
	if !found && changing {
		server, found = r.run.AwaitAPI(ctx, audience)
	}
	defined := server.Scopes
	switch {
	case found && !defined.Known:
		return
	case !found && !changing:
		return // An unchanged grant costs no request.
	case !found:
		live, err := r.run.LiveScopes(ctx, audience)
		if err != nil {
			if !rest.IsNotFound(err) { // CheckAPI warns of a missing API.
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
	if len(undefined)+len(stale) == 0 {
		return
	}

	where := "in the tenant"
	if found {
		where = "in this configuration"
	}
	advice := "Define them before the grant is used, or remove them from the grant." + unseenScopes
	switch {
	case server.Complete:
		advice = "Add them to scopes of the m2m_resource_server, or remove them from the grant."
	case r.run.IsSystem(audience):
		advice = "The scopes of a system API cannot be changed. Remove them from the grant."
	}
	var adds, has string
	if len(undefined) > 0 {
		adds = "The plan adds " + inQuotes(undefined...) + "."
	}
	if len(stale) > 0 {
		has = "The grant already has " + inQuotes(stale...) + "."
	}
	diags.AddAttributeWarning(path.Root("scopes"),
		"Scopes that the API does not define in the "+r.operation("", grant, nil).Object,
		report.Paragraphs(adds, has, fmt.Sprintf("The API %s %s defines %s. Tokens will not "+
			"include "+
			"undefined scopes, although the tenant stores them in the grant. %s",
			inQuotes(audience), where, someOf(defined.Values), advice)))
}

// unseenScopes is advice for the case that this run plans scopes of the API after the grant.
const unseenScopes = " If this configuration defines a missing scope, let the grant depend on " +
	"the resource that defines it (depends_on), so that the plan knows."

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
