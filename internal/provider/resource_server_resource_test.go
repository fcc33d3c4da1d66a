// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	ordersAPI  = "https://orders.example.com"
	ordersName = "m2m_resource_server.orders"
)

// ordersConfig is the configuration of one API with the given attributes.
func ordersConfig(attributes ...string) string {
	return fmt.Sprintf("resource \"m2m_resource_server\" \"orders\" {\n  identifier = %q\n  %s\n}\n",
		ordersAPI, strings.Join(attributes, "\n  "))
}

func ordersValue(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(ordersName, tfjsonpath.New(attribute), check)
}

// ordersPost is the create of that API with further properties, in JSON.
func ordersPost(properties string) string {
	return fmt.Sprintf(`POST resource-servers {"identifier":%q%s}`, ordersAPI, properties)
}

func TestAccResourceServer_leastConfiguration(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{
			Config:           ordersConfig(),
			ConfigPlanChecks: planned(ordersName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`POST resource-servers {"identifier":"https://orders.example.com"}`),
				ordersValue("id", knownvalue.StringRegexp(says24Hex)),
				wholeState(ordersName, `{
					"identifier": "https://orders.example.com", "name": null, "scopes": {},
					"signing_alg": "RS256", "signing_secret": null, "signing_secret_wo": null, "signing_secret_wo_version": null,
					"token_lifetime": 86400, "token_lifetime_for_web": 7200, "token_dialect": null, "enforce_policies": null,
					"allow_offline_access": false, "allow_online_access": null, "allow_online_access_with_ephemeral_sessions": null,
					"skip_consent_for_verifiable_first_party_clients": false,
					"subject_type_authorization": {"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},
					"token_encryption": null, "consent_policy": null, "authorization_details": [], "proof_of_possession": null,
					"authorization_policy": null, "use_existing": null, "is_system": false, "client_id": null
				}`),
			},
		},
		resource.TestStep{
			Config:            ordersConfig(),
			ConfigPlanChecks:  emptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.sent()},
		},
		resource.TestStep{ResourceName: ordersName, ImportState: true, ImportStateVerify: true},
		resource.TestStep{ResourceName: ordersName, ImportState: true, ImportStateVerify: true, ImportStateId: ordersAPI},
	)
}

func fullConfig(publicKey string) string {
	return ordersConfig(
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
		`token_encryption = { encryption_key = { alg = "RSA-OAEP-256", name = "key 1", kid = "k1", pem = `+heredoc(publicKey)+`} }`,
		`consent_policy = "transactional-authorization-with-mfa"`,
		`authorization_details = [{ type = "payment" }, { type = "account" }]`,
		`proof_of_possession = { mechanism = "mtls", required = true, required_for = "public_clients" }`,
		`authorization_policy = { policy_id = "pol_1" }`,
	)
}

func heredoc(text string) string { return "<<EOT\n" + text + "EOT\n" }

