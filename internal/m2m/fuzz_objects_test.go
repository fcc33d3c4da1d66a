// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// FuzzObject decodes single objects of each kind. What is accepted is complete, and it is the
// object that was requested.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		`{"id":"a","identifier":"urn:a","name":"A","scopes":[{"value":"b","description":"c"}]}`,
		`{"id":"a","client_id":"b","audience":"c","scope":["d"],"subject_type":"user"}`,
		`{"client_id":"a","name":"b","grant_types":["client_credentials"]}`,
		`{"access_token":"a","token_type":"Bearer","expires_in":86400,"scope":"b c"}`,
		`{"grant_id":"a"}`, `{"id":"b"}`, `{"id":""}`, `{"id":null}`, `{"ID":"a"}`, `{"id":7}`,
		`{"id":"a","id":"b"}`, `{"id":"a"}{"id":"a"}`, `{"id":"a","token_encryption":{}}`,
		`{"id":"a","token_lifetime":1e3}`, `{"id":"a","scopes":{}}`, `null`, `{}`, `[]`, ``, `{"id":"a"`,
	} {
		f.Add(200, seed, uint8(0))
		f.Add(201, seed, uint8(1))
		f.Add(200, seed, uint8(2))
		f.Add(200, seed, uint8(3))
	}
	f.Fuzz(func(t *testing.T, status int, body string, kind uint8) {
		switch kind % 4 {
		case 0:
			fuzzObject[ResourceServer](t, status, body)
		case 1:
			fuzzObject[ClientGrant](t, status, body)
		case 2:
			fuzzObject[OAuthClient](t, status, body)
		case 3:
			fuzzObject[associatedGrant](t, status, body)
		}
	})
}

func fuzzObject[Object any](t *testing.T, status int, body string) {
	t.Helper()
	resp := m2mtest.ToListing(status, "application/json", body)
	var object Object
	err := rest.Read(&resp, rest.Request{About: "a"}, &object)
	if err != nil {
		if _, ok := errors.AsType[*rest.Error](err); !ok {
			t.Fatalf("%v", err)
		}
		return
	}
	if status < 200 || status > 299 || !json.Valid([]byte(body)) {
		t.Fatalf("%d %q is accepted", status, body)
	}
	if whole, ok := any(&object).(interface{ Complete() bool }); !ok || !whole.Complete() {
		t.Fatalf("%q has no id", body)
	}
	if named, ok := any(&object).(interface{ IsCalled(name string) bool }); ok && !named.IsCalled("a") {
		t.Fatalf("%q is another object", body)
	}
}

// FuzzImportID parses the ids of scopes and associations. An id that is made of what was parsed is
// the same again.
func FuzzImportID(f *testing.F) {
	for _, seed := range []string{
		"", "::", "a", "a::b", "a::b::c", "::a", "a::", "a:::b", "a::::b", "urn:a::b:c::d", " a :: b ",
		"org_Ab12Cd34Ef56Gh78::cgr_Ab12Cd34Ef56Gh78", "https://a.example.com/::read:a", "ü::é", "\xff::\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		for _, scope := range ParseResourceServerScopeID(id) {
			if scope.ID() != id || scope.Identifier == "" || scope.Value == "" {
				t.Fatalf("%q: %q", id, scope.ID())
			}
		}
		association, ok := ParseOrganizationClientGrantID(id)
		if ok && (association.ID() != id || association.OrganizationID == "" || association.GrantID == "") {
			t.Fatalf("%q: %q", id, association.ID())
		}
	})
}
