// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package managementscopes_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const typeName = "m2m_management_scopes"

// config is a configuration with types; none means that it omits them.
func config(p *protocol.Protocol, types ...string) *tfprotov6.DynamicValue {
	p.T.Helper()
	given := map[string]tftypes.Value{}
	if len(types) > 0 {
		elements := []tftypes.Value{}
		for _, name := range types {
			elements = append(elements, protocol.Text(name))
		}
		given["types"] = tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
	}
	return p.Value(p.Schema.DataSourceSchemas[typeName], given)
}

// read returns the results, and what the provider says.
func read(p *protocol.Protocol, types ...string) (results map[string]any, said string) {
	p.T.Helper()
	answer, err := p.Server.ReadDataSource(p.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName, Config: config(p, types...),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	for _, d := range answer.Diagnostics {
		said += d.Summary + ": " + d.Detail + "\n"
	}
	state, err := answer.State.Unmarshal(p.Schema.DataSourceSchemas[typeName].ValueType())
	if err != nil {
		p.T.Fatal(err)
	}
	results, _ = protocol.PlainValue(p.T, state).(map[string]any)
	delete(results, "types")
	return results, said
}

func TestManagementScopes_missing(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
		`{"scope":["read:resource_servers","read:client_grants","read:clients","read:logs"]}`, nil,
	)
	p := protocol.ConfiguredProtocol(t, n.Env())
	granted := []any{"read:client_grants", "read:clients", "read:logs", "read:resource_servers"}
	grants := []any{"create:client_grants", "delete:client_grants", "update:client_grants"}
	for _, c := range []struct {
		types           []string
		missing, byType any
	}{
		{
			[]string{"data.m2m_clients", "list.m2m_client_grant", "ephemeral.m2m_access_token"},
			[]any{},
			map[string]any{},
		},
		{
			[]string{"m2m_client_grant", "m2m_resource_server_scope"},
			append(grants, "update:resource_servers"),
			map[string]any{
				"m2m_client_grant":          grants,
				"m2m_resource_server_scope": []any{"update:resource_servers"},
			},
		},
		{
			nil,
			[]any{
				"create:client_grants", "create:organization_client_grants",
				"create:resource_servers", "delete:client_grants",
				"delete:organization_client_grants", "delete:resource_servers",
				"read:organization_client_grants", "read:organizations", "update:client_grants",
				"update:resource_servers",
			},
			map[string]any{
				"m2m_resource_server": []any{
					"create:resource_servers", "delete:resource_servers", "update:resource_servers",
				},
				"m2m_resource_server_scope": []any{"update:resource_servers"},
				"m2m_client_grant":          grants,
				"m2m_organization_client_grant": []any{
					"create:organization_client_grants", "delete:organization_client_grants",
					"read:organization_client_grants",
				},
				"m2m_client_grants_exclusive": []any{"delete:client_grants"},
				"data.m2m_effective_access": []any{
					"read:organization_client_grants", "read:organizations",
				},
				"list.m2m_organization_client_grant": []any{
					"read:organization_client_grants", "read:organizations",
				},
				"data.m2m_organization":  []any{"read:organizations"},
				"data.m2m_organizations": []any{"read:organizations"},
			},
		},
	} {
		got, said := read(p, c.types...)
		want := map[string]any{
			"client_id": testserver.ManagementClientID, "granted_scopes": granted,
			"missing_scopes": c.missing, "missing_scopes_by_type": c.byType,
		}
		if diff := cmp.Diff(want, got); diff != "" || said != "" {
			t.Errorf("%q: %s (-want +got):\n%s", c.types, said, diff)
		}
	}
	n.Expect(acctest.Requests(), acctest.Tokens(1)).Now() // The Management API is not asked.
}

