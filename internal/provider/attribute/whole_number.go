// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// WholeNumber is the type of an integer that can be configured. For a fraction, the framework's
// type reports a bug in the provider.
type WholeNumber struct{ basetypes.Int64Type }

// Equal reports whether another type has the same values.
func (t WholeNumber) Equal(other attr.Type) bool {
	_, whole := other.(WholeNumber)
	return whole || t.Int64Type.Equal(other)
}

// ValueFromTerraform omits the fraction, which Validate refuses.
func (t WholeNumber) ValueFromTerraform(
	ctx context.Context, in tftypes.Value,
) (attr.Value, error) {
	number, ok := numberOf(in)
	if !ok || number.IsInt() {
		return t.Int64Type.ValueFromTerraform(ctx, in)
	}
	whole, _ := number.Int64()
	return basetypes.NewInt64Value(whole), nil
}

// Validate refuses a fraction. The framework calls it for each value.
func (WholeNumber) Validate(
	_ context.Context, in tftypes.Value, at path.Path,
) (diags diag.Diagnostics) {
	if number, ok := numberOf(in); ok && !number.IsInt() {
		diags.AddAttributeError(at, "Not a whole number",
			fmt.Sprintf("%s is %s, but a whole number is needed. If it is the result of a "+
				"division, use floor() or ceil().", at, number.Text('g', 10)))
	}
	return diags
}

// numberOf returns false if a value is null or unknown.
func numberOf(in tftypes.Value) (*big.Float, bool) {
	number := new(big.Float)
	ok := in.IsKnown() && !in.IsNull() && in.As(&number) == nil
	return number, ok
}
