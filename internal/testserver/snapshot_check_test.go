// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// TestRestore_refusesUnusableSnapshots changes one thing in a snapshot at a time. Each change would
// make a tenant that answers 500, or that accepts tokens that anybody can make.
func TestRestore_refusesUnusableSnapshots(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Must(
		"POST", "/resource-servers",
		`{"identifier":"urn:hs","signing_alg":"HS256","signing_secret":"sixteen-chars-xx"}`,
	)
	x.Must("POST", "/clients", `{"name":"first","grant_types":["client_credentials"]}`)
	const management = `"id":"6800000000000000000000a1"`
	taken := string(x.Snapshot())
	for name, change := range map[string]struct{ from, to string }{
		"no object": {
			`"records":[`, `"records":[{"table":"clients","number":99,"value":null},`,
		},
		"another id of the Management API": {management, `"id":"6800000000000000000000ff"`},
		"no secret for HS256": {
			`"signing_secret":"sixteen-chars-xx"`, `"signing_secret":""`,
		},
		"unknown algorithm":        {`"signing_alg":"RS256"`, `"signing_alg":"none"`},
		"symmetric Management API": {`"signing_alg":"RS256"`, `"signing_alg":"HS256"`},
		"negative lifetime":        {`"token_lifetime":86400`, `"token_lifetime":-1`},
		"no identifier":            {`"identifier":"urn:hs"`, `"identifier":""`},
		"no grant types":           {`"grant_types":["client_credentials"]`, `"grant_types":null`},
		"unusable encryption key": {
			`"signing_alg":"HS256"`,
			`"signing_alg":"HS256","token_encryption":{"encryption_key":{"alg":"RSA-OAEP-256","pem":"x"}}`,
		},
	} {
		changed := strings.Replace(taken, change.from, change.to, 1)
		if changed == taken {
			t.Fatalf("%s: nothing changed in %s", name, taken)
		}
		if err := x.Restore([]byte(changed)); err == nil {
			t.Errorf("%s: restored", name)
		}
	}
	if err := x.Restore([]byte(taken)); err != nil {
		t.Error(err)
	}
	x.FetchToken(
		testserver.ManagementClientID, testserver.ManagementClientSecret, x.URL()+"/api/v2/", "",
	)
}

func TestAnswers_limitNumberOfViolations(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	got := x.API(
		"POST", "/client-grants",
		`{"audience":"urn:a","scope":[`+strings.Repeat("1,", 400_000)+`1]}`,
	)
	if got.Status != 400 || strings.Count(got.Body, "Payload validation error: ") != 100 {
		t.Errorf("%d, %d bytes", got.Status, len(got.Body))
	}
}
