// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestValidators_ignoreUnknownValues(t *testing.T) {
	t.Parallel()
	for _, value := range []types.String{types.StringUnknown(), types.StringNull()} {
		req := validator.StringRequest{Path: path.Root("x"), ConfigValue: value}
		for _, v := range []validator.String{
			Duration(), Audience(), Secret(),
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
