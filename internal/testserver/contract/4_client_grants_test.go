// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"testing"
)

// grantBody is a grant of the machine client for the sample API with further settings.
func grantBody(settings string) string {
	return `{"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com"` + settings + `}`
}

// shownGrant is the same grant in an answer.
func shownGrant(settings string) string {
	return `{"id":"CGR_ID",` + strings.TrimPrefix(grantBody(settings), "{")
}

// wantGrantRefused sends a create that must violate the schema.
func wantGrantRefused(t *testing.T, x *tenant, settings, violation string) {
	t.Helper()
	x.API("POST", "/client-grants", grantBody(settings)).Want(t, 400,
		refusedBody("Payload validation error: "+violation))
	x.API("GET", "/client-grants?audience=https://sample-api.example.com", "").Want(t, 200, `[]`)
}

func TestContract4Properties(t *testing.T) {
	t.Parallel()
	observed(t, "4.1", "a minimal grant has a client, an API, scopes and the subject type client",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/client-grants", grantBody(`,"scope":["read:orders"]`)).Want(t, 201,
				shownGrant(`,"scope":["read:orders"],"subject_type":"client"`))
		})
	observed(t, "4.1", "the settings of a grant are returned as they were sent",
		func(t *testing.T, x *tenant) {
			const settings = `,"scope":["write:orders","not:defined"],"subject_type":"user","organization_usage":"require",` +
				`"allow_any_organization":false,"authorization_details_types":["payment"]`
			got := x.API("POST", "/client-grants", grantBody(settings))
			got.Want(t, 201, shownGrant(settings))
			x.API("GET", "/client-grants/"+got.Field(t, "id"), "").Want(t, 200,
				shownGrant(settings))
		})
	observed(t, "4.1", "a default grant for third-party clients has no client_id",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants",
				`{"default_for":"third_party_clients","audience":"https://sample-api.example.com"}`,
			).Want(t, 201,
				`{"id":"CGR_ID","default_for":"third_party_clients","audience":"https://sample-api.example.com","scope":[],"subject_type":"client"}`)
		})
	observed(t, "4.1", "a scope list that was sent as empty is returned as empty",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/client-grants", grantBody(`,"scope":[]`)).Want(t, 201,
				shownGrant(`,"scope":[],"subject_type":"client"`))
		})
	assumed(t, "4.1", "a scope list that was never sent is returned as empty",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/client-grants", grantBody("")).Want(t, 201,
				shownGrant(`,"scope":[],"subject_type":"client"`))
		})
	observed(t, "4.1", "scope is omitted while allow_all_scopes is true",
		func(t *testing.T, x *tenant) {
			got := x.API("POST", "/client-grants", grantBody(`,"allow_all_scopes":true`))
			got.Want(t, 201, shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
			x.API("GET", "/client-grants/"+got.Field(t, "id"), "").Want(t, 200,
				shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
		})
	observed(t, "4.1", "allow_all_scopes is omitted until it is sent; false is then returned",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant("")
			x.API("GET", path, "").Want(t, 200, shownGrant(`,"scope":[],"subject_type":"client"`))
			x.API("PATCH", path, `{"allow_all_scopes":false}`).Want(t, 200,
				shownGrant(`,"scope":[],"allow_all_scopes":false,"subject_type":"client"`))
			x.API("GET", path, "").Want(t, 200,
				shownGrant(`,"scope":[],"allow_all_scopes":false,"subject_type":"client"`))
		})
	documented(t, "4.1", "allow_all_scopes cannot be sent for a system API, even as false",
		func(t *testing.T, x *tenant) {
			for _, value := range []string{"true", "false"} {
				x.API("POST", "/client-grants",
					`{"client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/",`+
						`"allow_all_scopes":`+value+`}`).Want(t, 400,
					refusedBody("`allow_all_scopes` cannot be provided when `audience` is a "+
						"system API"))
			}
		})
	observed(t, "4.1", "an empty list of authorization details types is returned; a list that "+
		"was never sent is omitted",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants", grantBody(`,"authorization_details_types":[]`),
			).Want(t, 201,
				shownGrant(`,"scope":[],"subject_type":"client","authorization_details_types":[]`))
			x.API("POST", "/client-grants", grantBody(`,"subject_type":"user"`)).Want(t, 201,
				shownGrant(`,"scope":[],"subject_type":"user"`))
		})
	observed(t, "4.1", "scopes and types of authorization details are returned in the order in "+
		"which they were sent",
		func(t *testing.T, x *tenant) {
			const settings = `,"scope":["c","a","b"],"subject_type":"user","authorization_details_types":["z","x","y"]`
			got := x.API("POST", "/client-grants", grantBody(settings))
			got.Want(t, 201, shownGrant(settings))
			path := "/client-grants/" + got.Field(t, "id")
			x.API("GET", path, "").Want(t, 200, shownGrant(settings))
			x.API("GET", ourGrants, "").Want(t, 200, `[`+shownGrant(settings)+`]`)
			x.API(
				"PATCH", path,
				`{"scope":["b","c","a"],"authorization_details_types":["y","z","x"]}`,
			).Want(t, 200,
				shownGrant(
					`,"scope":["b","c","a"],"subject_type":"user","authorization_details_types":["y","z","x"]`,
				))
		})
	documented(t, "4.1", "subject_type is client, user or anonymous_user; organization_usage is "+
		"deny, allow or require",
		func(t *testing.T, x *tenant) {
			wantGrantRefused(
				t,
				x,
				`,"subject_type":"robot"`,
				`'No enum match for: robot' on property subject_type (The type of application access the client grant allows).`,
			)
			wantGrantRefused(t, x, `,"organization_usage":"forbid"`,
				`'No enum match for: forbid' on property organization_usage `+
					`(Defines whether organizations can be used with client credentials exchanges for this grant).`)
			for _, subject := range []string{"client", "user", "anonymous_user"} {
				x.API(
					"POST", "/client-grants", grantBody(`,"scope":[],"subject_type":"`+subject+`"`),
				).Want(t, 201, shownGrant(`,"scope":[],"subject_type":"`+subject+`"`))
			}
			for _, usage := range []string{"deny", "allow", "require"} {
				got := x.Must("POST", "/client-grants",
					`{"client_id":"ReferenceWebClient00000000000001",`+
						`"audience":"https://sample-api.example.com","organization_usage":"`+usage+
						`"}`)
				got.WantProperties(t, 201, `{"organization_usage":"`+usage+`"}`)
				x.Must("DELETE", "/client-grants/"+got.Field(t, "id"), "")
			}
		})
	documented(t, "4.1", "a scope of a grant has 1 to 280 characters, and a type of "+
		"authorization details 1 to 255",
		func(t *testing.T, x *tenant) {
			wantGrantRefused(
				t, x, `,"scope":[""]`,
				`'String is too short (0 chars), minimum 1' on property scope[0].`,
			)
			wantGrantRefused(
				t, x, `,"scope":["a","`+strings.Repeat("s", 281)+`"]`,
				`'String is too long (281 chars), maximum 280' on property scope[1].`,
			)
			wantGrantRefused(
				t,
				x,
				`,"authorization_details_types":[""]`,
				`'String is too short (0 chars), minimum 1' on property authorization_details_types[0].`,
			)
			wantGrantRefused(
				t,
				x,
				`,"authorization_details_types":["`+strings.Repeat("t", 256)+
					`"]`,
				`'String is too long (256 chars), maximum 255' on property authorization_details_types[0].`,
			)
		})
	documented(t, "4.1", "a default grant for third-party clients cannot allow any organization",
		func(t *testing.T, x *tenant) {
			const begin = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com","allow_any_organization":`
			x.API("POST", "/client-grants", begin+`true}`).WantProperties(t, 400,
				`{"statusCode":400,"error":"Bad Request"}`)
			id := x.Must("POST", "/client-grants", begin+`false}`).Field(t, "id")
			x.API("PATCH", "/client-grants/"+id, `{"allow_any_organization":true}`).
				WantProperties(t, 400, `{"statusCode":400,"error":"Bad Request"}`)
		})
	documented(t, "4.1", "a system grant cannot be changed or deleted",
		func(t *testing.T, x *tenant) {
			// The API cannot create a system grant, so the test restores one from a snapshot.
			grant := x.SampleGrant("")
			taken := strings.Replace(
				string(x.Snapshot()), `{"id":"`+grant+`"`, `{"id":"`+grant+`","is_system":true`, 1,
			)
			if err := x.Restore([]byte(taken)); err != nil {
				t.Fatal(err)
			}
			path := "/client-grants/" + grant
			x.API("PATCH", path, `{"scope":[]}`).WantProperties(t, 400,
				`{"statusCode":400,"error":"Bad Request"}`)
			x.API("DELETE", path, "").
				WantProperties(t, 400, `{"statusCode":400,"error":"Bad Request"}`)
			x.API("GET", path, "").WantProperties(t, 200, `{"is_system":true}`)
		})
}

