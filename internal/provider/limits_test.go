// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestSettings_maxAPICapacity(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		config types.Int64
		env    string
		want   int
	}{
		"default":           {types.Int64Null(), "", 100},
		"environment":       {types.Int64Null(), " 60 ", 60},
		"configuration":     {types.Int64Value(70), "", 70},
		"both":              {types.Int64Value(70), "60", 70},
		"invalid, not used": {types.Int64Value(70), "all", 70},
	} {
		p := &m2mProvider{Options: Options{RetryTimeout: time.Second, Getenv: func(name string) string {
			return map[string]string{
				"AUTH0_DOMAIN": "acme.eu.auth0.com", "M2M_MAX_API_CAPACITY": tc.env,
			}[name]
		}}}
		var diags diag.Diagnostics
		r := p.start(resolveSettings(providerModel{MaxAPICapacity: tc.config}, p.Getenv), &diags)
		if diags.HasError() || r.MaxAPICapacity != tc.want {
			t.Errorf("%s: %+v, %v", name, r, diags)
		}
	}
	for _, env := range []string{"0", "101", "-5", "70%", "0.5"} {
		getenv := func(string) string { return env }
		var diags diag.Diagnostics
		resolveSettings(providerModel{}, getenv).capacity(&diags)
		if !diags.HasError() || diags[0].Detail() != "The environment variable "+
			"M2M_MAX_API_CAPACITY: \""+env+"\" is not a whole number from 1 to 100." {
			t.Errorf("%s: %v", env, diags)
		}
	}
	unknown := resolveSettings(
		providerModel{MaxAPICapacity: types.Int64Unknown()}, func(string) string { return "" },
	)
	if !unknown.unknown {
		t.Error("an unknown value does not defer")
	}
}
