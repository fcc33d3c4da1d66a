// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

func TestClientData_missingSecret(t *testing.T) {
	t.Parallel()
	secret := "a-secret-of-a-client"
	for name, tc := range map[string]struct {
		asked  types.Bool
		answer *string
		want   types.String
		warned bool
	}{
		"asked for":                    {types.BoolValue(true), &secret, types.StringValue(secret), false},
		"asked for, but not there":     {types.BoolValue(true), nil, types.StringNull(), true},
		"answered without being asked": {types.BoolNull(), &secret, types.StringNull(), false},
		"not wanted":                   {types.BoolValue(false), &secret, types.StringNull(), false},
	} {
		m := clientDataModel{WithSecret: tc.asked}
		var diags diag.Diagnostics
		m.showSecret(m2m.Application{ClientID: "a", ClientSecret: tc.answer}, "the client of the provider", &diags)
		if !m.ClientSecret.Equal(tc.want) {
			t.Errorf("%s: client_secret is %v", name, m.ClientSecret)
		}
		expectWarning(t, name, diags, tc.warned, "Client has no secret")
	}
}
