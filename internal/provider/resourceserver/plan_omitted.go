// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// clearable are the attributes that are cleared if the configuration omits them. A system API keeps
// them, because its template may set them.
var clearable = []string{
	"consent_policy", "authorization_details", "proof_of_possession", "authorization_policy",
}

// leavesToTenant returns a function that reports whether the tenant chooses the value of an
// attribute that the configuration omits.
func leavesToTenant(kind run.SystemKind) func(attribute string) bool {
	return func(attribute string) bool {
		return kind != run.NotSystem || !slices.Contains(clearable, attribute)
	}
}

// planOmitted plans the clearable attributes that the configuration omits. The identifier of a new
// API tells whether it is a system API.
func planOmitted(
	kind run.SystemKind, config tfsdk.Config, state tfsdk.State, plan *tfsdk.Plan,
) {
	given, stored := attribute.ValuesOf(config.Raw), attribute.ValuesOf(state.Raw)
	planned := maps.Clone(attribute.ValuesOf(plan.Raw))
	creating := state.Raw.IsNull()
	for _, name := range clearable {
		value := planned[name]
		switch {
		case !given[name].IsNull():
		case creating && (kind != run.NotSystem || !given["identifier"].IsKnown()):
			planned[name] = tftypes.NewValue(value.Type(), tftypes.UnknownValue)
		case !creating && (kind != run.NotSystem || isEmpty(stored[name])):
			planned[name] = stored[name]
		default:
			planned[name] = tftypes.NewValue(value.Type(), nil)
		}
	}
	plan.Raw = tftypes.NewValue(plan.Raw.Type(), planned)
}

// isEmpty reports whether a value is an empty list, which means the same as null.
func isEmpty(value tftypes.Value) bool {
	var elements []tftypes.Value
	return value.Type().Is(tftypes.List{}) && !value.IsNull() && value.As(&elements) == nil &&
		len(elements) == 0
}
