// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func managementPath(x *tenant) string { return systemPath(x, "$URL/api/v2/") }

func systemPath(x *tenant, identifier string) string {
	return "/resource-servers/" + url.PathEscape(x.Expand(identifier))
}

// scopeCount is the number of scopes in an answer about one API.
func scopeCount(t *testing.T, got servertest.Answer) int {
	t.Helper()
	var api struct {
		Scopes []struct{ Value, Description string }
	}
	if err := json.Unmarshal([]byte(got.Body), &api); err != nil {
		t.Fatalf("%v in %s", err, got.Body)
	}
	for _, scope := range api.Scopes {
		if scope.Value == "" || scope.Description == "" {
			t.Errorf("a scope without value or description: %+v", scope)
		}
	}
	return len(api.Scopes)
}

const (
	myAccount      = "$URL/me/"
	myOrganization = "$URL/my-org/"
	express        = "urn:auth0:express-configure"
)

func TestContract3ManagementAPI(t *testing.T) {
	t.Parallel()
	observed(t, "3.12", "every tenant has the Management API, with RS256, a lifetime of a day "+
		"and no refresh tokens",
		func(t *testing.T, x *tenant) {
			x.API(
				"GET", managementPath(x)+"?include_fields=false&fields=scopes", "",
			).WantJSON(t, 200, x.Expand(
				`{"id":"RS_ID","identifier":"$URL/api/v2/","name":"Auth0 Management API","is_system":true,`+servertest.MinimalAPI,
			))
		})
	observed(t, "3.12", "the Management API defines between 130 and 232 scopes, each with a "+
		"description and a value",
		func(t *testing.T, x *tenant) {
			got := x.Must("GET", managementPath(x), "")
			if n := scopeCount(t, got); n < 130 || n > 232 {
				t.Errorf("%d scopes", n)
			}
			for _, scope := range []string{
				"read:client_grants", "create:resource_servers", "delete:organizations",
				"update:signing_keys",
			} {
				if strings.Count(got.Body, `"value":"`+scope+`"`) != 1 {
					t.Errorf("%s is not defined once", scope)
				}
			}
		})
	observed(t, "3.12", "system APIs show the description of a scope before its value",
		func(t *testing.T, x *tenant) {
			body := x.Must("GET", managementPath(x)+"?fields=scopes", "").Body
			if !strings.HasPrefix(body, `{"scopes":[{"description":"`) ||
				strings.Contains(body, `{"value":`) {
				t.Errorf("the scopes begin %.80s", body)
			}
		})
	documented(t, "3.12", "the Management API cannot be created",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers", `{"identifier":"$URL/api/v2/"}`,
			).WantProperties(t, 400, `{"message":"The selected identifier is reserved."}`)
		})
	documented(t, "3.11", "the Management API cannot be deleted",
		func(t *testing.T, x *tenant) {
			x.API("DELETE", managementPath(x), "").WantProperties(t, 400,
				`{"statusCode":400,"error":"Bad Request","message":"System resource servers cannot be deleted."}`)
			x.API("GET", managementPath(x), "").
				WantProperties(t, 200, `{"name":"Auth0 Management API"}`)
		})
	observed(t, "3.12", "the name of the Management API cannot be sent in a PATCH, even unchanged",
		func(t *testing.T, x *tenant) {
			x.API(
				"PATCH", managementPath(x), `{"name":"Auth0 Management API"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Additional properties not allowed: name'.`))
		})
	documented(t, "3.12", "the scopes of a system API cannot be changed",
		func(t *testing.T, x *tenant) {
			before := x.Must("GET", managementPath(x), "")
			x.API("PATCH", managementPath(x), `{"scopes":[]}`).WantProperties(t, 400,
				`{"statusCode":400,"errorCode":"invalid_body"}`)
			if diff := cmp.Diff(
				before.Body, x.Must("GET", managementPath(x), "").Body,
			); diff != "" {
				t.Errorf("it changed (-before +after):\n%s", diff)
			}
		})
	documented(t, "3.12", "the only properties of the Management API that can be changed are its "+
		"lifetime, the skipping of consent and the policy for users",
		func(t *testing.T, x *tenant) {
			x.API("PATCH", managementPath(x),
				`{"token_lifetime":120,"skip_consent_for_verifiable_first_party_clients":true,`+
					`"subject_type_authorization":{"user":{"policy":"deny_all"}}}`).WantProperties(t, 200,
				`{"token_lifetime":120,"skip_consent_for_verifiable_first_party_clients":true,`+
					`"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"require_client_grant"}}}`)
			token := x.AskToken("client_id=" + testserver.ManagementClientID + "&client_secret=" +
				testserver.ManagementClientSecret +
				"&audience=$URL/api/v2/&scope=read:client_grants")
			token.WantProperties(t, 200, `{"expires_in":120}`)
			for _, change := range []string{
				`"signing_alg":"HS256"`, `"allow_offline_access":true`,
				`"token_dialect":"rfc9068_profile"`, `"enforce_policies":true`,
				`"signing_secret":"sixteen-chars-ok"`,
			} {
				x.API("PATCH", managementPath(x), `{`+change+`}`).WantProperties(t, 400,
					`{"statusCode":400,"error":"Bad Request"}`)
			}
		})
	documented(t, "3.12", "the client policy of the Management API cannot be sent",
		func(t *testing.T, x *tenant) {
			x.API(
				"PATCH", managementPath(x),
				`{"subject_type_authorization":{"client":{"policy":"require_client_grant"}}}`,
			).WantProperties(t, 400, `{"statusCode":400,"error":"Bad Request"}`)
			x.API("PATCH", managementPath(x),
				`{"subject_type_authorization":{"user":{"policy":"deny_all"},`+
					`"client":{"policy":"require_client_grant"}}}`).WantProperties(t, 400,
				`{"statusCode":400,"error":"Bad Request"}`)
		})
}

