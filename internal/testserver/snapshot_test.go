// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// newTenantIn is a tenant with a data file.
func newTenantIn(t *testing.T, path string) *servertest.Tenant {
	t.Helper()
	return servertest.NewWith(t, testserver.Config{Data: path})
}

// populate creates one object of each kind.
func populate(x *servertest.Tenant) {
	x.T.Helper()
	x.Must(
		"POST",
		"/resource-servers",
		`{"identifier":"https://kept","scopes":[{"value":"read:all","description":""}],"signing_alg":"HS256"}`,
	)
	x.Must("PATCH", "/resource-servers/https:%2F%2Fkept", `{"token_lifetime":600}`)
	x.SampleGrant(`,"scope":["read:orders"]`)
	x.AddOrganization("acme")
}

func TestSnapshot_restoresEverything(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	populate(x)
	taken := x.Snapshot()
	shown := x.Must("GET", "/resource-servers?per_page=100", "").Body + x.Must(
		"GET", "/client-grants", "",
	).Body
	x.Must("DELETE", "/resource-servers/https:%2F%2Fkept", "")
	x.Must("PATCH", "/resource-servers/https:%2F%2Fsample-api.example.com", `{"name":"Changed"}`)
	x.Must("POST", "/resource-servers", `{"identifier":"https://later"}`)
	if err := x.Restore(taken); err != nil {
		t.Fatal(err)
	}
	again := x.Must("GET", "/resource-servers?per_page=100", "").Body + x.Must(
		"GET", "/client-grants", "",
	).Body
	if diff := cmp.Diff(shown, again); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(string(taken), string(x.Snapshot())); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestSnapshot_movesToAnotherServer(t *testing.T) {
	t.Parallel()
	from, to := servertest.New(t), servertest.New(t)
	populate(from)
	if err := to.Restore(from.Snapshot()); err != nil {
		t.Fatal(err)
	}
	to.API(
		"GET", "/resource-servers?fields=identifier,token_lifetime", "",
	).Want(t, 200, to.Expand(`[`+
		`{"identifier":"$URL/api/v2/","token_lifetime":86400},`+
		`{"identifier":"https://sample-api.example.com","token_lifetime":86400},`+
		`{"identifier":"https://kept","token_lifetime":600}]`))
}

func TestSnapshot_invalidOnesChangeNothing(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	before := string(x.Snapshot())
	for name, test := range map[string]struct{ snapshot, message string }{
		"no JSON": {`{`, "read the snapshot"},
		"empty":   {`{}`, "the Management API is missing"},
		"unknown table": {
			`{"records":[{"table":"users","number":1,"value":{}}]}`, `unknown table "users"`,
		},
		"wrong value": {
			strings.Replace(before, `"name":"Sample API"`, `"name":7`, 1),
			"resource_servers 2: json",
		},
		"same number": {
			strings.Replace(
				before, `"table":"clients","number":2`, `"table":"clients","number":1`, 1,
			),
			"clients 1: the number is 0, too large or not unique",
		},
		"same id": {
			strings.Replace(before, testserver.WebClientID, testserver.MachineClientID, 1),
			"clients 4: another object has this id or natural key",
		},
		"client missing": {
			strings.Replace(before, testserver.ManagementClientID, "another", 1),
			"the client " + testserver.ManagementClientID +
				" of the client grant cgr_Reference0000001 is missing",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if test.snapshot == before {
				t.Fatal("the snapshot was not spoiled")
			}
			err := x.Restore([]byte(test.snapshot))
			if err == nil || !strings.Contains(err.Error(), test.message) {
				t.Errorf("got %v, want %q", err, test.message)
			}
			if diff := cmp.Diff(before, string(x.Snapshot())); diff != "" {
				t.Errorf("(-before +after):\n%s", diff)
			}
		})
	}
}

func TestReset_restoresSeededTenant(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	before := string(x.Snapshot())
	populate(x)
	if err := x.Reset(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, string(x.Snapshot())); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestData_survivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tenant.db")
	first := newTenantIn(t, path)
	populate(first)
	first.Must("POST", "/resource-servers", `{"identifier":"https://gone"}`)
	first.Must("DELETE", "/resource-servers/https:%2F%2Fgone", "")
	before := string(first.Snapshot())
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := newTenantIn(t, path)
	if diff := cmp.Diff(
		strings.ReplaceAll(before, first.URL(), second.URL()), string(second.Snapshot()),
	); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if err := second.Reset(); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	third := newTenantIn(t, path)
	if got := third.API("GET", "/resource-servers/https:%2F%2Fkept", ""); got.Status != 404 {
		t.Errorf("a reset was forgotten: %d %s", got.Status, got.Body)
	}
}

func TestData_unusableFiles(t *testing.T) {
	t.Parallel()
	held := filepath.Join(t.TempDir(), "tenant.db")
	newTenantIn(t, held)
	for path, message := range map[string]string{
		held:                                 "is in use by another process",
		t.TempDir():                          "is a directory",
		filepath.Join(t.TempDir(), "a", "b"): "no such file or directory",
	} {
		_, err := testserver.Listen(testserver.Config{
			Data: path, SigningKeys: servertest.SigningKeys()[:2],
		})
		if err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %v, want %q", path, err, message)
		}
	}
}
