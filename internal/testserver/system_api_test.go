// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func managementPath(x *tenant) string {
	return "/resource-servers/" + url.PathEscape(x.URL()+"/api/v2/")
}

func TestManagementAPI_isASystemAPIInEveryList(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("GET", "/resource-servers?per_page=1&fields=identifier,is_system,name,token_lifetime,token_lifetime_for_web", ""), 200,
		x.expand(`[{"identifier":"$URL/api/v2/","is_system":true,"name":"Auth0 Management API","token_lifetime":86400,"token_lifetime_for_web":7200}]`))
}

func TestManagementAPI_cannotBeDeleted(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("DELETE", managementPath(x), ""), 400, `{"statusCode":400,"error":"Bad Request",`+
		`"message":"System resource servers cannot be deleted.","errorCode":"operation_not_supported"}`)
	if got := x.api("GET", managementPath(x), ""); got.status != 200 {
		t.Errorf("it is gone: %d", got.status)
	}
}

func TestManagementAPI_patchTakesThreePropertiesOnly(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("PATCH", managementPath(x), `{"name":"Auth0 Management API","scopes":[]}`), 400, `{"statusCode":400,"error":"Bad Request",`+
		`"message":"Payload validation error: 'Additional properties not allowed: name,scopes'.","errorCode":"invalid_body"}`)
	want(t, x.api("PATCH", managementPath(x), `{"subject_type_authorization":{"client":{"policy":"deny_all"}}}`), 400,
		`{"statusCode":400,"error":"Bad Request","message":"Payload validation error: `+
			`'Additional properties not allowed: client' on property subject_type_authorization.","errorCode":"invalid_body"}`)

	got := x.api("PATCH", managementPath(x), `{"token_lifetime":120,"skip_consent_for_verifiable_first_party_clients":true,`+
		`"subject_type_authorization":{"user":{"policy":"deny_all"}}}`)
	changed := `"skip_consent_for_verifiable_first_party_clients":true,` +
		`"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"require_client_grant"}},"token_lifetime":120,`
	if got.status != 200 || !strings.Contains(got.body, changed) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	token := x.askToken("client_id=" + testserver.ManagementClientID + "&client_secret=" + testserver.ManagementClientSecret +
		"&audience=$URL/api/v2/")
	if !strings.Contains(token.body, `"expires_in":120`) {
		t.Errorf("the lifetime does not hold: %s", token.body)
	}
}

func TestManagementAPI_grantsNameTheirScopes(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for _, value := range []string{"true", "false"} {
		got := x.api("POST", "/client-grants", x.expand(`{"client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/","allow_all_scopes":`+value+`}`))
		want(t, got, 400, `{"statusCode":400,"error":"Bad Request","message":"`+
			"`allow_all_scopes` cannot be provided when `audience` is a system API"+`","errorCode":"invalid_body"}`)
	}
}
