// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccResourceServer_encryptionChangesInPlace(t *testing.T) {
	n := acctest.NewTenant(t)
	first, second := testkeys.PublicPEM(), testkeys.PublicPEM()
	config := func(key string) string {
		return acctest.OrdersConfig(
			`token_encryption = { encryption_key = { alg = "RSA-OAEP-512", pem = ` +
				acctest.Heredoc(key) + `} }`,
		)
	}
	body := func(key string) string {
		return fmt.Sprintf(
			`{"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-512","pem":%q}}}`,
			key,
		)
	}
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`POST resource-servers {"identifier":"https://orders.example.com"}`,
			))},
		},
		resource.TestStep{
			Config: config(first),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				"PATCH resource-servers/{id} " + body(first),
			))},
		},
		resource.TestStep{
			Config: config(second),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				"PATCH resource-servers/{id} " + body(second),
			))},
		},
		// A key changed outside of Terraform is detected by its thumbprint.
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(
					http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI), body(first),
					nil,
				)
			},
			Config:           config(second),
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				"PATCH resource-servers/{id} " + body(second),
			))},
		},
	)
}

func TestAccResourceServer_signingSecret(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		// The tenant generates a secret when an API switches to HS256.
		resource.TestStep{Config: acctest.OrdersConfig(`signing_alg = "RS256"`), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrdersPost(`,"signing_alg":"RS256"`))),
			acctest.OrdersValue("signing_secret", knownvalue.Null()),
		}},
		resource.TestStep{
			Config: acctest.OrdersConfig(`signing_alg = "HS256"`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"signing_alg":"HS256"}`)),
				acctest.OrdersValue(
					"signing_secret", knownvalue.StringRegexp(acctest.AlphanumericID),
				),
				statecheck.ExpectSensitiveValue(
					acctest.OrdersName, tfjsonpath.New("signing_secret"),
				),
			},
		},
		resource.TestStep{
			Config: acctest.OrdersConfig(
				`signing_alg = "HS256"`, `signing_secret = "0123456789abcdef"`,
			), ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`PATCH resource-servers/{id} {"signing_secret":"0123456789abcdef"}`,
				)),
			},
		},
		// The tenant keeps the secret if the algorithm changes.
		resource.TestStep{
			Config: acctest.OrdersConfig(`signing_alg = "RS256"`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"signing_alg":"RS256"}`)),
				acctest.OrdersValue("signing_secret", knownvalue.StringExact("0123456789abcdef")),
			},
		},
	)
}

func TestAccResourceServer_writeOnlySecret(t *testing.T) {
	n := acctest.NewTenant(t)
	config := func(secret string, version int) string {
		return acctest.OrdersConfig(
			`signing_alg = "HS256"`, fmt.Sprintf("signing_secret_wo = %q", secret),
			fmt.Sprintf("signing_secret_wo_version = %d", version),
		)
	}
	hidden := acctest.OrdersValue("signing_secret", knownvalue.Null())
	n.Run(resource.TestCase{
		TerraformVersionChecks: acctest.NeedsWriteOnly(),
		Steps: []resource.TestStep{
			{Config: config("secret-number-one-1", 1), ConfigStateChecks: []statecheck.StateCheck{
				hidden,
				n.Expect(acctest.Writes(
					`POST resource-servers {"identifier":"https://orders.example.com","signing_alg":"HS256","signing_secret":"secret-number-one-1"}`,
				)),
			}},
			{
				Config:            config("secret-number-two-2", 1),
				ConfigPlanChecks:  acctest.EmptyPlan(),
				ConfigStateChecks: []statecheck.StateCheck{hidden, n.Expect(acctest.Writes())},
			},
			{Config: config("secret-number-two-2", 2), ConfigStateChecks: []statecheck.StateCheck{
				hidden, n.Expect(acctest.Writes(
					`PATCH resource-servers/{id} {"signing_secret":"secret-number-two-2"}`,
				)),
			}},
			{Config: acctest.OrdersConfig(`signing_alg = "HS256"`), ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes()),
				acctest.OrdersValue(
					"signing_secret", knownvalue.StringExact("secret-number-two-2"),
				),
			}},
			{Config: config("secret-number-two-2", 3), ConfigStateChecks: []statecheck.StateCheck{
				hidden, n.Expect(acctest.Writes(
					`PATCH resource-servers/{id} {"signing_secret":"secret-number-two-2"}`,
				)),
			}},
		},
	})
}

// Terraform prints the line that an error is on, so no error may be on a secret.
func TestAccResourceServer_refusedSecretIsNotPrinted(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.Respond(http.StatusBadRequest,
		"application/json",
		`{"statusCode":400,"error":"Bad Request","message":"Payload validation error: 'x' on property signing_secret.","errorCode":"invalid_body"}`))
	onTheFirstLine := func(detail string) *regexp.Regexp {
		return regexp.MustCompile(
			`(?s)in resource "m2m_resource_server" "orders":\s+\d+: resource "m2m_resource_server" "orders" \{\s+` + detail,
		)
	}
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(`signing_secret = "0123456789abcdef"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				`,"signing_secret":"0123456789abcdef"`,
			)))},
			ExpectError: onTheFirstLine("The API answered"),
		},
		resource.TestStep{
			Config: acctest.OrdersConfig(`signing_secret = "0123456789abcde"`), PlanOnly: true,
			ExpectError: onTheFirstLine("signing_secret has 15 characters"),
		},
		resource.TestStep{
			Config: acctest.OrdersConfig(
				`signing_secret_wo = "0123456789abcde"`, "signing_secret_wo_version = 1",
			), PlanOnly: true,
			ExpectError: onTheFirstLine("signing_secret_wo has 15 characters"),
		},
	)
}
