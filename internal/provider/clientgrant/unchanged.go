// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/unchanged"
)

var _ unchanged.Type = (*grantResource)(nil)

// PlansUnchanged has a condition for each change and each warning of ModifyPlan, if the state and
// the configuration agree. It leaves rare cases to ModifyPlan.
func (r *grantResource) PlansUnchanged(o unchanged.Object) bool {
	grant := grantOf(o)
	id, audience := grant.ID.ValueString(), grant.Audience.ValueString()
	scopes := run.Scopes{Known: true}
	switch {
	case r.run.Unknown || id == "" || audience == "" || o.State.IsNull("subject_type"):
		return false
	// These attributes can be without effect.
	case o.State.IsTrue("allow_all_scopes"), o.State.IsTrue("allow_any_organization"),
		!o.State.IsEmpty("authorization_details_types"):
		return false
	case o.State.IsNull("scopes"):
		return false // Only allow_all_scopes has no scopes.
	case o.Config.IsNull("scopes") && !o.State.IsEmpty("scopes"):
		return false // The plan removes them.
	}
	if scopes.Values, scopes.Known = o.State.Texts("scopes"); !scopes.Known {
		return false
	}
	slices.Sort(scopes.Values)
	if planned, found := r.run.PlannedAPI(audience); found && planned.Known &&
		len(scopes.Without(r.run.WithAdded(audience, planned.Scopes))) > 0 {
		return false // It has scopes without effect.
	}
	if r.run.Replaces(run.APIObject(audience)) ||
		!r.run.DeclareUnchanged(r.operation("", grant, nil).Object, o.DecodeConfig) {
		return false
	}
	r.run.PlanGrant(id, run.PlannedGrant{Scopes: scopes})
	r.run.PlanOrganizations(id, !grant.permitsNoOrganization())
	r.run.ChangeGrantOf(grant.ClientID.ValueString(), audience, false)
	r.run.ChangeGrant(id, "", false)
	return true
}

// ReadsUnchanged compares the answer of the tenant with the last one.
func (r *grantResource) ReadsUnchanged(
	ctx context.Context, o unchanged.Object,
) (context.Context, bool) {
	seen, known := tfstate.SeenIn(o.Private, &r.run.Connection)
	if !known || r.run.Unknown {
		return ctx, false
	}
	grant := grantOf(o)
	object := r.operation("", grant, nil).Object
	r.run.SeeInState(object) // Before the request, as in Read: plans of others may need it.
	found, err := r.run.API.Reads.ClientGrant(ctx, grant.ID.ValueString(), grant.key())
	var said diag.Diagnostics
	attribute.WarnOfDecomposed(&said, object, found.Scope)
	if err != nil || !seen.Is(found, o.Encoded) || len(said) > 0 {
		return unchanged.WithAnswer(ctx, found, err), false
	}
	return ctx, true
}

// grantOf returns the values in the state that identify a grant and decide about organizations.
func grantOf(o unchanged.Object) grantValues {
	return grantValues{
		ID: o.State.Text("id"), ClientID: o.State.Text("client_id"),
		DefaultFor: o.State.Text("default_for"), Audience: o.State.Text("audience"),
		SubjectType:       o.State.Text("subject_type"),
		OrganizationUsage: o.State.Text("organization_usage"),
	}
}
