// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// movedTenant has the objects of the guide, with the ids that the guide shows.
const movedTenant = `
resource_servers:
  - id: 68f0a1b2c3d4e5f60718293a
    identifier: https://orders.example.com
    name: Orders
    token_lifetime: 3600
    scopes:
      - {value: "read:orders", description: Read orders}
      - {value: "write:orders", description: Create and change orders}
    subject_type_authorization: {user: {policy: deny_all}, client: {policy: require_client_grant}}
  - identifier: https://platform.example.com
    scopes:
      - {value: "read:invoices", description: Read invoices}
      - {value: "write:invoices", description: Create and change invoices}
organizations:
  - {id: ` + acctest.ExampleOrganization + `, name: acme}
client_grants:
  - id: cgr_Ab12Cd34Ef56Gh78
    client_id: ` + testserver.MachineClientID + `
    audience: https://orders.example.com
    scope: ["read:orders"]
    organization_usage: allow
    organizations: [acme]
`

func applyMoveGuide(t *testing.T, g *guide.Guide) {
	g.NotApplied("shell", "terraform plan -detailed-exitcode   # 0: no changes", "terraform init",
		"terraform apply move.plan",
		"terraform state show m2m_client_grant.reports",
		"terraform state push -force before-move.tfstate")
	g.NotApplied("text", "auth0_client_grant.reports has moved to m2m_client_grant.reports")
	providers := g.Terraform("providers.tf")
	before, after, moves := g.Terraform("main.tf, before"), g.Terraform(
		"main.tf, after",
	), g.Terraform("moves.tf")
	toAuth0, importInstead := g.Terraform("back.tf"), g.Terraform("import-instead.tf")
	scopes := "auth0_resource_server_scopes.orders"
	moved := map[string]string{
		"m2m_resource_server.orders":                           "has moved from auth0_resource_server.orders",
		`m2m_resource_server_scope.invoices["read:invoices"]`:  `has moved from auth0_resource_server_scope.invoices["read:invoices"]`,
		`m2m_resource_server_scope.invoices["write:invoices"]`: `has moved from auth0_resource_server_scope.invoices["write:invoices"]`,
		"m2m_client_grant.reports":                             "has moved from auth0_client_grant.reports",
		"m2m_organization_client_grant.reports":                "has moved from auth0_organization_client_grant.reports",
		scopes:                                                 "is forgotten",
	}
	t.Run("there and back", func(t *testing.T) {
		back := map[string]string{scopes: "is imported"}
		for to, from := range moved {
			if from, has := strings.CutPrefix(from, "has moved from "); has {
				back[to], back[from] = "is forgotten", "is imported"
			}
		}
		applyMoves(t,
			moveStep{config: providers + before},
			moveStep{providers + after + moves, moved},
			moveStep{providers + after, map[string]string{}},
			moveStep{providers + before + toAuth0, back},
		)
	})
	t.Run("import instead", func(t *testing.T) {
		grant := "moved {\n  from = auth0_client_grant.reports\n  to   = " +
			"m2m_client_grant.reports\n}\n"
		if !strings.Contains(moves, grant) {
			t.Fatalf("moves.tf has no block as %s", grant)
		}
		want := maps.Clone(moved)
		want["auth0_client_grant.reports"], want["m2m_client_grant.reports"] = "is forgotten", "is imported"
		applyMoves(t,
			moveStep{config: providers + before},
			moveStep{
				providers + after + strings.Replace(moves, grant, "", 1) + importInstead, want,
			},
			moveStep{providers + after, map[string]string{}},
		)
	})
}

// A moveStep is a configuration and the planned action of each resource; nil allows any plan.
type moveStep struct {
	config string
	plan   map[string]string
}

// applyMoves applies configurations, none of which may change the tenant. Even the last one
// leaves its objects in the tenant.
func applyMoves(t *testing.T, steps ...moveStep) {
	n := acctest.StartTenant(t, testserver.Config{Tenant: []byte(movedTenant)})
	both := protocol.ProviderWith(n.Env())
	both["auth0"] = providerserver.NewProtocol6WithError(&playedAuth0{tenant: n})
	variables := config.Variables{
		"reports_client_id": config.StringVariable(testserver.MachineClientID),
		"organization_id":   config.StringVariable(acctest.ExampleOrganization),
	}
	test := resource.TestCase{ProtoV6ProviderFactories: both}
	all := everything(n)
	for _, step := range steps {
		test.Steps = append(test.Steps, resource.TestStep{
			Config: step.config, ConfigVariables: variables,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				changesCheck{step.plan},
			}},
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
		})
	}
	// Objects still in the state would be destroyed at the end of the test.
	var forget strings.Builder
	for _, kind := range []string{
		"resource_server.orders", "resource_server_scope.invoices", "client_grant.reports",
		"organization_client_grant.reports",
	} {
		for _, provider := range []string{"auth0", "m2m"} {
			fmt.Fprintf(
				&forget, "removed {\n  from = %s_%s\n  lifecycle {\n    destroy = false\n  }\n}\n",
				provider, kind,
			)
		}
	}
	forget.WriteString("removed {\n  from = auth0_resource_server_scopes.orders\n  lifecycle {\n " +
		"   destroy = false\n  }\n}\n")
	test.Steps = append(test.Steps, resource.TestStep{Config: forget.String()})
	t.Cleanup(func() {
		if diff := cmp.Diff(all, everything(n)); diff != "" {
			t.Errorf("the tenant before and after (-, +):\n%s", diff)
		}
	})
	n.Run(test)
}

type changesCheck struct{ want map[string]string }

func (c changesCheck) CheckPlan(
	_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse,
) {
	if c.want == nil {
		return
	}
	got := map[string]string{}
	for _, change := range req.Plan.ResourceChanges {
		actions := change.Change.Actions
		switch {
		case actions.Forget():
			got[change.Address] = "is forgotten"
		case actions.NoOp() && change.Change.Importing != nil:
			got[change.Address] = "is imported"
		case actions.NoOp() && change.PreviousAddress != "":
			got[change.Address] = "has moved from " + change.PreviousAddress
		case !actions.NoOp():
			got[change.Address] = fmt.Sprint(actions)
		}
	}
	if diff := cmp.Diff(c.want, got); diff != "" {
		resp.Error = fmt.Errorf("plan (-want +got):\n%s", diff)
	}
}
