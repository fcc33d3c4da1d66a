// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ephemeralTest runs steps with the echo provider, which exposes ephemeral values.
func ephemeralTest(n *acctest.Tenant, steps ...resource.TestStep) {
	n.T.Helper()
	providers := protocol.ProviderWith(n.Env())
	providers["echo"] = echoprovider.NewProviderServer()
	n.Run(resource.TestCase{
		TerraformVersionChecks:   acctest.NeedsEphemeral(),
		ProtoV6ProviderFactories: providers,
		Steps:                    steps,
	})
}

// ephemeralConfig is acctest.TokenConfig for the ephemeral resource.
func ephemeralConfig(attributes ...string) string {
	return ephemerally(acctest.TokenConfig(attributes...))
}

func ephemerally(config string) string {
	return strings.ReplaceAll(config, `data "m2m_access_token"`, `ephemeral "m2m_access_token"`)
}

// The echo provider keeps the first value it gets.
const echo = `
provider "echo" {
  data = ephemeral.m2m_access_token.orders
}
resource "echo" "token" {}
`

func echoed(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(
		"echo.token", tfjsonpath.New("data").AtMapKey(attribute), check,
	)
}

// lifeLeft checks the remaining lifetime in an expires_at.
func lifeLeft(want time.Duration) knownvalue.Check {
	return knownvalue.StringFunc(func(text string) error {
		at, err := time.Parse(time.RFC3339, text)
		if left := time.Until(at); err != nil || left < want-time.Hour || left > want {
			return fmt.Errorf("expires_at is %s, in %s (%w)", text, left, err)
		}
		return nil
	})
}

// The token is requested only after the same apply has created the grant: the plan would fail
// if it were requested earlier.
func TestAccAccessTokenEphemeral_mainJob(t *testing.T) {
	n := acctest.NewTenant(t)
	config := acctest.GrantConfig(`scopes = ["read:orders"]`) + ephemeralConfig(
		"client_grant_id = m2m_client_grant.orders.id",
	) + echo
	ephemeralTest(n,
		// Afterwards, the grant exists, so the plans after the apply request a token too.
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue("echo.token", tfjsonpath.New("data")),
				noTokens{n},
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":["read:orders"]`))),
				echoed("access_token", apiCall{n, http.MethodGet, http.StatusOK}),
				echoed("access_token", apiCall{n, http.MethodPost, http.StatusForbidden}),
				echoed("token_type", knownvalue.StringExact("Bearer")),
				echoed("expires_in", knownvalue.Int64Exact(86400)),
				echoed("expires_at", lifeLeft(24*time.Hour)),
				echoed("granted_scopes", acctest.Exactly("read:orders")),
				echoed("verified", knownvalue.Bool(true)),
				echoed("claims_json", acctest.TokenClaims{
					"iss": n.URL() + "/", "aud": testserver.SampleAPIAudience,
					"azp": testserver.MachineClientID, "scope": "read:orders",
				}),
			},
		},
	)
}

// noTokens checks that the machine client requested no token.
type noTokens struct{ tenant *acctest.Tenant }

func (c noTokens) CheckPlan(
	_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse,
) {
	if got := acctest.TokenRequests(c.tenant.Requests(), testserver.MachineClientID); len(got) > 0 {
		resp.Error = fmt.Errorf("%d tokens were requested", len(got))
	}
}

