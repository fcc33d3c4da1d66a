// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestContract4Create(t *testing.T) {
	t.Parallel()
	observed(t, "4.5", "a grant that violates the schema is refused",
		func(t *testing.T, x *tenant) {
			wantGrantRefused(
				t,
				x,
				`,"scope":"read:orders"`,
				`'Expected type array but found type string' on property scope (Scopes allowed for this client grant).`,
			)
			x.API(
				"POST", "/client-grants", `{"client_id":"ReferenceMachineClient0000000001"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Missing required property: audience'.`))
		})
	observed(t, "4.5", "a grant has exactly one of client_id and default_for",
		func(t *testing.T, x *tenant) {
			for _, body := range []string{
				`{"audience":"https://sample-api.example.com"}`,
				grantBody(`,"default_for":"third_party_clients"`),
			} {
				got := x.API("POST", "/client-grants", body)
				got.WantProperties(t, 400,
					`{"statusCode":400,"error":"Bad Request","errorCode":"invalid_body"}`)
				if message := got.Field(t, "message"); !strings.HasPrefix(
					message, "Payload validation error: '",
				) {
					t.Errorf("the message is %s", message)
				}
			}
		})
	observed(t, "4.5", "a client of type express_configuration cannot have a grant",
		func(t *testing.T, x *tenant) {
			client := x.Must("POST", "/clients", `{"name":"E","app_type":"express_configuration"}`).
				Field(t, "client_id")
			x.API(
				"POST", "/client-grants",
				`{"client_id":"`+client+`","audience":"https://sample-api.example.com"}`,
			).Want(t, 400,
				`{"statusCode":400,"error":"Bad Request","message":"Client of type express_configuration cannot be used","errorCode":"validation_error"}`)
		})
	documented(t, "4.5", "a system API cannot have a default grant for third-party clients",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants",
				`{"default_for":"third_party_clients","audience":"$URL/api/v2/"}`,
			).WantProperties(t, 400, `{"statusCode":400,"error":"Bad Request"}`)
		})
	assumed(t, "4.5", "a grant for an API that does not exist is a 404 that names the audience",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants",
				`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:none"}`,
			).Want(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"No resource with identifier urn:none","errorCode":"inexistent_resource_server"}`)
		})
	assumed(t, "4.5", "a grant for a client that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants",
				`{"client_id":"nobody","audience":"https://sample-api.example.com"}`,
			).Want(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`)
		})
	assumed(t, "4.5", "a client without the grant type client_credentials can have a grant but "+
		"gets no token",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants",
				`{"client_id":"ReferenceWebClient00000000000001","audience":"https://sample-api.example.com"}`,
			).
				Want(t, 201,
					`{"id":"CGR_ID","client_id":"ReferenceWebClient00000000000001","audience":"https://sample-api.example.com","scope":[],"subject_type":"client"}`)
			x.AskToken("client_id="+testserver.WebClientID+"&client_secret="+
				testserver.WebClientSecret+"&"+servertest.SampleAudience).Want(t, 403,
				`{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}`)
		})
}

func TestContract4List(t *testing.T) {
	t.Parallel()
	// fill creates six grants, each with another scope.
	fill := func(x *tenant) {
		x.Must("POST", "/resource-servers", `{"identifier":"urn:b"}`)
		for _, body := range []string{
			`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scope":["1"]}`,
			`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scope":["2"],"subject_type":"user"}`,
			`{"client_id":"ReferenceWebClient00000000000001","audience":"urn:b","scope":["3"],"allow_any_organization":true}`,
			`{"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com","scope":["4"]}`,
			`{"default_for":"third_party_clients","audience":"urn:b","scope":["5"]}`,
			`{"client_id":"ReferenceWebClient00000000000001","audience":"https://sample-api.example.com","scope":["6"],"allow_any_organization":false}`,
		} {
			x.Must("POST", "/client-grants", body)
		}
	}
	finds := func(t *testing.T, x *tenant, query, scopes string) {
		t.Helper()
		var found []string
		for _, part := range strings.Split(
			x.Must("GET", "/client-grants?"+query, "").Body, `"scope":["`,
		)[1:] {
			found = append(found, part[:1])
		}
		if got := strings.Join(found, " "); got != scopes {
			t.Errorf("%s finds %s, want %s", query, got, scopes)
		}
	}
	observed(t, "4.6", "grants can be filtered by audience, client_id, subject_type, "+
		"allow_any_organization and default_for",
		func(t *testing.T, x *tenant) {
			fill(x)
			finds(t, x, "audience=urn:b", "1 2 3 5")
			finds(t, x, "client_id=ReferenceMachineClient0000000001", "1 2 4")
			finds(t, x, "subject_type=user", "2")
			finds(t, x, "allow_any_organization=true", "3")
			finds(t, x, "default_for=third_party_clients", "5")
		})
	observed(t, "4.6", "a list contains the grants that match all filters",
		func(t *testing.T, x *tenant) {
			fill(x)
			finds(t, x, "client_id=ReferenceMachineClient0000000001&audience=urn:b", "1 2")
			finds(
				t, x,
				"client_id=ReferenceMachineClient0000000001&audience=urn:b&subject_type=client",
				"1",
			)
			finds(t, x, "audience=https://sample-api.example.com&allow_any_organization=true", "")
		})
	observed(t, "4.6", "a filter that matches nothing answers 200 with an empty list",
		func(t *testing.T, x *tenant) {
			fill(x)
			for _, query := range []string{
				"audience=none", "audience=urn", "client_id=none",
				"client_id=referencemachineclient0000000001",
			} {
				x.API("GET", "/client-grants?"+query, "").Want(t, 200, `[]`)
			}
			x.API("GET", "/client-grants?client_id=none&include_totals=true", "").WantJSON(t, 200,
				`{"total":0,"start":0,"limit":50,"client_grants":[]}`)
		})
	observed(t, "4.6", "the list includes grants that were created in the tenant's dashboard",
		func(t *testing.T, x *tenant) {
			if status, body := x.Dashboard(
				"POST", "/api/v2/client-grants", grantBody(`,"scope":["read:orders"]`),
			); status != 201 {
				t.Fatalf("%d %s", status, body)
			}
			x.API("GET", ourGrants, "").Want(t, 200,
				`[`+shownGrant(`,"scope":["read:orders"],"subject_type":"client"`)+`]`)
		})
	observed(t, "4.6", "the list includes grants for the Management API",
		func(t *testing.T, x *tenant) {
			body := x.Must("GET", "/client-grants", "").Body
			if !strings.Contains(
				body,
				x.Expand(`"client_id":"`+testserver.ManagementClientID+
					`","audience":"$URL/api/v2/","scope":["`),
			) {
				t.Errorf("it is not in %s", body)
			}
		})
	documented(t, "4.6", "the filter allow_any_organization accepts only true; client_id and "+
		"default_for cannot be combined",
		func(t *testing.T, x *tenant) {
			for _, query := range []string{
				"allow_any_organization=false", "client_id=a&default_for=third_party_clients",
			} {
				x.API("GET", "/client-grants?"+query, "").WantProperties(t, 400,
					`{"statusCode":400,"error":"Bad Request","errorCode":"invalid_query_string"}`)
			}
		})
}

