// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import "testing"

// Older tenants do not return is_system.
func TestSystemKind(t *testing.T) {
	t.Parallel()
	acme := &Run{ManagementAudience: "https://acme.auth0.com/api/v2/"}
	for _, tt := range []struct {
		r          *Run
		identifier string
		marked     bool
		want       SystemKind
	}{
		{acme, "https://acme.auth0.com/api/v2/", false, ManagementAPI},
		{acme, "https://acme.auth0.com/api/v2", false, NotSystem},
		{acme, "https://other.auth0.com/api/v2/", false, NotSystem},
		{acme, "https://other.auth0.com/api/v2/", true, ManagementAPI},
		{acme, "https://acme.auth0.com/me/", false, OnDemandAPI},
		{acme, "https://acme.auth0.com/my-org/", false, OnDemandAPI},
		{acme, "https://other.auth0.com/me/", false, NotSystem},
		{acme, "urn:auth0:express-configure", false, OnDemandAPI},
		{acme, "urn:new", true, OnDemandAPI},
		{acme, "https://orders.example.com", false, NotSystem},
		{acme, "https://login.example.com/me/", false, NotSystem},
		{&Run{}, "me/", false, NotSystem},
		{&Run{}, "", false, NotSystem},
	} {
		got := tt.r.SystemKind(tt.identifier, tt.marked)
		if got != tt.want {
			t.Errorf(
				"%q (is_system %v) at %s: %v, want %v", tt.identifier, tt.marked,
				tt.r.ManagementAudience, got, tt.want,
			)
		}
	}
}
