// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccResourceServer_managementAPIChanges(t *testing.T) {
	n := acctest.NewTenant(t)
	management := n.URL() + "/api/v2/"
	steps := []resource.TestStep{
		{
			Config: acctest.SystemConfig(management), ResourceName: acctest.SystemName,
			ImportState: true, ImportStateId: management, ImportStatePersist: true,
		},
		{
			Config: acctest.SystemConfig(management, `name = "Auth0 Management API"`,
				`signing_alg = "RS256"`,
				`subject_type_authorization = { client = { policy = "require_client_grant" } }`),
			PlanOnly: true,
		},
		{
			Config: acctest.SystemConfig(management, "token_lifetime = 7200",
				"skip_consent_for_verifiable_first_party_clients = true",
				`subject_type_authorization = { user = { policy = "deny_all" }, client = { policy = "require_client_grant" } }`),
			ConfigPlanChecks: acctest.Planned(acctest.SystemName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"token_lifetime":7200,
				"skip_consent_for_verifiable_first_party_clients":true,"subject_type_authorization":{"user":{"policy":"deny_all"}}}`))},
		},
	}
	for attribute, value := range map[string]string{
		"name": `"Mine"`, "scopes": `{ "read:orders" = null }`, "signing_alg": `"PS256"`,
		"token_lifetime_for_web": "60",
		"token_dialect":          `"rfc9068_profile"`, "enforce_policies": "true",
		"allow_offline_access":  "true",
		"consent_policy":        `"transactional-authorization-with-mfa"`,
		"authorization_details": `[{ type = "payment" }]`,
		"authorization_policy":  `{ policy_id = "p1" }`,
		"proof_of_possession":   `{ mechanism = "dpop", required = true }`,
		"token_encryption":      `{ encryption_key = { alg = "RSA-OAEP-256" } }`,
	} {
		steps = append(steps, resource.TestStep{
			Config: acctest.SystemConfig(management, attribute+" = "+value), PlanOnly: true,
			ExpectError: text.Says(`with m2m_resource_server.system, … ` + attribute +
				` = … The tenant does not allow changing ` + attribute +
				` of the Management API, only token_lifetime, skip_consent_for_verifiable_first_party_clients and subject_type_authorization.user. Remove ` + attribute +
				` from the configuration to keep the value in the tenant.`),
		})
	}
	steps = append(steps, resource.TestStep{
		Config: acctest.SystemConfig(
			management, `subject_type_authorization = { client = { policy = "deny_all" } }`,
		), PlanOnly: true,
		ExpectError: text.Says(
			`changing subject_type_authorization.client of the Management API … Remove client from subject_type_authorization to keep the value in the tenant.`,
		),
	}, resource.TestStep{
		Config:      acctest.SystemConfig(management, `signing_secret = "0123456789abcdef"`),
		PlanOnly:    true,
		ExpectError: text.Says(`identifier = … changing signing_secret of the Management API`),
	}, resource.TestStep{
		// An unknown value is checked once it is known.
		Config: acctest.SystemConfig(
			management, "token_lifetime = 7200", "name = terraform_data.later.output",
		) +
			"resource \"terraform_data\" \"later\" {\n  input = \"Mine\"\n}\n",
		ExpectError: text.Says("terraform_data.later.output … changing name of the Management " +
			"API"),
	}, resource.TestStep{
		Config:            acctest.SystemConfig(management),
		ConfigPlanChecks:  acctest.Planned(acctest.SystemName, plancheck.ResourceActionNoop),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
	})
	n.Test(steps...)
}

func TestAccResourceServer_managementAPICannotBeCreated(t *testing.T) {
	n := acctest.NewTenant(t)
	management := n.URL() + "/api/v2/"
	block := fmt.Sprintf("import { to = m2m_resource_server.NAME id = %q }", management)
	n.Test(
		resource.TestStep{
			Config: acctest.SystemConfig(management), PlanOnly: true,
			ExpectError: text.Says("The API \"" + management +
				"\" exists in every tenant. … " + block +
				" Alternatively, set use_existing = true"),
		},
		// Another API cannot become the Management API either.
		resource.TestStep{
			Config: acctest.SystemConfig("https://orders.example.com"),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		resource.TestStep{
			Config:      acctest.SystemConfig(management),
			PlanOnly:    true,
			ExpectError: text.Says(block),
		},
	)
}

func TestAccResourceServer_managementAPIIsAdopted(t *testing.T) {
	n := acctest.NewTenant(t)
	management := n.URL() + "/api/v2/"
	n.Test(
		resource.TestStep{
			Config: `resource "terraform_data" "name" {
				input = "Mine"
			}` + "\n" + acctest.SystemConfig(
				management, "use_existing = true", "name = terraform_data.name.output",
				"token_lifetime = 600",
			),
			ExpectError: text.Says(`terraform apply: … The tenant does not allow changing name of the Management API, only token_lifetime,
				… Remove name from the configuration: the adopted API keeps its value.`),
		},
		// No create request is sent.
		resource.TestStep{
			Config: acctest.SystemConfig(
				management, "use_existing = true", `name = "Auth0 Management API"`,
				"token_lifetime = 600",
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"token_lifetime":600}`)),
				statecheck.ExpectKnownValue(
					acctest.SystemName, tfjsonpath.New("is_system"), knownvalue.Bool(true),
				),
			},
		},
	)
}

