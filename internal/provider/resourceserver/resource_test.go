// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver_test

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccResourceServer_minimalConfiguration(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config:           acctest.OrdersConfig(),
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`POST resource-servers {"identifier":"https://orders.example.com"}`,
				)),
				acctest.OrdersValue("id", knownvalue.StringRegexp(acctest.HexID)),
				acctest.WholeState(acctest.OrdersName, `{
					"identifier": "https://orders.example.com", "name": null, "scopes": {},
					"signing_alg": "RS256", "signing_secret": null, "signing_secret_wo": null, "signing_secret_wo_version": null,
					"token_lifetime": 86400, "token_lifetime_for_web": 7200, "token_dialect": null, "enforce_policies": null,
					"allow_offline_access": false, "allow_online_access": null, "allow_online_access_with_ephemeral_sessions": null,
					"skip_consent_for_verifiable_first_party_clients": false,
					"subject_type_authorization": {"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},
					"token_encryption": null, "consent_policy": null, "authorization_details": null, "proof_of_possession": null,
					"authorization_policy": null, "use_existing": null, "is_system": null, "client_id": null
				}`),
			},
		},
		resource.TestStep{
			ResourceName:      acctest.OrdersName,
			ImportState:       true,
			ImportStateVerify: true,
		},
		resource.TestStep{
			ResourceName: acctest.OrdersName, ImportState: true, ImportStateVerify: true,
			ImportStateId: acctest.OrdersAPI,
		},
	)
}

func fullConfig(publicKey string) string {
	return acctest.OrdersConfig(
		`name = "Orders"`,
		`scopes = { "read:orders" = "Read orders", "write:orders" = "", "audit:orders" = null }`,
		`signing_alg = "HS256"`,
		`signing_secret = "0123456789abcdef"`,
		`token_lifetime = 3600`,
		`token_lifetime_for_web = 1800`,
		`token_dialect = "rfc9068_profile_authz"`,
		`enforce_policies = true`,
		`allow_offline_access = true`,
		`allow_online_access = true`,
		`allow_online_access_with_ephemeral_sessions = true`,
		`skip_consent_for_verifiable_first_party_clients = true`,
		`subject_type_authorization = { user = { policy = "deny_all" }, client = { policy = "deny_all" } }`,
		`token_encryption = { encryption_key = { alg = "RSA-OAEP-256", name = "key 1", kid = "k1", pem = `+acctest.Heredoc(publicKey)+`} }`,
		`consent_policy = "transactional-authorization-with-mfa"`,
		`authorization_details = [{ type = "payment" }, { type = "account" }]`,
		`proof_of_possession = { mechanism = "mtls", required = true, required_for = "public_clients" }`,
		`authorization_policy = { policy_id = "pol_1" }`,
	)
}

