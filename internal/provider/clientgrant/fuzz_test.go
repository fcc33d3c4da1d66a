// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"slices"
	"testing"
)

// FuzzParseKey parses import ids of grants. The key that results has the same import id.
func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{
		"", "::", "a", "a::b", "a::b::user", "a::b::client::user", "a::user", "a::::user", "a::b::users",
		"third_party_clients::urn:a::b", "third_party_clients", " ::a", "ü::é::user", "\xff::\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		key, ok := parseKey(id)
		if !ok {
			return
		}
		again := key.ClientID + key.DefaultFor + "::" + key.Audience
		if key.SubjectType != "" {
			again += "::" + key.SubjectType
		}
		if again != id || key.Audience == "" || (key.ClientID == "") == (key.DefaultFor == "") ||
			slices.Contains(clientGroups, key.ClientID) {
			t.Fatalf("%q: %+v", id, key)
		}
	})
}
