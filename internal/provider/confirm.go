// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What a mismatch means for the object, by how it came about.
const (
	afterCreate = "It exists in the tenant. Terraform marks it to be replaced; to keep it instead, change the configuration to what the " +
		"tenant has and run terraform untaint."
	afterAdoption = "It is not managed here yet; the next apply will adopt it again."
	afterUpdate   = "The state holds what the tenant has; terraform plan shows the difference."
)

// confirmCreated confirms what a create, or an adoption, made.
func confirmCreated(ctx context.Context, op operation, adopted bool, req resource.CreateRequest, resp *resource.CreateResponse) {
	consequence := afterCreate
	if adopted {
		consequence = afterAdoption
	}
	if !confirm(&resp.Diagnostics, op, req.Config, req.Plan, &resp.State, consequence) && adopted {
		// It was there before, so nothing is lost by leaving it out of the state, where
		// Terraform would mark it to be replaced.
		resp.State.RemoveResource(ctx)
	}
}

// confirm compares the state that the tenant's answer makes with the plan. What
// the configuration leaves to the tenant may have changed since the plan; there
// the plan stays, as Terraform insists, and the next refresh shows the change. For
// the rest an answer that differs is an error, so that no apply says yes when the
// tenant said no. It reports whether the answer is as planned.
func confirm(
	diags *diag.Diagnostics, op operation, config tfsdk.Config, plan tfsdk.Plan, state *tfsdk.State, consequence string,
) bool {
	if state.Raw.IsNull() {
		return false // Writing it failed, which has been reported.
	}
	given, planned, stored := attribute.ValuesOf(config.Raw), attribute.ValuesOf(plan.Raw), attribute.ValuesOf(state.Raw)
	attributes := plan.Schema.GetAttributes()
	var differing []string
	for _, name := range slices.Sorted(maps.Keys(planned)) {
		switch {
		case satisfies(stored[name], planned[name]):
		case op.leavesToTenant && given[name].IsNull() && attributes[name].IsComputed() && !hasDefault(attributes[name]) &&
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
		fmt.Sprintf("The tenant accepted the request to %s the %s, but its answer differs from the plan in: %s. "+
			"It may not allow the planned values.\n\n%s", op.verb, op.object, strings.Join(differing, ", "), consequence))
	return false
}

// hasDefault tells whether an attribute that is left out is ours to fill in, and not
// the tenant's.
func hasDefault(attribute any) bool {
	list, ok := attribute.(schema.ListNestedAttribute)
	return ok && list.Default != nil
}

// satisfies reports whether got is what was planned, where an unknown part of the
// plan takes any value.
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
