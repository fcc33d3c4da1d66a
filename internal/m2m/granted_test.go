// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/base64"
	"slices"
	"testing"
)

func TestGrantedScopes(t *testing.T) {
	t.Parallel()
	jwt := func(claims string) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte("{}")) + "." + part([]byte(claims)) + "." + part([]byte("signature"))
	}
	for token, want := range map[string][]string{
		"opaque":                           nil,
		jwt(`{}`):                          nil,
		jwt(`{"scope":7}`):                 nil,
		jwt(`{"scope":""}`):                {},
		jwt(`{"scope":"read:a create:a"}`): {"read:a", "create:a"},
	} {
		c := clientOf(t, "https://tenant.example.com", func(cfg *Config) { cfg.APIToken = token })
		got, known := c.GrantedScopes(t.Context())
		if known != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %t, want %q", token, got, known, want)
		}
	}
}
