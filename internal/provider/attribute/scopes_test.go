// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestScopeValidators_warnings(t *testing.T) {
	t.Parallel()
	for scope, summary := range map[string]string{
		"read:orders": "",
		"read orders": `White space in the scope "read orders"`,
		" read":       `White space in the scope " read"`,
		"openid":      `Reserved scope "openid"`,
		"name":        `Reserved scope "name"`,
	} {
		values := map[string]attr.Value{scope: types.StringValue("")}
		resp := &validator.MapResponse{}
		ScopeMap().ValidateMap(context.Background(),
			validator.MapRequest{
				Path:        path.Root("scopes"),
				ConfigValue: types.MapValueMust(types.StringType, values),
			}, resp)
		expectWarning(t, scope, resp.Diagnostics, summary)
	}
}

// expectWarning expects one warning with this summary, or no diagnostic if summary is empty.
func expectWarning(t *testing.T, value string, diags diag.Diagnostics, summary string) {
	t.Helper()
	switch {
	case diags.HasError():
		t.Errorf("%q: %v", value, diags)
	case summary == "" && len(diags) > 0:
		t.Errorf("%q: unexpected warning: %v", value, diags)
	case summary != "" && (len(diags) != 1 || !strings.Contains(diags[0].Summary(), summary)):
		t.Errorf("%q: %v, want the warning %q", value, diags, summary)
	}
}
