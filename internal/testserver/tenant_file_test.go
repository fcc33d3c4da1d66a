// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestTenantFile_seedsTheTenant(t *testing.T) {
	t.Parallel()
	x := servertest.NewWith(t, testserver.Config{Tenant: []byte(`
resource_servers:
  - {id: 6800000000000000000000c3, identifier: $ISSUER/orders, scopes: [{value: read}]}
clients:
  - {client_id: OrdersClient00000000000000000001, client_secret: known-beforehand, name: Orders}
organizations:
  - {id: org_Acme000000000001, name: acme}
  - {name: other}
client_grants:
  - id: cgr_Orders0000000001
    client_id: OrdersClient00000000000000000001
    audience: $ISSUER/orders
    scope: [read]
    organization_usage: allow
    organizations: [org_Acme000000000001, other]
actions:
  - {organization: org_Acme000000000001, deny: {code: invalid_request, reason: Not them.}}
`)})
	ask := "client_id=OrdersClient00000000000000000001&client_secret=known-beforehand&audience=$URL/orders"
	x.AskToken(ask).Want(t, 200,
		`{"access_token":"TOKEN","scope":"read","expires_in":86400,"token_type":"Bearer"}`)
	x.AskToken(ask + "&organization=other").Token(t)
	x.AskToken(ask+"&organization=acme").Want(t, 400,
		`{"error":"invalid_request","error_description":"Not them."}`)
	for _, path := range []string{
		"/resource-servers/6800000000000000000000c3", "/organizations/org_Acme000000000001",
		"/client-grants/cgr_Orders0000000001",
	} {
		x.Must("GET", path, "")
	}
}

func TestTenantFile_mistakesAreErrors(t *testing.T) {
	t.Parallel()
	for file, cause := range map[string]string{
		`clients: [{name: A, id: x}]`: "clients[0]: Payload " +
			"validation error: 'Additional properties not allowed: id'.",
		`organizations: [{name: a}, {name: b, client_secret: s}]`: "organizations[1]: Payload " +
			"validation error: 'Additional properties not allowed: client_secret'.",
		`organizations: [{name: a, id: o}, {name: b, id: o}]`: `organizations[1]: the id "o" is taken`,
		`resource_servers: [{identifier: a, id: 5}]`: "Additional properties not " +
			"allowed: id",
		`resource_servers: [{identifier: $ISSUER/api/v2/}]`: "resource_servers[0]: The selected " +
			"identifier is reserved.",
		grantFile(`organizations: acme`): "client_grants[0]: Payload validation error: " +
			"'Expected type array but found type string' on property organizations",
		grantFile(`organizations: [acme]`): `client_grants[0]: organization "acme": No organization found by that id or name`,
		`resource_servers: 7`:              "cannot unmarshal number",
		`clients: [`:                       "[1:10]",
		"clients: []\nclients: []":         `mapping key "clients" already defined`,
		"clients: []\n---\nclients: []":    "the file has more than one document",
		`resource_servers: [{name: a}]`: "resource_servers[0]: Payload validation error: " +
			"'Missing required property: identifier'.",
		`clients: [{name: A, client_id: ` + testserver.MachineClientID +
			`}]`: `clients[0]: the client_id "` + testserver.MachineClientID + `" is taken`,
		"clients:\n  - {name: A, client_secret: hush-hush, client_secret: hush-hush}\n": "already defined",
		`grants: []`: `unknown field "grants"`,
		`actions: [{claims: {a: 1}}, {audience: a}]`: "actions[1]: an action " +
			"must have `deny` or `claims`",
		"clients: [{name: A, client_secret: hush-hush}]\n  bad: - x": "",
	} {
		server, err := testserver.Listen(testserver.Config{
			Tenant:      []byte(file),
			SigningKeys: servertest.SigningKeys()[:2],
		})
		if err == nil {
			_ = server.Close()
			t.Errorf("%s: no error", file)
			continue
		}
		if !strings.Contains(err.Error(), cause) || strings.Contains(err.Error(), "hush-hush") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// grantFile is a file with one grant that has one more setting.
func grantFile(setting string) string {
	return "client_grants: [{client_id: " + testserver.MachineClientID + ", audience: " +
		testserver.SampleAPIAudience + ", " + setting + "}]"
}

func TestTenantFile_mayBeJSON(t *testing.T) {
	t.Parallel()
	x := servertest.NewWith(t, testserver.Config{Tenant: []byte(
		`{"resource_servers":[{"id":"0123456789abcdef01234567","identifier":"urn:a"}]}`,
	)})
	x.API("GET", "/resource-servers/0123456789abcdef01234567?fields=identifier", "").Want(t, 200,
		`{"identifier":"urn:a"}`)
}
