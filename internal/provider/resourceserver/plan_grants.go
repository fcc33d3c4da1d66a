// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// planForGrants records the planned scopes of an API, and warns about the effects on its client
// grants in the tenant.
func (r *serverResource) planForGrants(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
	elsewhere run.Elsewhere, again bool,
) {
	plan, state, diags := resp.Plan, req.State, &resp.Diagnostics
	var given, planned, prior serverModel
	if !plan.Raw.IsNull() {
		diags.Append(req.Config.Get(ctx, &given)...)
		diags.Append(plan.Get(ctx, &planned)...)
	}
	if !state.Raw.IsNull() {
		diags.Append(state.Get(ctx, &prior)...)
	}
	if diags.HasError() {
		return
	}
	scopes := run.MapScopes(planned.Scopes)
	if !plan.Raw.IsNull() && !planned.Identifier.IsUnknown() {
		identifier := planned.Identifier.ValueString()
		r.run.ChangeAPI(identifier, "", !plan.Raw.Equal(state.Raw))
		// A plan does not contain the scopes of a system API.
		if systemKind(r.run, planned.serverValues) == run.NotSystem {
			r.run.PlanAPI(identifier, run.PlannedAPI{
				Scopes: scopes, Complete: !given.Scopes.IsNull(),
			})
		}
	}
	switch {
	case state.Raw.IsNull():
		switch {
		case !elsewhere.InState || elsewhere.Leaving:
		case again:
			r.keepLostGrants(ctx, planned, resp)
		case r.run.AwaitLeave(ctx, run.APIObject(planned.Identifier.ValueString())):
			// The other address warns.
		default:
			r.warnOfReplacement(ctx, planned, samePlace, diags)
		}
	case plan.Raw.IsNull():
		r.warnOfDestroy(ctx, prior, elsewhere, diags)
	case planned.Identifier.IsUnknown():
	case !planned.Identifier.Equal(prior.Identifier):
		r.warnOfReplacement(ctx, prior, newIdentifier, diags)
	default:
		if scopes.Known {
			r.run.WarnOfRemovedScopes(
				ctx, path.Root("scopes"), prior.Identifier.ValueString(),
				run.MapScopes(prior.Scopes).Without(scopes), diags,
			)
		}
		r.warnOfDenial(ctx, planned.serverValues, prior.serverValues, diags)
	}
}

// warnOfDenial names the grants that no longer give tokens because a plan sets the policy of an API
// for their subject type to deny_all (API contract 3.5).
func (r *serverResource) warnOfDenial(
	ctx context.Context, planned, prior serverValues, diags *diag.Diagnostics,
) {
	if planned.SubjectTypeAuthorization.IsNull() || planned.SubjectTypeAuthorization.IsUnknown() {
		return
	}
	after := planned.subjectTypeAuthorization(ctx, diags)
	before := prior.subjectTypeAuthorization(ctx, diags)
	for _, subject := range []struct {
		name          string
		before, after *m2m.SubjectPolicy
	}{
		{"client", before.Client, after.Client}, {"user", before.User, after.User},
	} {
		if !subject.after.Denies() || subject.before.Denies() {
			continue
		}
		lost := slices.DeleteFunc(
			r.run.GrantsOf(ctx, planned.Identifier.ValueString(), diags),
			func(grant m2m.ClientGrant) bool { return grant.Key().SubjectType != subject.name },
		)
		if len(lost) > 0 {
			diags.AddAttributeWarning(path.Root("subject_type_authorization"),
				fmt.Sprintf("Denies tokens of the subject type %s for the API %q, which client "+
					"grants use", subject.name, planned.Identifier.ValueString()),
				fmt.Sprintf("The policy deny_all overrides %s. Their clients get no more tokens, "+
					"although the grants stay.", run.NameGrants(lost)))
		}
	}
}