// A client without any management scope gets a token without the claim scope.
func TestManagementScopes_none(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001", `{"scope":[]}`, nil,
	)
	got, said := read(protocol.ConfiguredProtocol(t, n.Env()), "data.m2m_clients")
	if diff := cmp.Diff(map[string]any{
		"client_id": testserver.ManagementClientID, "granted_scopes": []any{},
		"missing_scopes":         []any{"read:clients"},
		"missing_scopes_by_type": map[string]any{"data.m2m_clients": []any{"read:clients"}},
	}, got); diff != "" || said != "" {
		t.Errorf("%s (-want +got):\n%s", said, diff)
	}
}

func TestManagementScopes_readyMadeToken(t *testing.T) {
	t.Parallel()
	const advice = "\n\nConfigure the provider with a Management API token of the tenant or with a " +
		"client, or remove this data source."
	for token, want := range map[string]struct {
		client, said string
	}{
		acctest.JWTOf(`{"azp":"robot","scope":"read:clients"}`): {client: "robot"},
		acctest.JWTOf(`{"scope":"read:clients"}`):               {},
		"opaque-management-token": {said: "Unable to read management scopes: Only a readable JSON " +
			"Web Token tells its management scopes, but the token is opaque: a JSON Web Token has " +
			"three parts separated by dots, but this token has 1. The provider uses the token from " +
			"the environment variable AUTH0_API_TOKEN." + advice},
		"a.b.c.d.e": {said: "the token is encrypted (JWE, five parts)"},
	} {
		p := protocol.ConfiguredProtocol(t, map[string]string{
			"AUTH0_DOMAIN": "tenant.example.com", "AUTH0_API_TOKEN": token,
		})
		got, said := read(p, "data.m2m_clients")
		if want.said != "" {
			if !strings.Contains(said, want.said) || strings.Contains(said, token) {
				t.Errorf("%s: %s, want %s", token, said, want.said)
			}
			continue
		}
		client, _ := got["client_id"].(string)
		if missing, _ := got["missing_scopes"].([]any); client != want.client || said != "" ||
			len(missing) > 0 {
			t.Errorf("%s: %v, %s", token, got, said)
		}
	}
}

func TestManagementScopes_loginRefused(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	p := protocol.ConfiguredProtocol(t, n.Env("AUTH0_CLIENT_SECRET", "wrong"))
	if _, said := read(p); !strings.HasPrefix(
		said, "Unable to log in to the Management API: The token endpoint answered: 401",
	) || !strings.Contains(said, "could not read the management scopes that it has") {
		t.Error(said)
	}
	if _, said := read(protocol.ConfiguredProtocol(t, nil)); !strings.HasPrefix(
		said, "No tenant configured: ",
	) {
		t.Error(said)
	}
}

func TestManagementScopes_unknownType(t *testing.T) {
	t.Parallel()
	p := protocol.ConfiguredProtocol(t, nil)
	for name, valid := range map[string]bool{
		"m2m_client_grant": true, "data.m2m_clients": true, "m2m_clients": false,
		"auth0_client": false,
	} {
		answer, err := p.Server.ValidateDataResourceConfig(
			p.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
				TypeName: typeName, Config: config(p, name),
			})
		if err != nil {
			t.Fatal(err)
		}
		if valid {
			protocol.NoDiagnostics(t, answer.Diagnostics, nil)
			continue
		}
		if len(answer.Diagnostics) != 1 || answer.Diagnostics[0].Summary != "Unknown type" ||
			!strings.HasPrefix(answer.Diagnostics[0].Detail, `This provider has no type "`+name+
				`". All types but resources have a prefix, such as data. for data sources. `+
				"Use one of these:\n\n  - m2m_resource_server\n") ||
			!strings.Contains(answer.Diagnostics[0].Detail, "\n  - data.m2m_clients\n") ||
			!answer.Diagnostics[0].Attribute.Equal(
				tftypes.NewAttributePath().WithAttributeName("types"),
			) {
			t.Errorf("%s: %+v", name, answer.Diagnostics)
		}
	}
}