func TestAccResourceServer_fullConfiguration(t *testing.T) {
	n := acctest.NewTenant(t)
	key := testkeys.PublicPEM()
	thumbprint, err := input.Thumbprint(key)
	if err != nil {
		t.Fatal(err)
	}
	n.Test(
		resource.TestStep{
			Config: fullConfig(key),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(fmt.Sprintf(`POST resource-servers {
					"identifier": "https://orders.example.com", "name": "Orders",
					"scopes": [{"value":"audit:orders"}, {"value":"read:orders","description":"Read orders"}, {"value":"write:orders","description":""}],
					"signing_alg": "HS256", "signing_secret": "0123456789abcdef",
					"token_lifetime": 3600, "token_lifetime_for_web": 1800, "token_dialect": "rfc9068_profile_authz",
					"enforce_policies": true, "allow_offline_access": true, "allow_online_access": true,
					"allow_online_access_with_ephemeral_sessions": true, "skip_consent_for_verifiable_first_party_clients": true,
					"subject_type_authorization": {"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}},
					"token_encryption": {"format":"compact-nested-jwe","encryption_key":{"name":"key 1","alg":"RSA-OAEP-256","kid":"k1","pem":%q}},
					"consent_policy": "transactional-authorization-with-mfa",
					"authorization_details": [{"type":"payment"},{"type":"account"}],
					"proof_of_possession": {"mechanism":"mtls","required":true,"required_for":"public_clients"},
					"authorization_policy": {"policy_id":"pol_1"}
				}`, key))),
				statecheck.ExpectSensitiveValue(
					acctest.OrdersName, tfjsonpath.New("signing_secret"),
				),
				acctest.WholeState(acctest.OrdersName, fmt.Sprintf(`{
					"identifier": "https://orders.example.com", "name": "Orders",
					"scopes": {"read:orders":"Read orders","write:orders":"","audit:orders":null},
					"signing_alg": "HS256", "signing_secret": "0123456789abcdef", "signing_secret_wo": null, "signing_secret_wo_version": null,
					"token_lifetime": 3600, "token_lifetime_for_web": 1800, "token_dialect": "rfc9068_profile_authz", "enforce_policies": true,
					"allow_offline_access": true, "allow_online_access": true, "allow_online_access_with_ephemeral_sessions": true,
					"skip_consent_for_verifiable_first_party_clients": true,
					"subject_type_authorization": {"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}},
					"token_encryption": {"format":"compact-nested-jwe","encryption_key":
						{"alg":"RSA-OAEP-256","name":"key 1","kid":"k1","pem":%q,"thumbprint_sha256":%q}},
					"consent_policy": "transactional-authorization-with-mfa", "authorization_details": [{"type":"payment"},{"type":"account"}],
					"proof_of_possession": {"mechanism":"mtls","required":true,"required_for":"public_clients"},
					"authorization_policy": {"policy_id":"pol_1"}, "use_existing": null, "is_system": null, "client_id": null
				}`, key, thumbprint)),
			},
		},
		resource.TestStep{
			ResourceName: acctest.OrdersName, ImportState: true, ImportStateVerify: true,
			// The tenant never returns the PEM.
			ImportStateVerifyIgnore: []string{"token_encryption.encryption_key.pem"},
		},
		// One PATCH clears every attribute that null clears. All others keep their values.
		resource.TestStep{
			Config:           acctest.OrdersConfig(),
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"token_encryption":null,"consent_policy":null,"authorization_details":null,
					"proof_of_possession":null,"authorization_policy":null}`)),
				n.Stored(acctest.ResourceServerPath(acctest.OrdersAPI), map[string]string{
					"token_encryption": "absent", "consent_policy": "absent",
					"authorization_details": "absent",
					"proof_of_possession":   "absent", "authorization_policy": "absent",
					"name": `"Orders"`, "token_lifetime": "3600",
				}),
			},
		},
	)
}

// To the tenant, null and an empty list mean the same, although its responses differ.
func TestAccResourceServer_emptyMeansNone(t *testing.T) {
	n := acctest.NewTenant(t)
	nothing := func(config string) resource.TestStep {
		return resource.TestStep{Config: config, PlanOnly: true}
	}
	empties := acctest.OrdersConfig("scopes = {}", "authorization_details = []")
	n.Test(
		resource.TestStep{Config: acctest.OrdersConfig(
			"authorization_details = []",
		), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(
				`POST resource-servers {"identifier":"https://orders.example.com"}`,
			)),
		}},
		nothing(empties), nothing(acctest.OrdersConfig()),
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(
					http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI),
					`{"scopes":[],"authorization_details":[]}`, nil,
				)
			},
			Config: acctest.OrdersConfig(), PlanOnly: true,
		},
		nothing(empties),
	)
}

// A create and each refresh take one request.
func TestAccResourceServer_requests(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{Config: acctest.OrdersConfig(), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrdersPost(``))),
			n.Expect(acctest.Requests("POST resource-servers")),
		}},
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Requests(
				"GET resource-servers/{id}",
			))},
		},
		resource.TestStep{Config: acctest.OrdersConfig(`name = "Orders"`), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"name":"Orders"}`)),
			n.Expect(acctest.Requests("GET resource-servers/{id}", "PATCH resource-servers/{id}")),
		}},
	)
}

