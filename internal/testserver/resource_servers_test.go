// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"net/url"
	"strings"
	"testing"
)

// minimal is what follows the identifier in the answer to a create that sends nothing else.
const minimal = `"allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,` +
	`"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},` +
	`"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`

const aPath = "/resource-servers/https:%2F%2Fa"

func withAPI(t *testing.T, settings string) *tenant {
	t.Helper()
	x := newTenant(t)
	x.must("POST", "/resource-servers", `{"identifier":"https://a"`+settings+`}`)
	return x
}

func TestResourceServer_minimalCreateFillsInDefaults(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	got := x.api("POST", "/resource-servers", `{"identifier":"https://orders.example.com"}`)
	want(t, got, 201, `{"id":"RS_ID","identifier":"https://orders.example.com",`+minimal)
	wantHeader(t, got, "Content-Type", "application/json; charset=utf-8")
	wantHeader(t, got, "Cache-Control", "no-cache")
}

func TestResourceServer_everyPropertyComesBackAsSent(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const settings = `"allow_offline_access":true,"allow_online_access":true,` +
		`"allow_online_access_with_ephemeral_sessions":false,"skip_consent_for_verifiable_first_party_clients":true,` +
		`"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}},` +
		`"token_lifetime":3600,"token_lifetime_for_web":600,"token_dialect":"rfc9068_profile_authz","enforce_policies":false,` +
		`"signing_alg":"HS256","signing_secret":"sixteen-chars-ok","consent_policy":"transactional-authorization-with-mfa",` +
		`"authorization_details":[{"max":1.5,"type":"payment"}],"proof_of_possession":{"mechanism":"dpop","required":false,` +
		`"required_for":"all_clients"},"authorization_policy":{"policy_id":"p1"}}`
	got := x.api("POST", "/resource-servers", `{"identifier":"urn:all","name":"A & B",`+
		`"scopes":[{"value":"b:2"},{"value":"a:1","description":""}],`+settings)
	want(t, got, 201, `{"id":"RS_ID","name":"A & B","identifier":"urn:all",`+
		`"scopes":[{"value":"b:2"},{"value":"a:1","description":""}],`+settings)
	id := field(t, got.body, "id")
	if read := x.api("GET", "/resource-servers/"+id, ""); read.status != 200 || read.body != got.body {
		t.Errorf("a read differs from the create: %d %s", read.status, read.body)
	}
}

func TestResourceServer_scopesSentEmptyAreShownEmpty(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	got := x.api("POST", "/resource-servers", `{"identifier":"https://a","scopes":[]}`)
	want(t, got, 201, `{"id":"RS_ID","identifier":"https://a","scopes":[],`+minimal)
}

func TestResourceServer_identifierIsUnique(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	want(t, x.api("POST", "/resource-servers", `{"identifier":"https://a"}`), 409,
		`{"statusCode":409,"error":"Conflict","message":"A resource server with the same identifier already exists",`+
			`"errorCode":"resource_server_conflict"}`)
	if got := x.api("POST", "/resource-servers", `{"identifier":"https://a/"}`); got.status != 201 {
		t.Errorf("a trailing slash makes another identifier, got %d", got.status)
	}
}

func TestResourceServer_managementIdentifierIsReserved(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("POST", "/resource-servers", `{"identifier":"`+x.URL()+`/api/v2/"}`), 400,
		`{"statusCode":400,"error":"Bad Request","message":"The selected identifier is reserved.","errorCode":"invalid_body"}`)
}

func TestResourceServer_isFoundByIDAndEscapedIdentifier(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	created := x.must("POST", "/resource-servers", `{"identifier":"https://a/b?c=d e"}`)
	identifier := "https://a/b?c=d e"
	for name, ref := range map[string]string{
		"id":           field(t, created.body, "id"),
		"escaped once": url.PathEscape(identifier),
		"escaped more": url.QueryEscape(url.PathEscape(identifier)),
		"twice":        url.PathEscape(url.PathEscape(identifier)),
	} {
		t.Run(name, func(t *testing.T) {
			want(t, x.api("GET", "/resource-servers/"+ref, ""), 200, `{"id":"RS_ID","identifier":"https://a/b?c=d e",`+minimal)
		})
	}
	want(t, x.api("GET", "/resource-servers/https://a", ""), 404, `{"statusCode":404,"error":"Not Found","message":"Not Found"}`)
}

func TestResourceServer_missingOne(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	const missing = `{"statusCode":404,"error":"Not Found","message":"The resource server does not exist",` +
		`"errorCode":"inexistent_resource_server"}`
	want(t, x.api("GET", "/resource-servers/nope", ""), 404, missing)
	want(t, x.api("PATCH", "/resource-servers/nope", `{"name":"n"}`), 404, missing)
	got := x.api("DELETE", "/resource-servers/nope", "")
	want(t, got, 204, "")
	wantHeader(t, got, "Content-Type", "application/json; charset=utf-8")
}

