// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// Adoptable reports whether a plan can look in the tenant for an object to adopt. This takes a
// request, so it is done only if use_existing is true.
func (r *Run) Adoptable(useExisting types.Bool) bool {
	return useExisting.ValueBool() && r.Unusable == nil
}

// LookForAdoption finds the object that an apply would adopt. It returns false if there is no
// such object, if this run is destroying it, or if the lookup fails.
func LookForAdoption[T any](
	ctx context.Context, r *Run, check, scope string, diags *diag.Diagnostics,
	find func(context.Context) (T, string, error),
) (found T, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	found, id, err := find(ctx)
	if err != nil && !rest.IsNotFound(err) {
		r.SkipCheck(ctx, diags, check, scope, err)
	}
	return found, err == nil && r.leavingOf(id) == nil
}
