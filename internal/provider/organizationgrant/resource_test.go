// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	orgGrantRoute = "/api/v2/organizations/{id}/client-grants"
)

const orgGrantDelete = "DELETE organizations/{id}/client-grants/{grant_id}"

// expectAssociations checks the associations in the tenant.
func expectAssociations(n *acctest.Tenant, want ...string) {
	n.T.Helper()
	if got := n.Associations(); !slices.Equal(got, want) {
		n.T.Errorf("associations %q, want %q", got, want)
	}
}

func TestAccOrganizationClientGrant_lifecycle(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, globex := n.AddOrganization("acme"), n.AddOrganization("globex")
	machines, users := n.AddOrganizationGrant("client"), n.AddOrganizationGrant("user")
	replaced := acctest.Planned(acctest.OrgGrantName, plancheck.ResourceActionDestroyBeforeCreate)
	step := func(organization, grant string, plan resource.ConfigPlanChecks, sent ...string) resource.TestStep {
		return resource.TestStep{
			Config: acctest.OrgGrantConfig(
				acctest.Quoted(organization), acctest.Quoted(grant),
			),
			ConfigPlanChecks: plan,
			ConfigStateChecks: append(
				acctest.OrgGrantValues(organization, grant), n.Expect(acctest.Writes(sent...)),
			),
		}
	}
	n.Test(
		step(
			acme, machines, acctest.Planned(acctest.OrgGrantName, plancheck.ResourceActionCreate),
			acctest.OrgGrantPost(machines),
		),
		step(globex, machines, replaced, orgGrantDelete, acctest.OrgGrantPost(machines)),
		step(globex, users, replaced, orgGrantDelete, acctest.OrgGrantPost(users)),
		resource.TestStep{
			PreConfig:    func() { expectAssociations(n, globex+"::"+users) },
			ResourceName: acctest.OrgGrantName, ImportState: true, ImportStateVerify: true,
		},
	)
}

// A create and each refresh take one request.
func TestAccOrganizationClientGrant_requests(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	config := acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant))
	n.Test(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrgGrantPost(grant))),
			n.Expect(acctest.Requests("POST organizations/{id}/client-grants")),
		}},
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Requests(
				"GET organizations/{id}/client-grants?grant_ids=" + grant + "&include_totals=true",
			))},
		},
	)
}

func TestAccOrganizationClientGrant_unknownAtPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	acme := n.AddOrganization("acme")
	config := fmt.Sprintf(
		"resource \"terraform_data\" \"acme\" {\n  input = %q\n}\n", acme,
	) + acctest.GrantConfig(`organization_usage = "allow"`) +
		acctest.OrgGrantConfig("terraform_data.acme.output", acctest.GrantName+".id")
	same := statecheck.CompareValuePairs(
		acctest.OrgGrantName, tfjsonpath.New("grant_id"), acctest.GrantName, tfjsonpath.New("id"),
		compare.ValuesSame(),
	)
	create := []string{"POST client-grants", "POST organizations/{id}/client-grants"}
	n.Test(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(acctest.OrgGrantName, tfjsonpath.New("grant_id")),
				plancheck.ExpectUnknownValue(
					acctest.OrgGrantName, tfjsonpath.New("organization_id"),
				),
				plancheck.ExpectUnknownValue(acctest.OrgGrantName, tfjsonpath.New("id")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				same, n.Expect(acctest.Writes(create...).InAnyOrder().WithoutBodies()),
			},
		},
		// Deleting the grant deletes the association.
		resource.TestStep{
			Taint: []string{acctest.GrantName}, Config: config,
			ConfigPlanChecks: acctest.Planned(
				acctest.OrgGrantName, plancheck.ResourceActionDestroyBeforeCreate,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				same,
				n.Expect(
					acctest.Writes(append(
						create, orgGrantDelete, "DELETE client-grants/{id}",
					)...).InAnyOrder().WithoutBodies(),
				),
			},
		},
	)
}

func TestAccOrganizationClientGrant_deletedElsewhere(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(n *acctest.Tenant, acme, grant string) string{
		"association": func(_ *acctest.Tenant, acme, grant string) string {
			return "/api/v2/organizations/" + acme + "/client-grants/" + grant
		},
		"organization": func(_ *acctest.Tenant, acme, _ string) string {
			return "/api/v2/organizations/" + acme
		},
		"grant": func(_ *acctest.Tenant, _, grant string) string {
			return "/api/v2/client-grants/" + grant
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
			config := acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant))
			n.Test(
				resource.TestStep{
					Config: config,
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
						acctest.OrgGrantPost(grant),
					))},
				},
				resource.TestStep{
					PreConfig: func() {
						n.AtDashboard(http.MethodDelete, remove(n, acme, grant), "", nil)
					},
					RefreshState:       true,
					ExpectNonEmptyPlan: true,
					RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(
							acctest.OrgGrantName, plancheck.ResourceActionCreate,
						),
					}},
				},
			)
		})
	}
}

