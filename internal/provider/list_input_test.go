// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// partlyUnknown is a list configuration with one unknown value.
func partlyUnknown(
	t *testing.T, p tfprotov6.ProviderServer, typeName, filter string,
	value func(tftypes.Type) tftypes.Value,
) *tfprotov6.DynamicValue {
	t.Helper()
	schemas, err := p.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	protocol.NoDiagnostics(t, schemas.Diagnostics, err)
	kind := schemas.ListResourceSchemas[typeName].ValueType().(tftypes.Object)
	values := map[string]tftypes.Value{}
	for name, attribute := range kind.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
	}
	values[filter] = value(kind.AttributeTypes[filter])
	config, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	if err != nil {
		t.Fatal(err)
	}
	return &config
}

func unknownValue(kind tftypes.Type) tftypes.Value {
	return tftypes.NewValue(kind, tftypes.UnknownValue)
}

func TestLists_unknownFilter(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	p := protocol.Configured(t, n.Env())
	lists := p.(tfprotov6.ListResourceServer)
	for _, c := range []struct {
		typeName, filter string
		value            func(tftypes.Type) tftypes.Value
	}{
		{"m2m_resource_server", "identifiers", unknownValue},
		{"m2m_resource_server", "identifiers", func(kind tftypes.Type) tftypes.Value {
			return tftypes.NewValue(kind, []tftypes.Value{
				tftypes.NewValue(tftypes.String, "urn:a"), unknownValue(tftypes.String),
			})
		}},
		{"m2m_client_grant", "client_id", unknownValue},
		{"m2m_client_grant", "default_for", unknownValue},
		{"m2m_client_grant", "audience", unknownValue},
		{"m2m_client_grant", "subject_type", unknownValue},
		{"m2m_client_grant", "allow_any_organization", unknownValue},
		{"m2m_resource_server_scope", "resource_server_identifier", unknownValue},
		{"m2m_resource_server_scope", "scope_prefix", unknownValue},
		{"m2m_organization_client_grant", "organization_id", unknownValue},
		{"m2m_organization_client_grant", "grant_id", unknownValue},
		{"m2m_organization_client_grant", "client_id", unknownValue},
		{"m2m_organization_client_grant", "audience", unknownValue},
	} {
		config := partlyUnknown(t, p, c.typeName, c.filter, c.value)
		valid, err := lists.ValidateListResourceConfig(
			t.Context(),
			&tfprotov6.ValidateListResourceConfigRequest{TypeName: c.typeName, Config: config},
		)
		protocol.NoDiagnostics(t, valid.Diagnostics, err)
		stream, err := lists.ListResource(t.Context(), &tfprotov6.ListResourceRequest{
			TypeName: c.typeName,
			Config:   config,
			Limit:    100,
		})
		if err != nil {
			t.Fatal(err)
		}
		results := slices.Collect(stream.Results)
		if len(results) != 1 || len(results[0].Diagnostics) != 1 ||
			results[0].Diagnostics[0].Summary != "Filter not known yet" ||
			!strings.Contains(
				results[0].Diagnostics[0].Detail, "The value of "+c.filter+" is not known yet",
			) ||
			!results[0].Diagnostics[0].Attribute.Equal(tftypes.NewAttributePath().WithAttributeName(
				c.filter,
			)) {
			t.Errorf("%s: %+v", c.filter, results)
		}
	}
	if sent := n.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
}