func TestContract3SystemAPIsOnDemand(t *testing.T) {
	t.Parallel()
	observed(t, "3.12", "the My Account API is created on request: a lifetime of ten minutes, "+
		"refresh tokens, DPoP, no tokens for machines",
		func(t *testing.T, x *tenant) {
			x.API("GET", systemPath(x, myAccount), "").WantProperties(t, 404,
				`{"errorCode":"inexistent_resource_server"}`)
			const shown = `{"id":"RS_ID","identifier":"$URL/me/","name":"Auth0 My Account API","is_system":true,` +
				`"token_lifetime":600,"token_lifetime_for_web":600,"allow_offline_access":true,` +
				`"skip_consent_for_verifiable_first_party_clients":true,"proof_of_possession":{"mechanism":"dpop","required":false},` +
				`"subject_type_authorization":{"user":{"policy":"require_client_grant"},"client":{"policy":"deny_all"}}}`
			x.API("POST", "/resource-servers", `{"identifier":"$URL/me/"}`).WantProperties(t, 201,
				x.Expand(shown))
			x.API("GET", systemPath(x, myAccount), "").WantProperties(t, 200, x.Expand(shown))
		})
	observed(t, "3.12", "the Express Configuration API is created on request: a lifetime of five "+
		"minutes, enforced policies, no tokens for machines, two scopes",
		func(t *testing.T, x *tenant) {
			const shown = `{"id":"RS_ID","identifier":"urn:auth0:express-configure","name":"Okta OIN Express Configuration API",` +
				`"is_system":true,"token_lifetime":300,"token_lifetime_for_web":7200,"enforce_policies":true}`
			got := x.API(
				"POST", "/resource-servers", `{"identifier":"urn:auth0:express-configure"}`,
			)
			got.WantProperties(t, 201, shown)
			got = x.API("GET", systemPath(x, express), "")
			got.WantProperties(t, 200, shown)
			if n := scopeCount(t, got); n != 2 ||
				!strings.Contains(got.Body, `"client":{"policy":"deny_all"}`) {
				t.Errorf("%d scopes in %s", n, got.Body)
			}
		})
	assumed(t, "3.12", "the My Organization API is created on request, with the same settings as "+
		"the My Account API",
		func(t *testing.T, x *tenant) {
			const shown = `{"id":"RS_ID","identifier":"$URL/my-org/","name":"Auth0 My Organization API","is_system":true,` +
				`"token_lifetime":600,"token_lifetime_for_web":600,"allow_offline_access":true,` +
				`"skip_consent_for_verifiable_first_party_clients":true,"proof_of_possession":{"mechanism":"dpop","required":false},` +
				`"subject_type_authorization":{"user":{"policy":"require_client_grant"},"client":{"policy":"deny_all"}}}`
			x.API("POST", "/resource-servers", `{"identifier":"$URL/my-org/"}`).
				WantProperties(t, 201, x.Expand(shown))
			x.API("GET", systemPath(x, myOrganization), "").WantProperties(t, 200, x.Expand(shown))
		})
	observed(t, "3.12", "a system API is created from a template: the name and most settings "+
		"that were sent are ignored",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers",
				`{"identifier":"$URL/me/","name":"Mine","token_lifetime":60,`+
					`"token_lifetime_for_web":60,"allow_offline_access":false,"signing_alg":"HS256","scopes":[{"value":"mine"}]}`).WantProperties(t, 201,
				`{"name":"Auth0 My Account API","token_lifetime":600,"token_lifetime_for_web":600,"allow_offline_access":true,"signing_secret":null}`)
			if got := x.Must("GET", systemPath(x, myAccount), ""); strings.Contains(
				got.Body, `"mine"`,
			) {
				t.Errorf("the scopes that were sent count: %s", got.Body)
			}
		})
	observed(t, "3.12", "a new system API gets the authorization policy that was sent",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/resource-servers",
				`{"identifier":"$URL/me/","authorization_policy":{"policy_id":"p1"}}`,
			).WantProperties(t, 201, `{"authorization_policy":{"policy_id":"p1"}}`)
			x.API("GET", systemPath(x, myAccount)+"?fields=authorization_policy", "").Want(t, 200,
				`{"authorization_policy":{"policy_id":"p1"}}`)
		})
	observed(t, "3.12", "creating the My Account API answers 3 of its 8 scopes; the next read "+
		"has all of them",
		func(t *testing.T, x *tenant) {
			if n := scopeCount(t, x.Must(
				"POST", "/resource-servers", `{"identifier":"$URL/me/"}`,
			)); n != 3 {
				t.Errorf("%d scopes at first", n)
			}
			for range 2 {
				if n := scopeCount(t, x.Must("GET", systemPath(x, myAccount), "")); n != 8 {
					t.Errorf("%d scopes afterwards", n)
				}
			}
		})
	observed(t, "3.12", "the scope descriptions of the My Account API do not contain the word "+
		"Me; creating it answers the first three scopes",
		func(t *testing.T, x *tenant) {
			const first = `{"description":"Create Connected Accounts","value":"create:me:connected_accounts"},` +
				`{"description":"Read Connected Accounts","value":"read:me:connected_accounts"},` +
				`{"description":"Delete Connected Accounts","value":"delete:me:connected_accounts"}`
			const next = `{"description":"Read Authentication Methods","value":"read:me:authentication_methods"},` +
				`{"description":"Delete Authentication Methods","value":"delete:me:authentication_methods"},` +
				`{"description":"Update Authentication Methods","value":"update:me:authentication_methods"},` +
				`{"description":"Read Factors","value":"read:me:factors"},`
			x.API("POST", "/resource-servers", `{"identifier":"$URL/me/"}`).WantProperties(t, 201,
				`{"scopes":[`+first+`]}`)
			got := x.API("GET", systemPath(x, myAccount)+"?fields=scopes", "")
			if !strings.HasPrefix(got.Body, `{"scopes":[`+first+`,`+next) {
				t.Errorf("got %s", got.Body)
			}
		})
	documented(t, "3.12", "a system API that exists cannot be created again",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/resource-servers", `{"identifier":"$URL/me/"}`)
			x.API("POST", "/resource-servers", `{"identifier":"$URL/me/"}`).WantProperties(t, 409,
				`{"message":"A resource server with the same identifier already exists"}`)
		})
	observed(t, "3.12", "system APIs have is_system, also in lists",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/resource-servers", `{"identifier":"$URL/me/"}`)
			x.API(
				"GET", "/resource-servers?fields=identifier,is_system", "",
			).Want(t, 200, x.Expand(
				`[{"identifier":"$URL/api/v2/","is_system":true},{"identifier":"https://sample-api.example.com"},`+
					`{"identifier":"$URL/me/","is_system":true}]`,
			))
		})
	observed(t, "3.12",
		"the name of a system API that was created on request cannot be sent in "+
			"a PATCH",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/resource-servers", `{"identifier":"$URL/me/"}`)
			x.API(
				"PATCH", systemPath(x, myAccount), `{"name":"Auth0 My Account API"}`,
			).Want(t, 400, refusedBody(
				`Payload validation error: 'Additional properties not allowed: name'.`))
		})
	observed(t, "3.12", "the My Account and Express Configuration APIs can be deleted",
		func(t *testing.T, x *tenant) {
			for _, identifier := range []string{myAccount, express} {
				x.Must("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`)
				x.API("DELETE", systemPath(x, identifier), "").Want(t, 204, "")
				x.API("GET", systemPath(x, identifier), "").WantProperties(t, 404,
					`{"errorCode":"inexistent_resource_server"}`)
			}
		})
	observed(t, "3.12", "a stored token_lifetime_for_web may exceed token_lifetime",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/resource-servers", `{"identifier":"urn:auth0:express-configure"}`)
			x.API(
				"GET", systemPath(x, express)+"?fields=token_lifetime,token_lifetime_for_web", "",
			).Want(t, 200, `{"token_lifetime":300,"token_lifetime_for_web":7200}`)
		})
}
