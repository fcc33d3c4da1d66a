// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// machineClient is the seeded machine client as a token without the scope for secrets sees it.
const machineClient = `{"tenant":"reference","global":false,"callback_url_template":false,"is_token_endpoint_ip_header_trusted":false,` +
	`"name":"Machine Client","is_first_party":true,"oidc_conformant":false,"sso_disabled":false,"cross_origin_authentication":false,` +
	`"cross_origin_auth":false,"refresh_token":{"rotation_type":"non-rotating","expiration_type":"non-expiring","leeway":0,` +
	`"token_lifetime":2592000,"idle_token_lifetime":1296000,"infinite_token_lifetime":true,"infinite_idle_token_lifetime":true},` +
	`"jwt_configuration":{"lifetime_in_seconds":36000,"secret_encoded":false},"client_id":"ReferenceMachineClient0000000001",` +
	`"custom_login_page_on":true,"app_type":"non_interactive","grant_types":["client_credentials"],` +
	`"token_endpoint_auth_method":"client_secret_post"}`

func TestClient_scopesDecideWhatIsShown(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Must("PATCH", machinePath, `{"description":"d","encryption_key":{"pub":"p"}}`)
	const summary = `"app_type":"non_interactive","client_id":"ReferenceMachineClient0000000001",`
	const rest = `"description":"d","global":false,"is_first_party":true,"name":"Machine Client","tenant":"reference"`
	for scopes, body := range map[string]string{
		"read:client_summary": `{` + summary + rest + `}`,
		"read:client_credentials": `{` + summary + rest +
			`,"token_endpoint_auth_method":"client_secret_post"}`,
		"read:clients": machineClient[:len(machineClient)-1] + `,"description":"d"}`,
	} {
		x.Send("GET", "/api/v2"+machinePath, "", x.Bearer(scopes)).Want(t, 200, body)
	}
	const hidden = `"client_secret":"` + testserver.MachineClientSecret +
		`","encryption_key":{"pub":"p"}`
	x.Send(
		"GET", "/api/v2"+machinePath+"?fields=client_secret,encryption_key", "",
		x.Bearer("read:client_keys"),
	).Want(t, 200, `{`+hidden+`}`)
	x.Send("GET", "/api/v2/clients?fields=name,grant_types", "", x.Bearer("read:client_summary")).
		Want(t, 403,
			`{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:clients,read:client_keys","errorCode":"insufficient_scope"}`)
	x.Send("GET", "/api/v2/clients?fields=name&app_type=regular_web", "", x.Bearer("read:client_summary")).
		Want(t, 200, `[{"name":"Web Client"}]`)
}

func TestClient_newSecretIsShownToItsCreator(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	writer := x.Bearer("create:clients update:clients update:client_keys")
	made := x.Send("POST", "/api/v2/clients", `{"name":"a"}`, servertest.AsJSON, writer)
	path := "/api/v2/clients/" + made.Field(t, "client_id")
	secret := made.Field(t, "client_secret")
	if got := x.Send("PATCH", path, `{"name":"b"}`, servertest.AsJSON, writer); got.Status != 200 ||
		strings.Contains(got.Body, secret) {
		t.Errorf("change: %d %s", got.Status, got.Body)
	}
	rotated := x.Send("POST", path+"/rotate-secret", "", writer)
	if now := rotated.Field(t, "client_secret"); now == secret || len(now) != 64 ||
		strings.Contains(rotated.Body, "signing_keys") {
		t.Errorf("rotate: %d %s", rotated.Status, rotated.Body)
	}
}

func TestClient_changesNeedScopesOfTheirFields(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	refused := func(text string) string {
		return `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected ` +
			text + `","errorCode":"insufficient_scope"}`
	}
	const body = `{"name":"new","client_secret":"s","client_authentication_methods":null,"token_endpoint_auth_method":null}`
	for scopes, text := range map[string]string{
		"update:clients": "any of: update:client_credentials for client_authentication_methods; " +
			"any of: update:client_keys for client_secret",
		"update:client_keys": "any of: update:client_credentials for " +
			"client_authentication_methods; " +
			"any of: update:clients for name; any of: update:clients,update:client_credentials " +
			"for token_endpoint_auth_method",
		"update:client_credentials": "any of: update:client_keys for client_secret; any of: " +
			"update:clients for name",
	} {
		x.Send("PATCH", "/api/v2"+machinePath, body, servertest.AsJSON, x.Bearer(scopes)).
			Want(t, 403, refused(text))
	}
	x.Send("GET", "/api/v2"+machinePath, "", x.Bearer("read:clients")).Want(t, 200, machineClient)
	got := x.Send(
		"PATCH", "/api/v2"+machinePath, `{"token_endpoint_auth_method":null}`, servertest.AsJSON,
		x.Bearer("update:client_credentials"),
	)
	got.Want(t, 200, strings.Replace(
		machineClient, `,"token_endpoint_auth_method":"client_secret_post"`, "", 1,
	))
}

