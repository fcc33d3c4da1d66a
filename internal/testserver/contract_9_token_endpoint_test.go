// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	asForm       = "Content-Type: application/x-www-form-urlencoded"
	machineForm  = "grant_type=client_credentials&client_id=ReferenceMachineClient0000000001&client_secret=" + testserver.MachineClientSecret
	tokenOfOne   = `{"access_token":"TOKEN","scope":"read:orders","expires_in":86400,"token_type":"Bearer"}`
	tokenOfBoth  = `{"access_token":"TOKEN","scope":"write:orders read:orders","expires_in":86400,"token_type":"Bearer"}`
	tokenOfNone  = `{"access_token":"TOKEN","expires_in":86400,"token_type":"Bearer"}`
	unauthorized = `{"error":"access_denied","error_description":"Unauthorized"}`
)

func basic(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestContract9Request(t *testing.T) {
	t.Parallel()
	documented(t, "9.1", "a token request is a form or JSON", func(t *testing.T, x *tenant) {
		x.sampleGrant(`,"scope":["read:orders"]`)
		wantJSON(
			t, x.send("POST", "/oauth/token", machineForm+"&"+sampleAudience, asForm), 200,
			tokenOfOne,
		)
		wantJSON(t, x.send("POST", "/oauth/token",
			`{"grant_type":"client_credentials","client_id":"ReferenceMachineClient0000000001",`+
				`"client_secret":"`+testserver.MachineClientSecret+
				`","audience":"https://sample-api.example.com"}`, asJSON), 200, tokenOfOne)
	})
	observed(t, "9.1", "parameters that the token endpoint does not know are ignored",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
			wantJSON(t, x.askToken(sampleAudience+"&prompt=none&x=y"), 200, tokenOfOne)
		})
	observed(t, "9.1", "the parameter scope narrows the scopes of a token",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["write:orders","read:orders"]`)
			wantJSON(t, x.askToken(sampleAudience+"&scope=read:orders"), 200, tokenOfOne)
			wantJSON(
				t, x.askToken(sampleAudience+"&scope=write:orders+read:orders"), 200, tokenOfBoth,
			)
		})
	documented(t, "9.1", "the audience is an API's identifier, to the letter",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
			wantJSON(
				t, x.askToken("audience=https%3A%2F%2Fsample-api.example.com"), 200, tokenOfOne,
			)
			for _, other := range []string{
				"https://sample-api.example.com/", "HTTPS://sample-api.example.com",
				"6800000000000000000000b2",
			} {
				wantJSON(t, x.askToken("audience="+url.QueryEscape(other)), 403,
					`{"error":"access_denied","error_description":"Service not enabled within domain: `+other+`"}`)
			}
		})
	documented(t, "9.1", "resource does not stand in for audience unless the tenant is set so, "+
		"and this one is not",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			wantJSON(t, x.askToken("resource=https%3A%2F%2Fsample-api.example.com"), 403,
				`{"error":"access_denied","error_description":"Non-global clients are not allowed access to APIv1"}`)
		})
	documented(t, "9.1", "a client authenticates with its secret in the body or, for "+
		"client_secret_basic, by HTTP Basic",
		func(t *testing.T, x *tenant) {
			id, secret := x.makeClient(`,"token_endpoint_auth_method":"client_secret_basic"`)
			x.grantTo(id, `,"scope":["read:orders"]`)
			x.sampleGrant(`,"scope":["read:orders"]`)
			wantJSON(t, x.askToken(sampleAudience), 200, tokenOfOne)
			wantJSON(
				t,
				x.send(
					"POST", "/oauth/token", "grant_type=client_credentials&"+sampleAudience, asForm,
					basic(id, secret),
				),
				200, tokenOfOne,
			)
		})
	assumed(t, "9.1", "a client may use its secret by HTTP Basic or in the body, whichever it is "+
		"configured for",
		func(t *testing.T, x *tenant) {
			const params = "grant_type=client_credentials&" + sampleAudience
			x.sampleGrant(`,"scope":["read:orders"]`)
			wantJSON(
				t,
				x.send("POST", "/oauth/token", params, asForm, basic(
					testserver.MachineClientID, testserver.MachineClientSecret,
				)),
				200, tokenOfOne,
			)
			id, secret := x.makeClient(`,"token_endpoint_auth_method":"client_secret_basic"`)
			x.grantTo(id, `,"scope":["read:orders"]`)
			wantJSON(t, x.askTokenAs(id, secret, ""), 200, tokenOfOne)
		})
	assumed(t, "9.1", "credentials in HTTP Basic are form-url-encoded",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
			encoded := basic(testserver.MachineClientID, strings.ReplaceAll(
				testserver.MachineClientSecret, "_", "%5F",
			))
			wantJSON(
				t,
				x.send(
					"POST", "/oauth/token", "grant_type=client_credentials&"+sampleAudience, asForm,
					encoded,
				),
				200, tokenOfOne,
			)
		})
}

func TestContract9Success(t *testing.T) {
	t.Parallel()
	observed(t, "9.2", "an answer with a token is JSON without a charset, not to be stored, and "+
		"has a request id",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			got := x.askToken(sampleAudience)
			wantHeader(t, got, "Content-Type", "application/json")
			wantHeader(t, got, "Cache-Control", "no-store")
			wantHeader(t, got, "Pragma", "no-cache")
			if id := got.header.Get("X-Auth0-RequestId"); !regexp.MustCompile(
				`^\w+$`,
			).MatchString(id) {
				t.Errorf("request id %q", id)
			}
		})
	observed(t, "9.2", "a granted token comes with its scopes, its lifetime in seconds and the "+
		"type Bearer",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
			wantJSON(t, x.askToken(sampleAudience), 200, tokenOfOne)
		})
	observed(t, "9.2", "the answer has no scope when none was granted",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			wantJSON(t, x.askToken(sampleAudience), 200, tokenOfNone)
		})
	documented(t, "9.2", "scopes are in the order of the grant, not of the request",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["write:orders","read:orders"]`)
			wantJSON(
				t, x.askToken(sampleAudience+"&scope=read:orders+write:orders"), 200, tokenOfBoth,
			)
		})
	observed(t, "9.2", "expires_in is the API's token_lifetime", func(t *testing.T, x *tenant) {
		x.sampleGrant("")
		x.must("PATCH", samplePath, `{"token_lifetime":90}`)
		wantJSON(
			t, x.askToken(sampleAudience), 200,
			`{"access_token":"TOKEN","expires_in":90,"token_type":"Bearer"}`,
		)
	})
	documented(t, "9.2", "machines get no refresh token and no ID token, whatever the API offers",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			x.must("PATCH", samplePath, `{"allow_offline_access":true}`)
			wantJSON(t, x.askToken(sampleAudience), 200, tokenOfNone)
		})
	documented(t, "9.2", "every request makes a new token", func(t *testing.T, x *tenant) {
		x.sampleGrant("")
		first := claimsOf(t, x, tokenIn(t, x.askToken(sampleAudience)))
		x.Clock().Advance(time.Hour)
		second := claimsOf(t, x, tokenIn(t, x.askToken(sampleAudience)))
		if later := second["iat"].(float64) - first["iat"].(float64); later < 3600 || later > 3660 {
			t.Errorf("issued %v seconds later", later)
		}
	})
}

