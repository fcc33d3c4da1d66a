// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestContract1Validation(t *testing.T) {
	t.Parallel()
	observed(t, "1.3", "a violation names the problem, the property and the property's description",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"identifier":"i","name":{}}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Expected type string but found type object' on property name `+
					`(Friendly name for this resource server).`,
			))
		})
	observed(t, "1.3", "a violation names a dotted path with indexes, then the description in "+
		"parentheses if there is one",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers",
				`{"identifier":"i","scopes":[{"value":"a"},{"description":"d"}]}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Missing required property: value' on property scopes[1].`,
			))
			x.API(
				"POST", "/resource-servers",
				`{"identifier":"i","proof_of_possession":{"required":true}}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Missing required property: mechanism' on property proof_of_possession.`,
			))
			x.API(
				"POST", "/resource-servers",
				`{"identifier":"i","authorization_policy":{"policy_id":1}}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Expected type string but found type integer' on property authorization_policy.policy_id.`,
			))
		})
	observed(t, "1.3", "one violation lists all unknown properties, separated by commas without "+
		"spaces",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"created_at":1,"identifier":"i","updated_at":2}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Additional properties not allowed: created_at,updated_at'.`,
			))
		})
	observed(t, "1.3", "the refusal of duplicate items names their indexes",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants", grantBody(`,"scope":["a","a"]`),
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Array items are not unique (indexes 0 and 1)' on property scope (Scopes allowed for this client grant).`,
			))
		})
	observed(t, "1.3",
		"the refusal of a value in the wrong format quotes the value",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/client-grants",
				`{"audience":"https://sample-api.example.com","client_id":"a b"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Object didn't pass validation for format client-id: a b' on property client_id (ID of the client).`,
			))
		})
	documented(t, "1.3", "one message lists all violations",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers", `{"x":1,"name":{}}`).Want(t, 400, refusedBody(
				`Payload validation error: 'Missing required property: identifier'. (also) `+
					`Payload validation error: 'Additional properties not allowed: x'. (also) `+
					`Payload validation error: 'Expected type string but found type object' on property name `+
					`(Friendly name for this resource server).`))
		})
	documented(t, "1.3", "the refusal of a missing required property names the property",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers", `{}`).Want(t, 400, refusedBody(
				`Payload validation error: 'Missing required property: identifier'.`))
		})
	documented(t, "1.3", "the refusal of a text that is too short names its length and the minimum",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers", `{"identifier":""}`).Want(t, 400, refusedBody(
				`Payload validation error: 'String is too short (0 chars), minimum 1' on property identifier (Unique identifier for this API).`,
			))
		})
	documented(t, "1.3", "the refusal of a text that does not match names the pattern and the text",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"identifier":"i","name":"a<b"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'String does not match pattern ^[^<>]+$: a<b' on property name (Friendly name for this resource server).`,
			))
		})
	assumed(t, "1.3", "the refusal of a text that is too long names its length and the maximum",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"identifier":"`+strings.Repeat("ä", 601)+`"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'String is too long (601 chars), maximum 600' on property identifier (Unique identifier for this API).`,
			))
		})
	assumed(t, "1.3", "the refusal of a value that is not in the enum quotes the value",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"identifier":"i","signing_alg":"none"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'No enum match for: none' on property signing_alg (Algorithm used to sign JWTs).`,
			))
		})
	assumed(t, "1.3", "the refusal of a number out of range names the limit",
		func(t *testing.T, x *tenant) {
			const lifetime = ` on property token_lifetime (Expiration value (in seconds) for access tokens issued for this API).`
			x.API(
				"POST", "/resource-servers", `{"identifier":"i","token_lifetime":-1}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Value -1 is less than minimum 0'`+lifetime))
			x.API(
				"POST", "/resource-servers", `{"identifier":"i","token_lifetime":2592001}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Value 2592001 is greater than maximum 2592000'`+
					lifetime))
		})
	documented(t, "1.3", "a query that violates its schema is refused as invalid_query_string",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/client-grants?page=first", "").Want(t, 400, refusedQuery(
				`'Expected type integer but found type string' on property page (Page index of the results to return. First page is 0).`,
			))
		})
	assumed(t, "1.3", "the refusal of a body that is not JSON has no errorCode",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers", `{"identifier":"https://a"`).Want(t, 400,
				`{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`)
		})
}

