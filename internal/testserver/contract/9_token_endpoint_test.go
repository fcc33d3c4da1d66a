// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const (
	machineForm   = "grant_type=client_credentials&client_id=ReferenceMachineClient0000000001&client_secret=" + testserver.MachineClientSecret
	tokenOfOne    = `{"access_token":"TOKEN","scope":"read:orders","expires_in":86400,"token_type":"Bearer"}`
	tokenOfBoth   = `{"access_token":"TOKEN","scope":"write:orders read:orders","expires_in":86400,"token_type":"Bearer"}`
	tokenOfNone   = `{"access_token":"TOKEN","expires_in":86400,"token_type":"Bearer"}`
	notAuthorized = `{"error":"access_denied","error_description":"Client \"ReferenceMachineClient0000000001\" is not authorized to access ` +
		`resource server \"https://sample-api.example.com\". You need to create a \"client-grant\" associated to this API."}`
	unauthorized = `{"error":"access_denied","error_description":"Unauthorized"}`
)

func TestContract9Request(t *testing.T) {
	t.Parallel()
	documented(t, "9.1", "a token request is a form or JSON", func(t *testing.T, x *tenant) {
		x.SampleGrant(`,"scope":["read:orders"]`)
		x.Send("POST", "/oauth/token", machineForm+"&"+servertest.SampleAudience, servertest.AsForm).
			WantJSON(t, 200, tokenOfOne)
		x.Send("POST", "/oauth/token",
			`{"grant_type":"client_credentials","client_id":"ReferenceMachineClient0000000001",`+
				`"client_secret":"`+testserver.MachineClientSecret+
				`","audience":"https://sample-api.example.com"}`, servertest.AsJSON).WantJSON(t, 200, tokenOfOne)
	})
	observed(t, "9.1", "the token endpoint ignores unknown parameters",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.AskToken(servertest.SampleAudience+"&prompt=none&x=y").WantJSON(t, 200, tokenOfOne)
		})
	observed(t, "9.1", "the parameter scope narrows the scopes of a token",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["write:orders","read:orders"]`)
			x.AskToken(servertest.SampleAudience+"&scope=read:orders").WantJSON(t, 200, tokenOfOne)
			x.AskToken(servertest.SampleAudience+"&scope=write:orders+read:orders").
				WantJSON(t, 200, tokenOfBoth)
		})
	documented(t, "9.1", "the audience must equal the API's identifier exactly",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.AskToken("audience=https%3A%2F%2Fsample-api.example.com").WantJSON(t, 200, tokenOfOne)
			for _, other := range []string{
				"https://sample-api.example.com/", "HTTPS://sample-api.example.com",
				"6800000000000000000000b2",
			} {
				x.AskToken("audience="+url.QueryEscape(other)).WantJSON(t, 403,
					`{"error":"access_denied","error_description":"Service not enabled within domain: `+other+`"}`)
			}
		})
	documented(t, "9.1", "the parameter resource does not replace audience by default",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.AskToken("resource=https%3A%2F%2Fsample-api.example.com").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Non-global clients are not allowed access to APIv1"}`)
		})
	documented(t, "9.1", "a client authenticates with its secret in the body or, with "+
		"client_secret_basic, by HTTP Basic",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient(`,"token_endpoint_auth_method":"client_secret_basic"`)
			x.GrantTo(id, `,"scope":["read:orders"]`)
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfOne)
			x.Send(
				"POST",
				"/oauth/token",
				"grant_type=client_credentials&"+servertest.SampleAudience,
				servertest.AsForm,
				servertest.Basic(id, secret),
			).WantJSON(t, 200, tokenOfOne)
		})
	assumed(t, "9.1", "a client can send its secret by HTTP Basic or in the body, whichever "+
		"method it has",
		func(t *testing.T, x *tenant) {
			const params = "grant_type=client_credentials&" + servertest.SampleAudience
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.Send("POST", "/oauth/token", params, servertest.AsForm, servertest.Basic(
				testserver.MachineClientID, testserver.MachineClientSecret,
			)).WantJSON(t, 200, tokenOfOne)
			id, secret := x.MakeClient(`,"token_endpoint_auth_method":"client_secret_basic"`)
			x.GrantTo(id, `,"scope":["read:orders"]`)
			x.AskTokenAs(id, secret, "").WantJSON(t, 200, tokenOfOne)
		})
	assumed(t, "9.1", "credentials in HTTP Basic are form-url-encoded",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			encoded := servertest.Basic(testserver.MachineClientID, strings.ReplaceAll(
				testserver.MachineClientSecret, "_", "%5F",
			))
			x.Send(
				"POST",
				"/oauth/token",
				"grant_type=client_credentials&"+servertest.SampleAudience,
				servertest.AsForm,
				encoded,
			).WantJSON(t, 200, tokenOfOne)
		})
}

