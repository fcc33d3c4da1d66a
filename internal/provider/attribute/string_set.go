// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// StringSet is the type of a set of strings that can be configured. The framework's type compares
// each element with each other one to find duplicates, which takes seconds for a thousand scopes.
type StringSet struct{ basetypes.SetType }

// Strings returns the type of a set of strings.
func Strings() StringSet { return StringSet{basetypes.SetType{ElemType: types.StringType}} }

// Equal reports whether another type has the same values.
func (t StringSet) Equal(other attr.Type) bool {
	_, strings := other.(StringSet)
	return strings || t.SetType.Equal(other)
}

// Validate refuses duplicates. The framework calls it for each value.
func (t StringSet) Validate(
	ctx context.Context, in tftypes.Value, at path.Path,
) diag.Diagnostics {
	var elements []tftypes.Value
	if !in.IsKnown() || in.IsNull() || in.As(&elements) != nil {
		return t.SetType.Validate(ctx, in, at)
	}
	seen := make(map[string]bool, len(elements))
	for _, element := range elements {
		var text string
		switch {
		case !element.IsKnown():
			continue
		case element.IsNull(), element.As(&text) != nil, seen[text]:
			return t.SetType.Validate(ctx, in, at) // It words the error.
		}
		seen[text] = true
	}
	return nil
}