func TestAccResourceServer_reorderedScopesPlanNothing(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(`scopes = { a = "A", b = "B" }`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.OrdersPost(
					`,"scopes":[{"value":"a","description":"A"},{"value":"b","description":"B"}]`,
				))),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI),
					`{"scopes":[{"value":"b","description":"B"},{"value":"a","description":"A"}]}`,
					nil)
			},
			Config: acctest.OrdersConfig(`scopes = { b = "B", a = "A" }`), PlanOnly: true,
		},
	)
}

func TestAccResourceServer_drift(t *testing.T) {
	n := acctest.NewTenant(t)
	config := acctest.OrdersConfig(`name = "Orders"`, `scopes = { a = "A" }`)
	n.Test(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrdersPost(
				`,"name":"Orders","scopes":[{"value":"a","description":"A"}]`,
			))),
		}},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI),
					`{"name":"Changed","scopes":[],"consent_policy":"transactional-authorization-with-mfa"}`, nil)
			},
			Config:           config,
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`PATCH resource-servers/{id} {"name":"Orders","scopes":[{"value":"a","description":"A"}],"consent_policy":null}`,
				)),
			},
		},
	)
}

func TestAccResourceServer_omittedScopesAreKept(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(`name = "A"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				`,"name":"A"`,
			)))},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(
					http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI),
					`{"scopes":[{"value":"read"}]}`, nil,
				)
			},
			Config: acctest.OrdersConfig(`name = "B"`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"name":"B"}`)),
				acctest.OrdersValue(
					"scopes",
					knownvalue.MapExact(map[string]knownvalue.Check{"read": knownvalue.Null()}),
				),
			},
		},
	)
}

func TestAccResourceServer_deletedElsewhere(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(
					http.MethodDelete, acctest.ResourceServerPath(acctest.OrdersAPI), "", nil,
				)
			},
			Config:           acctest.OrdersConfig(),
			ConfigPlanChecks: acctest.Planned(acctest.OrdersName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrdersPost(
				``,
			)))},
		},
		// A destroy succeeds even if the API is already gone.
		resource.TestStep{
			Config:             acctest.OrdersConfig(),
			Destroy:            true,
			ExpectNonEmptyPlan: false,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				"DELETE resource-servers/{id}",
			))},
		},
	)
}

func TestAccResourceServer_conflict(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: "resource \"m2m_resource_server\" \"sample\" {\n  identifier = \"" +
			testserver.SampleAPIAudience + "\"\n}\n",
		ExpectError: text.Says(`The tenant already has the API "` +
			testserver.SampleAPIAudience + `". If another block of this configuration manages it, ` +
			`remove one of the two, or use a moved block if it was renamed. Otherwise, import it ` +
			`and apply again. Replace m2m_resource_server.NAME with the address shown above ` +
			`after "with". import { to = m2m_resource_server.NAME id = ` +
			`"6800000000000000000000b2" } Or set use_existing = true to adopt it and update it in ` +
			`the same apply. If this plan replaces it, set create_before_destroy = false.`),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
			`POST resource-servers {"identifier":"` + testserver.SampleAPIAudience + `"}`,
		))},
	})
}

func TestAccResourceServer_useExistingAdoptsAndUpdates(t *testing.T) {
	n := acctest.NewTenant(t)
	n.AtDashboard(http.MethodPost, "/api/v2/resource-servers",
		`{"identifier":"https://orders.example.com","name":"Old","token_lifetime":600,"consent_policy":"transactional-authorization-with-mfa"}`, nil)
	config := acctest.OrdersConfig(`name = "Orders"`, `use_existing = true`)
	n.Run(resource.TestCase{
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					n.Expect(acctest.Writes(
						`POST resource-servers {"identifier":"https://orders.example.com","name":"Orders"}`,
						`PATCH resource-servers/{id} {"name":"Orders","consent_policy":null}`)),
					acctest.OrdersValue("token_lifetime", knownvalue.Int64Exact(600)),
				},
			},
			// Turning it off sends nothing.
			{
				Config:            acctest.OrdersConfig(`name = "Orders"`),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
			},
		},
	})
}