func TestContract4Change(t *testing.T) {
	t.Parallel()
	observed(t, "4.7", "a grant is read by its id",
		func(t *testing.T, x *tenant) {
			x.API(
				"GET", "/client-grants/"+x.SampleGrant(`,"scope":["read:orders"]`), "",
			).Want(t, 200, shownGrant(`,"scope":["read:orders"],"subject_type":"client"`))
		})
	observed(t, "4.7", "a PATCH answers 200 with the whole grant",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders"]`)
			x.API("PATCH", path, `{"organization_usage":"allow"}`).Want(t, 200,
				shownGrant(
					`,"scope":["read:orders"],"subject_type":"client","organization_usage":"allow"`,
				))
			x.API("GET", path, "").Want(t, 200,
				shownGrant(
					`,"scope":["read:orders"],"subject_type":"client","organization_usage":"allow"`,
				))
		})
	observed(t, "4.7", "an empty scope in a PATCH empties the list",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders"]`)
			x.API("PATCH", path, `{"scope":[]}`).Want(t, 200,
				shownGrant(`,"scope":[],"subject_type":"client"`))
		})
	assumed(t, "4.7", "a null scope in a PATCH empties the list",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders"]`)
			x.API("PATCH", path, `{"scope":null}`).Want(t, 200,
				shownGrant(`,"scope":[],"subject_type":"client"`))
		})
	observed(t, "4.7", "after allow_all_scopes is turned on, scope is omitted",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders"]`)
			x.API("PATCH", path, `{"allow_all_scopes":true}`).Want(t, 200,
				shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
			x.API("GET", path, "").Want(t, 200,
				shownGrant(`,"allow_all_scopes":true,"subject_type":"client"`))
		})
	observed(t, "4.7", "after allow_all_scopes is turned off with an empty scope list, both are "+
		"returned, and scopes can be added",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"allow_all_scopes":true`)
			x.API("PATCH", path, `{"allow_all_scopes":false,"scope":[]}`).Want(t, 200,
				shownGrant(`,"scope":[],"allow_all_scopes":false,"subject_type":"client"`))
			x.API("PATCH", path, `{"scope":["a"]}`).Want(t, 200,
				shownGrant(`,"scope":["a"],"allow_all_scopes":false,"subject_type":"client"`))
		})
	assumed(t, "4.7", "one PATCH can replace allow_all_scopes with a list of scopes",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(`,"allow_all_scopes":true`)
			x.API("PATCH", path, `{"allow_all_scopes":false,"scope":["a"]}`).Want(t, 200,
				shownGrant(`,"scope":["a"],"allow_all_scopes":false,"subject_type":"client"`))
		})
	documented(t, "4.7", "null in a PATCH removes organization_usage and allow_any_organization",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant(
				`,"organization_usage":"allow","allow_any_organization":true`,
			)
			x.API(
				"PATCH", path, `{"organization_usage":null,"allow_any_organization":null}`,
			).Want(t, 200, shownGrant(`,"scope":[],"subject_type":"client"`))
		})
	documented(t, "4.7", "an empty PATCH is refused",
		func(t *testing.T, x *tenant) {
			x.API("PATCH", "/client-grants/"+x.SampleGrant(""), `{}`).Want(t, 400, refusedBody(
				`Payload validation error: 'Too few properties defined (0), minimum 1'.`))
		})
	documented(t, "4.7", "client_id, audience, subject_type and default_for cannot be sent in a "+
		"PATCH, even unchanged",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant("")
			x.API(
				"PATCH",
				path,
				`{"audience":"https://sample-api.example.com","client_id":"ReferenceMachineClient0000000001",`+
					`"default_for":"third_party_clients","id":"x","subject_type":"client"}`,
			).Want(t, 400,
				refusedBody(
					`Payload validation error: 'Additional properties not allowed: audience,client_id,default_for,id,subject_type'.`,
				))
		})
	observed(t, "4.7", "a DELETE answers 204, even if repeated",
		func(t *testing.T, x *tenant) {
			path := "/client-grants/" + x.SampleGrant("")
			for range 2 {
				x.API("DELETE", path, "").Want(t, 204, "")
				x.API("GET", ourGrants, "").Want(t, 200, `[]`)
			}
		})
}
