// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestTenantFile_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for file, message := range map[string]string{
		"resource_servers: 7":           "cannot unmarshal number",
		"users: []":                     `unknown field "users"`,
		"clients: [":                    "[1:10]",
		"clients: []\nclients: []":      `mapping key "clients" already defined`,
		"resource_servers: [{name: a}]": "resource_servers[0]: Payload validation error: 'Missing required property: identifier'.",
		"resource_servers: [{identifier: a}, {identifier: a}]":                                                                            "resource_servers[1]: A resource server with the same identifier already exists",
		"clients: [{name: a, client_secret: 12}]":                                                                                         "clients[0]: Payload validation error: 'Additional properties not allowed: client_secret'.",
		"clients: [{name: a, client_id: ReferenceMachineClient0000000001}]":                                                               `clients[0]: the client_id "ReferenceMachineClient0000000001" is taken`,
		"client_grants: [{client_id: nobody, audience: https://sample-api.example.com}]":                                                  "client_grants[0]: The client does not exist",
		"client_grants: [{client_id: ReferenceMachineClient0000000001, audience: https://sample-api.example.com, organizations: [acme]}]": `client_grants[0]: organization "acme": No organization found`,
		"clients: []\n---\nclients: []":                                                                                                   "the file has more than one document",
		"actions: [{client_id: a}]":                                                                                                       "actions[0]: an action must have `deny` or `claims`",
	} {
		_, err := testserver.Listen(testserver.Config{SigningKeys: signingKeys()[:2], Tenant: []byte(file)})
		if err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %v, want %q", file, err, message)
		}
	}
}

func TestTenantFile_errorsShowNoSecret(t *testing.T) {
	t.Parallel()
	const file = "clients:\n  - {name: a, client_secret: hush-hush, client_secret: hush-hush}\n"
	_, err := testserver.Listen(testserver.Config{SigningKeys: signingKeys()[:2], Tenant: []byte(file)})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

func TestTenantFile_jsonIsTakenToo(t *testing.T) {
	t.Parallel()
	x := newTenantWith(t, testserver.Config{Tenant: []byte(`{"resource_servers":[{"id":"0123456789abcdef01234567","identifier":"urn:a"}]}`)})
	want(t, x.api("GET", "/resource-servers/0123456789abcdef01234567?fields=identifier", ""), 200, `{"identifier":"urn:a"}`)
}
