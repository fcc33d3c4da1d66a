// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// managementScopes are the scopes that the resources of this provider need, by kind of objects.
var managementScopes = []struct {
	kind   string
	scopes []string
}{
	{"APIs and their scopes", scopesFor("resource_servers", "create", "read", "update", "delete")},
	{"client grants", scopesFor("client_grants", "create", "read", "update", "delete")},
	{
		"associations with organizations",
		scopesFor("organization_client_grants", "create", "read", "delete"),
	},
}

func scopesFor(objects string, verbs ...string) (scopes []string) {
	for _, verb := range verbs {
		scopes = append(scopes, verb+":"+objects)
	}
	return scopes
}

// WarnOfMissingScopes warns of a planned request for which the token of the provider lacks the
// management scope. Terraform plans one object at a time, so the warning also names all scopes that
// other objects would lack, and is given once per run. It is no error: the plan may run with other
// credentials than the apply.
//
// verbs are those that have a scope for the object. A change of a part of an object is an update of
// the object.
func (r *Run) WarnOfMissingScopes(
	ctx context.Context, objects string, verbs []string, replaces bool,
	req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	var needed []string
	for _, verb := range plannedVerbs(replaces, req, resp) {
		if !slices.Contains(verbs, verb) {
			verb = "update"
		}
		needed = append(needed, verb+":"+objects)
	}
	r.WarnOfMissing(ctx, needed, &resp.Diagnostics)
}

// WarnOfMissing is WarnOfMissingScopes for the management scopes that a change needs.
func (r *Run) WarnOfMissing(ctx context.Context, needed []string, diags *diag.Diagnostics) {
	if r.Unusable != nil || diags.HasError() || len(needed) == 0 {
		return
	}
	granted, known := r.grantedScopes(ctx)
	lacks := func(scope string) bool { return !slices.Contains(granted, scope) }
	if !known || !slices.ContainsFunc(needed, lacks) || !r.SayOnce("missing management scopes") {
		return
	}
	needed = slices.DeleteFunc(slices.Compact(needed), func(scope string) bool {
		return !lacks(scope)
	})
	var others []string
	for _, of := range managementScopes {
		missing := slices.DeleteFunc(slices.Clone(of.scopes), func(scope string) bool {
			return slices.Contains(needed, scope) || !lacks(scope)
		})
		if len(missing) > 0 {
			others = append(others, "  - "+of.kind+": "+strings.Join(missing, ", "))
		}
	}
	more, advice := "", "Authorize it for that in the tenant's dashboard, or apply with other "+
		"credentials."
	if len(others) > 0 {
		more = "It also lacks scopes that other changes may need:\n\n" +
			strings.Join(others, "\n")
		advice = "Authorize it in the tenant's dashboard for those that this configuration " +
			"needs, or apply with other credentials."
	}
	if r.UsesToken {
		advice = "Use a token that has them, or apply with other credentials."
	}
	diags.AddWarning("Missing management scopes", report.Paragraphs(fmt.Sprintf(
		"The apply would fail: it needs the management scope %s, which %s does not have.",
		strings.Join(needed, " and "), r.Login), more, advice))
}

// plannedVerbs returns the verbs of the management scopes that a planned change needs.
func plannedVerbs(
	replaces bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) []string {
	switch {
	case req.State.Raw.IsNull():
		return []string{"create"}
	case req.Plan.Raw.IsNull():
		return []string{"delete"}
	case replaces:
		return []string{"delete", "create"}
	case !resp.Plan.Raw.Equal(req.State.Raw):
		return []string{"update"}
	default:
		return nil
	}
}

// grantedScopes returns the scopes of the token, which it gets once per run.
func (r *Run) grantedScopes(ctx context.Context) ([]string, bool) {
	r.granted.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, lookupLimit)
		defer cancel()
		r.grantedScope, r.grantedKnown = r.API.GrantedScopes(ctx)
	})
	return r.grantedScope, r.grantedKnown
}
