// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"net/url"
	"regexp"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestTutorial_curlCallsWorkAsWritten(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const form = "Content-Type: application/x-www-form-urlencoded"

	got := x.Send("POST", "/oauth/token", "grant_type=client_credentials"+
		"&client_id=ReferenceManagementClient0000001"+
		"&client_secret=this-is-not-a-secret_management-client_0000000000000000000000000"+
		"&audience="+url.QueryEscape(x.URL()+"/api/v2/"), form)
	management := "Authorization: Bearer " + got.Token(t)

	got = x.Send("POST", "/api/v2/resource-servers", `{
  "name": "My API",
  "identifier": "https://my-api.example.com",
  "signing_alg": "RS256",
  "scopes": [{"value": "read:orders", "description": "Read orders"}]
}`, "Content-Type: application/json", management)
	got.Want(t, 201, `{"id":"RS_ID","name":"My API","identifier":"https://my-api.example.com",`+
		`"scopes":[{"value":"read:orders","description":"Read orders"}],"allow_offline_access":false,`+
		`"skip_consent_for_verifiable_first_party_clients":false,`+
		`"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},`+
		`"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`)

	got = x.Send("POST", "/api/v2/client-grants", `{
  "client_id": "ReferenceMachineClient0000000001",
  "audience": "https://my-api.example.com",
  "scope": ["read:orders"]
}`, "Content-Type: application/json", management)
	got.Want(t, 201, `{"id":"CGR_ID","client_id":"ReferenceMachineClient0000000001",`+
		`"audience":"https://my-api.example.com","scope":["read:orders"],"subject_type":"client"}`)

	got = x.Send("POST", "/oauth/token", "grant_type=client_credentials"+
		"&client_id=ReferenceMachineClient0000000001"+
		"&client_secret=this-is-not-a-secret_machine-client_0000000000000000000000000000"+
		"&audience=https%3A%2F%2Fmy-api.example.com", form)
	token := got.Token(t)
	got.Body = regexp.MustCompile(`"access_token":"[^"]+"`).ReplaceAllString(
		got.Body, `"access_token":"TOKEN"`,
	)
	got.Want(t, 200,
		`{"access_token":"TOKEN","scope":"read:orders","expires_in":86400,"token_type":"Bearer"}`)

	got = x.Send(
		"GET", "/sample-api/orders?audience=https%3A%2F%2Fmy-api.example.com", "",
		"Authorization: Bearer "+token,
	)
	got.Want(
		t,
		200,
		`{"message":"GET orders: the access token is good.","client_id":"ReferenceMachineClient0000000001",`+
			`"audience":"https://my-api.example.com","scopes":["read:orders"]}`,
	)
}

func TestSeed_credentialsHaveTheFormOfRealOnes(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		testserver.ManagementClientID, testserver.MachineClientID, testserver.WebClientID,
	} {
		if !regexp.MustCompile(`^[A-Za-z0-9]{32}$`).MatchString(id) {
			t.Errorf("client id %q", id)
		}
	}
	secrets := []string{
		testserver.ManagementClientSecret, testserver.MachineClientSecret,
		testserver.WebClientSecret,
	}
	for _, secret := range secrets {
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{64}$`).MatchString(secret) {
			t.Errorf("client secret %q", secret)
		}
	}
}
