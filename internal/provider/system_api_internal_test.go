// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Older tenants do not mark their APIs.
func TestSystemKind(t *testing.T) {
	t.Parallel()
	acme := &session{settings: settings{domain: setting{value: "acme.auth0.com"}}}
	custom := &session{settings: settings{
		domain: setting{value: "login.example.com"}, audience: setting{value: "https://acme.auth0.com/api/v2/"},
	}}
	for _, tt := range []struct {
		s          *session
		identifier string
		marked     bool
		want       systemKind
	}{
		{acme, "https://acme.auth0.com/api/v2/", false, managementAPI},
		{acme, "https://acme.auth0.com/api/v2", false, notSystem},
		{acme, "https://other.auth0.com/api/v2/", false, notSystem},
		{acme, "https://other.auth0.com/api/v2/", true, managementAPI},
		{acme, "https://acme.auth0.com/me/", false, onDemandAPI},
		{acme, "https://acme.auth0.com/my-org/", false, onDemandAPI},
		{acme, "https://other.auth0.com/me/", false, notSystem},
		{acme, "urn:auth0:express-configure", false, onDemandAPI},
		{acme, "urn:new", true, onDemandAPI},
		{acme, "https://orders.example.com", false, notSystem},
		{custom, "https://acme.auth0.com/api/v2/", false, managementAPI},
		{custom, "https://acme.auth0.com/me/", false, onDemandAPI},
		{custom, "https://login.example.com/me/", false, notSystem},
		{&session{}, "me/", false, notSystem},
		{&session{}, "", false, notSystem},
	} {
		got := tt.s.systemKind(resourceServerModel{Identifier: types.StringValue(tt.identifier), IsSystem: types.BoolValue(tt.marked)})
		if got != tt.want {
			t.Errorf("%q (is_system %v) at %s: %v, want %v", tt.identifier, tt.marked, tt.s.settings.domain.value, got, tt.want)
		}
	}
}