func TestContract1Authentication(t *testing.T) {
	t.Parallel()
	observed(t, "1.4", "a request without an Authorization header is a 401 that asks for a "+
		"bearer token and has no errorCode",
		func(t *testing.T, x *tenant) {
			got := x.Send("GET", "/api/v2/client-grants", "")
			got.Want(t, 401,
				`{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}`)
			got.WantHeader(t, "WWW-Authenticate", "Bearer")
		})
	observed(t, "1.4", "a bearer value that is not a JWT is a 400, not a 401",
		func(t *testing.T, x *tenant) {
			for _, value := range []string{"0123456789abcdef", "", "a.b.c"} {
				x.Send(
					"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+value,
				).Want(t, 400,
					`{"statusCode":400,"error":"Bad Request","message":"Bad HTTP authentication header format","errorCode":"Bearer"}`)
			}
		})
	unauthorized := func(message string) string {
		return `{"statusCode":401,"error":"Unauthorized","message":"` + message +
			`","attributes":{"error":"` + message + `"}}`
	}
	refused := func(t *testing.T, x *tenant, spoil string) servertest.Answer {
		t.Helper()
		return x.Send(
			"GET",
			"/api/v2/client-grants",
			"",
			"Authorization: Bearer "+x.ForgeToken(x.URL()+"/api/v2/", servertest.Spoils[spoil]),
		)
	}
	documented(t, "1.4", "a JWT that is not acceptable is refused as an Invalid token",
		func(t *testing.T, x *tenant) {
			refused(t, x, "alg none").Want(t, 401, unauthorized("Invalid token"))
		})
	documented(t, "1.4", "the refusal of an expired token says so",
		func(t *testing.T, x *tenant) {
			refused(t, x, "expired").Want(t, 401,
				unauthorized("Expired token received for JSON Web Token validation"))
		})
	documented(t, "1.4", "the refusal of a token with a bad signature says so",
		func(t *testing.T, x *tenant) {
			refused(t, x, "another key").Want(t, 401,
				unauthorized("Invalid signature received for JSON Web Token validation"))
		})
	documented(t, "1.4", "the refusal of a token for another API names the token's audience",
		func(t *testing.T, x *tenant) {
			refused(t, x, "another audience").Want(t, 401,
				unauthorized("Bad audience: https://other.example.com"))
		})
	observed(t, "1.4", "a token that lacks the endpoint's scope is a 403 that names the scope",
		func(t *testing.T, x *tenant) {
			x.Send(
				"GET", "/api/v2/client-grants", "", x.Bearer("read:resource_servers"),
			).Want(t, 403, `{"statusCode":403,"error":"Forbidden",`+
				`"message":"Insufficient scope, expected any of: read:client_grants","errorCode":"insufficient_scope"}`)
		})
	observed(t, "1.4", "if any of several scopes suffices, the 403 lists them all, separated by "+
		"commas",
		func(t *testing.T, x *tenant) {
			x.Send(
				"GET", "/api/v2/clients/nobody", "", x.Bearer("read:client_grants"),
			).Want(t, 403, `{"statusCode":403,"error":"Forbidden",`+
				`"message":"Insufficient scope, expected any of: read:clients,read:client_keys,read:client_credentials,read:client_summary",`+
				`"errorCode":"insufficient_scope"}`)
			for _, scope := range []string{
				"read:clients", "read:client_keys", "read:client_credentials",
				"read:client_summary",
			} {
				x.Send("GET", "/api/v2/clients/nobody", "", x.Bearer(scope)).WantProperties(t, 404,
					`{"errorCode":"inexistent_client"}`)
			}
		})
	assumed(t, "1.4", "the order of checks is route, token, scope, validation, existence, rules",
		func(t *testing.T, x *tenant) {
			reader, all := x.Bearer("read:client_grants"), x.Bearer("")
			const conflicting = `{"scope":["read:orders"],"allow_all_scopes":true}`
			x.Send("GET", "/api/v2/nowhere", "").Want(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"Not Found"}`)
			x.Send("PATCH", "/api/v2/client-grants/cgr_none", `{`, servertest.AsJSON).
				WantProperties(t, 401, `{"message":"Missing authentication"}`)
			x.Send("PATCH", "/api/v2/client-grants/cgr_none", `{`, servertest.AsJSON, reader).
				WantProperties(t, 403, `{"errorCode":"insufficient_scope"}`)
			x.Send("PATCH", "/api/v2/client-grants/cgr_none", `{}`, servertest.AsJSON, all).
				WantProperties(t, 400, `{"errorCode":"invalid_body"}`)
			x.Send("PATCH", "/api/v2/client-grants/cgr_none", conflicting, servertest.AsJSON, all).
				WantProperties(t, 404, `{"errorCode":"inexistent_client_grant"}`)
			x.Send(
				"PATCH",
				"/api/v2/client-grants/"+x.SampleGrant(""),
				conflicting,
				servertest.AsJSON,
				all,
			).WantProperties(t, 400, `{"errorCode":"invalid_body"}`)
		})
}

func TestContract1MissingAndTaken(t *testing.T) {
	t.Parallel()
	missing := func(message, code string) string {
		if code != "" {
			code = `,"errorCode":"` + code + `"`
		}
		return `{"statusCode":404,"error":"Not Found","message":"` + message + `"` + code + `}`
	}
	observed(t, "1.5", "a resource server that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/resource-servers/nope", "").Want(t, 404,
				missing("The resource server does not exist", "inexistent_resource_server"))
		})
	observed(t, "1.5", "a client grant that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/client-grants/cgr_none", "").Want(t, 404, missing(
				"The grant does not exist.", "inexistent_client_grant",
			))
		})
	documented(t, "1.5", "changing a client grant that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API("PATCH", "/client-grants/cgr_none", `{"scope":[]}`).Want(t, 404,
				missing("The grant does not exist.", "inexistent_client_grant"))
		})
	assumed(t, "1.5", "changing a resource server that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API("PATCH", "/resource-servers/nope", `{"name":"n"}`).Want(t, 404,
				missing("The resource server does not exist", "inexistent_resource_server"))
		})
	observed(t, "1.5", "a client that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/clients/nobody", "").Want(t, 404, missing(
				"The client does not exist", "inexistent_client",
			))
		})
	observed(t, "1.5", "an organization that does not exist is a 404 without errorCode",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/organizations/name/none", "").Want(t, 404, missing(
				"No organization found by that id or name", "",
			))
		})
	observed(t, "1.5", "the 404 of an organization is the same by id and by name",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/organizations/org_none000000000000", "").Want(t, 404, missing(
				"No organization found by that id or name", "",
			))
		})
	documented(t, "1.5", "a path below an organization that does not exist is a 404 that "+
		"mentions only the id",
		func(t *testing.T, x *tenant) {
			const path = "/organizations/org_none000000000000"
			x.API("GET", path+"/client-grants", "").Want(t, 404, missing(
				"No organization found by that id", "",
			))
		})
	observed(t, "1.5", "an unknown route is a 404 without errorCode",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/nowhere", "").Want(t, 404, missing("Not Found", ""))
		})
	observed(t, "1.5", "deleting a resource server or client grant that does not exist is a 204",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			grant := "/client-grants/" + x.SampleGrant("")
			for _, path := range []string{
				aPath, aPath, "/resource-servers/nope", grant, grant, "/client-grants/cgr_none",
			} {
				x.API("DELETE", path, "").Want(t, 204, "")
			}
			x.API("GET", aPath, "").Want(t, 404, missing(
				"The resource server does not exist", "inexistent_resource_server",
			))
			x.API("GET", grant, "").Want(t, 404, missing(
				"The grant does not exist.", "inexistent_client_grant",
			))
		})
	documented(t, "1.5", "creating a resource server with a taken identifier is a 409",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			x.API("POST", "/resource-servers", `{"identifier":"https://a"}`).WantProperties(t, 409,
				`{"statusCode":409,"error":"Conflict","message":"A resource server with the same identifier already exists"}`)
		})
	assumed(t, "1.5", "the 409 of a taken identifier has the errorCode resource_server_conflict",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			x.API("POST", "/resource-servers", `{"identifier":"https://a"}`).WantProperties(t, 409,
				`{"errorCode":"resource_server_conflict"}`)
		})
	documented(t, "1.5", "creating a client grant that exists is a 409",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.API(
				"POST", "/client-grants", grantBody(`,"scope":["read:orders"]`),
			).WantProperties(t, 409,
				`{"statusCode":409,"error":"Conflict","message":"client_grant already exists"}`)
		})
	assumed(t, "1.5", "the 409 of a client grant that exists has the errorCode "+
		"client_grant_conflict",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.API("POST", "/client-grants", grantBody("")).WantProperties(t, 409,
				`{"errorCode":"client_grant_conflict"}`)
		})
}

func TestContract1RateLimit(t *testing.T) {
	t.Parallel()
	observed(t, "1.6", "a request beyond the rate limit is a 429 that names the global limit",
		func(t *testing.T, x *tenant) {
			x.Next("GET /api/v2/client-grants/{id}", testserver.Refuse(429))
			x.API("GET", "/client-grants/cgr_none", "").Want(t, 429,
				`{"statusCode":429,"error":"Too Many Requests",`+
					`"message":"Global limit has been reached","errorCode":"too_many_requests"}`)
		})
}