func TestContract4Uniqueness(t *testing.T) {
	t.Parallel()
	documented(t, "4.2", "for one API, a client can have one grant with the subject type client "+
		"and one with user",
		func(t *testing.T, x *tenant) {
			first := x.Must("POST", "/client-grants", grantBody("")).Field(t, "id")
			second := x.Must("POST", "/client-grants", grantBody(`,"subject_type":"user"`)).
				Field(t, "id")
			if first == second {
				t.Errorf("both have the id %s", first)
			}
			for _, subject := range []string{
				``, `,"subject_type":"client"`, `,"subject_type":"user"`,
			} {
				if got := x.API(
					"POST", "/client-grants", grantBody(subject+`,"scope":["read:orders"]`),
				); got.Status != 409 {
					t.Errorf("a third grant: %d %s", got.Status, got.Body)
				}
			}
			x.API("GET", ourGrants, "").Want(t, 200, `[`+shownGrant(
				`,"scope":[],"subject_type":"client"`,
			)+`,`+
				shownGrant(`,"scope":[],"subject_type":"user"`)+`]`)
		})
	assumed(t, "4.2", "an API has at most one default grant for each subject type",
		func(t *testing.T, x *tenant) {
			const byDefault = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com","subject_type":`
			for _, subject := range []string{`"client"}`, `"user"}`} {
				x.Must("POST", "/client-grants", byDefault+subject)
				if got := x.API("POST", "/client-grants", byDefault+subject); got.Status != 409 {
					t.Errorf("a second one: %d %s", got.Status, got.Body)
				}
			}
		})
}