func TestAccAccessTokenEphemeral_arguments(t *testing.T) {
	t.Parallel()
	const secret = "a-signing-secret"
	key := "client_assertion_private_key = " + acctest.Heredoc(testkeys.PrivatePEM())
	for name, c := range map[string]struct {
		prepare func(*acctest.Tenant)
		config  func(*acctest.Tenant) string
		want    func(*acctest.Tenant) []statecheck.StateCheck
	}{
		"the provider's own client by default": {
			config: func(n *acctest.Tenant) string {
				return strings.Replace(
					acctest.BareTokenConfig(`scopes = ["read:clients"]`),
					testserver.SampleAPIAudience, n.URL()+"/api/v2/", 1,
				)
			},
			want: func(n *acctest.Tenant) []statecheck.StateCheck {
				return []statecheck.StateCheck{
					echoed("claims_json", acctest.TokenClaims{
						"azp":   testserver.ManagementClientID,
						"scope": "read:clients",
					}),
					echoed("granted_scopes", acctest.Exactly("read:clients")),
					echoed("verified", knownvalue.Bool(true)),
					echoed("client_id", knownvalue.Null()),
					echoed("client_secret", knownvalue.Null()),
					echoed("min_remaining", knownvalue.Null()),
				}
			},
		},
		"fewer scopes, and long enough": {
			config: func(*acctest.Tenant) string {
				return acctest.TokenConfig(`scopes = ["write:orders"]`, `min_remaining = "23h59m"`)
			},
			want: func(n *acctest.Tenant) []statecheck.StateCheck {
				return []statecheck.StateCheck{
					echoed("granted_scopes", acctest.Exactly("write:orders")),
					echoed("min_remaining", knownvalue.StringExact("23h59m")),
					echoed("access_token", apiCall{n, http.MethodPost, http.StatusOK}),
				}
			},
		},
		"a private key": {
			prepare: func(n *acctest.Tenant) {
				n.SetPublicKey(
					testserver.MachineClientID, "RS384", "", &testkeys.Signing()[0].PublicKey,
				)
			},
			config: func(*acctest.Tenant) string {
				return acctest.BareTokenConfig(
					fmt.Sprintf("client_id = %q", testserver.MachineClientID),
					`client_assertion_signing_alg = "RS384"`, key,
				)
			},
			want: func(*acctest.Tenant) []statecheck.StateCheck {
				return []statecheck.StateCheck{echoed("claims_json", acctest.TokenClaims{
					"azp": testserver.MachineClientID,
				})}
			},
		},
		"a signing secret": {
			prepare: func(n *acctest.Tenant) {
				n.ChangeSampleAPI(`{"signing_alg":"HS256","signing_secret":"` + secret + `"}`)
			},
			config: func(*acctest.Tenant) string {
				return acctest.TokenConfig(fmt.Sprintf("signing_secret = %q", secret))
			},
			want: func(*acctest.Tenant) []statecheck.StateCheck {
				return []statecheck.StateCheck{echoed("verified", knownvalue.Bool(true))}
			},
		},
		"not verified": {
			prepare: func(n *acctest.Tenant) {
				n.ChangeSampleAPI(`{"signing_alg":"HS256","signing_secret":"` + secret + `"}`)
			},
			config: func(*acctest.Tenant) string { return acctest.TokenConfig("verify = false") },
			want: func(*acctest.Tenant) []statecheck.StateCheck {
				return []statecheck.StateCheck{
					echoed("verified", knownvalue.Bool(false)),
					echoed("claims_json", acctest.TokenClaims{"aud": testserver.SampleAPIAudience}),
				}
			},
		},
		"an organization": {
			prepare: func(n *acctest.Tenant) {
				grant := n.Create("/api/v2/client-grants",
					fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:orders"],"organization_usage":"require"}`,
						testserver.MachineClientID, testserver.SampleAPIAudience))
				n.Associate(acctest.ExampleOrganization, grant)
			},
			config: func(*acctest.Tenant) string {
				return acctest.TokenConfig(`organization = "acme"`)
			},
			want: func(*acctest.Tenant) []statecheck.StateCheck {
				return []statecheck.StateCheck{echoed("claims_json", acctest.TokenClaims{
					"org_id": acctest.ExampleOrganization,
				})}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.ExampleTenant(t)
			if name != "an organization" {
				n.Granted()
			}
			if c.prepare != nil {
				c.prepare(n)
			}
			ephemeralTest(n, resource.TestStep{
				Config:            ephemerally(c.config(n)) + echo,
				ConfigStateChecks: append(c.want(n), n.Expect(acctest.Writes())),
			})
		})
	}
}