func TestLists_badInput(t *testing.T) {
	t.Parallel()
	p := protocol.Configured(t, nil)
	for config, want := range map[[2]string][2]string{
		{
			"m2m_client_grant", `{"client_id":"a","default_for":"third_party_clients"}`,
		}: {"default_for", "Set client_id or default_for, not both."},
		{"m2m_client_grant", `{"allow_any_organization":false}`}: {
			"allow_any_organization", "Remove the filter, and compare the allow_any_organization " +
				"of each resource in the results, with include_resource = true.",
		},
		{"m2m_client_grant", `{"client_id":""}`}: {
			"client_id", "client_id is empty.",
		},
		{"m2m_client_grant", `{"audience":""}`}: {
			"audience", "The audience must not be empty.",
		},
		{"m2m_client_grant", `{"subject_type":"robot"}`}: {
			"subject_type", "anonymous_user",
		},
		{"m2m_client_grant", `{"default_for":"all"}`}: {
			"default_for", "third_party_clients",
		},
		{"m2m_resource_server_scope", `{"resource_server_identifier":""}`}: {
			"resource_server_identifier", "between 1 and 600",
		},
		{"m2m_resource_server_scope", `{"scope_prefix":""}`}: {
			"scope_prefix", "at least 1",
		},
		{"m2m_organization_client_grant", `{"organization_id":"acme"}`}: {
			"organization_id", "such as org_Ab12Cd34Ef56Gh78, not its name",
		},
		{"m2m_organization_client_grant", `{"grant_id":"orders"}`}: {
			"grant_id", "such as cgr_Ab12Cd34Ef56Gh78",
		},
		{"m2m_organization_client_grant", `{"grant_id":"cgr_A","audience":"urn:a"}`}: {
			"grant_id", `"audience" cannot be specified when "grant_id" is specified`,
		},
		{"m2m_resource_server", `{"identifiers":[null]}`}: {
			"identifiers", "null",
		},
		{"m2m_resource_server", `{"identifiers":["urn:a",""]}`}: {
			"identifiers", "between 1 and 600",
		},
		{
			"m2m_resource_server", `{"identifiers":["` + strings.Repeat("é", 601) + `"]}`,
		}: {"identifiers", "between 1 and 600"},
	} {
		resp, err := p.(tfprotov6.ListResourceServer).ValidateListResourceConfig(t.Context(),
			&tfprotov6.ValidateListResourceConfigRequest{
				TypeName: config[0], Config: &tfprotov6.DynamicValue{JSON: []byte(config[1])},
			})
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, want[1]) ||
			!strings.Contains(resp.Diagnostics[0].Attribute.String(), fmt.Sprintf("%q", want[0])) {
			t.Errorf("%s: %+v, want %q", config, resp.Diagnostics, want)
		}
	}
}

func TestLists_withoutATenant(t *testing.T) {
	t.Parallel()
	p := protocol.Configured(t, nil)
	for _, typeName := range []string{
		"m2m_resource_server", "m2m_client_grant", "m2m_resource_server_scope",
		"m2m_organization_client_grant",
	} {
		results := slices.Collect(
			query{typeName: typeName, limit: 100}.stream(t.Context(), t, p).Results,
		)
		if len(results) != 1 || len(results[0].Diagnostics) != 1 ||
			results[0].Diagnostics[0].Summary != "No tenant configured" {
			t.Errorf("%s: %+v", typeName, results)
		}
	}
}

func TestLists_refused(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.Next("POST /oauth/token", testserver.Refuse(http.StatusUnauthorized))
	results := slices.Collect(
		query{typeName: "m2m_client_grant", limit: 100}.stream(
			t.Context(), t, protocol.Configured(t, n.Env()),
		).Results,
	)
	if len(results) != 1 || len(results[0].Diagnostics) != 1 ||
		results[0].Diagnostics[0].Summary != "Unable to log in to the Management API" {
		t.Errorf("%+v", results)
	}
}

func TestLists_transientErrors(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.ManyGrants(101)
	for _, c := range []struct {
		typeName, route string
		want            int
	}{
		{"m2m_resource_server", "GET /api/v2/resource-servers", 103},
		{"m2m_client_grant", "GET /api/v2/client-grants", 102},
	} {
		n.Next(
			c.route, testserver.ResetConnection(), testserver.Refuse(http.StatusTooManyRequests),
			testserver.TruncateBody(),
		)
		synctest.Test(t, func(t *testing.T) { // Without the pauses before the next attempts.
			p := &protocol.Protocol{T: t, Transport: protocol.InMemory(t, n)}
			p.Start(n.Env())
			p.Configure(nil)
			got := len(query{typeName: c.typeName, limit: 1000}.results(t, p.Server))
			if got != c.want {
				t.Errorf("%s: %d results, want %d", c.typeName, got, c.want)
			}
		})
	}
}

func TestLists_awkwardServer(t *testing.T) {
	t.Parallel()
	n := acctest.AwkwardTenant(t, 5)
	n.ManyGrants(25)
	n.Clock().Advance(time.Second) // Lagging reads now return all objects.
	p := protocol.Configured(t, n.Env())
	var want []string
	for i := range 25 {
		want = append(want, fmt.Sprintf("%s for urn:api:%03d", testserver.MachineClientID, i))
	}
	mine := query{
		typeName: "m2m_client_grant",
		config:   fmt.Sprintf(`{"client_id":%q}`, testserver.MachineClientID),
		limit:    100,
	}
	got := mine.names(t, p)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("grants (-want +got):\n%s", diff)
	}
	mine.limit = 7
	if got := len(mine.results(t, p)); got != 7 {
		t.Errorf("%d grants, want 7", got)
	}
	if got := len(query{typeName: "m2m_resource_server", limit: 100}.results(t, p)); got != 27 {
		t.Errorf("%d APIs, want 27", got)
	}
}
