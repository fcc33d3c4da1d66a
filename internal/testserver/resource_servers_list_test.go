// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"
)

func TestResourceServer_listPagesByOffset(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for _, identifier := range []string{"urn:c", "urn:a", "urn:b"} {
		x.must("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`)
	}
	const fields = "&fields=identifier"
	for query, body := range map[string]string{
		"?per_page=2&page=1":                       `[{"identifier":"urn:c"},{"identifier":"urn:a"}]`,
		"?per_page=2&page=2&include_totals=true":   `{"limit":2,"resource_servers":[{"identifier":"urn:b"}],"start":4,"total":5}`,
		"?page=9&include_totals=true":              `{"limit":50,"resource_servers":[],"start":450,"total":5}`,
		"?identifiers=urn:b&identifiers=urn:c":     `[{"identifier":"urn:c"},{"identifier":"urn:b"}]`,
		"?identifiers=urn:b&identifiers=urn:none":  `[{"identifier":"urn:b"}]`,
		"?identifiers=urn%3Ab&include_totals=true": `{"limit":50,"resource_servers":[{"identifier":"urn:b"}],"start":0,"total":1}`,
		"?identifiers=urn:none":                    `[]`,
	} {
		t.Run(query, func(t *testing.T) {
			want(t, x.api("GET", "/resource-servers"+query+fields, ""), 200, body)
		})
	}
}

func TestResourceServer_listStopsAtFifty(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for i := range 60 {
		x.must("POST", "/resource-servers", `{"identifier":"urn:`+strings.Repeat("x", i+1)+`"}`)
	}
	got := x.api("GET", "/resource-servers?fields=id", "")
	if n := strings.Count(got.body, `"id"`); n != 50 {
		t.Errorf("%d items, want 50", n)
	}
}

func TestResourceServer_listRefusesBadQueries(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const paged = `(Number of results per page)`
	for query, message := range map[string]string{
		"per_page=0":    `'Value 0 is less than minimum 1' on property per_page ` + paged,
		"per_page=101":  `'Value 101 is greater than maximum 100' on property per_page ` + paged,
		"per_page=many": `'Expected type integer but found type string' on property per_page ` + paged,
		"take=5":        `'Additional properties not allowed: take'`,
		"a=%zz":         `'Malformed query string'`,
		strings.Repeat("identifiers=a&", 11): `'Array is too long (11), maximum 10' on property identifiers ` +
			`(Identifiers to filter by)`,
	} {
		t.Run(query, func(t *testing.T) {
			want(t, x.api("GET", "/resource-servers?"+query, ""), 400, `{"statusCode":400,"error":"Bad Request","message":`+
				`"Query validation error: `+message+`.","errorCode":"invalid_query_string"}`)
		})
	}
}

func TestResourceServer_fieldsSelectOrExclude(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	want(t, x.api("GET", aPath+"?fields=identifier,signing_alg", ""), 200, `{"identifier":"https://a","signing_alg":"RS256"}`)
	want(t, x.api("GET", aPath+"?include_fields=false&fields=id,subject_type_authorization,token_lifetime,token_lifetime_for_web", ""), 200,
		`{"allow_offline_access":false,"identifier":"https://a","signing_alg":"RS256","skip_consent_for_verifiable_first_party_clients":false}`)
}