func TestAccResourceServer_lostCreateReply(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.LoseReply())
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig(`scopes = { b = "B", a = null }`),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(
				`POST resource-servers {"identifier":"https://orders.example.com","scopes":[{"value":"a"},{"value":"b","description":"B"}]}`,
			)),
		},
	})
}

func TestAccResourceServer_lostCreateRequest(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.ResetConnection())
	body := `POST resource-servers {"identifier":"https://orders.example.com"}`
	n.Test(resource.TestStep{
		Config:            acctest.OrdersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(body, body))},
	})
}

func TestAccResourceServer_transientErrors(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.Refuse(429))
	n.Next(
		"GET /api/v2/resource-servers/{id}", testserver.Refuse(503), testserver.ResetConnection(),
		testserver.Refuse(429),
	)
	n.Next("DELETE /api/v2/resource-servers/{id}", testserver.LoseReply())
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
			acctest.OrdersPost(``), acctest.OrdersPost(``),
		))},
	})
}

func TestAccResourceServer_systemAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	config := func(attributes string) string {
		return fmt.Sprintf(
			"resource \"m2m_resource_server\" \"management\" {\n  identifier = \"%s/api/v2/\"\n  "+
				"%s\n}\n",
			n.URL(), attributes,
		)
	}
	n.Test(
		resource.TestStep{
			Config:             config(""),
			ResourceName:       "m2m_resource_server.management",
			ImportState:        true,
			ImportStateId:      n.URL() + "/api/v2/",
			ImportStatePersist: true,
		},
		resource.TestStep{Config: config(""), PlanOnly: true},
		// The client policy cannot be sent, even unchanged.
		resource.TestStep{
			Config: config(`subject_type_authorization = { user = { policy = "deny_all" } }`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`PATCH resource-servers/{id} {"subject_type_authorization":{"user":{"policy":"deny_all"}}}`,
				)),
			},
		},
		// It is only removed from the state.
		resource.TestStep{Config: config(""), Destroy: true},
		resource.TestStep{
			Config:            "# nothing",
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
		},
	)
}

// The tenant keeps a web lifetime that it would not accept (API contract 3.12).
func TestAccResourceServer_webLifetimeCheckedOnChange(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create(
		"/api/v2/resource-servers",
		`{"identifier":"https://orders.example.com","token_lifetime":300}`,
	)
	asItIs := acctest.OrdersConfig("token_lifetime = 300", "token_lifetime_for_web = 7200")
	n.Test(
		resource.TestStep{
			Config: asItIs, ResourceName: acctest.OrdersName, ImportState: true,
			ImportStateId: acctest.OrdersAPI, ImportStatePersist: true,
		},
		resource.TestStep{Config: asItIs, PlanOnly: true},
		resource.TestStep{
			Config: acctest.OrdersConfig(
				"token_lifetime = 300", "token_lifetime_for_web = 7201",
			),
			PlanOnly: true,
			ExpectError: text.Says("token_lifetime_for_web (7201 seconds) is greater than " +
				"token_lifetime (300 seconds)."),
		},
		// A replacement starts from the tenant's default, not from the replaced API's value.
		resource.TestStep{
			Config: strings.Replace(
				acctest.OrdersConfig("token_lifetime_for_web = 7200"), acctest.OrdersAPI,
				acctest.OrdersAPI+"/", 1,
			),
			ConfigPlanChecks: acctest.Planned(
				acctest.OrdersName, plancheck.ResourceActionDestroyBeforeCreate,
			),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				"DELETE resource-servers/{id}",
				`POST resource-servers {"identifier":"https://orders.example.com/","token_lifetime_for_web":7200}`,
			))},
		},
	)
}

func TestAccResourceServer_emptyImportID(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig(), ResourceName: acctest.OrdersName, ImportState: true,
		ImportStateId: " ",
		ExpectError: text.Says("The import id is empty. Use the id of the API, such as " +
			"68f0a1b2c3d4e5f60718293a, or its identifier."),
	})
}
