// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package exclusivegrants

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// ModifyPlan plans the id and unmanaged_grant_ids, and names the grants that are not listed.
//
// An apply plans again, in a process that knows only the state and the configuration, and the two
// plans must agree. So the planned values depend on nothing else. What the tenant has at the moment
// is for messages only.
func (r *exclusiveResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.run == nil {
		return // The provider is not configured, so nothing can be planned.
	}
	elsewhere := r.run.Declare(req, func(from run.Values) string {
		var m exclusiveModel
		resp.Diagnostics.Append(from.Get(ctx, &m)...)
		if !m.keyKnown() {
			return ""
		}
		return m.object()
	}, &resp.Diagnostics)
	if req.Plan.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	var plan exclusiveModel
	var prior *exclusiveModel // Nil if the plan creates the resource.
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() && !elsewhere.OtherName {
		prior = &exclusiveModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	plan.setID()
	plan.planUnmanaged(prior)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	if !plan.keyKnown() || r.run.Unusable != nil || resp.Diagnostics.HasError() ||
		tfstate.PlannedAgain(ctx, req, &resp.Diagnostics) {
		return
	}
	r.checkGrants(ctx, plan, prior, &resp.Diagnostics)
	if prior == nil {
		r.checkReference(ctx, plan, &resp.Diagnostics)
	}
}

// planUnmanaged plans unmanaged_grant_ids.
func (m *exclusiveModel) planUnmanaged(prior *exclusiveModel) {
	switch {
	case prior != nil && m.OnUnmanaged.ValueString() == remove:
		m.UnmanagedGrantIDs = noGrants
	case prior != nil && !m.OnUnmanaged.IsUnknown() && m.GrantIDs.Equal(prior.GrantIDs):
		m.UnmanagedGrantIDs = prior.UnmanagedGrantIDs
	default:
		m.UnmanagedGrantIDs = types.SetUnknown(types.StringType)
	}
}

// checkReference warns of an API or a client that does not exist.
func (r *exclusiveResource) checkReference(
	ctx context.Context, plan exclusiveModel, diags *diag.Diagnostics,
) {
	if plan.Audience.IsNull() {
		r.run.CheckClient(ctx, plan.ClientID.ValueString(), false, diags)
		return
	}
	r.run.CheckAPI(ctx, "audience", plan.Audience.ValueString(), diags)
}

// checkGrants names the grants that exist but are not listed. It asks the tenant only if there are
// such grants in the state, or if grant_ids changes.
func (r *exclusiveResource) checkGrants(
	ctx context.Context, plan exclusiveModel, prior *exclusiveModel, diags *diag.Diagnostics,
) {
	leaving, listedBefore := idSet{}, idSet{}
	needs := run.NeedsOf("m2m_client_grants_exclusive")
	needed := needs.Read
	if prior != nil {
		listedBefore, _ = knownIDs(prior.GrantIDs)
		if leaving = prior.leaving(plan); len(leaving) > 0 {
			needed = needs.Update
		}
		listed, _ := knownIDs(plan.GrantIDs)
		if len(without(prior.UnmanagedGrantIDs, listed)) == 0 &&
			plan.GrantIDs.Equal(prior.GrantIDs) {
			return
		}
	}
	r.run.WarnOfMissing(ctx, needed, diags)
	live, err := r.run.API.Reads.ClientGrants(ctx, plan.filter())
	if err != nil {
		r.run.Report(diags, r.operation(report.Read, plan), err)
		return
	}
	_, complete := knownIDs(plan.GrantIDs)
	unlisted := slices.DeleteFunc(plan.unmanaged(live), func(grant m2m.ClientGrant) bool {
		return !complete && listedBefore[grant.ID] // It is probably among the unknown ids.
	})
	found := r.sort(ctx, plan, unlisted, complete, leaving)
	if len(found.managed) > 0 {
		diags.AddAttributeError(path.Root("grant_ids"),
			"Unlisted grants of this configuration", fmt.Sprintf(
				"An m2m_client_grant of this configuration manages each of these grants, but "+
					"grant_ids does not list them. One block would create what the other "+
					"removes:%s\n\nAdd the id of each m2m_client_grant to grant_ids.",
				r.list(ctx, found.managed)))
		return
	}
	if len(found.removed) > 0 {
		r.warnOfRemoval(ctx, plan, found.removed, complete, diags)
	}
	if len(found.staying) > 0 {
		advice := "This apply removes none of them, but the next plan will."
		if plan.OnUnmanaged.ValueString() == reportOnly {
			advice = "They stay, because on_unmanaged is \"report\"."
		}
		if !complete {
			advice += " Some of grant_ids is known only after apply, and may list them."
		}
		diags.AddAttributeWarning(path.Root("grant_ids"), "Unmanaged "+plan.object(), fmt.Sprintf(
			"grant_ids does not list %s:%s\n\n%s Manage those that are meant with "+
				"m2m_client_grant and add their ids to grant_ids.",
			count(found.staying), r.list(ctx, found.staying), advice))
	}
}

func (r *exclusiveResource) warnOfRemoval(
	ctx context.Context, plan exclusiveModel, removed []m2m.ClientGrant, complete bool,
	diags *diag.Diagnostics,
) {
	unknown := ""
	switch {
	case plan.OnUnmanaged.IsUnknown():
		unknown = "on_unmanaged is known only after apply. The grants stay if it is \"report\"."
	case !complete:
		unknown = "Some of grant_ids is known only after apply. A grant stays if its id is " +
			"among them."
	}
	diags.AddAttributeWarning(path.Root("grant_ids"), "Removes unmanaged "+plan.object(),
		report.Paragraphs(fmt.Sprintf("The apply deletes %s that grant_ids does not list:%s",
			count(removed), r.list(ctx, removed)), unknown,
			"Clients lose this access. To keep a grant, manage it with m2m_client_grant and add "+
				"its id to grant_ids."))
}

// fates are grants that grant_ids does not list, by what happens to them.
type fates struct {
	removed []m2m.ClientGrant // By the apply of this plan.
	staying []m2m.ClientGrant // Until a later plan.
	managed []m2m.ClientGrant // By another resource of this configuration, although they would go.
}

// sort says what happens to grants that grant_ids does not list. Complete means that all of
// grant_ids is known. Leaving are the ids of the grants that the apply removes.
func (r *exclusiveResource) sort(
	ctx context.Context, plan exclusiveModel, unlisted []m2m.ClientGrant, complete bool,
	leaving idSet,
) (out fates) {
	certain := complete && plan.OnUnmanaged.ValueString() == remove
	for _, grant := range unlisted {
		object := run.GrantObject(grant.Key())
		found := r.run.AwaitPlan(ctx, object)
		managed := found.Kept || found.Created
		switch {
		case found.Leaving && !managed:
			// Its own resource destroys it.
		case managed && certain, certain && leaving[grant.ID] && !r.run.PlanRemoval(object):
			out.managed = append(out.managed, grant)
		case leaving[grant.ID]:
			out.removed = append(out.removed, grant)
		case !managed || complete:
			out.staying = append(out.staying, grant)
		}
	}
	return out
}

// count returns the number of grants in words.
func count(grants []m2m.ClientGrant) string {
	if len(grants) == 1 {
		return "1 client grant"
	}
	return fmt.Sprintf("%d client grants", len(grants))
}

// list describes each grant on a line of its own.
func (r *exclusiveResource) list(ctx context.Context, grants []m2m.ClientGrant) string {
	var lines strings.Builder
	grants = slices.Clone(grants)
	attribute.SortBy(grants, func(g m2m.ClientGrant) []string { return []string{g.Key().String()} })
	for i, grant := range grants {
		if i == 0 {
			lines.WriteString("\n")
		}
		lines.WriteString("\n  - " + r.describe(ctx, grant))
	}
	return lines.String()
}

func (r *exclusiveResource) describe(ctx context.Context, grant m2m.ClientGrant) string {
	key := grant.Key()
	who := key.DefaultFor
	if key.ClientID != "" {
		who = "client " + key.ClientID
		if name := r.run.ClientName(ctx, key.ClientID); name != "" {
			who += fmt.Sprintf(" (%q)", name)
		}
	}
	scopes := "no scopes"
	switch {
	case grant.AllowAllScopes != nil && *grant.AllowAllScopes:
		scopes = "all scopes"
	case len(grant.Scope) > 0:
		scopes = "scopes " + inQuotes(grant.Scope)
	}
	return fmt.Sprintf("%s: %s, API %q, subject type %s, %s",
		grant.ID, who, key.Audience, key.SubjectType, scopes)
}

func inQuotes(values []string) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprintf("%q", value)
	}
	return strings.Join(texts, ", ")
}