func TestContract4Scope(t *testing.T) {
	t.Parallel()
	observed(t, "4.3", "a grant may list scopes that its API does not define",
		func(t *testing.T, x *tenant) {
			got := x.API(
				"POST",
				"/client-grants",
				`{"client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/","scope":["test:scope"]}`,
			)
			got.Want(
				t,
				201,
				x.Expand(
					`{"id":"CGR_ID","client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/",`+
						`"scope":["test:scope"],"subject_type":"client"}`,
				),
			)
			path := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders"]`)
			x.API("PATCH", path, `{"scope":["update:resource","read:orders"]}`).Want(t, 200,
				shownGrant(`,"scope":["update:resource","read:orders"],"subject_type":"client"`))
		})
	observed(t, "4.3", "a grant still lists scopes that were removed from its API",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders","write:orders"]`)
			x.Must(
				"PATCH", "/resource-servers/https:%2F%2Fsample-api.example.com",
				`{"scopes":[{"value":"write:orders"}]}`,
			)
			x.API("GET", path, "").Want(t, 200,
				shownGrant(`,"scope":["read:orders","write:orders"],"subject_type":"client"`))
		})
	observed(t, "4.3", "types of authorization details that the API does not declare are accepted",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants",
				grantBody(`,"subject_type":"user","authorization_details_types":["undeclared"]`),
			).Want(t, 201,
				shownGrant(
					`,"scope":[],"subject_type":"user","authorization_details_types":["undeclared"]`,
				))
		})
	assumed(t, "4.3", "a duplicate scope in a grant is refused",
		func(t *testing.T, x *tenant) {
			wantGrantRefused(
				t,
				x,
				`,"scope":["b","a","b"]`,
				`'Array items are not unique (indexes 0 and 2)' on property scope (Scopes allowed for this client grant).`,
			)
		})
	assumed(t, "4.3", "allow_all_scopes together with a non-empty scope list is refused",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders"]`)
			x.API("PATCH", path, `{"allow_all_scopes":true,"scope":["read:orders"]}`).
				WantProperties(t, 400, `{"errorCode":"invalid_body"}`)
			x.API(
				"POST", "/client-grants",
				grantBody(`,"subject_type":"user","allow_all_scopes":true,"scope":["read:orders"]`),
			).WantProperties(t, 400, `{"errorCode":"invalid_body"}`)
			x.API("GET", ourGrants, "").Want(t, 200,
				`[`+shownGrant(`,"scope":["read:orders"],"subject_type":"client"`)+`]`)
		})
	documented(t, "4.3", "allow_all_scopes together with an empty scope list is accepted",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants", grantBody(`,"allow_all_scopes":true,"scope":[]`),
			).Want(t, 201, shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
		})
}
