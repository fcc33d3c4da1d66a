// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// confirm compares the state, which holds what the tenant answered, with the plan. A value
// that the configuration leaves to the tenant may have changed since the plan; the state
// keeps the planned one there, because Terraform insists, and the next refresh shows the
// change. Any other difference is an error, so that no apply succeeds if the tenant did
// something else. It reports whether the answer is as planned.
func confirm(
	diags *diag.Diagnostics, op report.Operation, config tfsdk.Config, plan tfsdk.Plan,
	state *tfsdk.State, consequence string,
) bool {
	if state.Raw.IsNull() {
		return false // Writing it failed, and that is reported.
	}
	given, planned, stored := attribute.ValuesOf(config.Raw), attribute.ValuesOf(
		plan.Raw,
	), attribute.ValuesOf(state.Raw)
	attributes := plan.Schema.GetAttributes()
	var differing []string
	for _, name := range slices.Sorted(maps.Keys(planned)) {
		switch {
		case satisfies(stored[name], planned[name]):
		case op.LeavesToTenant && given[name].IsNull() && attributes[name].IsComputed() &&
			!hasDefault(attributes[name]) &&
			planned[name].IsFullyKnown():
			stored[name] = planned[name]
		default:
			differing = append(differing, name)
		}
	}
	state.Raw = tftypes.NewValue(state.Raw.Type(), stored)
	if len(differing) == 0 {
		return true
	}
	diags.AddError("The tenant stored something else",
		fmt.Sprintf("The tenant accepted the request to %s the %s, but its answer differs from "+
			"the plan in: %s. "+
			"It may not allow the planned values.\n\n%s", op.Verb, op.Object,
			strings.Join(differing, ", "), consequence))
	return false
}

// hasDefault reports whether the provider, not the tenant, fills in an attribute that the
// configuration omits.
func hasDefault(attribute any) bool {
	list, ok := attribute.(schema.ListNestedAttribute)
	return ok && list.Default != nil
}

// satisfies reports whether got is what was planned. An unknown part of the plan accepts any
// value.
func satisfies(got, want tftypes.Value) bool {
	switch {
	case !want.IsKnown(), want.Equal(got):
		return true
	case want.IsFullyKnown(), got.IsNull():
		return false
	case !want.Type().Is(tftypes.Object{}):
		return true // Only objects have parts that the tenant fills in.
	}
	parts, stored := attribute.ValuesOf(want), attribute.ValuesOf(got)
	for name, part := range parts {
		if !satisfies(stored[name], part) {
			return false
		}
	}
	return true
}
