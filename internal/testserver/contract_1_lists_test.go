// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ourGrants lists the grants of the machine client.
const ourGrants = "/client-grants?client_id=ReferenceMachineClient0000000001"

// makeGrants makes an API and a grant for each audience.
func makeGrants(x *tenant, audiences ...string) {
	x.t.Helper()
	for _, audience := range audiences {
		x.must("POST", "/resource-servers", `{"identifier":"`+audience+`"}`)
		x.must(
			"POST", "/client-grants",
			`{"client_id":"`+testserver.MachineClientID+`","audience":"`+audience+`"}`,
		)
	}
}

// listedGrants is how the grants that makeGrants makes stand in a list.
func listedGrants(audiences ...string) string {
	shown := make([]string, len(audiences))
	for i, audience := range audiences {
		shown[i] = `{"id":"CGR_ID","client_id":"ReferenceMachineClient0000000001","audience":"` +
			audience +
			`","scope":[],"subject_type":"client"}`
	}
	return "[" + strings.Join(shown, ",") + "]"
}

func TestContract1OffsetPaging(t *testing.T) {
	t.Parallel()
	observed(t, "1.8", "without include_totals a list is a bare array",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			for _, query := range []string{"", "&include_totals=false", "&page=0&per_page=2"} {
				want(t, x.api("GET", ourGrants+query, ""), 200, listedGrants("urn:a", "urn:b"))
			}
		})
	observed(t, "1.8", "with include_totals a list is an object with total, start and limit, "+
		"whose array is named after its items",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b", "urn:c")
			x.must("POST", "/organizations", `{"name":"acme"}`)
			wantJSON(t, x.api("GET", ourGrants+"&include_totals=true&per_page=2&page=1", ""), 200,
				`{"total":3,"start":2,"limit":2,"client_grants":`+listedGrants("urn:c")+`}`)
			wantJSON(t, x.api(
				"GET", "/resource-servers?include_totals=true&per_page=1&page=4&fields=identifier",
				"",
			), 200,
				`{"total":5,"start":4,"limit":1,"resource_servers":[{"identifier":"urn:c"}]}`)
			wantJSON(t, x.api(
				"GET", "/clients?include_totals=true&is_global=false&per_page=1&page=1&fields=name",
				"",
			), 200,
				`{"total":3,"start":1,"limit":1,"clients":[{"name":"Machine Client"}]}`)
			wantProperties(
				t, x.api("GET", "/organizations?include_totals=true", ""), 200,
				`{"total":1,"start":0,"limit":50}`,
			)
			if got := x.api("GET", "/organizations?include_totals=true", ""); !strings.Contains(
				got.body, `"organizations":[{`,
			) {
				t.Errorf("no array of organizations: %s", got.body)
			}
		})
	observed(t, "1.8", "without per_page a list stops at 50 items, with totals or without",
		func(t *testing.T, x *tenant) {
			var identifiers []string
			for i := range 60 {
				identifiers = append(identifiers, fmt.Sprintf("urn:%02d", i))
			}
			makeGrants(x, identifiers...)
			first := listedGrants(identifiers[:50]...)
			want(t, x.api("GET", ourGrants, ""), 200, first)
			wantJSON(t, x.api("GET", ourGrants+"&include_totals=true", ""), 200,
				`{"total":60,"start":0,"limit":50,"client_grants":`+first+`}`)
			want(t, x.api("GET", ourGrants+"&page=1", ""), 200, listedGrants(identifiers[50:]...))
			for _, query := range []string{"", "&include_totals=true"} {
				got := x.api("GET", "/resource-servers?fields=identifier"+query, "")
				if n := strings.Count(got.body, `"identifier"`); n != 50 {
					t.Errorf("%d resource servers, want 50", n)
				}
			}
		})
	assumed(t, "1.8", "a page past the end is empty and keeps start and total",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a")
			want(t, x.api("GET", ourGrants+"&page=9", ""), 200, `[]`)
			wantJSON(t, x.api("GET", ourGrants+"&page=9&per_page=10&include_totals=true", ""), 200,
				`{"total":1,"start":90,"limit":10,"client_grants":[]}`)
		})
	documented(t, "1.8", "per_page is at least 1 and at most 100",
		func(t *testing.T, x *tenant) {
			for _, list := range []string{"/resource-servers", "/client-grants"} {
				want(t, x.api("GET", list+"?per_page=0", ""), 400,
					refusedQuery(
						`'Value 0 is less than minimum 1' on property per_page (Number of results per page).`,
					))
				want(t, x.api("GET", list+"?per_page=101", ""), 400,
					refusedQuery(
						`'Value 101 is greater than maximum 100' on property per_page (Number of results per page).`,
					))
				wantProperties(
					t, x.api("GET", list+"?per_page=100&include_totals=true", ""), 200,
					`{"limit":100}`,
				)
			}
		})
	documented(t, "1.8", "the list of clients allows per_page 0",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.api(
				"GET", "/clients?per_page=0&is_global=false&include_totals=true", "",
			), 200,
				`{"clients":[],"limit":0,"start":0,"total":3}`)
		})
	observed(t, "1.8", "a list is in the order in which its objects were made",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:c", "urn:a", "urn:b")
			want(t, x.api("GET", ourGrants, ""), 200, listedGrants("urn:c", "urn:a", "urn:b"))
			want(t, x.api(
				"GET",
				"/resource-servers?per_page=3&page=0&fields=identifier&identifiers=urn:a&identifiers=urn:b&identifiers=urn:c",
				"",
			),
				200, `[{"identifier":"urn:c"},{"identifier":"urn:a"},{"identifier":"urn:b"}]`)
		})
}

