// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"net/url"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestSystemAPIs_createdOnRequestKeepTemplate(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Must("POST", "/resource-servers", `{"identifier":"$URL/me/"}`)
	path := "/resource-servers/" + url.PathEscape(x.URL()+"/me/")
	x.API(
		"PATCH",
		path,
		`{"scopes":[],"signing_alg":"HS256","signing_secret":"sixteen-chars-ok","token_lifetime":60}`,
	).Want(t, 400,
		`{"statusCode":400,"error":"Bad Request","message":"Payload validation error: `+
			`'Additional properties not allowed: scopes,signing_alg,signing_secret'.","errorCode":"invalid_body"}`)
	x.Must(
		"PATCH",
		path,
		`{"token_lifetime":1200,"proof_of_possession":null,"authorization_policy":{"policy_id":"p"}}`,
	)
	x.API(
		"GET", path+"?fields=token_lifetime,proof_of_possession,authorization_policy,signing_alg",
		"",
	).Want(t, 200,
		`{"authorization_policy":{"policy_id":"p"},"signing_alg":"RS256","token_lifetime":1200}`)
}

func TestSystemAPIs_refusedCreateChangesNothing(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	if got := x.API(
		"POST", "/resource-servers", `{"identifier":"$URL/me/","authorization_policy":{}}`,
	); got.Status != 400 {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	x.Must("POST", "/resource-servers", `{"identifier":"$URL/me/","authorization_policy":null}`)
	if got := x.API("POST", "/resource-servers", `{"identifier":"$URL/me/"}`); got.Status != 409 {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	// An identifier that differs by the slash names an ordinary API.
	x.API(
		"POST", "/resource-servers", `{"identifier":"$URL/me","name":"Mine"}`,
	).Want(t, 201, x.Expand(`{"id":"RS_ID","name":"Mine",`+
		`"identifier":"$URL/me","allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,`+
		`"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},`+
		`"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`))
}
