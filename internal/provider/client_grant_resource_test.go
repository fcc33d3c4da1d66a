// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const grantName = "m2m_client_grant.orders"

var grantID = regexp.MustCompile(`^cgr_[A-Za-z0-9]{16}$`)

// grantConfig is a grant of the sample API to the machine client.
func grantConfig(attributes ...string) string {
	return fmt.Sprintf("resource \"m2m_client_grant\" \"orders\" {\n  client_id = %q\n  audience = %q\n  %s\n}\n",
		testserver.MachineClientID, testserver.SampleAPIAudience, strings.Join(attributes, "\n  "))
}

func grantValue(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(grantName, tfjsonpath.New(attribute), check)
}

// grantPost is the create of that grant with further properties, in JSON.
func grantPost(properties string) string {
	return fmt.Sprintf(`POST client-grants {"client_id":%q,"audience":%q%s}`,
		testserver.MachineClientID, testserver.SampleAPIAudience, properties)
}

func exactly(values ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, len(values))
	for i, v := range values {
		checks[i] = knownvalue.StringExact(v)
	}
	return knownvalue.SetExact(checks)
}

// theGrant is the id of the machine client's only grant.
func (n *tenant) theGrant() string {
	var grants []struct {
		ID string `json:"id"`
	}
	n.dashboard(http.MethodGet, "/api/v2/client-grants?client_id="+testserver.MachineClientID, "", &grants)
	if len(grants) != 1 {
		n.t.Fatalf("the client has %d grants, want 1", len(grants))
	}
	return grants[0].ID
}

// grantState is the whole state of that grant with some of its attributes, in JSON.
func grantState(attributes string) statecheck.StateCheck {
	return wholeState(grantName, fmt.Sprintf(`{"client_id":%q,"audience":%q,"default_for":null,"allow_all_scopes":false,"subject_type":"client",
		"use_existing":null,"is_system":false,%s}`, testserver.MachineClientID, testserver.SampleAPIAudience, attributes))
}

func TestAccClientGrant_leastConfiguration(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{
			Config:           grantConfig(),
			ConfigPlanChecks: planned(grantName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(grantPost(`,"scope":[]`)),
				grantValue("id", knownvalue.StringRegexp(grantID)),
				grantState(`"scopes":[],"organization_usage":null,"allow_any_organization":null,"authorization_details_types":[]`),
			},
		},
		resource.TestStep{Config: grantConfig(), ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()}},
		resource.TestStep{Config: grantConfig("scopes = []"), ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()}},
		resource.TestStep{ResourceName: grantName, ImportState: true, ImportStateVerify: true},
	)
}

func TestAccClientGrant_fullConfiguration(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{
			Config: grantConfig(`scopes = ["write:orders", "read:orders"]`, `organization_usage = "require"`, `allow_any_organization = true`,
				`authorization_details_types = ["payment"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(grantPost(`,"scope":["read:orders","write:orders"],"organization_usage":"require","allow_any_organization":true,
					"authorization_details_types":["payment"]`)),
				grantState(`"scopes":["read:orders","write:orders"],"organization_usage":"require","allow_any_organization":true,
					"authorization_details_types":["payment"]`),
			},
		},
		resource.TestStep{ResourceName: grantName, ImportState: true, ImportStateVerify: true},
		resource.TestStep{
			Config:           grantConfig(),
			ConfigPlanChecks: planned(grantName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH client-grants/{id} {"scope":[],"organization_usage":null,"allow_any_organization":null,"authorization_details_types":[]}`),
				grantValue("authorization_details_types", exactly()),
			},
		},
	)
}

// The tenant makes no difference between none and an empty list but in its answers.
func TestAccClientGrant_emptyDetailTypesAreNone(t *testing.T) {
	n := newTenant(t)
	empty := grantConfig("authorization_details_types = []")
	n.accTest(
		resource.TestStep{Config: grantConfig(), ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":[]`))}},
		resource.TestStep{Config: empty, ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()}},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodPatch, "/api/v2/client-grants/"+n.theGrant(), `{"authorization_details_types":[]}`, nil)
			},
			Config: grantConfig(), ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()},
		},
	)
}

// Creating takes one request, and so does each refresh; what plans look up beside
// it is for scopes alone.
func TestAccClientGrant_requests(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{Config: grantConfig(), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(grantPost(`,"scope":[]`)), n.requested("POST client-grants"),
		}},
		resource.TestStep{Config: grantConfig(), ConfigStateChecks: []statecheck.StateCheck{n.requested("GET client-grants/{id}")}},
		resource.TestStep{Config: grantConfig(`organization_usage = "deny"`), ConfigStateChecks: []statecheck.StateCheck{
			n.sent(`PATCH client-grants/{id} {"organization_usage":"deny"}`), n.requested("GET client-grants/{id}", "PATCH client-grants/{id}"),
		}},
	)
}

func TestAccClientGrant_allScopesAndBackToSome(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{
			Config:            grantConfig(`scopes = ["read:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders"]`))},
		},
		resource.TestStep{
			Config: grantConfig("allow_all_scopes = true"),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH client-grants/{id} {"allow_all_scopes":true}`), grantValue("scopes", knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config: grantConfig(`scopes = ["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH client-grants/{id} {"allow_all_scopes":false,"scope":["write:orders"]}`), grantValue("scopes", exactly("write:orders")),
			},
		},
	)
}

