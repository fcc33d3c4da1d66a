// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// The requests here are those of clients that nobody here wrote, to the letter: bodies and headers
// as the official Node SDK 7.1 and deploy tool 8.44 were seen to send them, and as the official
// provider's recordings have them.
const (
	nodeSDK      = "Auth0-Client: eyJuYW1lIjoibm9kZS1hdXRoMCIsInZlcnNpb24iOiI3LjEuMCIsImVudiI6eyJub2RlIjoiMjAuMjAuMiJ9fQ"
	goSDK        = "User-Agent: Go-Auth0/1.32.1"
	deployTool   = "Auth0-Client: eyJuYW1lIjoiYXV0aDAtZGVwbG95LWNsaSIsInZlcnNpb24iOiI4LjQ0LjAifQ"
	anyMediaType = "Accept: */*"
)

// foreign sends a request to the Management API with the headers of a client.
func (x *tenant) foreign(method, path, body string, headers ...string) answer {
	x.t.Helper()
	if body != "" {
		headers = append(headers, asJSON)
	}
	return x.send(method, "/api/v2"+path, body, append(headers, x.bearer(""))...)
}

func TestForeign_nodeSDKAuthenticates(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	got := x.send("POST", "/oauth/token", "grant_type=client_credentials&client_id="+
		testserver.ManagementClientID+
		"&audience="+url.QueryEscape(x.URL()+"/api/v2/")+"&client_secret="+
		testserver.ManagementClientSecret, asForm, nodeSDK)
	listed := x.send("GET",
		"/api/v2/client-grants?include_totals=true&take=50&allow_any_organization=true", "",
		"Authorization: Bearer "+tokenIn(t, got), anyMediaType, nodeSDK)
	want(t, listed, 200, `{"client_grants":[]}`)
}

func TestForeign_nodeSDKSetsWhatConcernsAnonymousUsers(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const rest = `"id":"RS_ID","identifier":"https://orders.example.com","allow_offline_access":false,"signing_alg":"RS256",` +
		`"skip_consent_for_verifiable_first_party_clients":false,"token_lifetime":86400,"token_lifetime_for_web":7200,` +
		`"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"},"anonymous_user":{"policy":"deny_all"}}`
	wantJSON(t, x.foreign("POST", "/resource-servers",
		`{"identifier":"https://orders.example.com",`+
			`"token_lifetime_for_anonymous_access_tokens":86400,"subject_type_authorization":{"anonymous_user":{"policy":"deny_all"}}}`,
		anyMediaType, nodeSDK), 201, `{`+rest+
		`,"token_lifetime_for_anonymous_access_tokens":86400}`)
	const path = "/resource-servers/https%3A%2F%2Forders.example.com"
	wantJSON(
		t,
		x.foreign(
			"PATCH", path, `{"token_lifetime_for_anonymous_access_tokens":null}`, anyMediaType,
			nodeSDK,
		),
		200, `{`+rest+`}`,
	)
	wantJSON(
		t,
		x.foreign(
			"PATCH", path, `{"subject_type_authorization":{"user":{"policy":"allow_all"}}}`,
			anyMediaType, nodeSDK,
		),
		200, `{`+rest+`}`,
	)
}

func TestForeign_nodeSDKSetsAllThatAClientHasForUsers(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const settings = `"sso":false,"oidc_logout":{"backchannel_logout_urls":["https://a/x"],"backchannel_logout_initiators":{"mode":"all"}},` +
		`"native_social_login":{"apple":{"enabled":false}},"require_pushed_authorization_requests":false,"require_proof_of_possession":true,` +
		`"organization_discovery_methods":["email"],"compliance_level":"none",` +
		`"par_request_expiry":60,"skip_non_verifiable_callback_uri_confirmation_prompt":true,` +
		`"token_exchange":{"allow_any_profile_of_type":["custom_authentication"]}`
	made := x.foreign(
		"POST", "/clients",
		`{"name":"Web","app_type":"regular_web","session_transfer":{"can_create_session_transfer_token":false},`+settings+`}`,
		anyMediaType, nodeSDK,
	)
	wantProperties(t, made, 201, `{`+settings+
		`,"session_transfer":{"can_create_session_transfer_token":false,`+
		`"allowed_authentication_methods":[],"enforce_device_binding":"ip","allow_refresh_token":false}}`)
	wantProperties(t, x.foreign("PATCH", "/clients/"+field(t, made.body, "client_id"),
		`{"session_transfer":null,"token_exchange":null,"compliance_level":null,"par_request_expiry":null}`, anyMediaType, nodeSDK), 200,
		`{"session_transfer":null,"token_exchange":null,"compliance_level":null,"par_request_expiry":null,"sso":false,"require_proof_of_possession":true}`)
}

// The OAuth library of the Go SDK tries HTTP Basic first, and the body after a 401.
func TestForeign_goSDKAuthenticates(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	basic := func(secret string) string {
		return "Authorization: Basic " +
			base64.StdEncoding.EncodeToString([]byte(testserver.ManagementClientID+":"+secret))
	}
	form := "audience=" + url.QueryEscape(x.URL()+"/api/v2/") + "&grant_type=client_credentials"
	tokenIn(t, x.send(
		"POST", "/oauth/token", form, basic(testserver.ManagementClientSecret), asForm, goSDK,
	))
	want(t, x.send("POST", "/oauth/token", form, basic("wrong"), asForm, goSDK), 401,
		`{"error":"access_denied","error_description":"Unauthorized"}`)
	tokenIn(t, x.send("POST", "/oauth/token", form+"&client_id="+testserver.ManagementClientID+
		"&client_secret="+
		testserver.ManagementClientSecret, asForm, goSDK))
}

