// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// keepsObjects runs steps after which the tenant must have the same objects as before.
func keepsObjects(n *acctest.Tenant, steps ...resource.TestStep) {
	n.T.Helper()
	before := fmt.Sprint(n.Objects())
	n.T.Cleanup(func() {
		if after := fmt.Sprint(n.Objects()); after != before {
			n.T.Errorf("objects of the tenant: %s, want %s", after, before)
		}
	})
	steps = append(steps, resource.TestStep{
		Config: "removed {\n  from = " + acctest.OrdersName +
			"\n  lifecycle {\n    destroy = false\n  }\n}\n",
	})
	n.Test(steps...)
}

// A server error may hide a successful create, but the provider must not adopt an object that
// somebody else created.
func TestAccResourceServer_existingAPIIsNotAdoptedAfterServerError(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	n.Next("POST /api/v2/resource-servers", testserver.Refuse(http.StatusServiceUnavailable))
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
			``,
		)))},
		ExpectError: text.Says(
			`The tenant already has the API "https://orders.example.com". If another block`,
		),
	})
}

func TestAccClientGrant_existingGrantIsNotAdoptedAfterServerError(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:orders"],"organization_usage":"require"}`,
			testserver.MachineClientID, testserver.SampleAPIAudience))
	n.Next("POST /api/v2/client-grants", testserver.Refuse(http.StatusBadGateway))
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(`scopes = ["read:orders"]`),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
			`,"scope":["read:orders"]`,
		)))},
		ExpectError: text.Says("Otherwise, import it and apply again."),
	})
}

// An API keeps the secret from when it used HS256.
func TestAccResourceServer_useExistingWithStoredSecret(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create(
		"/api/v2/resource-servers",
		`{"identifier":"https://orders.example.com","signing_alg":"HS256"}`,
	)
	n.AtDashboard(
		http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI), `{"signing_alg":"RS256"}`,
		nil,
	)
	keepsObjects(n, resource.TestStep{
		Config: acctest.OrdersConfig("use_existing = true", `signing_alg = "RS256"`),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
			`POST resource-servers {"identifier":"https://orders.example.com","signing_alg":"RS256"}`,
		))},
	})
}

// Terraform creates before it destroys here, so both operations concern the same API.
func TestAccResourceServer_adoptedByReplacement(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	config := acctest.OrdersConfig(
		"use_existing = true", "lifecycle {\n  create_before_destroy = true\n}",
	)
	keepsObjects(n,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		resource.TestStep{
			Taint:  []string{acctest.OrdersName},
			Config: config,
			ConfigPlanChecks: acctest.Planned(
				acctest.OrdersName, plancheck.ResourceActionCreateBeforeDestroy,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.OrdersPost(``))),
				n.Stored(
					acctest.ResourceServerPath(acctest.OrdersAPI),
					map[string]string{"name": `"Theirs"`},
				),
			},
		},
	)
}

func TestAccResourceServer_adoptedTwice(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	n.Test(resource.TestStep{
		Config: strings.Replace(
			acctest.OrdersConfig("use_existing = true"), "identifier", "count = 2\n  identifier", 1,
		),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
		ExpectError:       text.Says(`Two resources for the API "https://orders.example.com"`),
	})
}

func TestAccClientGrant_objectOfThisRunIsNotAdopted(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		// The key is known only in the apply.
		Config: "resource \"terraform_data\" \"later\" {\n  input = \"" +
			testserver.MachineClientID + "\"\n}\n" +
			strings.NewReplacer("client_id", "count = 2\n  client_id",
				`"`+testserver.MachineClientID+`"`, "terraform_data.later.output").Replace(
				acctest.GrantConfig("use_existing = true"),
			),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
			acctest.GrantPost(`,"scope":[]`),
		))},
		ExpectError: text.Says("Two resources for the grant of the API"),
	})
}
