// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A set of ours reports what the framework's reports.
func TestStringSet_validate(t *testing.T) {
	t.Parallel()
	text := func(value any) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }
	unknown := text(tftypes.UnknownValue)
	for name, tt := range map[string]struct {
		elements any
		want     int
	}{
		"null":       {nil, 0},
		"unknown":    {tftypes.UnknownValue, 0},
		"empty":      {[]tftypes.Value{}, 0},
		"different":  {[]tftypes.Value{text("a"), text("b"), unknown, text(nil)}, 0},
		"unknowns":   {[]tftypes.Value{unknown, unknown}, 0},
		"duplicates": {[]tftypes.Value{text("a"), text("b"), text("a")}, 1},
		"nulls":      {[]tftypes.Value{text(nil), text(nil)}, 1},
	} {
		set := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, tt.elements)
		got := Strings().Validate(t.Context(), set, path.Root("scopes"))
		want := basetypes.SetType{ElemType: types.StringType}.Validate(
			t.Context(), set, path.Root("scopes"),
		)
		if diff := cmp.Diff(want, got); diff != "" || len(got) != tt.want {
			t.Errorf("%s: %d errors, want %d (-want +got):\n%s", name, len(got), tt.want, diff)
		}
	}
}

// The check of a large set allocates in proportion to its size. Allocations cannot be counted in a
// parallel test.
func TestStringSet_validateIsLinear(t *testing.T) {
	allocations := func(size int) float64 {
		elements := make([]tftypes.Value, size)
		for i := range elements {
			elements[i] = tftypes.NewValue(tftypes.String, string(rune(0x4e00+i)))
		}
		set := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
		return testing.AllocsPerRun(3, func() {
			Strings().Validate(t.Context(), set, path.Root("scopes"))
		})
	}
	if few, many := allocations(100), allocations(1000); many > 12*few {
		t.Errorf("%v allocations for 100 elements, %v for 1000", few, many)
	}
}