// Older versions of the Go SDK send a body with whatever they read.
func TestForeign_goSDKReadsWithABody(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const older = "User-Agent: Go-Auth0-SDK/latest"
	want(t, x.foreign(
		"GET", theMachine+"?fields=client_id%2Capp_type&include_fields=true", "null\n", older,
	), 200,
		`{"app_type":"non_interactive","client_id":"ReferenceMachineClient0000000001"}`)
	want(t, x.foreign("DELETE", "/client-grants/cgr_0000000000000000", "null\n", older), 204, "")
}

func TestForeign_providerTakesKeysOutOfMetadata(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	made := x.foreign(
		"POST", "/clients", `{"name":"Metadata","client_metadata":{"bar":"baz","foo":"zoo"}}`+"\n",
		goSDK,
	)
	path := "/clients/" + field(t, made.body, "client_id")
	for _, step := range []struct{ sent, metadata string }{
		{
			`{"bar":null,"foo":"newZooButOldFoo","newBar":"newBaz"}`,
			`{"foo":"newZooButOldFoo","newBar":"newBaz"}`,
		},
		{`{"bar":"baz","foo":null,"newBar":null}`, `{"bar":"baz"}`},
		{`{"foo":"kept beside it"}`, `{"bar":"baz","foo":"kept beside it"}`},
		{`{}`, `{}`},
		{`{"never":null}`, `{}`},
	} {
		got := x.foreign(
			"PATCH", path, `{"name":"Metadata","client_metadata":`+step.sent+`}`+"\n", goSDK,
		)
		wantProperties(t, got, 200, `{"client_metadata":`+step.metadata+`}`)
	}
}

func TestForeign_providerManagesAWholeClient(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const settings = `"description":"Test Application Long Description","app_type":"non_interactive","logo_uri":"https://example.com/logoUri",` +
		`"is_first_party":true,"is_token_endpoint_ip_header_trusted":true,"oidc_conformant":true,"callbacks":["https://example.com/callback"],` +
		`"allowed_origins":["https://example.com"],"web_origins":["https://example.com"],"client_aliases":["https://example.com/audience"],` +
		`"allowed_clients":["https://allowed.example.com"],"allowed_logout_urls":["https://example.com"],"sso":false,"sso_disabled":false,` +
		`"grant_types":["authorization_code","http://auth0.com/oauth/grant-type/password-realm","implicit","password","refresh_token"],` +
		`"cross_origin_loc":"https://example.com/cross-origin-loc","custom_login_page_on":true,"custom_login_page":"test",` +
		`"form_template":"test","token_endpoint_auth_method":"client_secret_post","client_metadata":{"foo":"zoo"},` +
		`"initiate_login_uri":"https://example.com/login","organization_usage":"deny","organization_require_behavior":"no_prompt",` +
		`"oidc_backchannel_logout":{"backchannel_logout_urls":["https://example.com/oidc-logout"]}`
	made := x.foreign("POST", "/clients", `{"name":"Acceptance Test"}`+"\n", goSDK)
	changed := x.foreign(
		"PATCH", "/clients/"+field(t, made.body, "client_id"),
		`{"name":"Acceptance Test",`+settings+"}\n", goSDK,
	)
	wantProperties(
		t, changed, 200,
		`{`+settings+`,"jwt_configuration":{"secret_encoded":false,"lifetime_in_seconds":36000}}`,
	)
}

// What the deploy tool exports it sends back when it imports, but for what it knows to be
// read-only.
func TestForeign_deployToolImportsWhatItExported(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const settings = `"name":"API Explorer Application","allowed_clients":[],"app_type":"non_interactive","callbacks":[],"client_aliases":[],` +
		`"client_metadata":{},"cross_origin_authentication":false,"custom_login_page_on":true,"grant_types":["client_credentials"],` +
		`"is_first_party":true,"is_token_endpoint_ip_header_trusted":false,"native_social_login":{"apple":{"enabled":false},"facebook":{"enabled":false}},` +
		`"oidc_conformant":true,"refresh_token":{"expiration_type":"non-expiring","leeway":0,"infinite_token_lifetime":true,` +
		`"infinite_idle_token_lifetime":true,"token_lifetime":31557600,"idle_token_lifetime":2592000,"rotation_type":"non-rotating"},` +
		`"sso_disabled":false,"token_endpoint_auth_method":"client_secret_post"`
	const jwt = `,"jwt_configuration":{"alg":"RS256","lifetime_in_seconds":36000,"secret_encoded":false}`
	made := x.foreign("POST", "/clients", `{`+settings+jwt+`}`, deployTool)
	wantProperties(t, made, 201, `{`+settings+jwt+`,"encrypted":true}`)

	changed := x.foreign("PATCH", "/clients/"+field(t, made.body, "client_id"),
		`{`+settings+`,"jwt_configuration":{"alg":"RS256","lifetime_in_seconds":36000}}`,
		deployTool)
	wantProperties(t, changed, 200, `{`+settings+jwt+`,"encrypted":null}`)

	listed := x.foreign(
		"GET", "/clients?page=0&per_page=100&include_totals=true&is_global=false", "", deployTool,
	)
	clients, ok := properties(t, listed.body)["clients"].([]any)
	if !ok || len(clients) != 4 {
		t.Fatalf("%d %s", listed.status, listed.body)
	}
	if diff := cmp.Diff(properties(t, changed.body), clients[3]); diff != "" {
		t.Errorf("the list differs from the change (-change +list):\n%s", diff)
	}
}
