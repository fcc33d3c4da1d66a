// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// confirm compares the state, which contains the answer of the tenant, with the plan. It returns
// true if they agree, and otherwise adds an error, so that an apply fails if the tenant stored
// something else. The one exception is a value that the configuration leaves to the tenant: it
// may have changed since the plan, or a new object has another default. Terraform requires the
// planned value in the state, so the state keeps it, and the next refresh shows the change.
func confirm(
	diags *diag.Diagnostics, op report.Operation, config tfsdk.Config, plan tfsdk.Plan,
	state *tfsdk.State, consequence string,
) bool {
	if state.Raw.IsNull() {
		return false // Writing the state failed and was reported.
	}
	given := attribute.ValuesOf(config.Raw)
	planned := attribute.ValuesOf(plan.Raw)
	stored := attribute.ValuesOf(state.Raw)
	attributes := plan.Schema.GetAttributes()
	var differing, chosen []string
	for _, name := range slices.Sorted(maps.Keys(planned)) {
		switch {
		case satisfies(stored[name], planned[name]):
		case given[name].IsNull() && attributes[name].IsComputed() &&
			op.LeavesToTenant != nil && op.LeavesToTenant(name) && planned[name].IsFullyKnown():
			stored[name] = planned[name]
			chosen = append(chosen, name)
		default:
			differing = append(differing, name)
		}
	}
	state.Raw = tftypes.NewValue(state.Raw.Type(), stored)
	if len(chosen) > 0 && op.Verb == report.Create {
		diags.AddWarning(fmt.Sprintf("The tenant chose other values for the %s", op.Object),
			fmt.Sprintf("The configuration omits %s, and the tenant did not set the default that "+
				"the plan shows. The next plan shows the value in the tenant. Set the attribute "+
				"to choose the value.", strings.Join(chosen, ", ")))
	}
	if len(differing) == 0 {
		return true
	}
	diags.AddError(fmt.Sprintf("The tenant stored other values for the %s", op.Object),
		fmt.Sprintf("The tenant accepted the request to %s the %s, but its answer differs from "+
			"the plan in: %s. The tenant may not allow the planned values.\n\n%s",
			op.Verb, op.Object, strings.Join(differing, ", "), consequence))
	return false
}

// satisfies reports whether got matches the planned value. An unknown part of the plan accepts
// any value.
func satisfies(got, want tftypes.Value) bool {
	switch {
	case !want.IsKnown(), want.Equal(got):
		return true
	case want.IsFullyKnown(), got.IsNull():
		return false
	case !want.Type().Is(tftypes.Object{}):
		return true // Only objects have parts that the tenant sets.
	}
	parts, stored := attribute.ValuesOf(want), attribute.ValuesOf(got)
	for name, part := range parts {
		if !satisfies(stored[name], part) {
			return false
		}
	}
	return true
}