func TestAccOrganizationClientGrant_destroyMissing(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Test(
		resource.TestStep{
			Config: acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant)),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrgGrantPost(
				grant,
			)))},
		},
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(http.MethodDelete, "/api/v2/organizations/"+acme, "", nil)
				// The refresh before the destroy still finds the association.
				n.Next("GET "+orgGrantRoute, testserver.Respond(
					http.StatusOK, "application/json",
					fmt.Sprintf(`{"client_grants":[{"id":%q}]}`, grant),
				))
			},
			Config:            acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant)),
			Destroy:           true,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(orgGrantDelete))},
		},
	)
}

// Only a 404 for the object itself may remove it from the state.
func TestAccOrganizationClientGrant_unrelated404KeepsState(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	config := acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant))
	n.Test(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrgGrantPost(
				grant,
			)))},
		},
		resource.TestStep{
			PreConfig: func() {
				notFound := testserver.Respond(
					http.StatusNotFound, "application/json",
					`{"statusCode":404,"error":"Not Found","message":"Not Found"}`,
				)
				n.Next("GET "+orgGrantRoute, notFound)
				n.Next("GET /api/v2/client-grants/{id}/organizations", notFound)
			},
			Config: config,
			ExpectError: text.Says(fmt.Sprintf(
				`The API answered for the association of the grant %q with the organization %q: 404 Not Found`,
				grant, acme,
			)),
		},
		resource.TestStep{Config: config, PlanOnly: true},
	)
}

func TestAccOrganizationClientGrant_lostCreateReply(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Next("POST "+orgGrantRoute, testserver.LoseReply())
	n.Test(resource.TestStep{
		Config: acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant)),
		ConfigStateChecks: append(
			acctest.OrgGrantValues(acme, grant),
			n.Expect(acctest.Writes(acctest.OrgGrantPost(grant))),
		),
	})
}

func TestAccOrganizationClientGrant_conflict(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Associate(acme, grant)
	config := acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant))
	id := acme + "::" + grant
	n.Test(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.OrgGrantPost(
				grant,
			)))},
			ExpectError: text.Says(fmt.Sprintf(`The tenant already has the association of the grant %q with the organization %q. It is as this configuration would create it: … If another block of this configuration manages it, remove one of the two, or use a moved block if it was renamed. Otherwise, import it and apply again. … import {
				to = m2m_organization_client_grant.NAME id = %q }`,
				grant, acme, id)),
		},
		resource.TestStep{
			Config:           config + acctest.ImportBlock(acctest.OrgGrantName, id),
			ConfigPlanChecks: acctest.Planned(acctest.OrgGrantName, plancheck.ResourceActionNoop),
			ConfigStateChecks: append(
				acctest.OrgGrantValues(acme, grant), n.Expect(acctest.Writes()),
			),
		},
	)
	expectAssociations(n)
}

