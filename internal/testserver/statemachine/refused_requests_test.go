// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"net/http"
	"strings"

	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// refusedRequests lists requests that are malformed or break a rule: method, path and body. Names
// in capitals are replaced with ids of objects. send checks that they change nothing.
var refusedRequests = []string{
	`POST /resource-servers {`,
	`POST /resource-servers []`,
	`POST /resource-servers null`,
	`POST /resource-servers {}`,
	`POST /resource-servers {"identifier":""}`,
	`POST /resource-servers {"identifier":7}`,
	`POST /resource-servers {"identifier":"urn:new","id":"1"}`,
	`POST /resource-servers {"identifier":"urn:new","name":null}`,
	`POST /resource-servers {"identifier":"urn:new","name":"<b>"}`,
	`POST /resource-servers {"identifier":"urn:new","scopes":[{"value":"a"},{"value":"a"}]}`,
	`POST /resource-servers {"identifier":"urn:new","scopes":[{"value":""}]}`,
	`POST /resource-servers {"identifier":"urn:new","token_lifetime":-1}`,
	`POST /resource-servers {"identifier":"urn:new","token_lifetime":2592001}`,
	`POST /resource-servers {"identifier":"urn:new","token_lifetime":1,"token_lifetime_for_web":2}`,
	`POST /resource-servers {"identifier":"urn:new","signing_alg":"none"}`,
	`POST /resource-servers {"identifier":"urn:new","signing_alg":"HS256","signing_secret":"short"}`,
	`POST /resource-servers {"identifier":"urn:new","subject_type_authorization":{"client":{"policy":"allow_all"}}}`,
	`POST /resource-servers {"identifier":"https://tenant.example.com/api/v2/"}`,
	`PATCH /resource-servers/API {"identifier":"urn:new"}`,
	`PATCH /resource-servers/API {"id":"API"}`,
	`PATCH /resource-servers/API {"is_system":true}`,
	`PATCH /resource-servers/API {"scopes":null}`,
	`PATCH /resource-servers/API {"token_lifetime":"600"}`,
	`PATCH /resource-servers/API {"token_lifetime":600,"token_lifetime_for_web":601}`,
	`PATCH /resource-servers/https:%2F%2Ftenant.example.com%2Fapi%2Fv2%2F {"scopes":[]}`,
	`DELETE /resource-servers/https:%2F%2Ftenant.example.com%2Fapi%2Fv2%2F`,
	`GET /resource-servers?per_page=0`,
	`GET /resource-servers?per_page=101`,
	`POST /client-grants {}`,
	`POST /client-grants {"audience":"https://sample-api.example.com"}`,
	`POST /client-grants {"client_id":"CLIENT","default_for":"third_party_clients","audience":"https://sample-api.example.com"}`,
	`POST /client-grants {"client_id":"CLIENT","audience":"https://sample-api.example.com","subject_type":"nobody"}`,
	`POST /client-grants {"client_id":"CLIENT","audience":"https://sample-api.example.com","scope":["a","a"]}`,
	`POST /client-grants {"client_id":"CLIENT","audience":"https://sample-api.example.com","scope":[""]}`,
	`POST /client-grants {"client_id":"CLIENT","audience":"https://tenant.example.com/api/v2/","allow_all_scopes":false}`,
	`POST /client-grants {"default_for":"third_party_clients","audience":"https://tenant.example.com/api/v2/"}`,
	`PATCH /client-grants/GRANT {}`,
	`PATCH /client-grants/GRANT {"client_id":"CLIENT"}`,
	`PATCH /client-grants/GRANT {"audience":"https://a","scope":[]}`,
	`PATCH /client-grants/GRANT {"subject_type":"user"}`,
	`PATCH /client-grants/GRANT {"scope":["a","a"]}`,
	`PATCH /client-grants/GRANT {"scope":["b"],"organization_usage":"maybe"}`,
	`PATCH /client-grants/GRANT {"allow_all_scopes":true,"scope":["b"]}`,
	`GET /client-grants?take=0`,
	`GET /client-grants?take=1&from=nowhere`,
	`GET /client-grants?client_id=CLIENT&default_for=third_party_clients`,
	`GET /client-grants?allow_any_organization=false`,
	`POST /clients {}`,
	`POST /clients {"name":"<"}`,
	`POST /clients {"name":"Orders","client_id":"CLIENT"}`,
	`POST /clients {"name":"Orders","grant_types":["telepathy"]}`,
	`POST /clients {"name":"Orders","is_first_party":false,"grant_types":["implicit"]}`,
	`PATCH /clients/CLIENT {"client_id":"CLIENT"}`,
	`PATCH /clients/CLIENT {"description":"Changed","grant_types":["telepathy"]}`,
	`PATCH /clients/CLIENT {"default_organization":{"organization_id":"acme","flows":["client_credentials"]}}`,
	`DELETE /clients/ReferenceAllApplications00000001`,
	`GET /clients?q=name:Orders&take=1`,
	`POST /organizations {}`,
	`POST /organizations {"name":"Upper"}`,
	`PATCH /organizations/ORGANIZATION {"name":""}`,
	`PATCH /organizations/ORGANIZATION {"id":"ORGANIZATION"}`,
	`POST /organizations/ORGANIZATION/client-grants {}`,
	`POST /organizations/ORGANIZATION/client-grants {"id":"GRANT"}`,
}

// sendRefused sends a request that must be refused. It fills in objects that the machine created,
// seeded objects, or missing ones if there are neither.
func (m *machine) sendRefused(t *rapid.T) {
	request := rapid.SampledFrom(refusedRequests).Draw(t, "request")
	organization, grant := organizationKind.missing, grantKind.missing
	if len(m.organizations) > 0 {
		organization = text(m.organizations[0]["id"])
	}
	if len(m.grants) > 0 {
		grant = text(m.grants[len(m.grants)-1]["id"])
	}
	method, rest, _ := strings.Cut(strings.NewReplacer("API", text(
		m.apis[len(m.apis)-1]["id"],
	), "CLIENT", testserver.ManagementClientID,
		"ORGANIZATION", organization, "GRANT", grant).Replace(request), " ")
	path, body, _ := strings.Cut(rest, " ")
	m.refused(
		t,
		m.send(
			t,
			method,
			"/api/v2"+path,
			body,
			"Authorization: Bearer "+m.management,
			servertest.AsJSON,
		),
		http.StatusBadRequest,
	)
}