func TestAccClientGrant_oneForTheClientAndOneForUsers(t *testing.T) {
	n := newTenant(t)
	users := strings.Replace(grantConfig(`subject_type = "user"`, `scopes = ["write:orders"]`), `"orders"`, `"users"`, 1)
	n.accTest(resource.TestStep{
		Config: grantConfig(`scopes = ["read:orders"]`) + users,
		ConfigStateChecks: []statecheck.StateCheck{
			n.sentTogether(grantPost(`,"scope":["read:orders"]`), grantPost(`,"scope":["write:orders"],"subject_type":"user"`)),
			grantValue("scopes", exactly("read:orders")),
			statecheck.ExpectKnownValue("m2m_client_grant.users", tfjsonpath.New("scopes"), exactly("write:orders")),
		},
	})
}

func TestAccClientGrant_reorderedScopesPlanNothing(t *testing.T) {
	n := newTenant(t)
	n.accTest(
		resource.TestStep{
			Config:            grantConfig(`scopes = ["read:orders", "write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders","write:orders"]`))},
		},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodPatch, "/api/v2/client-grants/"+n.theGrant(), `{"scope":["write:orders","read:orders"]}`, nil)
			},
			Config:            grantConfig(`scopes = ["write:orders", "read:orders", "read:orders"]`),
			ConfigPlanChecks:  emptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.sent()},
		},
	)
}

func TestAccClientGrant_driftIsSeenAndRepaired(t *testing.T) {
	n := newTenant(t)
	config := grantConfig(`scopes = ["read:orders"]`)
	created := []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders"]`))}
	n.accTest(
		resource.TestStep{Config: config, ConfigStateChecks: created},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodPatch, "/api/v2/client-grants/"+n.theGrant(),
					`{"scope":["read:orders","write:orders"],"organization_usage":"allow"}`, nil)
			},
			Config:           config,
			ConfigPlanChecks: planned(grantName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(`PATCH client-grants/{id} {"scope":["read:orders"],"organization_usage":null}`),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodDelete, "/api/v2/client-grants/"+n.theGrant(), "", nil)
			},
			Config:            config,
			ConfigPlanChecks:  planned(grantName, plancheck.ResourceActionCreate),
			ConfigStateChecks: created,
		},
	)
}

func TestAccClientGrant_conflictHoldsTheImportBlock(t *testing.T) {
	n := newTenant(t)
	n.dashboard(http.MethodPost, "/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":[]}`, testserver.MachineClientID, testserver.SampleAPIAudience), nil)
	id := n.theGrant()
	n.accTest(resource.TestStep{
		Config:            grantConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":[]`))},
		ExpectError: says(fmt.Sprintf(`already has the grant of the API %q to the client %q. … import { to = m2m_client_grant.NAME id = %q }`,
			testserver.SampleAPIAudience, testserver.MachineClientID, id)),
	})
}

func TestAccClientGrant_conflictNamesTheSubjectType(t *testing.T) {
	n := newTenant(t)
	n.dashboard(http.MethodPost, "/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":[],"subject_type":"user"}`, testserver.MachineClientID, testserver.SampleAPIAudience), nil)
	n.accTest(resource.TestStep{
		Config:            grantConfig(`subject_type = "user"`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":[],"subject_type":"user"`))},
		ExpectError: says(fmt.Sprintf(`already has the grant of the API %q to the client %q with the subject type "user".`,
			testserver.SampleAPIAudience, testserver.MachineClientID)),
	})
}

func TestAccClientGrant_useExistingAdoptsAndUpdates(t *testing.T) {
	n := newTenant(t)
	for _, subject := range []string{"user", "client"} {
		n.dashboard(http.MethodPost, "/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":%q,"subject_type":%q,"scope":["read:orders"]}`,
			testserver.MachineClientID, testserver.SampleAPIAudience, subject), nil)
	}
	n.run(resource.TestCase{
		Steps: []resource.TestStep{{
			Config: grantConfig("use_existing = true", `scopes = ["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(grantPost(`,"scope":["write:orders"]`), `PATCH client-grants/{id} {"scope":["write:orders"]}`),
				grantValue("subject_type", knownvalue.StringExact("client")),
			},
		}},
	})
}

func TestAccClientGrant_lostCreateReplyLeavesNoOrphan(t *testing.T) {
	n := newTenant(t)
	n.Next("POST /api/v2/client-grants", testserver.LoseReply())
	n.accTest(resource.TestStep{
		Config:            grantConfig(`scopes = ["write:orders", "read:orders"]`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders","write:orders"]`))},
	})
}

func TestAccClientGrant_unknownAPIAndClient(t *testing.T) {
	n := newTenant(t)
	with := func(old, other, want string) resource.TestStep {
		return resource.TestStep{
			Config:            strings.Replace(grantConfig(), old, other, 1),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(strings.Replace(grantPost(`,"scope":[]`), old, other, 1))},
			ExpectError:       says(want),
		}
	}
	n.accTest(
		with(testserver.SampleAPIAudience, "https://nowhere.example.com", `No resource with identifier https://nowhere.example.com`),
		with(testserver.MachineClientID, "NobodyNobodyNobodyNobodyNobody00", `The client does not exist`),
	)
}

// While Terraform validates, every variable is unknown, also one that will be null.
func TestAccClientGrant_variablesThatAreNull(t *testing.T) {
	n := newTenant(t)
	variables := "variable \"none\" {\n  type    = string\n  default = null\n}\nvariable \"no_scopes\" {\n  type    = set(string)\n  default = null\n}\n"
	n.accTest(resource.TestStep{
		Config: variables + grantConfig("default_for = var.none", "scopes = var.no_scopes", "allow_all_scopes = true"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.sent(grantPost(`,"allow_all_scopes":true`)), grantValue("scopes", knownvalue.Null()),
		},
	})
}

func TestAccClientGrant_importIDThatIsNone(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config: grantConfig(), ResourceName: grantName, ImportState: true, ImportStateId: "68f0a1b2c3d4e5f60718293a",
		ExpectError: says(`"68f0a1b2c3d4e5f60718293a" is not the id of a grant.`),
	})
}