// A token that was opened before a change to the grant is not shared with blocks that depend on
// the change.
func TestAccAccessTokenEphemeral_changedGrant(t *testing.T) {
	n := acctest.NewTenant(t)
	config := strings.Replace(ephemeralConfig(), `"orders"`, `"early"`, 1) + ephemeralConfig(
		"client_grant_id = m2m_client_grant.orders.id",
	) +
		strings.Replace(
			echo, "data = ",
			"data = ephemeral.m2m_access_token.early.access_token == \"\" ? null : ", 1,
		)
	ephemeralTest(n,
		resource.TestStep{Config: acctest.GrantConfig(
			`scopes = ["read:orders"]`,
		), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":["read:orders"]`))),
		}},
		resource.TestStep{Config: acctest.GrantConfig(
			`scopes = ["read:orders", "write:orders"]`,
		) + config, ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(
				`PATCH client-grants/{id} {"scope":["read:orders","write:orders"]}`,
			)),
			echoed("granted_scopes", acctest.Exactly("read:orders", "write:orders")),
		}},
	)
}

// A plan requests the token before the apply changes the grant, so a refusal need not be final.
func TestAccAccessTokenEphemeral_grantChangesLater(t *testing.T) {
	t.Parallel()
	config := func(grant, token string, version int) string {
		return acctest.GrantConfig(grant) + ephemeralConfig(
			"client_grant_id = m2m_client_grant.orders.id", token,
		) + fmt.Sprintf(`
			resource "m2m_resource_server" "gateway" {
			  identifier                = "https://gateway.example.com"
			  signing_alg               = "HS256"
			  signing_secret_wo         = ephemeral.m2m_access_token.orders.access_token
			  signing_secret_wo_version = %d
			}`, version)
	}
	for name, c := range map[string]struct{ before, after, first, then string }{
		"scopes": {
			`scopes = ["read:orders"]`, `scopes = ["read:orders", "write:orders"]`,
			"scopes = m2m_client_grant.orders.scopes", "scopes = m2m_client_grant.orders.scopes",
		},
		"organization": {"", `organization_usage = "require"
			allow_any_organization = true`, "", `organization = "acme"`},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			n.AddOrganization("acme")
			refused := strings.Replace(
				config(c.before, c.then, 2), "scopes = m2m_client_grant.orders.scopes",
				`scopes = ["write:orders"]`, 1,
			)
			n.Run(resource.TestCase{TerraformVersionChecks: acctest.NeedsWriteOnly(), Steps: []resource.TestStep{
				{
					Config: config(c.before, c.first, 1),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(
						acctest.Writes(
							"POST client-grants", "POST resource-servers",
						).InAnyOrder().WithoutBodies(),
					)},
				},
				{
					Config:   refused,
					PlanOnly: true,
					ExpectError: text.Says("The plan requests the token before the apply " +
						"changes the grant or its API."),
				},
				{
					Config: config(c.after, c.then, 2),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(
						acctest.Writes(
							"PATCH client-grants/{id}", "PATCH resource-servers/{id}",
						).InAnyOrder().WithoutBodies(),
					)},
				},
			}})
		})
	}
}

// If an argument is known only after apply, the token is requested in the apply.
func TestAccAccessTokenEphemeral_unknownAtPlan(t *testing.T) {
	t.Parallel()
	later := func(value string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  input = %q\n}\n", value)
	}
	const ofProvider = "the provider's configuration"
	for name, config := range map[string]string{
		"an argument": later(testserver.SampleAPIAudience) +
			strings.Replace(
				ephemeralConfig(), fmt.Sprintf("%q", testserver.SampleAPIAudience),
				"terraform_data.later.output", 1,
			),
		"a scope": later("read:orders") + ephemeralConfig("scopes = [terraform_data.later.output]"),
		ofProvider: later(testserver.ManagementClientSecret) +
			acctest.ProviderBlock(
				"client_secret = terraform_data.later.output",
			) + ephemeralConfig(),
	} {
		t.Run(name, func(t *testing.T) {
			if name == ofProvider && acctest.IsOpenTofu() {
				t.Skip("OpenTofu fails if the provider's configuration is known only after apply; Terraform runs it")
			}
			n := acctest.NewTenant(t).Granted()
			n.ForgetRequests()
			ephemeralTest(n,
				resource.TestStep{
					Config: config + echo,
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectUnknownValue("echo.token", tfjsonpath.New("data")),
						noTokens{n},
					}},
					ConfigStateChecks: []statecheck.StateCheck{
						n.Expect(acctest.Writes()),
						echoed("access_token", apiCall{n, http.MethodGet, http.StatusOK}),
					},
				},
			)
		})
	}
}