func TestAccResourceServer_fullConfiguration(t *testing.T) {
	n := newTenant(t)
	key := publicPEM()
	thumbprint, err := m2m.Thumbprint(key)
	if err != nil {
		t.Fatal(err)
	}
	n.accTest(
		resource.TestStep{
			Config: fullConfig(key),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(fmt.Sprintf(`POST resource-servers {
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
				}`, key)),
				statecheck.ExpectSensitiveValue(ordersName, tfjsonpath.New("signing_secret")),
				wholeState(ordersName, fmt.Sprintf(`{
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
					"authorization_policy": {"policy_id":"pol_1"}, "use_existing": null, "is_system": false, "client_id": null
				}`, key, thumbprint)),
			},
		},
		resource.TestStep{
			ResourceName: ordersName, ImportState: true, ImportStateVerify: true,
			// The API never gives the PEM back.
			ImportStateVerifyIgnore: []string{"token_encryption.encryption_key.pem"},
		},
		// Everything that null clears goes in one PATCH; everything else stays.
		resource.TestStep{
			Config:           ordersConfig(),
			ConfigPlanChecks: planned(ordersName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH resource-servers/{id} {"token_encryption":null,"consent_policy":null,"authorization_details":null,
					"proof_of_possession":null,"authorization_policy":null}`),
				n.stored(resourceServerPath(ordersAPI), map[string]string{
					"token_encryption": "absent", "consent_policy": "absent", "authorization_details": "absent",
					"proof_of_possession": "absent", "authorization_policy": "absent", "name": `"Orders"`, "token_lifetime": "3600",
				}),
			},
		},
	)
}

// The tenant makes no difference between none and an empty list but in its answers.
func TestAccResourceServer_emptyIsNone(t *testing.T) {
	n := newTenant(t)
	nothing := func(config string) resource.TestStep {
		return resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()}}
	}
	empties := ordersConfig("scopes = {}", "authorization_details = []")
	n.accTest(
		resource.TestStep{Config: ordersConfig("authorization_details = []"), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(`POST resource-servers {"identifier":"https://orders.example.com"}`),
		}},
		nothing(empties), nothing(ordersConfig()),
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodPatch, resourceServerPath(ordersAPI), `{"scopes":[],"authorization_details":[]}`, nil)
			},
			Config: ordersConfig(), ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()},
		},
		nothing(empties),
	)
}

// Creating takes one request, and so does each refresh.
func TestAccResourceServer_requests(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(ordersPost(``)), n.requested("POST resource-servers"),
		}},
		resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{n.requested("GET resource-servers/{id}")}},
		resource.TestStep{Config: ordersConfig(`name = "Orders"`), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(`PATCH resource-servers/{id} {"name":"Orders"}`), n.requested("GET resource-servers/{id}", "PATCH resource-servers/{id}"),
		}},
	)
}

func TestAccResourceServer_reorderedScopesPlanNothing(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{
			Config: ordersConfig(`scopes = { a = "A", b = "B" }`), ConfigStateChecks: []statecheck.StateCheck{
				n.sent(ordersPost(`,"scopes":[{"value":"a","description":"A"},{"value":"b","description":"B"}]`)),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodPatch, resourceServerPath(ordersAPI),
					`{"scopes":[{"value":"b","description":"B"},{"value":"a","description":"A"}]}`, nil)
			},
			Config:            ordersConfig(`scopes = { b = "B", a = "A" }`),
			ConfigPlanChecks:  emptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.sent()},
		},
	)
}

func TestAccResourceServer_driftIsSeenAndRepaired(t *testing.T) {
	n := newTenant(t)
	config := ordersConfig(`name = "Orders"`, `scopes = { a = "A" }`)
	n.accTest(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			n.sent(ordersPost(`,"name":"Orders","scopes":[{"value":"a","description":"A"}]`)),
		}},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodPatch, resourceServerPath(ordersAPI),
					`{"name":"Changed","scopes":[],"consent_policy":"transactional-authorization-with-mfa"}`, nil)
			},
			Config:           config,
			ConfigPlanChecks: planned(ordersName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH resource-servers/{id} {"name":"Orders","scopes":[{"value":"a","description":"A"}],"consent_policy":null}`),
			},
		},
	)
}

