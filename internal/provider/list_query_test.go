// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// accTestQuery runs steps with a Terraform that supports queries. The first step must be a
// configuration with the provider that the queries use.
func accTestQuery(n *acctest.Tenant, steps ...resource.TestStep) {
	n.T.Helper()
	n.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(
			tfversion.Version1_14_0,
		)},
		Steps: steps,
	})
}

// querying returns the configuration of one list, with the given lines.
func querying(typeName string, lines ...string) string {
	return acctest.ProviderBlock() + fmt.Sprintf(
		"list %q \"it\" {\n  provider = m2m\n  %s\n}\n", typeName, strings.Join(lines, "\n  "),
	)
}

func TestAccResourceServerList(t *testing.T) {
	n := acctest.NewTenant(t)
	const address = "m2m_resource_server.it"
	orders := map[string]knownvalue.Check{"identifier": knownvalue.StringExact(acctest.OrdersAPI)}
	accTestQuery(n,
		resource.TestStep{
			Config: acctest.OrdersConfig(
				`name = "Orders"`, `scopes = { "read:orders" = "Read orders" }`,
			),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`POST resource-servers {"identifier":"https://orders.example.com","name":"Orders","scopes":[{"value":"read:orders","description":"Read orders"}]}`))},
		},
		resource.TestStep{
			Query: true,
			Config: querying("m2m_resource_server", "include_resource = true", fmt.Sprintf(
				"config {\n    identifiers = [%q, \"urn:nobody\"]\n  }", acctest.OrdersAPI,
			)),
			QueryResultChecks: []querycheck.QueryResultCheck{
				n.Expect(acctest.Requests(
					"GET resource-servers?identifiers=https://orders.example.com&identifiers=urn:nobody&include_totals=true&page=0&per_page=100",
				)),
				querycheck.ExpectLength(address, 1),
				querycheck.ExpectIdentity(address, orders),
				querycheck.ExpectResourceDisplayName(
					address, queryfilter.ByResourceIdentity(orders),
					knownvalue.StringExact("Orders ("+acctest.OrdersAPI+")"),
				),
				querycheck.ExpectResourceKnownValues(address, queryfilter.ByResourceIdentity(
					orders,
				), []querycheck.KnownValueCheck{
					{
						Path:       tfjsonpath.New("id"),
						KnownValue: knownvalue.StringRegexp(acctest.HexID),
					},
					{
						Path: tfjsonpath.New("scopes"),
						KnownValue: knownvalue.MapExact(map[string]knownvalue.Check{
							"read:orders": knownvalue.StringExact("Read orders"),
						}),
					},
					{Path: tfjsonpath.New("use_existing"), KnownValue: knownvalue.Null()},
				}),
			},
		},
		resource.TestStep{
			Query:  true,
			Config: querying("m2m_resource_server", "limit = 2"),
			QueryResultChecks: []querycheck.QueryResultCheck{
				n.Expect(acctest.Requests(
					"GET resource-servers?include_totals=true&page=0&per_page=100",
				)), querycheck.ExpectLength(address, 2),
			},
		},
	)
}

func TestAccClientGrantList(t *testing.T) {
	n := acctest.NewTenant(t)
	const address = "m2m_client_grant.it"
	users := n.AddGrantOf("user")
	identity := map[string]knownvalue.Check{"id": knownvalue.StringExact(users)}
	accTestQuery(n,
		resource.TestStep{
			Config: acctest.GrantConfig(`scopes = ["read:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(fmt.Sprintf(
				`POST client-grants {"client_id":%q,"audience":%q,"scope":["read:orders"]}`,
				testserver.MachineClientID, testserver.SampleAPIAudience)))},
		},
		resource.TestStep{
			Query: true,
			Config: querying("m2m_client_grant", "include_resource = true",
				fmt.Sprintf(
					"config {\n    client_id    = %q\n    subject_type = \"user\"\n  }",
					testserver.MachineClientID,
				)),
			QueryResultChecks: []querycheck.QueryResultCheck{
				n.Expect(acctest.Requests("GET client-grants?client_id=" +
					testserver.MachineClientID + "&subject_type=user&take=100")),
				querycheck.ExpectLength(address, 1),
				querycheck.ExpectIdentity(address, identity),
				querycheck.ExpectResourceDisplayName(address, queryfilter.ByResourceIdentity(
					identity,
				),
					knownvalue.StringExact(testserver.MachineClientID+" for "+
						testserver.SampleAPIAudience+" (user)")),
				querycheck.ExpectResourceKnownValues(address, queryfilter.ByResourceIdentity(
					identity,
				), []querycheck.KnownValueCheck{
					{
						Path:       tfjsonpath.New("subject_type"),
						KnownValue: knownvalue.StringExact("user"),
					},
					{Path: tfjsonpath.New("scopes"), KnownValue: acctest.Exactly("read:orders")},
				}),
			},
		},
		resource.TestStep{
			Query: true,
			Config: querying(
				"m2m_client_grant",
				"config {\n    client_id   = \"a\"\n    default_for = \"third_party_clients\"\n  }",
			),
			ExpectError: text.Says(`Set client_id or default_for, not both.`),
		},
	)
}

// TestAccExamples_list runs the queries under examples/ as they are.
func TestAccExamples_list(t *testing.T) {
	t.Parallel()
	for typeName, lengths := range map[string]map[string]int{
		"m2m_resource_server":           {"all": 4, "shop": 1},
		"m2m_client_grant":              {"callers": 1, "any_organization": 1},
		"m2m_resource_server_scope":     {"orders": 2, "readers": 2},
		"m2m_organization_client_grant": {"acme": 2, "orders": 2},
	} {
		t.Run(typeName, func(t *testing.T) {
			n := acctest.ExampleTenant(t)
			exampleObjects(n)
			var checks []querycheck.QueryResultCheck
			for name, length := range lengths {
				checks = append(checks, querycheck.ExpectLength(typeName+"."+name, length))
			}
			accTestQuery(n,
				resource.TestStep{Config: acctest.Reading("m2m_resource_servers")},
				resource.TestStep{
					Query: true, Config: acctest.ProviderBlock() + readExample(
						t, "list-resources/"+typeName+"/list-resource.tfquery.hcl",
					),
					QueryResultChecks: checks,
				},
			)
		})
	}
}