func TestContract9Success(t *testing.T) {
	t.Parallel()
	observed(t, "9.2", "an answer with a token is JSON without a charset, must not be stored, "+
		"and has a request id",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			got := x.AskToken(servertest.SampleAudience)
			got.WantHeader(t, "Content-Type", "application/json")
			got.WantHeader(t, "Cache-Control", "no-store")
			got.WantHeader(t, "Pragma", "no-cache")
			if id := got.Header.Get("X-Auth0-RequestId"); !regexp.MustCompile(
				`^\w+$`,
			).MatchString(id) {
				t.Errorf("request id %q", id)
			}
		})
	observed(t, "9.2", "an answer with a token has its scopes, its lifetime in seconds and the "+
		"type Bearer",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfOne)
		})
	observed(t, "9.2", "the answer omits scope if no scope was granted",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfNone)
		})
	documented(t, "9.2", "scopes are in the order of the grant, not the request",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["write:orders","read:orders"]`)
			x.AskToken(servertest.SampleAudience+"&scope=read:orders+write:orders").
				WantJSON(t, 200, tokenOfBoth)
		})
	observed(t, "9.2", "expires_in is the API's token_lifetime", func(t *testing.T, x *tenant) {
		x.SampleGrant("")
		x.Must("PATCH", samplePath, `{"token_lifetime":90}`)
		x.AskToken(servertest.SampleAudience).WantJSON(t, 200,
			`{"access_token":"TOKEN","expires_in":90,"token_type":"Bearer"}`)
	})
	documented(t, "9.2", "machines get no refresh token or ID token, even if the API allows "+
		"offline access",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.Must("PATCH", samplePath, `{"allow_offline_access":true}`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfNone)
		})
	documented(t, "9.2", "every request issues a new token", func(t *testing.T, x *tenant) {
		x.SampleGrant("")
		first := x.Claims(x.AskToken(servertest.SampleAudience).Token(t))
		x.Clock().Advance(time.Hour)
		second := x.Claims(x.AskToken(servertest.SampleAudience).Token(t))
		if later := second["iat"].(float64) - first["iat"].(float64); later < 3600 || later > 3660 {
			t.Errorf("issued %v seconds later", later)
		}
	})
}

func TestContract9Errors(t *testing.T) {
	t.Parallel()
	observed(t, "9.4", "an error of the token endpoint is JSON without a charset, must not be "+
		"stored, and has only error and error_description",
		func(t *testing.T, x *tenant) {
			for _, params := range []string{"client_secret=wrong", servertest.SampleAudience, "grant_type="} {
				got := x.AskToken(params)
				got.WantHeader(t, "Content-Type", "application/json")
				if caching := got.Header.Get("Cache-Control"); !strings.HasPrefix(
					caching, "private, no-store",
				) {
					t.Errorf("Cache-Control %q", caching)
				}
				shown := servertest.Properties(t, got.Body)
				if _, ok := shown["error_description"].(string); !ok || len(shown) != 2 {
					t.Errorf("got %s", got.Body)
				}
			}
		})
	observed(t, "9.4", "a wrong secret, no secret and an unknown client are a 401 access_denied",
		func(t *testing.T, x *tenant) {
			x.AskToken("client_secret=wrong&"+servertest.SampleAudience).
				WantJSON(t, 401, unauthorized)
			x.AskToken("client_secret=&"+servertest.SampleAudience).WantJSON(t, 401, unauthorized)
			x.AskToken("client_id=nobody&"+servertest.SampleAudience).WantJSON(t, 401, unauthorized)
		})
	documented(t, "9.4", "a request without a client is a 401 invalid_client",
		func(t *testing.T, x *tenant) {
			x.AskToken("client_id=&"+servertest.SampleAudience).WantJSON(t, 401,
				`{"error":"invalid_client","error_description":"Missing client_id"}`)
		})
	documented(t, "9.4", "a request without a grant type is a 400 invalid_request",
		func(t *testing.T, x *tenant) {
			x.AskToken("grant_type=&"+servertest.SampleAudience).WantJSON(t, 400,
				`{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}`)
		})
	assumed(t, "9.4", "an unknown grant type is a 403 unsupported_grant_type",
		func(t *testing.T, x *tenant) {
			x.AskToken("grant_type=magic&"+servertest.SampleAudience).WantJSON(t, 403,
				`{"error":"unsupported_grant_type","error_description":"Unsupported grant type: magic"}`)
		})
	observed(t, "9.4", "a client without the grant type client_credentials is a 403 "+
		"unauthorized_client",
		func(t *testing.T, x *tenant) {
			x.AskTokenAs(testserver.WebClientID, testserver.WebClientSecret, "").WantJSON(t, 403,
				`{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}`)
		})
	observed(t, "9.4", "an unknown audience is a 403 access_denied that names it",
		func(t *testing.T, x *tenant) {
			x.AskToken("audience=urn:none").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Service not enabled within domain: urn:none"}`)
		})
	documented(t, "9.4", "an audience with a trailing space or newline is unknown",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.AskToken(servertest.SampleAudience+"%20").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Service not enabled within domain: https://sample-api.example.com "}`)
			x.AskToken(servertest.SampleAudience+"%0A").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Service not enabled within domain: https://sample-api.example.com\n"}`)
		})
	observed(t, "9.4", "a request without an audience is a 403 that mentions APIv1",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.AskToken("").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Non-global clients are not allowed access to APIv1"}`)
		})
	documented(t, "9.4",
		"a client without a grant is a 403 access_denied that names the client "+
			"and the API",
		func(t *testing.T, x *tenant) {
			x.AskToken(servertest.SampleAudience).WantJSON(t, 403, notAuthorized)
		})
	documented(t, "4.2", "a grant for users does not give tokens to machines",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"subject_type":"user"`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 403, notAuthorized)
		})
	documented(t, "9.4", "a third-party client without a grant is refused as unauthorized_client",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient(
				`,"is_first_party":false,"grant_types":["client_credentials"]`,
			)
			wantTokenError(t, x.AskTokenAs(id, secret, ""), 403, "unauthorized_client")
		})
	observed(t, "9.4", "if a scope is not granted, the whole request fails, and the error names "+
		"only the missing scopes",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.AskToken(servertest.SampleAudience+
				"&scope=read:orders+write:orders+admin:orders").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Client has not been granted scopes: write:orders, admin:orders"}`)
		})
	documented(t, "9.4", "an API that denies all clients gives no tokens, even with a grant",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.Must(
				"PATCH", samplePath,
				`{"subject_type_authorization":{"client":{"policy":"deny_all"}}}`,
			)
			wantNoToken(t, x.AskToken(servertest.SampleAudience))
		})
	assumed(t, "9.4", "the refusal of an API that denies all clients is the same as without a "+
		"grant",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.Must(
				"PATCH", samplePath,
				`{"subject_type_authorization":{"client":{"policy":"deny_all"}}}`,
			)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 403, notAuthorized)
		})
	documented(t, "9.4", "an exhausted token quota of a client is a 429 too_many_requests",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient(
				`,"token_quota":{"client_credentials":{"enforce":true,"per_hour":1}}`,
			)
			x.GrantTo(id, "")
			x.AskTokenAs(id, secret, "").Token(t)
			x.AskTokenAs(id, secret, "").WantJSON(t, 429,
				`{"error":"too_many_requests","error_description":"Client quota exceeded"}`)
		})
	assumed(t, "9.4", "the order of checks is parameters, credentials, grant type, audience, "+
		"grant, scopes, organization",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			for _, test := range []struct {
				params string
				status int
				body   string
			}{
				{
					"grant_type=&client_secret=wrong", 400,
					`{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}`,
				},
				{"client_id=" + testserver.WebClientID + "&client_secret=wrong", 401, unauthorized},
				{
					"client_id=" + testserver.WebClientID + "&client_secret=" +
						testserver.WebClientSecret + "&audience=urn:none", 403,
					`{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}`,
				},
				{
					"audience=urn:none&scope=admin:orders&organization=org_x", 403,
					`{"error":"access_denied","error_description":"Service not enabled within domain: urn:none"}`,
				},
				{
					servertest.SampleAudience + "&scope=admin:orders&organization=org_x", 403,
					`{"error":"access_denied","error_description":"Client has not been granted scopes: admin:orders"}`,
				},
			} {
				x.AskToken(test.params).WantJSON(t, test.status, test.body)
			}
		})
}
