// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"
)

// grantBody is a grant of the machine client to the sample API with further settings.
func grantBody(settings string) string {
	return `{"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com"` + settings + `}`
}

// shownGrant is such a grant in an answer.
func shownGrant(settings string) string {
	return `{"id":"CGR_ID",` + strings.TrimPrefix(grantBody(settings), "{")
}

// wantGrantRefused sends a create, which is to fail for a violation of the schema.
func wantGrantRefused(t *testing.T, x *tenant, settings, violation string) {
	t.Helper()
	want(
		t, x.api("POST", "/client-grants", grantBody(settings)), 400,
		refusedBody("Payload validation error: "+violation),
	)
	want(t, x.api("GET", "/client-grants?audience=https://sample-api.example.com", ""), 200, `[]`)
}

func TestContract4Properties(t *testing.T) {
	t.Parallel()
	observed(t, "4.1", "a plain grant shows its client, API and scopes, and that it is for the "+
		"client itself",
		func(t *testing.T, x *tenant) {
			want(t, x.api("POST", "/client-grants", grantBody(`,"scope":["read:orders"]`)), 201,
				shownGrant(`,"scope":["read:orders"],"subject_type":"client"`))
		})
	observed(t, "4.1", "what was set for a grant comes back as it was sent",
		func(t *testing.T, x *tenant) {
			const settings = `,"scope":["write:orders","not:defined"],"subject_type":"user","organization_usage":"require",` +
				`"allow_any_organization":false,"authorization_details_types":["payment"]`
			got := x.api("POST", "/client-grants", grantBody(settings))
			want(t, got, 201, shownGrant(settings))
			want(
				t, x.api("GET", "/client-grants/"+field(t, got.body, "id"), ""), 200,
				shownGrant(settings),
			)
		})
	observed(t, "4.1", "a grant for all third-party clients has no client_id",
		func(t *testing.T, x *tenant) {
			want(t, x.api(
				"POST", "/client-grants",
				`{"default_for":"third_party_clients","audience":"https://sample-api.example.com"}`,
			), 201,
				`{"id":"CGR_ID","default_for":"third_party_clients","audience":"https://sample-api.example.com","scope":[],"subject_type":"client"}`)
		})
	observed(t, "4.1", "a scope list that was sent empty comes back empty",
		func(t *testing.T, x *tenant) {
			want(
				t, x.api("POST", "/client-grants", grantBody(`,"scope":[]`)), 201,
				shownGrant(`,"scope":[],"subject_type":"client"`),
			)
		})
	assumed(t, "4.1", "a scope list that was left out is empty",
		func(t *testing.T, x *tenant) {
			want(
				t, x.api("POST", "/client-grants", grantBody("")), 201,
				shownGrant(`,"scope":[],"subject_type":"client"`),
			)
		})
	observed(t, "4.1", "scope is left out while allow_all_scopes is true",
		func(t *testing.T, x *tenant) {
			got := x.api("POST", "/client-grants", grantBody(`,"allow_all_scopes":true`))
			want(t, got, 201, shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
			want(
				t, x.api("GET", "/client-grants/"+field(t, got.body, "id"), ""), 200,
				shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`),
			)
		})
	observed(t, "4.1", "allow_all_scopes is absent until it is sent; false stays visible",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.sampleGrant("")
			want(t, x.api("GET", path, ""), 200, shownGrant(`,"scope":[],"subject_type":"client"`))
			want(
				t, x.api("PATCH", path, `{"allow_all_scopes":false}`), 200,
				shownGrant(`,"scope":[],"allow_all_scopes":false,"subject_type":"client"`),
			)
			want(
				t, x.api("GET", path, ""), 200,
				shownGrant(`,"scope":[],"allow_all_scopes":false,"subject_type":"client"`),
			)
		})
	documented(t, "4.1", "allow_all_scopes cannot be sent for a system API, not even as false",
		func(t *testing.T, x *tenant) {
			for _, value := range []string{"true", "false"} {
				want(t, x.api("POST", "/client-grants",
					`{"client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/",`+
						`"allow_all_scopes":`+value+`}`), 400,
					refusedBody("`allow_all_scopes` cannot be provided when `audience` is a "+
						"system API"))
			}
		})
	observed(t, "4.1", "the types of authorization details come back empty when sent empty, and "+
		"are left out when never sent",
		func(t *testing.T, x *tenant) {
			want(t, x.api(
				"POST", "/client-grants", grantBody(`,"authorization_details_types":[]`),
			), 201,
				shownGrant(`,"scope":[],"subject_type":"client","authorization_details_types":[]`))
			want(
				t, x.api("POST", "/client-grants", grantBody(`,"subject_type":"user"`)), 201,
				shownGrant(`,"scope":[],"subject_type":"user"`),
			)
		})
	observed(t, "4.1", "the order of scopes and of types of authorization details is kept as sent",
		func(t *testing.T, x *tenant) {
			const settings = `,"scope":["c","a","b"],"subject_type":"user","authorization_details_types":["z","x","y"]`
			got := x.api("POST", "/client-grants", grantBody(settings))
			want(t, got, 201, shownGrant(settings))
			path := "/client-grants/" + field(t, got.body, "id")
			want(t, x.api("GET", path, ""), 200, shownGrant(settings))
			want(t, x.api("GET", ourGrants, ""), 200, `[`+shownGrant(settings)+`]`)
			want(t, x.api(
				"PATCH", path,
				`{"scope":["b","c","a"],"authorization_details_types":["y","z","x"]}`,
			), 200,
				shownGrant(
					`,"scope":["b","c","a"],"subject_type":"user","authorization_details_types":["y","z","x"]`,
				))
		})
	documented(t, "4.1", "subject_type is client, user or anonymous_user; organization_usage is "+
		"deny, allow or require",
		func(t *testing.T, x *tenant) {
			wantGrantRefused(t, x, `,"subject_type":"robot"`,
				`'No enum match for: robot' on property subject_type (The type of application access the client grant allows).`)
			wantGrantRefused(t, x, `,"organization_usage":"forbid"`,
				`'No enum match for: forbid' on property organization_usage `+
					`(Defines whether organizations can be used with client credentials exchanges for this grant).`)
			for _, subject := range []string{"client", "user", "anonymous_user"} {
				want(t, x.api(
					"POST", "/client-grants", grantBody(`,"scope":[],"subject_type":"`+subject+`"`),
				), 201,
					shownGrant(`,"scope":[],"subject_type":"`+subject+`"`))
			}
			for _, usage := range []string{"deny", "allow", "require"} {
				got := x.must("POST", "/client-grants",
					`{"client_id":"ReferenceWebClient00000000000001",`+
						`"audience":"https://sample-api.example.com","organization_usage":"`+usage+
						`"}`)
				wantProperties(t, got, 201, `{"organization_usage":"`+usage+`"}`)
				x.must("DELETE", "/client-grants/"+field(t, got.body, "id"), "")
			}
		})
	documented(t, "4.1", "a scope of a grant has 1 to 280 characters, a type of authorization "+
		"details 1 to 255",
		func(t *testing.T, x *tenant) {
			wantGrantRefused(
				t, x, `,"scope":[""]`,
				`'String is too short (0 chars), minimum 1' on property scope[0].`,
			)
			wantGrantRefused(
				t, x, `,"scope":["a","`+strings.Repeat("s", 281)+`"]`,
				`'String is too long (281 chars), maximum 280' on property scope[1].`,
			)
			wantGrantRefused(t, x, `,"authorization_details_types":[""]`,
				`'String is too short (0 chars), minimum 1' on property authorization_details_types[0].`)
			wantGrantRefused(t, x, `,"authorization_details_types":["`+strings.Repeat("t", 256)+
				`"]`,
				`'String is too long (256 chars), maximum 255' on property authorization_details_types[0].`)
		})
	documented(t, "4.1", "a grant for all third-party clients cannot be open to any organization",
		func(t *testing.T, x *tenant) {
			const begin = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com","allow_any_organization":`
			wantProperties(
				t, x.api("POST", "/client-grants", begin+`true}`), 400,
				`{"statusCode":400,"error":"Bad Request"}`,
			)
			id := field(t, x.must("POST", "/client-grants", begin+`false}`).body, "id")
			wantProperties(
				t, x.api("PATCH", "/client-grants/"+id, `{"allow_any_organization":true}`), 400,
				`{"statusCode":400,"error":"Bad Request"}`,
			)
		})
	documented(t, "4.1", "a system grant can be neither changed nor deleted",
		func(t *testing.T, x *tenant) {
			// Nothing that the API can do makes a system grant, so a snapshot brings one.
			grant := x.sampleGrant("")
			taken := strings.Replace(
				string(x.Snapshot()), `{"id":"`+grant+`"`, `{"id":"`+grant+`","is_system":true`, 1,
			)
			if err := x.Restore([]byte(taken)); err != nil {
				t.Fatal(err)
			}
			path := "/client-grants/" + grant
			wantProperties(
				t, x.api("PATCH", path, `{"scope":[]}`), 400,
				`{"statusCode":400,"error":"Bad Request"}`,
			)
			wantProperties(
				t, x.api("DELETE", path, ""), 400, `{"statusCode":400,"error":"Bad Request"}`,
			)
			wantProperties(t, x.api("GET", path, ""), 200, `{"is_system":true}`)
		})
}

func TestContract4Uniqueness(t *testing.T) {
	t.Parallel()
	documented(t, "4.2", "a client can hold one grant for itself and one for its users for the "+
		"same API, and no third",
		func(t *testing.T, x *tenant) {
			first := field(t, x.must("POST", "/client-grants", grantBody("")).body, "id")
			second := field(
				t, x.must("POST", "/client-grants", grantBody(`,"subject_type":"user"`)).body, "id",
			)
			if first == second {
				t.Errorf("both have the id %s", first)
			}
			for _, subject := range []string{
				``, `,"subject_type":"client"`, `,"subject_type":"user"`,
			} {
				if got := x.api(
					"POST", "/client-grants", grantBody(subject+`,"scope":["read:orders"]`),
				); got.status != 409 {
					t.Errorf("a third grant: %d %s", got.status, got.body)
				}
			}
			want(t, x.api("GET", ourGrants, ""), 200, `[`+shownGrant(
				`,"scope":[],"subject_type":"client"`,
			)+`,`+
				shownGrant(`,"scope":[],"subject_type":"user"`)+`]`)
		})
	assumed(t, "4.2", "an API has one grant for all third-party clients of each subject type",
		func(t *testing.T, x *tenant) {
			const byDefault = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com","subject_type":`
			for _, subject := range []string{`"client"}`, `"user"}`} {
				x.must("POST", "/client-grants", byDefault+subject)
				if got := x.api("POST", "/client-grants", byDefault+subject); got.status != 409 {
					t.Errorf("a second one: %d %s", got.status, got.body)
				}
			}
		})
}

func TestContract4Scope(t *testing.T) {
	t.Parallel()
	observed(t, "4.3", "a grant may list scopes that its API does not define, on create and on "+
		"update",
		func(t *testing.T, x *tenant) {
			got := x.api(
				"POST", "/client-grants",
				`{"client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/","scope":["test:scope"]}`,
			)
			want(t, got, 201,
				x.expand(`{"id":"CGR_ID","client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/",`+
					`"scope":["test:scope"],"subject_type":"client"}`))
			path := "/client-grants/" + x.sampleGrant(`,"scope":["read:orders"]`)
			want(t, x.api("PATCH", path, `{"scope":["update:resource","read:orders"]}`), 200,
				shownGrant(`,"scope":["update:resource","read:orders"],"subject_type":"client"`))
		})
	observed(t, "4.3", "a grant goes on listing scopes that its API has dropped",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.sampleGrant(`,"scope":["read:orders","write:orders"]`)
			x.must(
				"PATCH", "/resource-servers/https:%2F%2Fsample-api.example.com",
				`{"scopes":[{"value":"write:orders"}]}`,
			)
			want(
				t, x.api("GET", path, ""), 200,
				shownGrant(`,"scope":["read:orders","write:orders"],"subject_type":"client"`),
			)
		})
	observed(t, "4.3", "types of authorization details that the API does not declare are accepted",
		func(t *testing.T, x *tenant) {
			want(t, x.api(
				"POST", "/client-grants",
				grantBody(`,"subject_type":"user","authorization_details_types":["undeclared"]`),
			), 201,
				shownGrant(
					`,"scope":[],"subject_type":"user","authorization_details_types":["undeclared"]`,
				))
		})
	assumed(t, "4.3", "a duplicate scope in a grant is refused",
		func(t *testing.T, x *tenant) {
			wantGrantRefused(t, x, `,"scope":["b","a","b"]`,
				`'Array items are not unique (indexes 0 and 2)' on property scope (Scopes allowed for this client grant).`)
		})
	assumed(t, "4.3", "allow_all_scopes beside a scope list that is not empty is refused",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.sampleGrant(`,"scope":["read:orders"]`)
			wantProperties(
				t, x.api("PATCH", path, `{"allow_all_scopes":true,"scope":["read:orders"]}`), 400,
				`{"errorCode":"invalid_body"}`,
			)
			wantProperties(t, x.api(
				"POST", "/client-grants",
				grantBody(`,"subject_type":"user","allow_all_scopes":true,"scope":["read:orders"]`),
			),
				400, `{"errorCode":"invalid_body"}`)
			want(
				t, x.api("GET", ourGrants, ""), 200,
				`[`+shownGrant(`,"scope":["read:orders"],"subject_type":"client"`)+`]`,
			)
		})
	documented(t, "4.3", "allow_all_scopes beside an empty scope list is fine",
		func(t *testing.T, x *tenant) {
			want(t, x.api(
				"POST", "/client-grants", grantBody(`,"allow_all_scopes":true,"scope":[]`),
			), 201,
				shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
		})
}
