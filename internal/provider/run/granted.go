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

// WarnOfMissingScopes warns of a planned request for which the token of the provider lacks the
// management scope. Terraform plans one object at a time, so the warning also names all scopes that
// other objects would lack, and is given once per run. It is no error: the plan may run with other
// credentials than the apply.
func (r *Run) WarnOfMissingScopes(
	ctx context.Context, typeName string, replaces bool, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	var needed []string
	switch of := NeedsOf(typeName); {
	case req.State.Raw.IsNull():
		needed = of.Create
	case req.Plan.Raw.IsNull():
		needed = of.Delete
	case replaces:
		needed = slices.Concat(of.Delete, of.Create)
	case !resp.Plan.Raw.Equal(req.State.Raw):
		needed = of.Update
	}
	r.WarnOfMissing(ctx, needed, &resp.Diagnostics)
}

// WarnOfMissing is WarnOfMissingScopes for the management scopes that a change needs.
func (r *Run) WarnOfMissing(ctx context.Context, needed []string, diags *diag.Diagnostics) {
	if r.Unusable != nil || diags.HasError() || len(needed) == 0 {
		return
	}
	granted, known := r.grantedScopes(ctx)
	lacking := Missing(granted, needed)
	if !known || len(lacking) == 0 || !r.SayOnce("missing management scopes") {
		return
	}
	others := othersLacking(slices.Concat(granted, lacking))
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
		strings.Join(lacking, " and "), r.Login), more, advice))
}

// othersLacking lists the scopes that resources need beyond those that are granted or named, by
// kind of objects.
func othersLacking(known []string) (lines []string) {
	var all []string
	for _, of := range AllNeeds() {
		if strings.HasPrefix(of.Type, "m2m_") {
			all = append(all, of.All()...)
		}
	}
	for _, of := range []struct{ kind, objects string }{
		{"APIs and their scopes", ":resource_servers"},
		{"client grants", ":client_grants"},
		{"associations with organizations", ":organization_client_grants"},
	} {
		lacking := slices.DeleteFunc(Missing(known, all), func(scope string) bool {
			return !strings.HasSuffix(scope, of.objects)
		})
		if len(lacking) > 0 {
			lines = append(lines, "  - "+of.kind+": "+strings.Join(lacking, ", "))
		}
	}
	return lines
}

// grantedScopes returns the scopes of the token, which it gets once per run. It returns false if
// there is no token, or if the token does not list its scopes.
func (r *Run) grantedScopes(ctx context.Context) ([]string, bool) {
	r.granted.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, lookupLimit)
		defer cancel()
		found, _ := r.API.Granted(ctx)
		r.grantedScope = found.Scopes
	})
	return r.grantedScope, r.grantedScope != nil
}