func TestContract9Errors(t *testing.T) {
	t.Parallel()
	observed(t, "9.4", "an error of the token endpoint is JSON without a charset, not to be "+
		"stored, with error and error_description alone",
		func(t *testing.T, x *tenant) {
			for _, params := range []string{"client_secret=wrong", sampleAudience, "grant_type="} {
				got := x.askToken(params)
				wantHeader(t, got, "Content-Type", "application/json")
				if caching := got.header.Get("Cache-Control"); !strings.HasPrefix(
					caching, "private, no-store",
				) {
					t.Errorf("Cache-Control %q", caching)
				}
				shown := properties(t, got.body)
				if _, ok := shown["error_description"].(string); !ok || len(shown) != 2 {
					t.Errorf("got %s", got.body)
				}
			}
		})
	observed(t, "9.4", "a wrong secret, no secret and an unknown client are a 401 access_denied",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.askToken("client_secret=wrong&"+sampleAudience), 401, unauthorized)
			wantJSON(t, x.askToken("client_secret=&"+sampleAudience), 401, unauthorized)
			wantJSON(t, x.askToken("client_id=nobody&"+sampleAudience), 401, unauthorized)
		})
	documented(t, "9.4", "a request without a client is a 401 invalid_client",
		func(t *testing.T, x *tenant) {
			wantJSON(
				t, x.askToken("client_id=&"+sampleAudience), 401,
				`{"error":"invalid_client","error_description":"Missing client_id"}`,
			)
		})
	documented(t, "9.4", "a request without a grant type is a 400 invalid_request",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.askToken("grant_type=&"+sampleAudience), 400,
				`{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}`)
		})
	assumed(t, "9.4", "an unknown grant type is a 403 unsupported_grant_type",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.askToken("grant_type=magic&"+sampleAudience), 403,
				`{"error":"unsupported_grant_type","error_description":"Unsupported grant type: magic"}`)
		})
	observed(t, "9.4", "a client that is not allowed client_credentials is a 403 "+
		"unauthorized_client",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.askTokenAs(testserver.WebClientID, testserver.WebClientSecret, ""), 403,
				`{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}`)
		})
	observed(t, "9.4", "an audience that is no API's is a 403 access_denied that names it",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.askToken("audience=urn:none"), 403,
				`{"error":"access_denied","error_description":"Service not enabled within domain: urn:none"}`)
		})
	documented(t, "9.4", "a space or a newline after the audience makes it an unknown one",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			wantJSON(t, x.askToken(sampleAudience+"%20"), 403,
				`{"error":"access_denied","error_description":"Service not enabled within domain: https://sample-api.example.com "}`)
			wantJSON(t, x.askToken(sampleAudience+"%0A"), 403,
				`{"error":"access_denied","error_description":"Service not enabled within domain: https://sample-api.example.com\n"}`)
		})
	observed(t, "9.4", "no audience is a 403 about APIv1", func(t *testing.T, x *tenant) {
		x.sampleGrant("")
		wantJSON(t, x.askToken(""), 403,
			`{"error":"access_denied","error_description":"Non-global clients are not allowed access to APIv1"}`)
	})
	documented(t, "9.4",
		"a client without a grant is a 403 access_denied that names client and API",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.askToken(sampleAudience), 403, notAuthorized)
		})
	documented(t, "4.2", "a grant for users does not serve machines",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"subject_type":"user"`)
			wantJSON(t, x.askToken(sampleAudience), 403, notAuthorized)
		})
	documented(t, "9.4", "a third-party client without a grant is an unauthorized_client",
		func(t *testing.T, x *tenant) {
			id, secret := x.makeClient(
				`,"is_first_party":false,"grant_types":["client_credentials"]`,
			)
			wantTokenError(t, x.askTokenAs(id, secret, ""), 403, "unauthorized_client")
		})
	observed(t, "9.4", "a scope that is not granted fails the whole request, and only the "+
		"missing ones are named",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
			wantJSON(t, x.askToken(sampleAudience+
				"&scope=read:orders+write:orders+admin:orders"), 403,
				`{"error":"access_denied","error_description":"Client has not been granted scopes: write:orders, admin:orders"}`)
		})
	documented(t, "9.4", "an API that denies all clients gives no tokens whatever grants exist",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			x.must(
				"PATCH", samplePath,
				`{"subject_type_authorization":{"client":{"policy":"deny_all"}}}`,
			)
			wantNoToken(t, x.askToken(sampleAudience))
		})
	assumed(t, "9.4", "an API that denies all clients answers as if there were no grant",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			x.must(
				"PATCH", samplePath,
				`{"subject_type_authorization":{"client":{"policy":"deny_all"}}}`,
			)
			wantJSON(t, x.askToken(sampleAudience), 403, notAuthorized)
		})
	documented(t, "9.4", "an exhausted token quota of a client is a 429 too_many_requests",
		func(t *testing.T, x *tenant) {
			id, secret := x.makeClient(
				`,"token_quota":{"client_credentials":{"enforce":true,"per_hour":1}}`,
			)
			x.grantTo(id, "")
			tokenIn(t, x.askTokenAs(id, secret, ""))
			wantJSON(t, x.askTokenAs(id, secret, ""), 429,
				`{"error":"too_many_requests","error_description":"Client quota exceeded"}`)
		})
	assumed(t, "9.4", "checks come in the order: parameters, credentials, grant type, audience, "+
		"grant, scopes, organization",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
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
					sampleAudience + "&scope=admin:orders&organization=org_x", 403,
					`{"error":"access_denied","error_description":"Client has not been granted scopes: admin:orders"}`,
				},
			} {
				wantJSON(t, x.askToken(test.params), test.status, test.body)
			}
		})
}