func TestAccOrganizationClientGrant_errors(t *testing.T) {
	t.Parallel()
	const nobody = "org_0000000000000000"
	for name, c := range map[string]struct {
		prepare func(n *acctest.Tenant, acme, grant string) (organization, theGrant string)
		want    string
	}{
		"no organization": {
			func(_ *acctest.Tenant, _, grant string) (string, string) { return nobody, grant },
			`organization_id = "org_0000000000000000" The API answered … 404 Not Found: No organization found by that id. Check that the objects it refers to exist in the tenant`,
		},
		"no grant": {
			func(_ *acctest.Tenant, acme, _ string) (string, string) {
				return acme, "cgr_0000000000000000"
			},
			`grant_id = "cgr_0000000000000000" The API answered … 404 Not Found (inexistent_client_grant): The grant does not exist.`,
		},
		"scope": {
			func(n *acctest.Tenant, acme, grant string) (string, string) {
				n.AtDashboard(
					http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
					`{"scope":["read:organization_client_grants"]}`, nil,
				)
				return acme, grant
			},
			`Insufficient scope, expected any of: create:organization_client_grants … Grant the missing management scope to the client`,
		},
		"limit": {
			func(n *acctest.Tenant, acme, grant string) (string, string) {
				n.Next("POST "+
					orgGrantRoute, testserver.Respond(http.StatusConflict, "application/json",
					`{"statusCode":409,"error":"Conflict","message":"Quota exceeded; cannot add more than 100 client grants to a single organization"}`))
				return acme, grant
			},
			`409 Conflict: Quota exceeded; cannot add more than 100 client grants to a single organization. Nothing was changed in the tenant.
			Remove associations that are no longer needed; a grant with allow_any_organization = true needs none.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			organization, grant := c.prepare(
				n, n.AddOrganization("acme"), n.AddOrganizationGrant("client"),
			)
			n.Test(resource.TestStep{
				Config: acctest.OrgGrantConfig(
					acctest.Quoted(organization), acctest.Quoted(grant),
				),
				ExpectError: text.Says(c.want),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
					acctest.OrgGrantPost(grant),
				))},
			})
		})
	}
}

func TestAccOrganizationClientGrant_badInput(t *testing.T) {
	const org, grant = `"org_Ab12Cd34Ef56Gh78"`, `"cgr_Ab12Cd34Ef56Gh78"`
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"name of the organization": {
			acctest.OrgGrantConfig(`"acme"`, grant),
			`must be the id of an organization, such as org_Ab12Cd34Ef56Gh78, not its name`,
		},
		"empty organization": {
			acctest.OrgGrantConfig(`""`, grant), `must be the id of an organization`,
		},
		"two ids in one": {
			acctest.OrgGrantConfig(`"org_A::cgr_B"`, grant), `must be the id of an organization`,
		},
		"no grant": {
			acctest.OrgGrantConfig(org, `null`),
			`Must set a configuration value for the grant_id attribute`,
		},
		"id of something else": {
			acctest.OrgGrantConfig(org, `"68f0a1b2c3d4e5f60718293a"`),
			`must be the id of a client grant, such as cgr_Ab12Cd34Ef56Gh78`,
		},
	})
}

// orgTokenConfig fetches a token for an organization that is associated with the grant.
func orgTokenConfig(acme, ordering string) string {
	return acctest.GrantConfig(
		`scopes = ["read:orders"]`, `organization_usage = "require"`,
	) + fmt.Sprintf(`data "m2m_access_token" "acme" {
  client_id     = %q
  client_secret = %q
  audience      = %q
  organization  = %q
  %s
}
`, testserver.MachineClientID, testserver.MachineClientSecret, testserver.SampleAPIAudience, acme,
		ordering)
}

func TestAccOrganizationClientGrant_tokenWaits(t *testing.T) {
	t.Parallel()
	for name, ordering := range map[string]string{
		"client_grant_id": "client_grant_id = " + acctest.OrgGrantName + ".id",
		"depends_on":      "depends_on = [" + acctest.OrgGrantName + "]",
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			acme := n.AddOrganization("acme")
			association := acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.GrantName+".id")
			n.Test(
				// Without the association, the organization must not use the grant.
				resource.TestStep{
					Config: orgTokenConfig(
						acme, "client_grant_id = "+acctest.GrantName+".id",
					),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
						acctest.GrantPost(
							`,"scope":["read:orders"],"organization_usage":"require"`,
						),
					))},
					ExpectError: text.Says("403 Forbidden (access_denied)"),
				},
				resource.TestStep{
					Config: association + orgTokenConfig(acme, ordering),
					ConfigStateChecks: []statecheck.StateCheck{
						n.Expect(
							acctest.Writes(
								"POST organizations/{id}/client-grants",
							).InAnyOrder().WithoutBodies(),
						),
						statecheck.ExpectKnownValue(
							"data.m2m_access_token.acme", tfjsonpath.New("granted_scopes"),
							acctest.Exactly("read:orders"),
						),
					},
				},
			)
		})
	}
}

func TestAccOrganizationClientGrant_importBadID(t *testing.T) {
	n := acctest.NewTenant(t)
	config := acctest.OrgGrantConfig(`"org_Ab12Cd34Ef56Gh78"`, `"cgr_Ab12Cd34Ef56Gh78"`)
	var steps []resource.TestStep
	for _, id := range []string{
		"org_Ab12Cd34Ef56Gh78", "org_Ab12Cd34Ef56Gh78:cgr_Ab12Cd34Ef56Gh78",
		"cgr_Ab12Cd34Ef56Gh78::org_Ab12Cd34Ef56Gh78",
	} {
		steps = append(steps, resource.TestStep{
			Config: config, ResourceName: acctest.OrgGrantName, ImportState: true,
			ImportStateId: id,
			ExpectError: text.Says(fmt.Sprintf(
				`%q does not identify the association of a grant with an organization. … ORGANIZATION_ID::GRANT_ID`,
				id,
			)),
		})
	}
	n.Test(steps...)
}

func TestAccOrganizationClientGrant_importMissing(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Test(resource.TestStep{
		Config:       acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant)),
		ResourceName: acctest.OrgGrantName, ImportState: true, ImportStateId: acme + "::" + grant,
		ExpectError: text.Says("Cannot import non-existent remote object"),
	})
}

func TestAccOrganizationClientGrant_importByIdentity(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(
			tfversion.Version1_12_0,
		)},
		Steps: []resource.TestStep{
			{
				Config: acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant)),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
					acctest.OrgGrantPost(grant),
				)), statecheck.ExpectIdentity(acctest.OrgGrantName, map[string]knownvalue.Check{
					"organization_id": knownvalue.StringExact(acme),
					"grant_id":        knownvalue.StringExact(grant),
				})},
			},
			{
				ResourceName:    acctest.OrgGrantName,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
			},
		},
	})
}

// The CLI of these tests may not support identities, so this test uses the protocol.
func TestOrganizationClientGrant_identity(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Associate(acme, grant)
	n.TestIdentity("m2m_organization_client_grant", map[string]string{
		"organization_id": acme,
		"grant_id":        grant,
	}, func() {
		n.AtDashboard(http.MethodDelete, "/api/v2/organizations/"+acme, "", nil)
	}, acme+"::"+grant)
}
