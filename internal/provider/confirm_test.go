// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccResourceServer_createdDiffersFromPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	other := acctest.Respond(http.StatusCreated, acctest.Answer("6b0000000000000000000001", ""))
	n.Next("POST /api/v2/resource-servers", other, other)
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(`name = "Orders"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				`,"name":"Orders"`,
			)))},
			ExpectError: text.Says(`The tenant accepted the request to create the API "https://orders.example.com", but its answer differs from the plan in: name.
				The tenant may not allow the planned values. The object exists in the tenant, and the next apply will replace it. To keep it instead`),
		},
		// Parts of objects are compared too.
		resource.TestStep{
			Config: acctest.OrdersConfig(
				`subject_type_authorization = { user = { policy = "deny_all" } }`,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.OrdersPost(
					`,"subject_type_authorization":{"user":{"policy":"deny_all"}}`,
				))),
			},
			ExpectError: text.Says("its answer differs from the plan in: " +
				"subject_type_authorization."),
		},
	)
}

func TestAccResourceServer_updatedDiffersFromPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	id := ""
	n.Test(
		resource.TestStep{Config: acctest.OrdersConfig(`name = "A"`), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrdersPost(`,"name":"A"`))),
			acctest.OrdersValue("id", knownvalue.StringFunc(func(value string) error {
				id = value
				return nil
			})),
		}},
		resource.TestStep{
			PreConfig: func() {
				n.Next("PATCH /api/v2/resource-servers/{id}", acctest.Respond(
					http.StatusOK, acctest.Answer(id, `,"name":"A"`),
				))
			},
			Config: acctest.OrdersConfig(
				`name = "B"`, `consent_policy = "transactional-authorization-with-mfa"`,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`PATCH resource-servers/{id} {"name":"B","consent_policy":"transactional-authorization-with-mfa"}`,
				)),
			},
			ExpectError: text.Says("its answer differs from the plan in: consent_policy, " +
				"name. The tenant may not allow the planned values. The state now contains the " +
				"values in the tenant."),
		},
		// The object is not marked to be replaced.
		resource.TestStep{
			Config:           acctest.OrdersConfig(`name = "B"`),
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`PATCH resource-servers/{id} {"name":"B"}`,
			))},
		},
		// A value that the configuration leaves to the tenant may change in the meantime.
		resource.TestStep{
			PreConfig: func() {
				n.Next("PATCH /api/v2/resource-servers/{id}", acctest.Respond(
					http.StatusOK,
					acctest.Answer(id, `,"name":"C","enforce_policies":true,"scopes":[]`),
				))
			},
			Config: acctest.OrdersConfig(`name = "C"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`PATCH resource-servers/{id} {"name":"C"}`,
			))},
			ExpectNonEmptyPlan: true, // The tenant did not store the value.
		},
	)
}

// The tenant may not choose a value that the plan clears because the configuration omits it.
func TestAccResourceServer_clearedDiffersFromPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	const details = `"authorization_details":[{"type":"payment"}]`
	id := n.Create("/api/v2/resource-servers", fmt.Sprintf(
		`{"identifier":%q,%s}`, acctest.OrdersAPI, details,
	))
	n.ForgetRequests()
	n.Next("PATCH /api/v2/resource-servers/{id}", acctest.Respond(
		http.StatusOK, acctest.Answer(id, ","+details),
	))
	clears := n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"authorization_details":null}`))
	n.Test(
		acctest.ImportedAs(acctest.OrdersConfig(`authorization_details = [{ type = "payment" }]`)),
		resource.TestStep{
			Config:            acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{clears},
			ExpectError: text.Says("its answer differs from the plan in: " +
				"authorization_details. The tenant may not allow the planned values."),
		},
		resource.TestStep{
			Config:            acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{clears},
		},
	)
}

// An object that existed before is adopted again, not replaced.
func TestAccResourceServer_adoptedDiffersFromPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.Create("/api/v2/resource-servers", acctest.Adoptable)
	n.Next("PATCH /api/v2/resource-servers/{id}", acctest.Respond(
		http.StatusOK, acctest.Answer(id, `,"name":"Theirs"`),
	))
	config := acctest.OrdersConfig("use_existing = true", `name = "Ours"`)
	adopted := n.Expect(acctest.Writes(
		acctest.OrdersPost(`,"name":"Ours"`), `PATCH resource-servers/{id} {"name":"Ours"}`,
	))
	keepsObjects(n,
		resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{adopted},
			ExpectError: text.Says("differs from the plan in: name. The tenant may " +
				"not allow the planned values. The object is not managed here yet. Change the " +
				"configuration to match the tenant. With use_existing = true, the next apply will " +
				"adopt it."),
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				adopted, n.Stored(acctest.ResourceServerPath(acctest.OrdersAPI), map[string]string{
					"name":           `"Ours"`,
					"token_lifetime": "1234",
				}),
			},
		},
	)
}

// The provider sets the defaults of a grant, so a wider default of the tenant is an error.
func TestAccClientGrant_createdDiffersFromPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("POST /api/v2/client-grants", acctest.Respond(http.StatusCreated, fmt.Sprintf(
		`{"id":"cgr_0000000000000001","client_id":%q,"audience":%q,"subject_type":"user","allow_all_scopes":true}`,
		testserver.MachineClientID, testserver.SampleAPIAudience)))
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
			`,"scope":[]`,
		)))},
		ExpectError: text.Says("its answer differs from the plan in: allow_all_scopes, " +
			"scopes, subject_type."),
	})
}
