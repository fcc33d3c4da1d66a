// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const machineClient = `{"tenant":"reference","global":false,"callback_url_template":false,"is_token_endpoint_ip_header_trusted":false,` +
	`"name":"Machine Client","is_first_party":true,"oidc_conformant":false,"sso_disabled":false,"cross_origin_authentication":false,` +
	`"cross_origin_auth":false,"refresh_token":{"rotation_type":"non-rotating","expiration_type":"non-expiring","leeway":0,` +
	`"token_lifetime":2592000,"idle_token_lifetime":1296000,"infinite_token_lifetime":true,"infinite_idle_token_lifetime":true},` +
	`"jwt_configuration":{"lifetime_in_seconds":36000,"secret_encoded":false},"client_id":"ReferenceMachineClient0000000001",` +
	`"custom_login_page_on":true,"app_type":"non_interactive","grant_types":["client_credentials"],` +
	`"token_endpoint_auth_method":"client_secret_post"}`

func TestClient_secretNeedsAScopeOfItsOwn(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const path = "/clients/ReferenceMachineClient0000000001"
	want(t, x.api("GET", path+"?fields=client_secret,name", ""), 200,
		`{"client_secret":"this-is-not-a-secret_machine-client_0000000000000000000000000000","name":"Machine Client"}`)

	bearer := "Authorization: Bearer " + x.fetchToken(testserver.ManagementClientID, testserver.ManagementClientSecret,
		x.URL()+"/api/v2/", "read:clients")
	want(t, x.send("GET", "/api/v2"+path, "", bearer), 200, machineClient)
	want(t, x.send("GET", "/api/v2"+path+"?fields=client_secret", "", bearer), 403,
		`{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:client_keys","errorCode":"insufficient_scope"}`)
	want(t, x.send("GET", "/api/v2/clients?fields=client_id,client_secret&include_fields=false&app_type=none", "", bearer), 200, `[]`)
}

func TestClient_missingOne(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("GET", "/clients/nobody", ""), 404,
		`{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`)
}

func TestClient_listFiltersAndPages(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for query, body := range map[string]string{
		"fields=name": `[{"name":"All Applications"},{"name":"Management Client"},{"name":"Machine Client"},{"name":"Web Client"}]`,
		"fields=name&is_global=false&per_page=1&page=1": `[{"name":"Machine Client"}]`,
		"fields=name&is_global=true":                    `[{"name":"All Applications"}]`,
		"fields=name&is_first_party=false":              `[]`,
		"fields=name&app_type=regular_web,spa":          `[{"name":"Web Client"}]`,
		"fields=name&per_page=0&include_totals=true":    `{"clients":[],"limit":0,"start":0,"total":4}`,
		"fields=name&take=4":                            `{"clients":[{"name":"All Applications"},{"name":"Management Client"},{"name":"Machine Client"},{"name":"Web Client"}]}`,
	} {
		t.Run(query, func(t *testing.T) {
			want(t, x.api("GET", "/clients?"+query, ""), 200, body)
		})
	}
}