func TestClient_nullClearsOptionalProperties(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const settings = `"description":"","client_metadata":{},"organization_usage":"require","organization_require_behavior":"no_prompt",` +
		`"callbacks":[],"logo_uri":"https://l","addons":{"a":{"b":[1]}},"jwt_configuration":{"alg":"RS256"},` +
		`"refresh_token":{"rotation_type":"rotating","expiration_type":"expiring"},"token_quota":{"client_credentials":{"per_hour":1}}`
	made := x.Must("POST", "/clients", `{"name":"a",`+settings+`}`)
	path := "/clients/" + made.Field(t, "client_id")
	fields := "?fields=description,client_metadata,organization_usage,organization_require_behavior,callbacks,logo_uri,addons," +
		"jwt_configuration,refresh_token,token_quota"
	x.API("GET", path+fields, "").Want(t, 200,
		`{"addons":{"a":{"b":[1]}},"callbacks":[],"client_metadata":{},"description":"",`+
			`"jwt_configuration":{"secret_encoded":false,"alg":"RS256"},"logo_uri":"https://l","organization_require_behavior":"no_prompt","organization_usage":"require",`+
			`"refresh_token":{"rotation_type":"rotating","expiration_type":"expiring"},"token_quota":{"client_credentials":{"per_hour":1}}}`)
	for range 2 { // Clearing a property again is allowed.
		x.Must(
			"PATCH",
			path,
			`{"description":null,"client_metadata":null,"organization_usage":null,"organization_require_behavior":null,`+
				`"callbacks":null,"logo_uri":null,"addons":null,"jwt_configuration":null,"refresh_token":null,"token_quota":null}`,
		)
		x.API("GET", path+fields, "").Want(t, 200, `{}`)
	}
	x.API("PATCH", path, `{"name":null,"grant_types":null}`).Want(t, 400,
		refusedBody("Payload validation error: "+
			"'Expected type string but found type null' on property name (The name of the "+
			"client). (also) Payload validation error: "+
			"'Expected type array but found type null' on property grant_types (List of grant "+
			"types of this client)."))
}

func TestClient_representsAnAPI(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	linked := func(appType, identifier string) servertest.Answer {
		return x.API(
			"POST", "/clients",
			`{"name":"a","app_type":"`+appType+`","resource_server_identifier":"`+identifier+`"}`,
		)
	}
	linked("spa", testserver.SampleAPIAudience).Want(t, 400,
		refusedBody("`resource_server_identifier` can only be provided when `app_type` is "+
			"resource_server"))
	linked("resource_server", "https://nothing").Want(t, 404,
		`{"statusCode":404,"error":"Not Found","message":"No resource with identifier https://nothing","errorCode":"inexistent_resource_server"}`)
	path := "/resource-servers/https:%2F%2Fsample-api.example.com?fields=client_id"
	x.API("GET", path, "").Want(t, 200, `{}`)
	id := linked("resource_server", testserver.SampleAPIAudience).Field(t, "client_id")
	x.API("GET", path, "").Want(t, 200, `{"client_id":"`+id+`"}`)
	x.API("PATCH", "/clients/"+id, `{"app_type":"spa"}`).Want(t, 400,
		refusedBody("`resource_server_identifier` can only be provided when `app_type` is "+
			"resource_server"))
	x.Must("DELETE", "/clients/"+id, "")
	x.API("GET", path, "").Want(t, 200, `{}`)
}

func TestClient_defaultOrganizationMustExist(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const setting = `{"default_organization":{"organization_id":"org_0000000000000000","flows":["client_credentials"]}}`
	x.API("PATCH", machinePath, setting).Want(t, 404,
		`{"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}`)
	x.API(
		"PATCH", machinePath, `{"default_organization":{"organization_id":"acme","flows":[]}}`,
	).Want(t, 400, refusedBody(
		"Payload validation error: 'String does not match pattern ^org_[A-Za-z0-9]{16}$: acme' "+
			"on property default_organization.organization_id "+
			"(The default Organization ID to be used). (also) Payload validation error: 'Array "+
			"is too short (0), minimum 1' on property "+
			"default_organization.flows (The default Organization usage)."))
}

func TestClient_hasOneAuthenticationMethod(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const methods = " on property client_authentication_methods (Defines client authentication " +
		"methods)."
	for body, message := range map[string]string{
		`{}`: "Payload validation error: 'Too few properties defined (0), minimum 1'" + methods,
		`{"tls_client_auth":{"credentials":[]},"private_key_jwt":{"credentials":[]}}`: "Payload validation error: 'Too many properties defined (2), maximum 1'" + methods,

		`{"private_key_jwt":{"credentials":[{"id":"cred_x"}]}}`: "`client_authentication_methods.private_key_jwt` names no credential of the client that fits: cred_x",

		`{"private_key_jwt":null}`: "Payload validation error: 'Expected type object but found " +
			"type null' on property client_authentication_methods.private_key_jwt.",
	} {
		x.API(
			"PATCH", machinePath,
			`{"token_endpoint_auth_method":null,"client_authentication_methods":`+body+`}`,
		).Want(t, 400, refusedBody(message))
	}
	x.API(
		"PATCH", machinePath,
		`{"client_authentication_methods":{"private_key_jwt":{"credentials":[]}}}`,
	).Want(t, 400,
		refusedBody("`token_endpoint_auth_method` and `client_authentication_methods` cannot be "+
			"provided together"))
	x.Send("GET", "/api/v2"+machinePath, "", x.Bearer("read:clients")).Want(t, 200, machineClient)
}

func TestClient_unsupportedQueriesAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for query, message := range map[string]string{
		"q=client_grant.allow_any_organization:true": "Query validation error: '`q` requires " +
			"`take`'.",
		"q=name:a&take=1": "Query validation error: " +
			"'Unsupported query: name:a' on property q.",
		"q=client_grant.organization_id:&take=1": "Query validation error: " +
			"'Unsupported query: client_grant.organization_id:' on property q.",
		"q=&take=1&external_client_id=x": "Query validation error: '`q` " +
			"cannot be combined with other filters'.",
		"q=client_grant.allow_any_organization:false&take=10": "Query validation error: " +
			"'Unsupported query: client_grant.allow_any_organization:false' on property q.",
	} {
		x.API("GET", "/clients?"+query, "").Want(t, 400,
			strings.Replace(refusedBody(message), "invalid_body", "invalid_query_string", 1))
	}
	x.API("GET", "/clients?external_client_id=x", "").Want(t, 200, `[]`)
}
