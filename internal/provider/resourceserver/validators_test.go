// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestIdentifierValidator_warnsIfNotURI(t *testing.T) {
	t.Parallel()
	for value, warned := range map[string]bool{
		"https://orders.example.com":  false,
		"https://orders.example.com/": false,
		"urn:example:orders":          false,
		"api://orders":                false,
		"orders":                      true,
		"/orders":                     true,
		"orders.example.com":          true,
		"https://":                    true,
		"https://orders example.com":  true,
	} {
		resp := &validator.StringResponse{}
		identifierValidator{}.ValidateString(context.Background(),
			validator.StringRequest{
				Path:        path.Root("identifier"),
				ConfigValue: types.StringValue(value),
			}, resp)
		expectWarning(t, value, resp.Diagnostics, warned,
			fmt.Sprintf("The identifier %q is not a URI", value))
	}
}

func TestValidators_ignoreUnknownValues(t *testing.T) {
	t.Parallel()
	for _, value := range []types.String{types.StringUnknown(), types.StringNull()} {
		req := validator.StringRequest{Path: path.Root("x"), ConfigValue: value}
		for _, v := range []validator.String{identifierValidator{}, publicKeyValidator{}} {
			resp := &validator.StringResponse{}
			v.ValidateString(context.Background(), req, resp)
			if len(resp.Diagnostics) > 0 {
				t.Errorf("%T of %s: %v", v, value, resp.Diagnostics)
			}
		}
	}
}

func expectWarning(t *testing.T, value string, diags diag.Diagnostics, want bool, summary string) {
	t.Helper()
	switch {
	case diags.HasError():
		t.Errorf("%q: %v", value, diags)
	case !want && len(diags) > 0:
		t.Errorf("%q: unexpected warning: %v", value, diags)
	case want && (len(diags) != 1 || !strings.Contains(diags[0].Summary(), summary)):
		t.Errorf("%q: %v, want the warning %q", value, diags, summary)
	}
}
