// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant_test

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

var grantID = regexp.MustCompile(`^cgr_[A-Za-z0-9]{16}$`)

func grantValue(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(acctest.GrantName, tfjsonpath.New(attribute), check)
}

// grantState checks the whole state of the grant in GrantConfig. attributes are the attributes that
// depend on the test, in JSON.
func grantState(attributes string) statecheck.StateCheck {
	return acctest.WholeState(acctest.GrantName,
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"default_for":null,"allow_all_scopes":false,"subject_type":"client",
		"use_existing":null,"is_system":null,%s}`, testserver.MachineClientID,
			testserver.SampleAPIAudience, attributes))
}

func TestAccClientGrant_minimalConfiguration(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config:           acctest.GrantConfig(),
			ConfigPlanChecks: acctest.Planned(acctest.GrantName, plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":[]`))),
				grantValue("id", knownvalue.StringRegexp(grantID)),
				grantState(
					`"scopes":[],"organization_usage":null,"allow_any_organization":null,"authorization_details_types":null`,
				),
			},
		},
		resource.TestStep{Config: acctest.GrantConfig("scopes = []"), PlanOnly: true},
		resource.TestStep{
			ResourceName:      acctest.GrantName,
			ImportState:       true,
			ImportStateVerify: true,
		},
	)
}

func TestAccClientGrant_fullConfiguration(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config: acctest.GrantConfig(`scopes = ["write:orders", "read:orders"]`,
				`organization_usage = "require"`, `allow_any_organization = true`,
				`authorization_details_types = ["payment"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":["read:orders","write:orders"],"organization_usage":"require","allow_any_organization":true,
					"authorization_details_types":["payment"]`))),
				grantState(`"scopes":["read:orders","write:orders"],"organization_usage":"require","allow_any_organization":true,
					"authorization_details_types":["payment"]`),
			},
		},
		resource.TestStep{
			ResourceName:      acctest.GrantName,
			ImportState:       true,
			ImportStateVerify: true,
		},
		resource.TestStep{
			Config:           acctest.GrantConfig(),
			ConfigPlanChecks: acctest.Planned(acctest.GrantName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`PATCH client-grants/{id} {"scope":[],"organization_usage":null,"allow_any_organization":null,"authorization_details_types":[]}`,
				)),
				grantValue("authorization_details_types", acctest.Exactly()),
			},
		},
	)
}

// To the tenant, null and an empty list mean the same, although its responses differ.
func TestAccClientGrant_emptyDetailTypes(t *testing.T) {
	n := acctest.NewTenant(t)
	empty := acctest.GrantConfig("authorization_details_types = []")
	n.Test(
		resource.TestStep{
			Config: acctest.GrantConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
				`,"scope":[]`,
			)))},
		},
		resource.TestStep{
			Config:            empty,
			ConfigPlanChecks:  acctest.Planned(acctest.GrantName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(
					http.MethodPatch, "/api/v2/client-grants/"+n.TheGrant(),
					`{"authorization_details_types":[]}`, nil,
				)
			},
			Config: acctest.GrantConfig(), PlanOnly: true,
		},
	)
}

// A create and each refresh take one request. A plan of a change also looks for the client, a plan
// of a create also for the API. An apply plans again.
func TestAccClientGrant_requests(t *testing.T) {
	n := acctest.NewTenant(t)
	const (
		client = "GET clients?…"
		api    = "GET resource-servers?identifiers=" + testserver.SampleAPIAudience
	)
	n.Test(
		resource.TestStep{Config: acctest.GrantConfig(), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":[]`))),
			n.Expect(acctest.Requests(client, api, client, api, "POST client-grants")),
		}},
		resource.TestStep{
			Config: acctest.GrantConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Requests(
				"GET client-grants/{id}",
			))},
		},
		resource.TestStep{Config: acctest.GrantConfig(
			`organization_usage = "deny"`,
		), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(`PATCH client-grants/{id} {"organization_usage":"deny"}`)),
			n.Expect(acctest.Requests(
				"GET client-grants/{id}", client, client, "PATCH client-grants/{id}",
			)),
		}},
	)
}

func TestAccClientGrant_allScopesAndBack(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config: acctest.GrantConfig(`scopes = ["read:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
				`,"scope":["read:orders"]`,
			)))},
		},
		resource.TestStep{
			Config: acctest.GrantConfig("allow_all_scopes = true"),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH client-grants/{id} {"allow_all_scopes":true}`)),
				grantValue("scopes", knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config: acctest.GrantConfig(`scopes = ["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`PATCH client-grants/{id} {"allow_all_scopes":false,"scope":["write:orders"]}`,
				)), grantValue("scopes", acctest.Exactly("write:orders")),
			},
		},
	)
}

func TestAccClientGrant_subjectTypesSideBySide(t *testing.T) {
	n := acctest.NewTenant(t)
	users := strings.Replace(
		acctest.GrantConfig(`subject_type = "user"`, `scopes = ["write:orders"]`), `"orders"`,
		`"users"`, 1,
	)
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(`scopes = ["read:orders"]`) + users,
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(
				acctest.Writes(
					acctest.GrantPost(`,"scope":["read:orders"]`),
					acctest.GrantPost(`,"scope":["write:orders"],"subject_type":"user"`),
				).InAnyOrder(),
			),
			grantValue("scopes", acctest.Exactly("read:orders")),
			statecheck.ExpectKnownValue(
				"m2m_client_grant.users", tfjsonpath.New("scopes"), acctest.Exactly("write:orders"),
			),
		},
	})
}

func TestAccClientGrant_reorderedScopesPlanNothing(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{
			Config: acctest.GrantConfig(`scopes = ["read:orders", "write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
				`,"scope":["read:orders","write:orders"]`,
			)))},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(
					http.MethodPatch, "/api/v2/client-grants/"+n.TheGrant(),
					`{"scope":["write:orders","read:orders"]}`, nil,
				)
			},
			Config: acctest.GrantConfig(
				`scopes = ["write:orders", "read:orders", "read:orders"]`,
			), PlanOnly: true,
		},
	)
}

