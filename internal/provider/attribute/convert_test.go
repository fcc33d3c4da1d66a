// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

func TestSetFromAPI_absentIsNotEmpty(t *testing.T) {
	t.Parallel()
	for want, values := range map[string][]string{
		`<null>`:    nil,
		`[]`:        {},
		`["a","b"]`: {"b", "a", "b"},
	} {
		var diags diag.Diagnostics
		if got := SetFromAPI(t.Context(), values, &diags); got.String() != want ||
			diags.HasError() {
			t.Errorf("%q: %s %v, want %s", values, got, diags, want)
		}
	}
}
