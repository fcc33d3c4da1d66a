// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Terraform tests cannot check warnings, so the validators are called directly. Acceptance
// tests cover the errors.

func TestDomainValidator_ignoresUnknownValues(t *testing.T) {
	t.Parallel()
	for _, value := range []types.String{types.StringUnknown(), types.StringNull()} {
		resp := &validator.StringResponse{}
		domainValidator{}.ValidateString(
			context.Background(),
			validator.StringRequest{Path: path.Root("domain"), ConfigValue: value}, resp,
		)
		if len(resp.Diagnostics) > 0 {
			t.Errorf("%s: %v", value, resp.Diagnostics)
		}
	}
}
