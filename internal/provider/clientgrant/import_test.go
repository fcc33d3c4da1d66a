// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

func TestParseClientGrantKey(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]m2m.ClientGrantKey{
		"abc::https://api": {ClientID: "abc", Audience: "https://api"},
		"abc::https://api::user": {
			ClientID:    "abc",
			Audience:    "https://api",
			SubjectType: "user",
		},
		"abc::https://api::client": {
			ClientID:    "abc",
			Audience:    "https://api",
			SubjectType: "client",
		},
		"abc::https://api::anonymous_user": {
			ClientID:    "abc",
			Audience:    "https://api",
			SubjectType: "anonymous_user",
		},
		"third_party_clients::https://api": {
			DefaultFor: "third_party_clients",
			Audience:   "https://api",
		},
		"third_party_clients::urn:a::b::user": {
			DefaultFor:  "third_party_clients",
			Audience:    "urn:a::b",
			SubjectType: "user",
		},
		"abc::urn:a::b":     {ClientID: "abc", Audience: "urn:a::b"},
		"abc::urn:a::users": {ClientID: "abc", Audience: "urn:a::users"},
		"abc::urn:a::user::client": {
			ClientID:    "abc",
			Audience:    "urn:a::user",
			SubjectType: "client",
		},
		"abc::user":    {ClientID: "abc", Audience: "user"},
		"abc::a b/%2F": {ClientID: "abc", Audience: "a b/%2F"},
	} {
		if got, ok := parseKey(id); !ok || got != want {
			t.Errorf("%q: %+v %t, want %+v", id, got, ok, want)
		}
	}
	for _, id := range []string{
		"", "abc", "abc::", "::https://api", "abc:https://api", "abc::::user",
	} {
		if got, ok := parseKey(id); ok {
			t.Errorf("%q: %+v, want none", id, got)
		}
	}
}