func TestAccAccessTokenEphemeral_writeOnlyArgument(t *testing.T) {
	n := acctest.NewTenant(t).Granted()
	n.Run(resource.TestCase{TerraformVersionChecks: acctest.NeedsWriteOnly(), Steps: []resource.TestStep{{
		Config: ephemeralConfig() + `
			resource "m2m_resource_server" "gateway" {
			  identifier                = "https://gateway.example.com"
			  signing_alg               = "HS256"
			  signing_secret_wo         = ephemeral.m2m_access_token.orders.access_token
			  signing_secret_wo_version = 1
			}`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(
				"m2m_resource_server.gateway", tfjsonpath.New("signing_secret_wo"),
				knownvalue.Null(),
			),
			statecheck.ExpectKnownValue(
				"m2m_resource_server.gateway", tfjsonpath.New("signing_secret"), knownvalue.Null(),
			),
			sentToken{n},
		},
	}}})
}

// sentToken checks that the only write of a step sends a token of the sample API as the signing
// secret.
type sentToken struct{ tenant *acctest.Tenant }

func (c sentToken) CheckState(
	_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	writes := c.tenant.Writes()
	var body struct {
		SigningSecret string `json:"signing_secret"`
	}
	if len(writes) == 1 {
		_ = json.Unmarshal(writes[0].Body, &body)
	}
	if err := (apiCall{c.tenant, http.MethodGet, http.StatusOK}).CheckValue(
		body.SigningSecret,
	); err != nil {
		resp.Error = fmt.Errorf("%d writes: %w", len(writes), err)
	}
}

func TestAccAccessTokenEphemeral_refusals(t *testing.T) {
	n := acctest.NewTenant(t).Granted()
	n.ChangeSampleAPI(`{"token_lifetime":300}`)
	n.ForgetRequests()
	step := func(want string, attributes ...string) resource.TestStep {
		return resource.TestStep{
			Config:      ephemeralConfig(attributes...) + echo,
			ExpectError: text.Says(want),
		}
	}
	ephemeralTest(n,
		step(
			"Several ways to authenticate",
			"client_assertion_private_key = "+acctest.Heredoc(testkeys.PrivatePEM()),
		),
		step("Invalid private key", `client_assertion_private_key = "secret"`),
		step(
			`Invalid duration … "5 minutes" is not a positive duration such as 10s or 1m30s.`,
			`min_remaining = "5 minutes"`,
		),
		step(
			`Invalid duration … "0s" is not a positive duration such as 10s or 1m30s.`,
			`min_remaining = "0s"`,
		),
		resource.TestStep{
			Config: ephemerally(acctest.BareTokenConfig(`client_id = "other"`)) + echo,
			ExpectError: text.Says(
				`Missing client_secret … The client "other" is not the provider's own`,
			),
		},
		step(`Access token for the API "https://sample-api.example.com" expires too soon … min_remaining = "5m" … A new token for the API
			"https://sample-api.example.com" expires after 5m0s, but min_remaining requires 5m0s.
			Raise the token_lifetime of the API above min_remaining, or lower min_remaining.`,
			`min_remaining = "5m"`),
		resource.TestStep{
			Config: ephemeralConfig(`min_remaining = "4m"`) + echo,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes()), echoed("expires_in", knownvalue.Int64Exact(300)),
			},
		},
	)
}

func TestAccAccessTokenEphemeral_missingGrant(t *testing.T) {
	n := acctest.NewTenant(t)
	ephemeralTest(n,
		resource.TestStep{Config: ephemeralConfig() + echo, ExpectError: text.Says(fmt.Sprintf(
			`resource "m2m_client_grant" "NAME" { client_id = %q audience = "https://sample-api.example.com"`, testserver.MachineClientID))})
}
