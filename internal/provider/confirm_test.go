// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// answer is an API with the given properties, as the tenant answers it.
func answer(id, properties string) string {
	return fmt.Sprintf(`{"id":%q,"identifier":"https://orders.example.com","allow_offline_access":false,"signing_alg":"RS256",
		"skip_consent_for_verifiable_first_party_clients":false,"token_lifetime":86400,"token_lifetime_for_web":7200,
		"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}%s}`, id, properties)
}

func respond(status int, body string) testserver.Fault {
	return testserver.Respond(status, "application/json", body)
}

func TestAccResourceServer_createThatIsStoredOtherwiseIsAnError(t *testing.T) {
	n := newTenant(t)
	other := respond(http.StatusCreated, answer("6b0000000000000000000001", ""))
	n.Next("POST /api/v2/resource-servers", other, other)
	n.accTest(
		resource.TestStep{
			Config:            ordersConfig(`name = "Orders"`),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(`,"name":"Orders"`))},
			ExpectError: says(`The tenant accepted the request to create the API "https://orders.example.com", but its answer differs from the plan in: name.
				It may not allow the planned values. It exists in the tenant. Terraform marks it to be replaced; to keep it instead`),
		},
		// A part of an object is compared too.
		resource.TestStep{
			Config: ordersConfig(`subject_type_authorization = { user = { policy = "deny_all" } }`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(ordersPost(`,"subject_type_authorization":{"user":{"policy":"deny_all"}}`)),
			},
			ExpectError: says("its answer differs from the plan in: subject_type_authorization."),
		},
	)
}

func TestAccResourceServer_updateThatIsStoredOtherwiseIsAnError(t *testing.T) {
	n := newTenant(t)
	id := ""
	n.accTest(
		resource.TestStep{Config: ordersConfig(`name = "A"`), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(ordersPost(`,"name":"A"`)),
			ordersValue("id", knownvalue.StringFunc(func(value string) error {
				id = value
				return nil
			})),
		}},
		resource.TestStep{
			PreConfig: func() {
				n.Next("PATCH /api/v2/resource-servers/{id}", respond(http.StatusOK, answer(id, `,"name":"A"`)))
			},
			Config: ordersConfig(`name = "B"`, `consent_policy = "transactional-authorization-with-mfa"`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH resource-servers/{id} {"name":"B","consent_policy":"transactional-authorization-with-mfa"}`),
			},
			ExpectError: says("its answer differs from the plan in: consent_policy, name. It may not allow the planned values. The state holds what the tenant has"),
		},
		// It is not marked to be replaced.
		resource.TestStep{
			Config:            ordersConfig(`name = "B"`),
			ConfigPlanChecks:  planned(ordersName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(`PATCH resource-servers/{id} {"name":"B"}`)},
		},
		// What the configuration leaves to the tenant may change meanwhile.
		resource.TestStep{
			PreConfig: func() {
				n.Next("PATCH /api/v2/resource-servers/{id}", respond(http.StatusOK, answer(id, `,"name":"C","enforce_policies":true,"scopes":[]`)))
			},
			Config:             ordersConfig(`name = "C"`),
			ConfigStateChecks:  []statecheck.StateCheck{n.sent(`PATCH resource-servers/{id} {"name":"C"}`)},
			ExpectNonEmptyPlan: true, // As the tenant did not really store it.
		},
	)
}

// What the plan clears because the configuration leaves it out is not the tenant's
// to choose.
func TestAccResourceServer_clearingThatIsNotDoneIsAnError(t *testing.T) {
	n := newTenant(t)
	const details = `"authorization_details":[{"type":"payment"}]`
	id := n.create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q,%s}`, ordersAPI, details))
	n.ForgetRequests()
	n.Next("PATCH /api/v2/resource-servers/{id}", respond(http.StatusOK, answer(id, ","+details)))
	clears := n.sent(`PATCH resource-servers/{id} {"authorization_details":null}`)
	n.accTest(
		importedAs(ordersConfig(`authorization_details = [{ type = "payment" }]`)),
		resource.TestStep{
			Config:            ordersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{clears},
			ExpectError:       says("its answer differs from the plan in: authorization_details. It may not allow the planned values."),
		},
		resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{clears}},
	)
}

// What was there before is adopted again, not replaced.
func TestAccResourceServer_adoptionThatIsStoredOtherwiseIsNotReplaced(t *testing.T) {
	n := newTenant(t)
	id := n.create("/api/v2/resource-servers", adoptable)
	n.Next("PATCH /api/v2/resource-servers/{id}", respond(http.StatusOK, answer(id, `,"name":"Theirs"`)))
	config := ordersConfig("use_existing = true", `name = "Ours"`)
	adopted := n.sent(ordersPost(`,"name":"Ours"`), `PATCH resource-servers/{id} {"name":"Ours"}`)
	n.keepsObjects(
		resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{adopted},
			ExpectError:       says("differs from the plan in: name. It may not allow the planned values. It is not managed here yet; the next apply will adopt it again."),
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: planned(ordersName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				adopted, n.stored(resourceServerPath(ordersAPI), map[string]string{"name": `"Ours"`, "token_lifetime": "1234"}),
			},
		},
	)
}

// What a grant leaves out is a default of ours, and a wider one is no small thing.
func TestAccClientGrant_widerThanPlannedIsAnError(t *testing.T) {
	n := newTenant(t)
	n.Next("POST /api/v2/client-grants", respond(http.StatusCreated, fmt.Sprintf(
		`{"id":"cgr_0000000000000001","client_id":%q,"audience":%q,"subject_type":"user","allow_all_scopes":true}`,
		testserver.MachineClientID, testserver.SampleAPIAudience)))
	n.accTest(resource.TestStep{
		Config:            grantConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":[]`))},
		ExpectError:       says("its answer differs from the plan in: allow_all_scopes, scopes, subject_type."),
	})
}
