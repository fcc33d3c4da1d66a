// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// ourGrants lists the grants of the machine client.
const ourGrants = "/client-grants?client_id=ReferenceMachineClient0000000001"

// makeGrants creates an API and a grant for each audience.
func makeGrants(x *tenant, audiences ...string) {
	x.T.Helper()
	for _, audience := range audiences {
		x.Must("POST", "/resource-servers", `{"identifier":"`+audience+`"}`)
		x.Must(
			"POST", "/client-grants",
			`{"client_id":"`+testserver.MachineClientID+`","audience":"`+audience+`"}`,
		)
	}
}

// listedGrants is the list of the grants that makeGrants creates.
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
	observed(t, "1.8", "without include_totals, a list is an array",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			for _, query := range []string{"", "&include_totals=false", "&page=0&per_page=2"} {
				x.API("GET", ourGrants+query, "").Want(t, 200, listedGrants("urn:a", "urn:b"))
			}
		})
	observed(t, "1.8", "with include_totals, a list is an object with total, start, limit and an "+
		"array named after its items",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b", "urn:c")
			x.Must("POST", "/organizations", `{"name":"acme"}`)
			x.API("GET", ourGrants+"&include_totals=true&per_page=2&page=1", "").WantJSON(t, 200,
				`{"total":3,"start":2,"limit":2,"client_grants":`+listedGrants("urn:c")+`}`)
			x.API(
				"GET", "/resource-servers?include_totals=true&per_page=1&page=4&fields=identifier",
				"",
			).WantJSON(t, 200,
				`{"total":5,"start":4,"limit":1,"resource_servers":[{"identifier":"urn:c"}]}`)
			x.API(
				"GET", "/clients?include_totals=true&is_global=false&per_page=1&page=1&fields=name",
				"",
			).WantJSON(t, 200,
				`{"total":3,"start":1,"limit":1,"clients":[{"name":"Machine Client"}]}`)
			x.API("GET", "/organizations?include_totals=true", "").WantProperties(t, 200,
				`{"total":1,"start":0,"limit":50}`)
			if got := x.API("GET", "/organizations?include_totals=true", ""); !strings.Contains(
				got.Body, `"organizations":[{`,
			) {
				t.Errorf("no array of organizations: %s", got.Body)
			}
		})
	observed(t, "1.8", "without per_page, a page has at most 50 items",
		func(t *testing.T, x *tenant) {
			var identifiers []string
			for i := range 60 {
				identifiers = append(identifiers, fmt.Sprintf("urn:%02d", i))
			}
			makeGrants(x, identifiers...)
			first := listedGrants(identifiers[:50]...)
			x.API("GET", ourGrants, "").Want(t, 200, first)
			x.API("GET", ourGrants+"&include_totals=true", "").WantJSON(t, 200,
				`{"total":60,"start":0,"limit":50,"client_grants":`+first+`}`)
			x.API("GET", ourGrants+"&page=1", "").Want(t, 200, listedGrants(identifiers[50:]...))
			for _, query := range []string{"", "&include_totals=true"} {
				got := x.API("GET", "/resource-servers?fields=identifier"+query, "")
				if n := strings.Count(got.Body, `"identifier"`); n != 50 {
					t.Errorf("%d resource servers, want 50", n)
				}
			}
		})
	assumed(t, "1.8", "a page after the last one is empty and still has start and total",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a")
			x.API("GET", ourGrants+"&page=9", "").Want(t, 200, `[]`)
			x.API("GET", ourGrants+"&page=9&per_page=10&include_totals=true", "").WantJSON(t, 200,
				`{"total":1,"start":90,"limit":10,"client_grants":[]}`)
		})
	documented(t, "1.8", "per_page is between 1 and 100",
		func(t *testing.T, x *tenant) {
			for _, list := range []string{"/resource-servers", "/client-grants"} {
				x.API("GET", list+"?per_page=0", "").Want(t, 400,
					refusedQuery(
						`'Value 0 is less than minimum 1' on property per_page (Number of results per page).`,
					))
				x.API("GET", list+"?per_page=101", "").Want(t, 400,
					refusedQuery(
						`'Value 101 is greater than maximum 100' on property per_page (Number of results per page).`,
					))
				x.API("GET", list+"?per_page=100&include_totals=true", "").WantProperties(t, 200,
					`{"limit":100}`)
			}
		})
	documented(t, "1.8", "the list of clients accepts per_page=0",
		func(t *testing.T, x *tenant) {
			x.API(
				"GET", "/clients?per_page=0&is_global=false&include_totals=true", "",
			).WantJSON(t, 200, `{"clients":[],"limit":0,"start":0,"total":3}`)
		})
	observed(t, "1.8", "a list is in the order of creation",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:c", "urn:a", "urn:b")
			x.API("GET", ourGrants, "").Want(t, 200, listedGrants("urn:c", "urn:a", "urn:b"))
			x.API(
				"GET",
				"/resource-servers?per_page=3&page=0&fields=identifier&identifiers=urn:a&identifiers=urn:b&identifiers=urn:c",
				"",
			).Want(t, 200, `[{"identifier":"urn:c"},{"identifier":"urn:a"},{"identifier":"urn:b"}]`)
		})
}

