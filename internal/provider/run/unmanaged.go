// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// This file is about objects that the tenant has, but that no resource seems to manage.

// GrantObject names a grant by its natural key.
func GrantObject(key m2m.ClientGrantKey) string {
	object := fmt.Sprintf("grant of the API %q to the client %q", key.Audience, key.ClientID)
	if key.DefaultFor != "" {
		object = fmt.Sprintf("grant of the API %q to %s", key.Audience, key.DefaultFor)
	}
	// A client can have one grant of each subject type.
	if key.SubjectType != "" && key.SubjectType != m2m.DefaultSubjectType {
		object += fmt.Sprintf(" with the subject type %q", key.SubjectType)
	}
	return object
}

// AwaitPlan returns what this run knows of an object that the tenant has. Terraform may plan the
// resource of the object a moment later, so AwaitPlan waits if the state contains the object.
func (r *Run) AwaitPlan(ctx context.Context, object string) Elsewhere {
	var found Elsewhere
	look := func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		found = r.declaredAs(object).elsewhere()
		return found.Kept || found.Created || found.Leaving
	}
	if r.inState(object) {
		r.await(ctx, look)
	} else {
		look()
	}
	return found
}

// PlanRemoval records that a plan removes an object that no resource manages as far as is known. If
// a resource of the configuration is planned for it, the object is not removed, and PlanRemoval
// returns false.
func (r *Run) PlanRemoval(object string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.declaredAs(object)
	if known.kept || known.created {
		return false
	}
	known.removed = true
	return true
}

func (d *declared) elsewhere() Elsewhere {
	return Elsewhere{InState: d.inState, Leaving: d.leaving, Kept: d.kept, Created: d.created}
}

// refuseRemoval reports an object that the plan keeps or creates, and that PlanRemoval recorded.
func refuseRemoval(object string, known *declared, diags *diag.Diagnostics) {
	if !known.removed || !known.kept && !known.created {
		return
	}
	diags.AddError("Another block removes the "+object,
		"An m2m_client_grants_exclusive of this configuration removes it, because its grant_ids "+
			"does not list it. Add the id of this m2m_client_grant to grant_ids there.")
}
