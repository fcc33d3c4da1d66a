// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// These requests are exact copies of what other clients send: bodies and headers of the official
// Node SDK 7.1 and deploy tool 8.44, and from the recordings of the official provider.
const (
	nodeSDK      = "Auth0-Client: eyJuYW1lIjoibm9kZS1hdXRoMCIsInZlcnNpb24iOiI3LjEuMCIsImVudiI6eyJub2RlIjoiMjAuMjAuMiJ9fQ"
	goSDK        = "User-Agent: Go-Auth0/1.32.1"
	deployTool   = "Auth0-Client: eyJuYW1lIjoiYXV0aDAtZGVwbG95LWNsaSIsInZlcnNpb24iOiI4LjQ0LjAifQ"
	anyMediaType = "Accept: */*"
)

// foreign sends a request to the Management API with the headers of a client.
func foreign(x *servertest.Tenant, method, path, body string, headers ...string) servertest.Answer {
	x.T.Helper()
	if body != "" {
		headers = append(headers, servertest.AsJSON)
	}
	return x.Send(method, "/api/v2"+path, body, append(headers, x.Bearer(""))...)
}

func TestForeign_nodeSDKAuthenticates(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	got := x.Send("POST", "/oauth/token", "grant_type=client_credentials&client_id="+
		testserver.ManagementClientID+
		"&audience="+url.QueryEscape(x.URL()+"/api/v2/")+"&client_secret="+
		testserver.ManagementClientSecret, servertest.AsForm, nodeSDK)
	listed := x.Send("GET",
		"/api/v2/client-grants?include_totals=true&take=50&allow_any_organization=true", "",
		"Authorization: Bearer "+got.Token(t), anyMediaType, nodeSDK)
	listed.Want(t, 200, `{"client_grants":[]}`)
}

func TestForeign_nodeSDKSetsAnonymousUserSettings(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const rest = `"id":"RS_ID","identifier":"https://orders.example.com","allow_offline_access":false,"signing_alg":"RS256",` +
		`"skip_consent_for_verifiable_first_party_clients":false,"token_lifetime":86400,"token_lifetime_for_web":7200,` +
		`"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"},"anonymous_user":{"policy":"deny_all"}}`
	foreign(x, "POST", "/resource-servers",
		`{"identifier":"https://orders.example.com",`+
			`"token_lifetime_for_anonymous_access_tokens":86400,"subject_type_authorization":{"anonymous_user":{"policy":"deny_all"}}}`,
		anyMediaType, nodeSDK).WantJSON(t, 201, `{`+rest+
		`,"token_lifetime_for_anonymous_access_tokens":86400}`)
	const path = "/resource-servers/https%3A%2F%2Forders.example.com"
	foreign(x, "PATCH", path, `{"token_lifetime_for_anonymous_access_tokens":null}`, anyMediaType,
		nodeSDK).WantJSON(t, 200, `{`+rest+`}`)
	foreign(x, "PATCH", path, `{"subject_type_authorization":{"user":{"policy":"allow_all"}}}`,
		anyMediaType, nodeSDK).WantJSON(t, 200, `{`+rest+`}`)
}

func TestForeign_nodeSDKSetsUserSettingsOfClient(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const settings = `"sso":false,"oidc_logout":{"backchannel_logout_urls":["https://a/x"],"backchannel_logout_initiators":{"mode":"all"}},` +
		`"native_social_login":{"apple":{"enabled":false}},"require_pushed_authorization_requests":false,"require_proof_of_possession":true,` +
		`"organization_discovery_methods":["email"],"compliance_level":"none",` +
		`"par_request_expiry":60,"skip_non_verifiable_callback_uri_confirmation_prompt":true,` +
		`"token_exchange":{"allow_any_profile_of_type":["custom_authentication"]}`
	made := foreign(
		x,
		"POST",
		"/clients",
		`{"name":"Web","app_type":"regular_web","session_transfer":{"can_create_session_transfer_token":false},`+settings+`}`,
		anyMediaType,
		nodeSDK,
	)
	made.WantProperties(t, 201, `{`+settings+
		`,"session_transfer":{"can_create_session_transfer_token":false,`+
		`"allowed_authentication_methods":[],"enforce_device_binding":"ip","allow_refresh_token":false}}`)
	foreign(
		x,
		"PATCH",
		"/clients/"+made.Field(t, "client_id"),
		`{"session_transfer":null,"token_exchange":null,"compliance_level":null,"par_request_expiry":null}`,
		anyMediaType,
		nodeSDK,
	).WantProperties(t, 200,
		`{"session_transfer":null,"token_exchange":null,"compliance_level":null,"par_request_expiry":null,"sso":false,"require_proof_of_possession":true}`)
}

// The OAuth library of the Go SDK tries HTTP Basic first, then the body after a 401.
func TestForeign_goSDKAuthenticates(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	basic := func(secret string) string {
		return "Authorization: Basic " +
			base64.StdEncoding.EncodeToString([]byte(testserver.ManagementClientID+":"+secret))
	}
	form := "audience=" + url.QueryEscape(x.URL()+"/api/v2/") + "&grant_type=client_credentials"
	x.Send(
		"POST",
		"/oauth/token",
		form,
		basic(testserver.ManagementClientSecret),
		servertest.AsForm,
		goSDK,
	).Token(t)
	x.Send("POST", "/oauth/token", form, basic("wrong"), servertest.AsForm, goSDK).Want(t, 401,
		`{"error":"access_denied","error_description":"Unauthorized"}`)
	x.Send("POST", "/oauth/token", form+"&client_id="+testserver.ManagementClientID+
		"&client_secret="+
		testserver.ManagementClientSecret, servertest.AsForm, goSDK).Token(t)
}