func TestAccResourceServer_templateOfSystemAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	account := n.URL() + "/me/"
	fromTemplate := func(attribute string) resource.TestStep {
		return resource.TestStep{
			Config: acctest.SystemConfig(account, attribute), PlanOnly: true,
			ExpectError: text.Says(
				"The tenant creates the Auth0 My Account API from a template that sets the " +
					strings.Fields(attribute)[0],
			),
		}
	}
	config := func(attributes ...string) string {
		return acctest.SystemConfig(account, append(
			attributes, `proof_of_possession = { mechanism = "dpop", required = false }`,
		)...)
	}
	n.Test(
		fromTemplate(`name = "Mine"`),
		fromTemplate(`scopes = { "read:me:factors" = "Read" }`),
		resource.TestStep{Config: config(), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(`POST resource-servers {"identifier":"` + account +
				`","proof_of_possession":{"mechanism":"dpop","required":false}}`)),
			statecheck.ExpectKnownValue(
				acctest.SystemName, tfjsonpath.New("name"),
				knownvalue.StringExact("Auth0 My Account API"),
			),
		}},
		resource.TestStep{
			Config: config("scopes = {}"), PlanOnly: true,
			ExpectError: text.Says("/me/\" is a system API, and the tenant does not " +
				"allow changing its scopes. Remove scopes from the configuration"),
		},
		resource.TestStep{Config: config("token_lifetime = 500"), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"token_lifetime":500}`)),
		}},
	)
}

// What the template chooses is taken as it is. A configured value that the template ignores is sent
// again.
func TestAccResourceServer_systemAPIFromTemplate(t *testing.T) {
	for _, path := range []string{"/me/", "/my-org/"} {
		t.Run(path, func(t *testing.T) {
			n := acctest.NewTenant(t)
			identifier := n.URL() + path
			created := fmt.Sprintf(`POST resource-servers {"identifier":%q}`, identifier)
			n.Test(
				resource.TestStep{
					Config: acctest.SystemConfig(identifier),
					ConfigStateChecks: []statecheck.StateCheck{
						n.Expect(acctest.Writes(created)),
						statecheck.ExpectKnownValue(
							acctest.SystemName, tfjsonpath.New("proof_of_possession").AtMapKey(
								"mechanism",
							), knownvalue.StringExact("dpop"),
						),
					},
				},
				// Removing the block keeps the value of the template, too.
				resource.TestStep{
					Config: acctest.SystemConfig(
						identifier, `proof_of_possession = { mechanism = "dpop", required = true }`,
					),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
						`PATCH resource-servers/{id} {"proof_of_possession":{"mechanism":"dpop","required":true}}`,
					))},
				},
				resource.TestStep{Config: acctest.SystemConfig(identifier), PlanOnly: true},
			)
		})
	}
}

func TestAccResourceServer_systemAPIDiffersFromTemplate(t *testing.T) {
	n := acctest.NewTenant(t)
	identifier := n.URL() + "/me/"
	config := acctest.SystemConfig(identifier, "token_lifetime = 900")
	n.Test(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				fmt.Sprintf(
					`POST resource-servers {"identifier":%q,"token_lifetime":900}`, identifier,
				), `PATCH resource-servers/{id} {"token_lifetime":900}`,
			))},
		},
	)
}

// A system API cannot be replaced, so an apply that fails must not taint it.
func TestAccResourceServer_systemAPIIsNeverTainted(t *testing.T) {
	n := acctest.NewTenant(t)
	identifier := n.URL() + "/me/"
	created := fmt.Sprintf(`POST resource-servers {"identifier":%q,"token_lifetime":900}`, identifier)
	n.Next("PATCH /api/v2/resource-servers/{id}", testserver.Refuse(http.StatusBadRequest))
	n.Test(
		resource.TestStep{
			Config: acctest.SystemConfig(identifier, "token_lifetime = 900"),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				created, `PATCH resource-servers/{id} {"token_lifetime":900}`,
			))},
			ExpectError: text.Says("Unable to create resource server"),
		},
		resource.TestStep{
			Config: acctest.SystemConfig(
				identifier, "token_lifetime = 900", "use_existing = true",
			),
			ConfigPlanChecks: acctest.Planned(acctest.SystemName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				created, `PATCH resource-servers/{id} {"token_lifetime":900}`,
			))},
		},
	)
}

// If the tenant stores something else, the API is not tainted either.
func TestAccResourceServer_systemAPIStoredDifferently(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	identifier := n.URL() + "/me/"
	answer := `{"id":"68f0a1b2c3d4e5f60718293a","identifier":%q,"is_system":true,"token_lifetime":%d}`
	n.Next("POST /api/v2/resource-servers", acctest.Respond(
		http.StatusCreated, fmt.Sprintf(answer, identifier, 86400),
	))
	n.Next("PATCH /api/v2/resource-servers/{id}", acctest.Respond(
		http.StatusOK, fmt.Sprintf(answer, identifier, 1200),
	))
	terraform := cli.New(t, acctest.SystemConfig(identifier, "token_lifetime = 900"), n.Env())
	output, err := terraform.Run("apply", "-auto-approve", "-no-color")
	said := text.Says("its answer differs from the plan in: token_lifetime.")
	if err == nil || !said.MatchString(output) {
		t.Errorf("%v\n%s", err, output)
	}
	if state := terraform.Written()["terraform.tfstate"]; strings.Contains(state, identifier) {
		t.Errorf("the state contains the API:\n%s", state)
	}
	n.Expect(acctest.Writes(
		fmt.Sprintf(`POST resource-servers {"identifier":%q,"token_lifetime":900}`, identifier),
		`PATCH resource-servers/{id} {"token_lifetime":900}`,
	)).Now()
}