func TestAccClientGrant_drift(t *testing.T) {
	n := acctest.NewTenant(t)
	config := acctest.GrantConfig(`scopes = ["read:orders"]`)
	created := []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
		`,"scope":["read:orders"]`,
	)))}
	n.Test(
		resource.TestStep{Config: config, ConfigStateChecks: created},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(http.MethodPatch, "/api/v2/client-grants/"+n.TheGrant(),
					`{"scope":["read:orders","write:orders"],"organization_usage":"allow"}`, nil)
			},
			Config:           config,
			ConfigPlanChecks: acctest.Planned(acctest.GrantName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					`PATCH client-grants/{id} {"scope":["read:orders"],"organization_usage":null}`,
				)),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(http.MethodDelete, "/api/v2/client-grants/"+n.TheGrant(), "", nil)
			},
			Config:            config,
			ConfigPlanChecks:  acctest.Planned(acctest.GrantName, plancheck.ResourceActionCreate),
			ConfigStateChecks: created,
		},
	)
}

func TestAccClientGrant_conflict(t *testing.T) {
	n := acctest.NewTenant(t)
	n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
		fmt.Sprintf(
			`{"client_id":%q,"audience":%q,"scope":[]}`, testserver.MachineClientID,
			testserver.SampleAPIAudience,
		), nil)
	id := n.TheGrant()
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
			`,"scope":[]`,
		)))},
		ExpectError: text.Says(fmt.Sprintf(`already has the grant of the API %q to the client %q. … import { to = m2m_client_grant.NAME id = %q }`,
			testserver.SampleAPIAudience, testserver.MachineClientID, id)),
	})
}

func TestAccClientGrant_conflictNamesTheSubjectType(t *testing.T) {
	n := acctest.NewTenant(t)
	n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
		fmt.Sprintf(
			`{"client_id":%q,"audience":%q,"scope":[],"subject_type":"user"}`,
			testserver.MachineClientID, testserver.SampleAPIAudience,
		), nil)
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(`subject_type = "user"`),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
			`,"scope":[],"subject_type":"user"`,
		)))},
		ExpectError: text.Says(fmt.Sprintf(`already has the grant of the API %q to the client %q with the subject type "user".`,
			testserver.SampleAPIAudience, testserver.MachineClientID)),
	})
}

func TestAccClientGrant_useExistingAdoptsAndUpdates(t *testing.T) {
	n := acctest.NewTenant(t)
	for _, subject := range []string{"user", "client"} {
		n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
			fmt.Sprintf(`{"client_id":%q,"audience":%q,"subject_type":%q,"scope":["read:orders"]}`,
				testserver.MachineClientID, testserver.SampleAPIAudience, subject), nil)
	}
	n.Run(resource.TestCase{
		Steps: []resource.TestStep{{
			Config: acctest.GrantConfig("use_existing = true", `scopes = ["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					acctest.GrantPost(`,"scope":["write:orders"]`),
					`PATCH client-grants/{id} {"scope":["write:orders"]}`,
				)),
				grantValue("subject_type", knownvalue.StringExact("client")),
			},
		}},
	})
}

func TestAccClientGrant_lostCreateReply(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("POST /api/v2/client-grants", testserver.LoseReply())
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(`scopes = ["write:orders", "read:orders"]`),
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
			`,"scope":["read:orders","write:orders"]`,
		)))},
	})
}

func TestAccClientGrant_unknownAPIAndClient(t *testing.T) {
	n := acctest.NewTenant(t)
	with := func(old, other, want string) resource.TestStep {
		return resource.TestStep{
			Config: strings.Replace(acctest.GrantConfig(), old, other, 1),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(strings.Replace(
				acctest.GrantPost(`,"scope":[]`), old, other, 1,
			)))},
			ExpectError: text.Says(want),
		}
	}
	n.Test(
		with(
			testserver.SampleAPIAudience, "https://nowhere.example.com",
			`No resource with identifier https://nowhere.example.com`,
		),
		with(
			testserver.MachineClientID, "NobodyNobodyNobodyNobodyNobody00",
			`The client does not exist`,
		),
	)
}

// During validation, every variable is unknown, even if it will be null.
func TestAccClientGrant_nullVariables(t *testing.T) {
	n := acctest.NewTenant(t)
	variables := "variable \"none\" {\n  type    = string\n  default = null\n}\nvariable " +
		"\"no_scopes\" {\n  type    = set(string)\n  default = null\n}\n"
	n.Test(resource.TestStep{
		Config: variables + acctest.GrantConfig(
			"default_for = var.none", "scopes = var.no_scopes", "allow_all_scopes = true",
		),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.GrantPost(`,"allow_all_scopes":true`))),
			grantValue("scopes", knownvalue.Null()),
		},
	})
}

func TestAccClientGrant_importBadID(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: acctest.GrantConfig(), ResourceName: acctest.GrantName, ImportState: true,
		ImportStateId: "68f0a1b2c3d4e5f60718293a",
		ExpectError:   text.Says(`"68f0a1b2c3d4e5f60718293a" is not the id of a grant.`),
	})
}
