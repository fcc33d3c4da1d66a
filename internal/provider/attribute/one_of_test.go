// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestOneOf(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"RS256": "",
		"rs256": `"rs256" is not known; use RS256, PS256 or rfc9068_profile (did you mean "RS256"?).`,
		"rfc9068-profile": `"rfc9068-profile" is not known; use RS256, PS256 or rfc9068_profile ` +
			`(did you mean "rfc9068_profile"?).`,
		"ES256": `"ES256" is not known; use RS256, PS256 or rfc9068_profile.`,
		"":      `"" is not known; use RS256, PS256 or rfc9068_profile.`,
	} {
		resp := &validator.StringResponse{}
		OneOf("RS256", "PS256", "rfc9068_profile").ValidateString(t.Context(),
			validator.StringRequest{Path: path.Root("a"), ConfigValue: types.StringValue(given)}, resp)
		got := ""
		for _, d := range resp.Diagnostics {
			got += d.Detail()
		}
		if got != want {
			t.Errorf("%q: %s\nwant %s", given, got, want)
		}
	}
}