func TestContract1CheckpointPaging(t *testing.T) {
	t.Parallel()
	observed(t, "1.8", "with take a list is an object with the items and a checkpoint, without a "+
		"total",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			got := x.api("GET", ourGrants+"&take=1", "")
			wantJSON(
				t, got, 200,
				`{"client_grants":`+listedGrants("urn:a")+`,"next":"`+field(t, got.body, "next")+
					`"}`,
			)
		})
	observed(t, "1.8", "the last page of checkpoint paging has no checkpoint",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			next := field(t, x.api("GET", ourGrants+"&take=1", "").body, "next")
			want(
				t, x.api("GET", ourGrants+"&take=1&from="+next, ""), 200,
				`{"client_grants":`+listedGrants("urn:b")+`}`,
			)
			want(
				t, x.api("GET", ourGrants+"&take=2", ""), 200,
				`{"client_grants":`+listedGrants("urn:a", "urn:b")+`}`,
			)
		})
	observed(t, "1.8", "take wins over per_page and include_totals, which are then ignored",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			want(t, x.api("GET", ourGrants+"&take=50&per_page=1&include_totals=true", ""), 200,
				`{"client_grants":`+listedGrants("urn:a", "urn:b")+`}`)
		})
	documented(t, "1.8", "client grants, clients and organizations are paged by checkpoint as well",
		func(t *testing.T, x *tenant) {
			x.must("POST", "/organizations", `{"name":"acme"}`)
			x.must("POST", "/organizations", `{"name":"globex"}`)
			x.sampleGrant("")
			for list, last := range map[string]string{
				"/client-grants": `"audience":"https://sample-api.example.com"`,
				"/clients":       `"name":"All Applications"`,
				"/organizations": `"name":"acme"`,
			} {
				pages, query := "", list+"?take=1"
				for range 9 {
					got := x.must("GET", query, "")
					pages += got.body
					next, more := properties(t, withoutMade(got.body))["next"].(string)
					if !more {
						break
					}
					query = list + "?take=1&from=" + next
				}
				if !strings.Contains(pages, last) || strings.Contains(pages, `"total"`) {
					t.Errorf("%s: %s", list, pages)
				}
			}
		})
	documented(t, "1.8", "resource servers are paged by offset only",
		func(t *testing.T, x *tenant) {
			want(
				t, x.api("GET", "/resource-servers?take=5", ""), 400,
				refusedQuery(`'Additional properties not allowed: take'.`),
			)
			want(
				t, x.api("GET", "/resource-servers?from=x", ""), 400,
				refusedQuery(`'Additional properties not allowed: from'.`),
			)
		})
	documented(t, "1.8", "take is at least 1 and at most 100, and 50 when a checkpoint comes "+
		"without it",
		func(t *testing.T, x *tenant) {
			want(t, x.api("GET", "/client-grants?take=0", ""), 400,
				refusedQuery(
					`'Value 0 is less than minimum 1' on property take (Number of results per page).`,
				))
			want(t, x.api("GET", "/client-grants?take=101", ""), 400,
				refusedQuery(
					`'Value 101 is greater than maximum 100' on property take (Number of results per page).`,
				))
			var identifiers []string
			for i := range 52 {
				identifiers = append(identifiers, fmt.Sprintf("urn:%02d", i))
			}
			makeGrants(x, identifiers...)
			next := field(t, x.api("GET", ourGrants+"&take=1", "").body, "next")
			got := x.api("GET", ourGrants+"&from="+next, "")
			wantProperties(t, got, 200, `{"client_grants":`+listedGrants(identifiers[1:51]...)+`}`)
			want(t, x.api("GET", ourGrants+"&from="+field(t, got.body, "next"), ""), 200,
				`{"client_grants":`+listedGrants("urn:51")+`}`)
		})
	assumed(t, "1.8", "a checkpoint is good for 24 hours, then it is invalid_paging",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			next := field(t, x.api("GET", ourGrants+"&take=1", "").body, "next")
			x.Clock().Advance(24*time.Hour - time.Minute)
			want(
				t, x.api("GET", ourGrants+"&take=1&from="+next, ""), 200,
				`{"client_grants":`+listedGrants("urn:b")+`}`,
			)
			x.Clock().Advance(time.Minute)
			x.token = "" // It lives as long as the checkpoint.
			wantProperties(t, x.api("GET", ourGrants+"&take=1&from="+next, ""), 400,
				`{"statusCode":400,"error":"Bad Request","errorCode":"invalid_paging"}`)
		})
	assumed(t, "1.8", "a checkpoint that the API did not make is invalid_paging",
		func(t *testing.T, x *tenant) {
			wantProperties(t, x.api("GET", ourGrants+"&take=1&from=never-made", ""), 400,
				`{"statusCode":400,"error":"Bad Request","errorCode":"invalid_paging"}`)
		})
}

