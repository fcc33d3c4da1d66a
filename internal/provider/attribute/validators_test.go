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

func TestValidators_ignoreUnknownValues(t *testing.T) {
	t.Parallel()
	for _, value := range []types.String{types.StringUnknown(), types.StringNull()} {
		req := validator.StringRequest{Path: path.Root("x"), ConfigValue: value}
		for _, v := range []validator.String{
			Duration(), Audience(), Secret(), Trimmed(), TrimmedSecret(), ClientID(), OneOf("a"),
		} {
			resp := &validator.StringResponse{}
			v.ValidateString(context.Background(), req, resp)
			if len(resp.Diagnostics) > 0 {
				t.Errorf("%T of %s: %v", v, value, resp.Diagnostics)
			}
		}
	}
	set := &validator.SetResponse{}
	ScopeSet().ValidateSet(context.Background(), validator.SetRequest{
		Path: path.Root("scopes"),
		ConfigValue: types.SetValueMust(types.StringType, []attr.Value{
			types.StringUnknown(), types.StringValue("a"),
		}),
	}, set)
	if len(set.Diagnostics) > 0 {
		t.Error(set.Diagnostics)
	}
}

func TestTrimmed_namesTheAttribute(t *testing.T) {
	t.Parallel()
	const kept = " The API treats this as part of the secret. Remove it, if it is not meant."
	for want, v := range map[string]validator.String{
		"client_id ends with a line break.":             Trimmed(),
		"client_secret ends with a line break.":         TrimmedSecret(),
		"signing_secret ends with a line break." + kept: Secret(),
	} {
		at := path.Root(strings.Fields(want)[0])
		var resp validator.StringResponse
		v.ValidateString(t.Context(), validator.StringRequest{
			Path: at, ConfigValue: types.StringValue("hush-hush-hush-hush\n"),
		}, &resp)
		if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Detail() != want {
			t.Errorf("%v, want %s", resp.Diagnostics, want)
			continue
		}
		// On the attribute, Terraform would print the line with the secret.
		_, shown := resp.Diagnostics[0].(diag.DiagnosticWithPath)
		if shown != at.Equal(path.Root("client_id")) {
			t.Errorf("%s: shown on the attribute: %v", at, shown)
		}
	}
}
