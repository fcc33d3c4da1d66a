// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// queryFile is the allowed content of an example for `terraform query`.
type queryFile struct {
	Lists []struct {
		Type            string         `hcl:"type,label"`
		Name            string         `hcl:"name,label"`
		Provider        hcl.Expression `hcl:"provider"`
		Limit           *int64         `hcl:"limit,optional"`
		IncludeResource *bool          `hcl:"include_resource,optional"`
		Config          *struct {
			Filters map[string]*hcl.Attribute `hcl:",remain"`
		} `hcl:"config,block"`
	} `hcl:"list,block"`
}

// exampleQueries returns the lists of an example by name. Each filter must be in the schema and
// have a value of its type.
func exampleQueries(t *testing.T, p tfprotov6.ProviderServer, typeName string) map[string]query {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCLFile(filepath.Join(
		"../../examples/list-resources", typeName, "list-resource.tfquery.hcl",
	))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var example queryFile
	if diags := gohcl.DecodeBody(file.Body, nil, &example); diags.HasErrors() {
		t.Fatal(diags)
	}
	schemas, err := p.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	protocol.NoDiagnostics(t, schemas.Diagnostics, err)
	kinds := schemas.ListResourceSchemas[typeName].ValueType().(tftypes.Object).AttributeTypes
	queries := map[string]query{}
	for _, list := range example.Lists {
		if list.Type != typeName || hcl.ExprAsKeyword(list.Provider) != "m2m" {
			t.Errorf(
				"list %q %q of provider %q", list.Type, list.Name, hcl.ExprAsKeyword(list.Provider),
			)
		}
		q := query{typeName: typeName, limit: 100}
		if list.Limit != nil {
			q.limit = *list.Limit
		}
		q.includeResource = list.IncludeResource != nil && *list.IncludeResource
		if list.Config != nil {
			q.config = filtersJSON(t, kinds, list.Config.Filters)
		}
		queries[list.Name] = q
	}
	return queries
}

func filtersJSON(
	t *testing.T, kinds map[string]tftypes.Type, filters map[string]*hcl.Attribute,
) string {
	t.Helper()
	values := map[string]any{}
	for name, filter := range filters {
		var value any
		switch kind := kinds[name]; {
		case kind == nil:
			t.Fatalf("%s is not a filter", name)
		case kind.Is(tftypes.Bool):
			value = new(bool)
		case kind.Is(tftypes.List{}):
			value = new([]string)
		default:
			value = new(string)
		}
		if diags := gohcl.DecodeExpression(filter.Expr, nil, value); diags.HasErrors() {
			t.Fatal(diags)
		}
		values[name] = value
	}
	config, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return string(config)
}

// exampleObjects creates the objects that the list examples find.
func exampleObjects(n *acctest.Tenant) {
	n.T.Helper()
	n.Create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com",
		"scopes":[{"value":"read:orders"},{"value":"write:orders"}]}`)
	for _, properties := range []string{
		"", `,"subject_type":"user","organization_usage":"allow","allow_any_organization":true`,
	} {
		grant := n.Create("/api/v2/client-grants",
			fmt.Sprintf(
				`{"client_id":%q,"audience":"https://orders.example.com"%s}`,
				testserver.MachineClientID, properties,
			))
		n.Associate(acctest.ExampleOrganization, grant)
	}
}

func TestListExamples_results(t *testing.T) {
	t.Parallel()
	n := acctest.ExampleTenant(t)
	exampleObjects(n)
	p := protocol.Configured(t, n.Env())
	const grant = testserver.MachineClientID + " for https://orders.example.com"
	for typeName, want := range map[string]map[string][]string{
		"m2m_resource_server": {
			"all": {
				"Auth0 Management API (" + n.URL() + "/api/v2/)",
				"Sample API (" + testserver.SampleAPIAudience + ")", acctest.ExamplePlatformAPI,
				"https://orders.example.com",
			},
			"shop": {"https://orders.example.com"},
		},
		"m2m_client_grant": {"callers": {grant}, "any_organization": {grant + " (user)"}},
		"m2m_resource_server_scope": {
			"orders": {
				"read:orders of https://orders.example.com",
				"write:orders of https://orders.example.com",
			},
			"readers": {
				"read:orders of " + testserver.SampleAPIAudience,
				"read:orders of https://orders.example.com",
			},
		},
		"m2m_organization_client_grant": {
			"acme": {
				grant + " in " + acctest.ExampleOrganization,
				grant + " (user) in " + acctest.ExampleOrganization,
			},
			"orders": {grant + " in acme", grant + " (user) in acme"},
		},
	} {
		got := map[string][]string{}
		for name, q := range exampleQueries(t, p, typeName) {
			got[name] = q.names(t, p)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", typeName, diff)
		}
	}
}

// TestHandWrittenDocs_describeTheSchema checks the pages about lists and actions, which are written
// by hand because the Terraform version that generates the other pages does not support them.
func TestHandWrittenDocs_describeTheSchema(t *testing.T) {
	t.Parallel()
	schemas, err := protocol.Configured(t, nil).GetProviderSchema(
		t.Context(), &tfprotov6.GetProviderSchemaRequest{},
	)
	protocol.NoDiagnostics(t, schemas.Diagnostics, err)
	if lists, actions := len(schemas.ListResourceSchemas), len(schemas.ActionSchemas); lists != 4 ||
		actions != 1 {
		t.Errorf("%d list resources, want 4; %d actions, want 1", lists, actions)
	}
	for typeName, schema := range schemas.ListResourceSchemas {
		describesBlock(t, "list-resources", typeName, schema.Block)
	}
	for typeName, schema := range schemas.ActionSchemas {
		describesBlock(t, "actions", typeName, schema.Schema.Block)
	}
}

// describesBlock checks that a page describes each attribute of a block.
func describesBlock(t *testing.T, folder, typeName string, block *tfprotov6.SchemaBlock) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(
		"../../docs", folder, strings.TrimPrefix(typeName, "m2m_")+".md",
	))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, attribute := range block.Attributes {
		if attribute.Description == "" {
			t.Errorf("%s of %s has no description", attribute.Name, typeName)
		}
		kind := map[string]string{
			"tftypes.String":               "String",
			"tftypes.Bool":                 "Boolean",
			"tftypes.List[tftypes.String]": "List of String",
			"tftypes.Set[tftypes.String]":  "Set of String",
		}[attribute.Type.String()]
		want = append(want, fmt.Sprintf(
			"- `%s` (%s) %s", attribute.Name, kind, attribute.Description,
		))
	}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "- ") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-schema +page):\n%s", typeName, diff)
	}
	if !strings.Contains(strings.ReplaceAll(string(page), "\n", " "), block.Description) {
		t.Errorf("the page about %s does not say: %s", typeName, block.Description)
	}
}