func TestAccResourceServer_scopesLeftOutAreNotTouched(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{Config: ordersConfig(`name = "A"`), ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(`,"name":"A"`))}},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodPatch, resourceServerPath(ordersAPI), `{"scopes":[{"value":"read"}]}`, nil)
			},
			Config: ordersConfig(`name = "B"`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH resource-servers/{id} {"name":"B"}`),
				ordersValue("scopes", knownvalue.MapExact(map[string]knownvalue.Check{"read": knownvalue.Null()})),
			},
		},
	)
}

func TestAccResourceServer_deletedElsewhereIsPlannedAnew(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))}},
		resource.TestStep{
			PreConfig:         func() { n.dashboard(http.MethodDelete, resourceServerPath(ordersAPI), "", nil) },
			Config:            ordersConfig(),
			ConfigPlanChecks:  planned(ordersName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))},
		},
		// One that is gone already does not stop a destroy either.
		resource.TestStep{
			Config:             ordersConfig(),
			Destroy:            true,
			ExpectNonEmptyPlan: false,
			ConfigStateChecks:  []statecheck.StateCheck{n.sent("DELETE resource-servers/{id}")},
		},
	)
}

func TestAccResourceServer_conflictHoldsTheImportBlock(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config: "resource \"m2m_resource_server\" \"sample\" {\n  identifier = \"" + testserver.SampleAPIAudience + "\"\n}\n",
		ExpectError: says(`To manage it here, import it with this block, with NAME replaced so that it is the address shown above after "with", and apply again:
			import { to = m2m_resource_server.NAME id = "6800000000000000000000b2" }`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(`POST resource-servers {"identifier":"` + testserver.SampleAPIAudience + `"}`)},
	})
}

func TestAccResourceServer_useExistingAdoptsAndUpdates(t *testing.T) {
	n := newTenant(t)
	n.dashboard(http.MethodPost, "/api/v2/resource-servers",
		`{"identifier":"https://orders.example.com","name":"Old","token_lifetime":600,"consent_policy":"transactional-authorization-with-mfa"}`, nil)
	config := ordersConfig(`name = "Orders"`, `use_existing = true`)
	n.run(resource.TestCase{
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					n.sent(
						`POST resource-servers {"identifier":"https://orders.example.com","name":"Orders"}`,
						`PATCH resource-servers/{id} {"name":"Orders","consent_policy":null}`),
					ordersValue("token_lifetime", knownvalue.Int64Exact(600)),
				},
			},
			// Turning it off concerns Terraform alone.
			{Config: ordersConfig(`name = "Orders"`), ConfigStateChecks: []statecheck.StateCheck{n.sent()}},
		},
	})
}

func TestAccResourceServer_lostCreateReplyLeavesNoOrphan(t *testing.T) {
	n := newTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.LoseReply())
	n.accTest(resource.TestStep{
		Config: ordersConfig(`scopes = { b = "B", a = null }`),
		ConfigStateChecks: []statecheck.StateCheck{
			n.sent(`POST resource-servers {"identifier":"https://orders.example.com","scopes":[{"value":"a"},{"value":"b","description":"B"}]}`),
		},
	})
}

func TestAccResourceServer_createThatNeverArrivedIsRepeated(t *testing.T) {
	n := newTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.ResetConnection())
	body := `POST resource-servers {"identifier":"https://orders.example.com"}`
	n.accTest(resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{n.sent(body, body)}})
}

func TestAccResourceServer_rateLimitAndServerErrorsAreWaitedOut(t *testing.T) {
	n := newTenant(t)
	n.Next("POST /api/v2/resource-servers", testserver.Refuse(429))
	n.Next("GET /api/v2/resource-servers/{id}", testserver.Refuse(503), testserver.ResetConnection(), testserver.Refuse(429))
	n.Next("DELETE /api/v2/resource-servers/{id}", testserver.LoseReply())
	n.accTest(resource.TestStep{Config: ordersConfig(), ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``), ordersPost(``))}})
}

func TestAccResourceServer_systemAPI(t *testing.T) {
	n := newTenant(t)
	config := func(attributes string) string {
		return fmt.Sprintf("resource \"m2m_resource_server\" \"management\" {\n  identifier = \"%s/api/v2/\"\n  %s\n}\n", n.URL(), attributes)
	}
	n.accTest(
		resource.TestStep{
			Config:             config(""),
			ResourceName:       "m2m_resource_server.management",
			ImportState:        true,
			ImportStateId:      n.URL() + "/api/v2/",
			ImportStatePersist: true,
		},
		resource.TestStep{Config: config(""), ConfigPlanChecks: emptyPlan()},
		// Its half for machines cannot be sent, even unchanged.
		resource.TestStep{
			Config: config(`subject_type_authorization = { user = { policy = "deny_all" } }`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH resource-servers/{id} {"subject_type_authorization":{"user":{"policy":"deny_all"}}}`),
			},
		},
		// It is only dropped from the state.
		resource.TestStep{Config: config(""), Destroy: true},
		resource.TestStep{Config: "# nothing", ConfigStateChecks: []statecheck.StateCheck{n.sent()}},
	)
}

// The tenant keeps a web lifetime that it would not take (API contract 3.12).
func TestAccResourceServer_webLifetimeIsJudgedByWhatChanges(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com","token_lifetime":300}`)
	asItIs := ordersConfig("token_lifetime = 300", "token_lifetime_for_web = 7200")
	n.accTest(
		resource.TestStep{
			Config: asItIs, ResourceName: ordersName, ImportState: true, ImportStateId: ordersAPI, ImportStatePersist: true,
		},
		resource.TestStep{Config: asItIs, ConfigPlanChecks: emptyPlan()},
		resource.TestStep{
			Config: ordersConfig("token_lifetime = 300", "token_lifetime_for_web = 7201"), PlanOnly: true,
			ExpectError: says("token_lifetime_for_web is 7201 seconds, above token_lifetime, which is 300."),
		},
		// A replacement starts from the tenant's default, not from what is replaced.
		resource.TestStep{
			Config:           strings.Replace(ordersConfig("token_lifetime_for_web = 7200"), ordersAPI, ordersAPI+"/", 1),
			ConfigPlanChecks: planned(ordersName, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(
				"DELETE resource-servers/{id}", `POST resource-servers {"identifier":"https://orders.example.com/","token_lifetime_for_web":7200}`,
			)},
		},
	)
}

func TestAccResourceServer_emptyImportID(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config: ordersConfig(), ResourceName: ordersName, ImportState: true, ImportStateId: " ",
		ExpectError: says("An API is imported by its id, such as 68f0a1b2c3d4e5f60718293a, or by its identifier."),
	})
}