func TestResourceServer_patchReplacesWholePropertiesOnly(t *testing.T) {
	t.Parallel()
	x := withAPI(t, `,"name":"N","scopes":[{"value":"a","description":"A"},{"value":"b","description":"B"}],`+
		`"proof_of_possession":{"mechanism":"mtls","required":true,"required_for":"public_clients"}`)
	got := x.api("PATCH", aPath, `{"scopes":[{"value":"b"}],"proof_of_possession":{"mechanism":"dpop","required":false}}`)
	want(t, got, 200, `{"id":"RS_ID","name":"N","identifier":"https://a","scopes":[{"value":"b"}],`+
		strings.TrimSuffix(minimal, "}")+`,"proof_of_possession":{"mechanism":"dpop","required":false}}`)
}

func TestResourceServer_patchWithNothingChangesNothing(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	want(t, x.api("PATCH", aPath, `{}`), 200, `{"id":"RS_ID","identifier":"https://a",`+minimal)
}

func TestResourceServer_refusedPatchChangesNothing(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	want(t, x.api("PATCH", aPath, `{"name":"N","token_lifetime":60,"token_lifetime_for_web":61}`), 400,
		`{"statusCode":400,"error":"Bad Request","message":"`+"`token_lifetime_for_web` cannot be greater than `token_lifetime`"+
			`","errorCode":"invalid_body"}`)
	want(t, x.api("GET", aPath, ""), 200, `{"id":"RS_ID","identifier":"https://a",`+minimal)
}

func TestResourceServer_lifetimeCanFallBelowTheStoredWebLifetime(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	got := x.api("PATCH", aPath, `{"token_lifetime":60}`)
	want(t, got, 200, `{"id":"RS_ID","identifier":"https://a",`+strings.Replace(minimal, "86400", "60", 1))
}

func TestResourceServer_nullClearsNullableProperties(t *testing.T) {
	t.Parallel()
	x := withAPI(t, `,"consent_policy":"transactional-authorization-with-mfa","authorization_details":[{"type":"t"}],`+
		`"proof_of_possession":{"mechanism":"mtls","required":true},"authorization_policy":{"policy_id":"p"},`+
		`"token_encryption":`+encryptionWith(t, certificatePEM(t)))
	const nulls = `{"consent_policy":null,"authorization_details":null,"proof_of_possession":null,` +
		`"authorization_policy":null,"token_encryption":null}`
	for range 2 { // Clearing what is clear already is fine.
		want(t, x.api("PATCH", aPath, nulls), 200, `{"id":"RS_ID","identifier":"https://a",`+minimal)
	}
}

func TestResourceServer_identifierIsImmutable(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	want(t, x.api("PATCH", aPath, `{"identifier":"https://a","id":"x"}`), 400, `{"statusCode":400,"error":"Bad Request",`+
		`"message":"Payload validation error: 'Additional properties not allowed: id,identifier'.","errorCode":"invalid_body"}`)
}

func TestResourceServer_missingHalfOfSubjectTypeAuthorizationIsKept(t *testing.T) {
	t.Parallel()
	x := withAPI(t, `,"subject_type_authorization":{"user":{"policy":"deny_all"}}`)
	got := x.api("PATCH", aPath, `{"subject_type_authorization":{"USER":{"policy":"x"},"user":{"Policy":"y"},"client":{"policy":"deny_all","more":1}}}`)
	want(t, got, 200, `{"id":"RS_ID","identifier":"https://a",`+strings.Replace(minimal,
		`{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}`,
		`{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`, 1))
}

func TestResourceServer_hs256GetsASecretThatStays(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	symmetric := `{"id":"RS_ID","identifier":"https://a",` +
		strings.Replace(minimal, `"RS256"`, `"HS256","signing_secret":"MADE"`, 1)
	got := x.api("PATCH", aPath, `{"signing_alg":"HS256"}`)
	want(t, got, 200, symmetric)
	secret := field(t, got.body, "signing_secret")
	back := x.api("PATCH", aPath, `{"signing_alg":"RS256"}`)
	if kept := field(t, back.body, "signing_secret"); kept != secret {
		t.Errorf("the secret changed from %s to %s", secret, kept)
	}
	want(t, x.api("POST", "/resource-servers", `{"identifier":"https://b","signing_alg":"HS256"}`), 201,
		strings.Replace(symmetric, "https://a", "https://b", 1))
}

func TestResourceServer_deleteTakesItsGrantsAlong(t *testing.T) {
	t.Parallel()
	x := withAPI(t, "")
	grant := x.must("POST", "/client-grants", `{"client_id":"ReferenceMachineClient0000000001","audience":"https://a"}`)
	id := field(t, grant.body, "id")
	want(t, x.api("DELETE", aPath, ""), 204, "")
	want(t, x.api("DELETE", aPath, ""), 204, "")
	if got := x.api("GET", "/client-grants/"+id, ""); got.status != 404 {
		t.Errorf("the grant is still there: %s", got.body)
	}
	want(t, x.api("DELETE", "/client-grants/"+id, ""), 204, "")
	x.must("POST", "/resource-servers", `{"identifier":"https://a"}`)
	want(t, x.api("GET", "/client-grants?audience=https%3A%2F%2Fa", ""), 200, `[]`)
	x.must("POST", "/client-grants", `{"client_id":"ReferenceMachineClient0000000001","audience":"https://a"}`)
}