func TestContract1CheckpointPaging(t *testing.T) {
	t.Parallel()
	observed(t, "1.8", "with take, a list is an object with the items and a checkpoint but no "+
		"total",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			got := x.API("GET", ourGrants+"&take=1", "")
			got.WantJSON(t, 200,
				`{"client_grants":`+listedGrants("urn:a")+`,"next":"`+got.Field(t, "next")+
					`"}`)
		})
	observed(t, "1.8", "the last page of checkpoint paging has no checkpoint",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			next := x.API("GET", ourGrants+"&take=1", "").Field(t, "next")
			x.API("GET", ourGrants+"&take=1&from="+next, "").Want(t, 200,
				`{"client_grants":`+listedGrants("urn:b")+`}`)
			x.API("GET", ourGrants+"&take=2", "").Want(t, 200,
				`{"client_grants":`+listedGrants("urn:a", "urn:b")+`}`)
		})
	observed(t, "1.8", "with take, per_page and include_totals are ignored",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			x.API("GET", ourGrants+"&take=50&per_page=1&include_totals=true", "").Want(t, 200,
				`{"client_grants":`+listedGrants("urn:a", "urn:b")+`}`)
		})
	documented(t, "1.8", "client grants, clients and organizations can also be paged by checkpoint",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/organizations", `{"name":"acme"}`)
			x.Must("POST", "/organizations", `{"name":"globex"}`)
			x.SampleGrant("")
			for list, last := range map[string]string{
				"/client-grants": `"audience":"https://sample-api.example.com"`,
				"/clients":       `"name":"All Applications"`,
				"/organizations": `"name":"acme"`,
			} {
				pages, query := "", list+"?take=1"
				for range 9 {
					got := x.Must("GET", query, "")
					pages += got.Body
					next, more := servertest.Properties(t, got.Body)["next"].(string)
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
			x.API("GET", "/resource-servers?take=5", "").Want(t, 400,
				refusedQuery(`'Additional properties not allowed: take'.`))
			x.API("GET", "/resource-servers?from=x", "").Want(t, 400,
				refusedQuery(`'Additional properties not allowed: from'.`))
		})
	documented(t, "1.8", "take is between 1 and 100; with a checkpoint its default is 50",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/client-grants?take=0", "").Want(t, 400,
				refusedQuery(
					`'Value 0 is less than minimum 1' on property take (Number of results per page).`,
				))
			x.API("GET", "/client-grants?take=101", "").Want(t, 400,
				refusedQuery(
					`'Value 101 is greater than maximum 100' on property take (Number of results per page).`,
				))
			var identifiers []string
			for i := range 52 {
				identifiers = append(identifiers, fmt.Sprintf("urn:%02d", i))
			}
			makeGrants(x, identifiers...)
			next := x.API("GET", ourGrants+"&take=1", "").Field(t, "next")
			got := x.API("GET", ourGrants+"&from="+next, "")
			got.WantProperties(t, 200, `{"client_grants":`+listedGrants(identifiers[1:51]...)+`}`)
			x.API("GET", ourGrants+"&from="+got.Field(t, "next"), "").Want(t, 200,
				`{"client_grants":`+listedGrants("urn:51")+`}`)
		})
	assumed(t, "1.8", "a checkpoint expires after 24 hours; using it then is an invalid_paging "+
		"error",
		func(t *testing.T, x *tenant) {
			makeGrants(x, "urn:a", "urn:b")
			next := x.API("GET", ourGrants+"&take=1", "").Field(t, "next")
			x.Clock().Advance(24*time.Hour - time.Minute)
			x.API("GET", ourGrants+"&take=1&from="+next, "").Want(t, 200,
				`{"client_grants":`+listedGrants("urn:b")+`}`)
			x.Clock().Advance(time.Minute)
			x.Token = "" // The token expires together with the checkpoint.
			x.API("GET", ourGrants+"&take=1&from="+next, "").WantProperties(t, 400,
				`{"statusCode":400,"error":"Bad Request","errorCode":"invalid_paging"}`)
		})
	assumed(t, "1.8", "a checkpoint that the API did not issue is an invalid_paging error",
		func(t *testing.T, x *tenant) {
			x.API("GET", ourGrants+"&take=1&from=never-made", "").WantProperties(t, 400,
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
	observed(t, "1.9", "the id of a resource server is 24 hex digits; the first 8 are the time "+
		"of its creation in seconds",
		func(t *testing.T, x *tenant) {
			before := x.Clock().Now()
			id := x.Must("POST", "/resource-servers", `{"identifier":"https://a"}`).Field(t, "id")
			after := x.Clock().Now()
			has(t, "id", id, `^[0-9a-f]{24}$`)
			if made := id[:8]; made < fmt.Sprintf("%08x", before.Unix()) ||
				made > fmt.Sprintf("%08x", after.Unix()) {
				t.Errorf("made at %s, not between %08x and %08x", made, before.Unix(), after.Unix())
			}
		})
	observed(t, "1.9", "the id of a client grant is cgr_ and 16 letters or digits",
		func(t *testing.T, x *tenant) { has(t, "id", x.SampleGrant(""), `^cgr_[A-Za-z0-9]{16}$`) })
	observed(t, "1.9", "the id of a client is 32 letters or digits",
		func(t *testing.T, x *tenant) {
			has(
				t, "id", x.Must("POST", "/clients", `{"name":"C"}`).Field(t, "client_id"),
				`^[A-Za-z0-9]{32}$`,
			)
		})
	documented(t, "1.9", "the secret of a client is 64 letters, digits, dashes or underscores",
		func(t *testing.T, x *tenant) {
			has(
				t, "secret",
				x.Must("POST", "/clients", `{"name":"C"}`).Field(t, "client_secret"),
				`^[A-Za-z0-9_-]{64}$`,
			)
		})
	observed(t, "1.9", "the id of a client credential is cred_ and 22 letters or digits",
		func(t *testing.T, x *tenant) {
			client := x.Must("POST", "/clients", `{"name":"C"}`).Field(t, "client_id")
			made := x.Must("POST", "/clients/"+client+"/credentials",
				`{"credential_type":"public_key","pem":"`+strings.ReplaceAll(
					servertest.PublicPEM(t), "\n", `\n`,
				)+`"}`)
			has(t, "id", made.Field(t, "id"), `^cred_[A-Za-z0-9]{22}$`)
		})
	observed(t, "1.9", "the id of an organization is org_ and 16 letters or digits",
		func(t *testing.T, x *tenant) {
			has(
				t, "id", x.Must("POST", "/organizations", `{"name":"acme"}`).Field(t, "id"),
				`^org_[A-Za-z0-9]{16}$`,
			)
		})
	documented(t, "1.9", "the kid of a signing key is 21 letters, digits, dashes or underscores",
		func(t *testing.T, x *tenant) {
			keys, _ := x.PublishedKeys()
			for kid := range keys {
				has(t, "kid", kid, `^[A-Za-z0-9_-]{21}$`)
			}
		})
	observed(t, "1.9", "a resource server is addressed by its id or by its encoded identifier",
		func(t *testing.T, x *tenant) {
			for range 2 {
				id := x.Must("POST", "/resource-servers", `{"identifier":"https://a"}`).
					Field(t, "id")
				for _, path := range []string{
					"/resource-servers/" + id, "/resource-servers/https%3A%2F%2Fa",
				} {
					wantAPI(
						t, x.API("PATCH", path, `{"token_lifetime":60}`), 200,
						`"token_lifetime":60`,
					)
					wantAPI(t, x.API("GET", path, ""), 200, `"token_lifetime":60`)
				}
				x.API("DELETE", "/resource-servers/"+id, "").Want(t, 204, "")
				x.Must("POST", "/resource-servers", `{"identifier":"https://a"}`)
				x.API("DELETE", "/resource-servers/https%3A%2F%2Fa", "").Want(t, 204, "")
				x.API("GET", "/resource-servers?identifiers=https%3A%2F%2Fa", "").Want(t, 200, `[]`)
			}
		})
	observed(t, "1.9", "in a path, the colon of an identifier need not be encoded, but its "+
		"slashes must be",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			wantAPI(t, x.API("GET", "/resource-servers/https:%2F%2Fa", ""), 200, ``)
			x.API("GET", "/resource-servers/https://a", "").Want(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"Not Found"}`)
		})
	observed(t, "1.9", "an identifier in a path may be encoded twice",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			wantAPI(t, x.API("GET", "/resource-servers/https%253A%252F%252Fa", ""), 200, ``)
			wantAPI(t, x.API("GET", "/resource-servers/https:%252F%252Fa", ""), 200, ``)
		})
}