// warnOfDestroy names the grants that lose their API.
func (r *serverResource) warnOfDestroy(
	ctx context.Context, prior serverModel, elsewhere run.Elsewhere, diags *diag.Diagnostics,
) {
	if systemKind(r.run, prior.serverValues) != run.NotSystem {
		return // A system API is not deleted.
	}
	identifier := prior.Identifier.ValueString()
	if elsewhere.Kept {
		diags.AddWarning(
			fmt.Sprintf("Destroys the API %q, which another resource keeps", identifier),
			"Another resource in the state manages the same API, so this deletes it for both. To "+
				"remove this block and keep the API, add a removed block with lifecycle { destroy "+
				"= false } for it.")
	}
	renamed := "If its block was only renamed, add a moved block instead: it keeps the API and " +
		"its grants."
	if elsewhere.Created {
		renamed = "Another block of this configuration creates the API again. " + renamed
	}
	if staying := r.run.GrantsOf(ctx, identifier, diags); len(staying) > 0 {
		diags.AddWarning(fmt.Sprintf("Destroys the API %q, which client grants use", identifier),
			report.Paragraphs(fmt.Sprintf("This deletes %s. This plan may destroy some of them "+
				"itself. The clients of all others lose access to the API.",
				run.NameGrants(staying)), renamed))
	}
}

// These texts say what happens to grants when their API is replaced.
const (
	newIdentifier = "Grants of this configuration can move to the new identifier in the same " +
		"apply. The clients of all other grants lose access to the API."
	samePlace = "The clients of these grants lose access to the API. Grants of this " +
		"configuration are created again only if this plan replaces them too, or by the next " +
		"apply.\n\nIf its block was only renamed, add a moved block instead: it keeps the API " +
		"and its grants."
)

// warnOfReplacement names the grants that lose their API because it is replaced. The grants of this
// configuration are planned later, so nothing is known about them yet.
func (r *serverResource) warnOfReplacement(
	ctx context.Context, old serverModel, consequence string, diags *diag.Diagnostics,
) {
	if systemKind(r.run, old.serverValues) != run.NotSystem {
		return
	}
	identifier := old.Identifier.ValueString()
	if staying := r.run.GrantsOf(ctx, identifier, diags); len(staying) > 0 {
		diags.AddAttributeWarning(path.Root("identifier"),
			fmt.Sprintf("Replaces the API %q, which client grants use", identifier),
			fmt.Sprintf("This destroys the API and creates a new one, which deletes %s. %s",
				run.NameGrants(staying), consequence))
	}
}

// lostGrantsKey is the key in the private state of a plan for the grants that the replacement of
// the API deletes.
const lostGrantsKey = "lost_grants"

// keepLostGrants stores the grants that the tenant deletes with an API in the plan of its
// replacement. Terraform shows no warnings of that plan, so the apply names the grants.
func (r *serverResource) keepLostGrants(
	ctx context.Context, old serverModel, resp *resource.ModifyPlanResponse,
) {
	staying, err := r.run.StayingGrants(ctx, old.Identifier.ValueString())
	if err != nil || systemKind(r.run, old.serverValues) != run.NotSystem {
		return
	}
	var lost []m2m.ClientGrant
	for _, grant := range staying {
		lost = append(lost, m2m.ClientGrant{
			ID: grant.ID, ClientID: grant.ClientID, DefaultFor: grant.DefaultFor,
		})
	}
	stored, _ := json.Marshal(lost) // Texts can always be encoded.
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, lostGrantsKey, stored)...)
}

// warnOfLostGrants warns after a delete which grants the tenant has deleted with the API, if its
// plan could not. Terraform passes the private state of a replacement to the delete.
func (r *serverResource) warnOfLostGrants(
	ctx context.Context, op report.Operation, id string, req resource.DeleteRequest,
	diags *diag.Diagnostics,
) {
	stored, d := req.Private.GetKey(ctx, lostGrantsKey)
	diags.Append(d...)
	var lost []m2m.ClientGrant
	if stored == nil || json.Unmarshal(stored, &lost) != nil || !r.run.Destroys(id) {
		return
	}
	lost = slices.DeleteFunc(lost, func(grant m2m.ClientGrant) bool {
		return r.run.Destroys(grant.ID)
	})
	if len(lost) > 0 {
		diags.AddWarning("Deleted client grants with the "+op.Object,
			fmt.Sprintf("The apply replaces the API, and the tenant deletes its grants with it: "+
				"%s. Their clients lose access to the API. Grants of this configuration are "+
				"created again, by this apply if it replaces them too, otherwise by the next one.",
				run.NameGrants(lost)))
	}
}
