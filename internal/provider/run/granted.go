// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// WarnOfMissingScopes warns of a planned request for which the token of the provider lacks the
// management scope, once per kind of objects, such as client_grants. It names all scopes of the
// kind that are missing. It is no error: the plan may run with other credentials than the apply.
func (r *Run) WarnOfMissingScopes(
	ctx context.Context, objects string, verbs []string, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	verb := plannedVerb(req, resp)
	if r == nil || r.Unusable != nil || verb == "" || resp.Diagnostics.HasError() {
		return
	}
	if !slices.Contains(verbs, verb) {
		verb = "update" // Only as a part of another object.
	}
	granted, known := r.grantedScopes(ctx)
	if !known || slices.Contains(granted, verb+":"+objects) || r.saidMissing(objects) {
		return
	}
	var missing []string
	for _, verb := range verbs {
		if scope := verb + ":" + objects; !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	resp.Diagnostics.AddWarning(
		fmt.Sprintf("Missing management scope %s:%s", verb, objects),
		fmt.Sprintf("The plan needs the management scope %s:%s, which %s does not have, so the "+
			"apply would fail. Of the scopes for %s, it lacks %s. Authorize it for them in the "+
			"tenant's dashboard, or apply with other credentials.",
			verb, objects, r.Login, strings.ReplaceAll(objects, "_", " "),
			strings.Join(missing, ", ")))
}

// plannedVerb returns the verb of the management scope that a planned change needs, or "".
// Terraform plans the create of a replacement separately.
func plannedVerb(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) string {
	switch {
	case req.State.Raw.IsNull():
		return "create"
	case req.Plan.Raw.IsNull(), len(resp.RequiresReplace) > 0:
		return "delete"
	case !resp.Plan.Raw.Equal(req.State.Raw):
		return "update"
	default:
		return ""
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

// saidMissing reports whether it was called before for a kind of objects.
func (r *Run) saidMissing(objects string) bool {
	_, said := read(r, &r.missing, objects)
	write(r, &r.missing, objects, true)
	return said
}
