// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// applyAccessGuide applies the guide step by step to a tenant whose cleanup client holds
// delete:orders, with a grant that nobody manages.
func applyAccessGuide(t *testing.T, g *guide.Guide) {
	n := acctest.StartTenant(t, testserver.Config{Tenant: []byte(
		"resource_servers: [{identifier: \"https://orders.example.com\", " +
			"scopes: [{value: \"read:orders\"}, {value: \"delete:orders\"}]}]\n",
	)})
	made := n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":%q,"scope":["delete:orders"]}`,
		testserver.MachineClientID, acctest.OrdersAPI,
	))
	const exclusive = `resource "m2m_client_grants_exclusive" "orders" {`
	asserted := "variable \"cleanup_client_id\" {\n  type = string\n}\n" + g.Terraform(
		`data "m2m_effective_access" "all" {}`, `data "m2m_effective_access" "orders" {`,
		`resource "terraform_data" "publish" {`,
	)
	guarded := asserted + g.Terraform(`variable "order_clients" {`)
	checked := guarded + g.Terraform(`check "nobody_else_reads_orders" {`)
	removal := g.Terraform(exclusive)
	argument := removal[strings.Index(removal, "  on_unmanaged"):strings.LastIndex(removal, "}")]
	removing := strings.Replace(checked, exclusive, exclusive+"\n"+argument, 1)
	g.NotApplied("text", `~ resource "m2m_client_grants_exclusive" "orders" {`)

	cleanup := config.Variables{
		"cleanup_client_id": config.StringVariable(testserver.MachineClientID),
	}
	all := config.Variables{
		"cleanup_client_id": cleanup["cleanup_client_id"],
		"order_clients":     config.SetVariable(config.StringVariable(testserver.WebClientID)),
	}
	found := func(ids ...string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(
			acctest.ExclusiveName, tfjsonpath.New("unmanaged_grant_ids"), acctest.Exactly(ids...),
		)
	}
	n.Test(
		resource.TestStep{
			Config: asserted, ConfigVariables: cleanup,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes()),
				statecheck.ExpectKnownOutputValue("access", knownvalue.ListPartial(map[int]knownvalue.Check{
					0: knownvalue.StringExact(
						"Machine Client can call https://orders.example.com with delete:orders",
					),
				})),
			},
		},
		resource.TestStep{
			Config: guarded, ConfigVariables: all,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("POST client-grants").WithoutBodies()), found(made),
			},
		},
		// The check warns, which is no failure.
		resource.TestStep{
			Config: checked, ConfigVariables: all,
			ConfigPlanChecks:  acctest.Planned(acctest.ExclusiveName, plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes()), found(made)},
		},
		resource.TestStep{
			Config: removing, ConfigVariables: all, ExpectNonEmptyPlan: true, // An output changes.
			ConfigPlanChecks: acctest.Planned(
				acctest.ExclusiveName, plancheck.ResourceActionUpdate,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("DELETE client-grants/" + made)), found(),
			},
		},
	)
}
