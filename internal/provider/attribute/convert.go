// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// collection is a set or a list.
type collection interface {
	ElementsAs(ctx context.Context, target any, allowUnhandled bool) diag.Diagnostics
}

// StringsOf returns the strings of a set or a list, sorted.
func StringsOf(ctx context.Context, strings collection, diags *diag.Diagnostics) []string {
	out := []string{}
	diags.Append(strings.ElementsAs(ctx, &out, false)...)
	slices.Sort(out)
	return out
}

// SetFromAPI converts strings of the API to a set. The set is null, not empty, if the property
// was absent.
func SetFromAPI(ctx context.Context, values []string, diags *diag.Diagnostics) types.Set {
	if values == nil {
		return types.SetNull(types.StringType)
	}
	once := append([]string{}, values...)
	slices.Sort(once)
	// Compact removes duplicates, which a set must not have.
	out, d := types.SetValueFrom(ctx, types.StringType, slices.Compact(once))
	diags.Append(d...)
	return out
}

// UnlessZero returns nil for the zero value, which the auth0 provider stores for an attribute
// that was never set.
func UnlessZero[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

// ValuesOf returns the attributes of an object by name.
func ValuesOf(object tftypes.Value) map[string]tftypes.Value {
	attributes := map[string]tftypes.Value{}
	_ = object.As(&attributes) // Configuration, plan and state are objects.
	return attributes
}

// ObjectFromAPI converts an object of the API. It returns null if the object was absent.
func ObjectFromAPI[T any](
	ctx context.Context, attrTypes map[string]attr.Type, in *T, diags *diag.Diagnostics,
	model func(T) any,
) types.Object {
	if in == nil {
		return types.ObjectNull(attrTypes)
	}
	out, d := types.ObjectValueFrom(ctx, attrTypes, model(*in))
	diags.Append(d...)
	return out
}

// ObjectAs reads an object into a struct. Unknown parts stay unknown.
func ObjectAs[T any](ctx context.Context, object types.Object, diags *diag.Diagnostics) T {
	var out T
	diags.Append(object.As(ctx, &out, basetypes.ObjectAsOptions{})...)
	return out
}

// KnownWhole makes an attribute of a plan unknown if its configuration is only partly known,
// such as a set with one unknown element: the final value may equal the value in the tenant.
func KnownWhole(config tftypes.Value, plan tfsdk.Plan) tfsdk.Plan {
	planned := maps.Clone(ValuesOf(plan.Raw))
	for name, value := range ValuesOf(config) {
		if !value.IsFullyKnown() {
			planned[name] = tftypes.NewValue(value.Type(), tftypes.UnknownValue)
		}
	}
	plan.Raw = tftypes.NewValue(plan.Raw.Type(), planned)
	return plan
}

// IsSet reports whether a value is known and not null.
func IsSet(value tftypes.Value) bool { return value.IsKnown() && !value.IsNull() }

// GivenOnly makes the attributes of a plan unknown that the configuration omits.
func GivenOnly(config tftypes.Value, plan tfsdk.Plan) tfsdk.Plan {
	planned := maps.Clone(ValuesOf(plan.Raw))
	for name, value := range ValuesOf(config) {
		if value.IsNull() {
			planned[name] = tftypes.NewValue(value.Type(), tftypes.UnknownValue)
		}
	}
	plan.Raw = tftypes.NewValue(plan.Raw.Type(), planned)
	return plan
}