func TestContract1IDs(t *testing.T) {
	t.Parallel()
	has := func(t *testing.T, what, value, pattern string) {
		t.Helper()
		if !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("the %s is %q", what, value)
		}
	}
	observed(t, "1.9", "the id of a resource server is 24 hex digits, of which the first 8 are "+
		"the second of its creation",
		func(t *testing.T, x *tenant) {
			before := x.Clock().Now()
			id := field(
				t, x.must("POST", "/resource-servers", `{"identifier":"https://a"}`).body, "id",
			)
			after := x.Clock().Now()
			has(t, "id", id, `^[0-9a-f]{24}$`)
			if made := id[:8]; made < fmt.Sprintf("%08x", before.Unix()) ||
				made > fmt.Sprintf("%08x", after.Unix()) {
				t.Errorf("made at %s, not between %08x and %08x", made, before.Unix(), after.Unix())
			}
		})
	observed(t, "1.9", "the id of a client grant is cgr_ and 16 letters or digits",
		func(t *testing.T, x *tenant) { has(t, "id", x.sampleGrant(""), `^cgr_[A-Za-z0-9]{16}$`) })
	observed(t, "1.9", "the id of a client is 32 letters or digits",
		func(t *testing.T, x *tenant) {
			has(
				t, "id", field(t, x.must("POST", "/clients", `{"name":"C"}`).body, "client_id"),
				`^[A-Za-z0-9]{32}$`,
			)
		})
	documented(t, "1.9", "the secret of a client is 64 letters, digits, dashes or underscores",
		func(t *testing.T, x *tenant) {
			has(
				t, "secret",
				field(t, x.must("POST", "/clients", `{"name":"C"}`).body, "client_secret"),
				`^[A-Za-z0-9_-]{64}$`,
			)
		})
	observed(t, "1.9", "the id of a client credential is cred_ and 22 letters or digits",
		func(t *testing.T, x *tenant) {
			client := field(t, x.must("POST", "/clients", `{"name":"C"}`).body, "client_id")
			made := x.must("POST", "/clients/"+client+"/credentials",
				`{"credential_type":"public_key","pem":"`+strings.ReplaceAll(
					publicPEM(t), "\n", `\n`,
				)+`"}`)
			has(t, "id", field(t, made.body, "id"), `^cred_[A-Za-z0-9]{22}$`)
		})
	observed(t, "1.9", "the id of an organization is org_ and 16 letters or digits",
		func(t *testing.T, x *tenant) {
			has(
				t, "id", field(t, x.must("POST", "/organizations", `{"name":"acme"}`).body, "id"),
				`^org_[A-Za-z0-9]{16}$`,
			)
		})
	documented(t, "1.9", "the kid of a signing key is 21 letters, digits, dashes or underscores",
		func(t *testing.T, x *tenant) {
			keys, _ := publishedKeys(t, x)
			for kid := range keys {
				has(t, "kid", kid, `^[A-Za-z0-9_-]{21}$`)
			}
		})
	observed(t, "1.9", "a resource server is read, changed and deleted by its id or by its "+
		"encoded identifier",
		func(t *testing.T, x *tenant) {
			for range 2 {
				id := field(
					t, x.must("POST", "/resource-servers", `{"identifier":"https://a"}`).body, "id",
				)
				for _, path := range []string{
					"/resource-servers/" + id, "/resource-servers/https%3A%2F%2Fa",
				} {
					wantAPI(
						t, x.api("PATCH", path, `{"token_lifetime":60}`), 200,
						`"token_lifetime":60`,
					)
					wantAPI(t, x.api("GET", path, ""), 200, `"token_lifetime":60`)
				}
				want(t, x.api("DELETE", "/resource-servers/"+id, ""), 204, "")
				x.must("POST", "/resource-servers", `{"identifier":"https://a"}`)
				want(t, x.api("DELETE", "/resource-servers/https%3A%2F%2Fa", ""), 204, "")
				want(
					t, x.api("GET", "/resource-servers?identifiers=https%3A%2F%2Fa", ""), 200, `[]`,
				)
			}
		})
	observed(t, "1.9", "the colon of an identifier in a path may stay, its slashes may not",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			wantAPI(t, x.api("GET", "/resource-servers/https:%2F%2Fa", ""), 200, ``)
			want(
				t, x.api("GET", "/resource-servers/https://a", ""), 404,
				`{"statusCode":404,"error":"Not Found","message":"Not Found"}`,
			)
		})
	observed(t, "1.9", "an identifier that is encoded twice is understood",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			wantAPI(t, x.api("GET", "/resource-servers/https%253A%252F%252Fa", ""), 200, ``)
			wantAPI(t, x.api("GET", "/resource-servers/https:%252F%252Fa", ""), 200, ``)
		})
}
