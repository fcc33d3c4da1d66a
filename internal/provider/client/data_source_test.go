// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"strings"
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
		"requested": {
			types.BoolValue(true), &secret, types.StringValue(secret), false,
		},
		"requested, but missing":           {types.BoolValue(true), nil, types.StringNull(), true},
		"returned without being requested": {types.BoolNull(), &secret, types.StringNull(), false},
		"not wanted": {
			types.BoolValue(false), &secret, types.StringNull(), false,
		},
	} {
		m := clientDataModel{WithSecret: tc.asked}
		var diags diag.Diagnostics
		m.showSecret(
			m2m.OAuthClient{ClientID: "a", ClientSecret: tc.answer}, "the client of the provider",
			&diags,
		)
		if !m.ClientSecret.Equal(tc.want) {
			t.Errorf("%s: client_secret is %v", name, m.ClientSecret)
		}
		expectSecretWarning(t, name, diags, tc.warned)
	}
}

// expectSecretWarning expects the warning about a client without a secret, or no diagnostic.
func expectSecretWarning(t *testing.T, value string, diags diag.Diagnostics, want bool) {
	t.Helper()
	switch {
	case diags.HasError():
		t.Errorf("%q: %v", value, diags)
	case !want && len(diags) > 0:
		t.Errorf("%q: unexpected warning: %v", value, diags)
	case want && (len(diags) != 1 || !strings.HasSuffix(diags[0].Summary(), " has no secret")):
		t.Errorf("%q: %v, want the warning that the client has no secret", value, diags)
	}
}