// Older versions of the Go SDK send a body with every read.
func TestForeign_goSDKReadsWithABody(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const older = "User-Agent: Go-Auth0-SDK/latest"
	foreign(
		x,
		"GET",
		machinePath+"?fields=client_id%2Capp_type&include_fields=true",
		"null\n",
		older,
	).Want(t, 200, `{"app_type":"non_interactive","client_id":"ReferenceMachineClient0000000001"}`)
	foreign(x, "DELETE", "/client-grants/cgr_0000000000000000", "null\n", older).Want(t, 204, "")
}

func TestForeign_providerRemovesMetadataKeys(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	made := foreign(
		x,
		"POST",
		"/clients",
		`{"name":"Metadata","client_metadata":{"bar":"baz","foo":"zoo"}}`+"\n",
		goSDK,
	)
	path := "/clients/" + made.Field(t, "client_id")
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
		got := foreign(
			x,
			"PATCH",
			path,
			`{"name":"Metadata","client_metadata":`+step.sent+`}`+"\n",
			goSDK,
		)
		got.WantProperties(t, 200, `{"client_metadata":`+step.metadata+`}`)
	}
}

func TestForeign_providerManagesAWholeClient(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const settings = `"description":"Test Application Long Description","app_type":"non_interactive","logo_uri":"https://example.com/logoUri",` +
		`"is_first_party":true,"is_token_endpoint_ip_header_trusted":true,"oidc_conformant":true,"callbacks":["https://example.com/callback"],` +
		`"allowed_origins":["https://example.com"],"web_origins":["https://example.com"],"client_aliases":["https://example.com/audience"],` +
		`"allowed_clients":["https://allowed.example.com"],"allowed_logout_urls":["https://example.com"],"sso":false,"sso_disabled":false,` +
		`"grant_types":["authorization_code","http://auth0.com/oauth/grant-type/password-realm","implicit","password","refresh_token"],` +
		`"cross_origin_loc":"https://example.com/cross-origin-loc","custom_login_page_on":true,"custom_login_page":"test",` +
		`"form_template":"test","token_endpoint_auth_method":"client_secret_post","client_metadata":{"foo":"zoo"},` +
		`"initiate_login_uri":"https://example.com/login","organization_usage":"deny","organization_require_behavior":"no_prompt",` +
		`"oidc_backchannel_logout":{"backchannel_logout_urls":["https://example.com/oidc-logout"]}`
	made := foreign(x, "POST", "/clients", `{"name":"Acceptance Test"}`+"\n", goSDK)
	changed := foreign(x, "PATCH", "/clients/"+made.Field(t, "client_id"),
		`{"name":"Acceptance Test",`+settings+"}\n", goSDK)
	changed.WantProperties(t, 200,
		`{`+settings+`,"jwt_configuration":{"secret_encoded":false,"lifetime_in_seconds":36000}}`)
}

// On import, the deploy tool sends what it exported, except for properties that it knows to be
// read-only.
func TestForeign_deployToolImportsItsExport(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const settings = `"name":"API Explorer Application","allowed_clients":[],"app_type":"non_interactive","callbacks":[],"client_aliases":[],` +
		`"client_metadata":{},"cross_origin_authentication":false,"custom_login_page_on":true,"grant_types":["client_credentials"],` +
		`"is_first_party":true,"is_token_endpoint_ip_header_trusted":false,"native_social_login":{"apple":{"enabled":false},"facebook":{"enabled":false}},` +
		`"oidc_conformant":true,"refresh_token":{"expiration_type":"non-expiring","leeway":0,"infinite_token_lifetime":true,` +
		`"infinite_idle_token_lifetime":true,"token_lifetime":31557600,"idle_token_lifetime":2592000,"rotation_type":"non-rotating"},` +
		`"sso_disabled":false,"token_endpoint_auth_method":"client_secret_post"`
	const jwt = `,"jwt_configuration":{"alg":"RS256","lifetime_in_seconds":36000,"secret_encoded":false}`
	made := foreign(x, "POST", "/clients", `{`+settings+jwt+`}`, deployTool)
	made.WantProperties(t, 201, `{`+settings+jwt+`,"encrypted":true}`)

	changed := foreign(x, "PATCH", "/clients/"+made.Field(t, "client_id"),
		`{`+settings+`,"jwt_configuration":{"alg":"RS256","lifetime_in_seconds":36000}}`,
		deployTool)
	changed.WantProperties(t, 200, `{`+settings+jwt+`,"encrypted":null}`)

	listed := foreign(
		x,
		"GET",
		"/clients?page=0&per_page=100&include_totals=true&is_global=false",
		"",
		deployTool,
	)
	clients, ok := servertest.Properties(t, listed.Body)["clients"].([]any)
	if !ok || len(clients) != 4 {
		t.Fatalf("%d %s", listed.Status, listed.Body)
	}
	if diff := cmp.Diff(servertest.Properties(t, changed.Body), clients[3]); diff != "" {
		t.Errorf("the list differs from the change (-change +list):\n%s", diff)
	}
}

const machinePath = "/clients/" + testserver.MachineClientID
