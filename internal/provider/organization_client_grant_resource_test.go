// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	orgGrantName  = "m2m_organization_client_grant.acme"
	orgGrantRoute = "/api/v2/organizations/{id}/client-grants"
)

// addOrganizationGrant makes a grant at the dashboard that permits organizations.
func (n *tenant) addOrganizationGrant(subjectType string) string {
	n.t.Helper()
	return n.create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":%q,"scope":["read:orders"],"organization_usage":"require","subject_type":%q}`,
		testserver.MachineClientID, testserver.SampleAPIAudience, subjectType))
}

// associate does at the dashboard what the resource does.
func (n *tenant) associate(organization, grant string) {
	n.t.Helper()
	n.dashboard(http.MethodPost, "/api/v2/organizations/"+organization+"/client-grants", fmt.Sprintf(`{"grant_id":%q}`, grant), nil)
}

// orgGrantConfig takes the two ids in HCL, quoted where they are literal.
func orgGrantConfig(organization, grant string) string {
	return fmt.Sprintf("resource \"m2m_organization_client_grant\" \"acme\" {\n  organization_id = %s\n  grant_id = %s\n}\n", organization, grant)
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }

func orgGrantPost(grant string) string {
	return fmt.Sprintf(`POST organizations/{id}/client-grants {"grant_id":%q}`, grant)
}

const orgGrantDelete = "DELETE organizations/{id}/client-grants/{grant_id}"

func orgGrantValues(organization, grant string) []statecheck.StateCheck {
	value := func(name, want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(orgGrantName, tfjsonpath.New(name), knownvalue.StringExact(want))
	}
	return []statecheck.StateCheck{
		value("organization_id", organization), value("grant_id", grant), value("id", organization+"::"+grant),
	}
}

// expectAssociations checks what the tenant has.
func (n *tenant) expectAssociations(want ...string) {
	n.t.Helper()
	if got := n.associations(); !slices.Equal(got, want) {
		n.t.Errorf("associations %q, want %q", got, want)
	}
}

func TestAccOrganizationClientGrant_lifecycle(t *testing.T) {
	n := newTenant(t)
	acme, globex := n.AddOrganization("acme"), n.AddOrganization("globex")
	machines, users := n.addOrganizationGrant("client"), n.addOrganizationGrant("user")
	replaced := planned(orgGrantName, plancheck.ResourceActionDestroyBeforeCreate)
	step := func(organization, grant string, plan resource.ConfigPlanChecks, sent ...string) resource.TestStep {
		return resource.TestStep{
			Config:            orgGrantConfig(quoted(organization), quoted(grant)),
			ConfigPlanChecks:  plan,
			ConfigStateChecks: append(orgGrantValues(organization, grant), n.sent(sent...)),
		}
	}
	n.accTest(
		step(acme, machines, planned(orgGrantName, plancheck.ResourceActionCreate), orgGrantPost(machines)),
		step(acme, machines, emptyPlan()),
		step(globex, machines, replaced, orgGrantDelete, orgGrantPost(machines)),
		step(globex, users, replaced, orgGrantDelete, orgGrantPost(users)),
		resource.TestStep{
			PreConfig:    func() { n.expectAssociations(globex + "::" + users) },
			ResourceName: orgGrantName, ImportState: true, ImportStateVerify: true,
		},
	)
}

// Creating takes one request, and so does each refresh.
func TestAccOrganizationClientGrant_requests(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	config := orgGrantConfig(quoted(acme), quoted(grant))
	n.accTest(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			n.sent(orgGrantPost(grant)), n.requested("POST organizations/{id}/client-grants"),
		}},
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{n.requested("GET organizations/{id}/client-grants")}},
	)
}

func TestAccOrganizationClientGrant_unknownAtPlan(t *testing.T) {
	n := newTenant(t)
	acme := n.AddOrganization("acme")
	config := fmt.Sprintf("resource \"terraform_data\" \"acme\" {\n  input = %q\n}\n", acme) + grantConfig(`organization_usage = "allow"`) +
		orgGrantConfig("terraform_data.acme.output", grantName+".id")
	same := statecheck.CompareValuePairs(orgGrantName, tfjsonpath.New("grant_id"), grantName, tfjsonpath.New("id"), compare.ValuesSame())
	create := []string{"POST client-grants", "POST organizations/{id}/client-grants"}
	n.accTest(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(orgGrantName, tfjsonpath.New("grant_id")),
				plancheck.ExpectUnknownValue(orgGrantName, tfjsonpath.New("organization_id")),
				plancheck.ExpectUnknownValue(orgGrantName, tfjsonpath.New("id")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{same, n.sentRoutes(create...)},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan()},
		// The association goes with its grant.
		resource.TestStep{
			Taint: []string{grantName}, Config: config,
			ConfigPlanChecks:  planned(orgGrantName, plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{same, n.sentRoutes(append(create, orgGrantDelete, "DELETE client-grants/{id}")...)},
		},
	)
}

func TestAccOrganizationClientGrant_deletedBehindTerraformsBack(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(n *tenant, acme, grant string) string{
		"association": func(_ *tenant, acme, grant string) string {
			return "/api/v2/organizations/" + acme + "/client-grants/" + grant
		},
		"organization": func(_ *tenant, acme, _ string) string { return "/api/v2/organizations/" + acme },
		"grant":        func(_ *tenant, _, grant string) string { return "/api/v2/client-grants/" + grant },
	} {
		t.Run(name, func(t *testing.T) {
			n := newTenant(t)
			acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
			config := orgGrantConfig(quoted(acme), quoted(grant))
			n.accTest(
				resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{n.sent(orgGrantPost(grant))}},
				resource.TestStep{
					PreConfig:          func() { n.dashboard(http.MethodDelete, remove(n, acme, grant), "", nil) },
					RefreshState:       true,
					ExpectNonEmptyPlan: true,
					RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(orgGrantName, plancheck.ResourceActionCreate),
					}},
				},
			)
		})
	}
}

func TestAccOrganizationClientGrant_destroyOfWhatIsGone(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	n.accTest(
		resource.TestStep{
			Config:            orgGrantConfig(quoted(acme), quoted(grant)),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(orgGrantPost(grant))},
		},
		resource.TestStep{
			PreConfig: func() {
				n.dashboard(http.MethodDelete, "/api/v2/organizations/"+acme, "", nil)
				// Terraform has not noticed when it destroys.
				n.Next("GET "+orgGrantRoute, testserver.Respond(http.StatusOK, "application/json", fmt.Sprintf(`{"client_grants":[{"id":%q}]}`, grant)))
			},
			Config: orgGrantConfig(quoted(acme), quoted(grant)), Destroy: true,
			ConfigStateChecks: []statecheck.StateCheck{n.sent(orgGrantDelete)},
		},
	)
}

// Only an answer about the object itself may empty a state.
func TestAccOrganizationClientGrant_foreign404KeepsTheState(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	config := orgGrantConfig(quoted(acme), quoted(grant))
	n.accTest(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{n.sent(orgGrantPost(grant))}},
		resource.TestStep{
			PreConfig: func() {
				notFound := testserver.Respond(http.StatusNotFound, "application/json", `{"statusCode":404,"error":"Not Found","message":"Not Found"}`)
				n.Next("GET "+orgGrantRoute, notFound)
				n.Next("GET /api/v2/client-grants/{id}/organizations", notFound)
			},
			Config:      config,
			ExpectError: says(fmt.Sprintf(`The API answered for the association of the grant %q with the organization %q: 404 Not Found`, grant, acme)),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.sent()}},
	)
}

func TestAccOrganizationClientGrant_lostCreateReplyIsNotRepeated(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	n.Next("POST "+orgGrantRoute, testserver.LoseReply())
	n.accTest(resource.TestStep{
		Config:            orgGrantConfig(quoted(acme), quoted(grant)),
		ConfigStateChecks: append(orgGrantValues(acme, grant), n.sent(orgGrantPost(grant))),
	})
}

func TestAccOrganizationClientGrant_conflictHoldsTheImportBlock(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	n.associate(acme, grant)
	config := orgGrantConfig(quoted(acme), quoted(grant))
	id := acme + "::" + grant
	n.accTest(
		resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{n.sent(orgGrantPost(grant))},
			ExpectError: says(fmt.Sprintf(`The tenant already has the association of the grant %q with the organization %q. … import {
				to = m2m_organization_client_grant.NAME id = %q } If this state has it already`, grant, acme, id)),
		},
		resource.TestStep{
			Config: config + importBlock(orgGrantName, id), ConfigPlanChecks: planned(orgGrantName, plancheck.ResourceActionNoop),
			ConfigStateChecks: append(orgGrantValues(acme, grant), n.sent()),
		},
	)
	n.expectAssociations()
}

func TestAccOrganizationClientGrant_errorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	const nobody = "org_0000000000000000"
	for name, c := range map[string]struct {
		prepare func(n *tenant, acme, grant string) (organization, theGrant string)
		want    string
	}{
		"no organization": {
			func(_ *tenant, _, grant string) (string, string) { return nobody, grant },
			`organization_id = "org_0000000000000000" The API answered … 404 Not Found: No organization found by that id. Check that what it refers to exists in the tenant`,
		},
		"no grant": {
			func(_ *tenant, acme, _ string) (string, string) { return acme, "cgr_0000000000000000" },
			`grant_id = "cgr_0000000000000000" The API answered … 404 Not Found (inexistent_client_grant): The grant does not exist.`,
		},
		"scope": {
			func(n *tenant, acme, grant string) (string, string) {
				n.dashboard(http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001", `{"scope":["read:organization_client_grants"]}`, nil)
				return acme, grant
			},
			`Insufficient scope, expected any of: create:organization_client_grants … Grant the missing management scope to the client`,
		},
		"limit": {
			func(n *tenant, acme, grant string) (string, string) {
				n.Next("POST "+orgGrantRoute, testserver.Respond(http.StatusConflict, "application/json",
					`{"statusCode":409,"error":"Conflict","message":"Quota exceeded; cannot add more than 100 client grants to a single organization"}`))
				return acme, grant
			},
			`409 Conflict: Quota exceeded; cannot add more than 100 client grants to a single organization. Nothing was changed in the tenant.
			Take away associations that are no longer needed; a grant with allow_any_organization = true needs none.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := newTenant(t)
			organization, grant := c.prepare(n, n.AddOrganization("acme"), n.addOrganizationGrant("client"))
			n.accTest(resource.TestStep{
				Config: orgGrantConfig(quoted(organization), quoted(grant)), ExpectError: says(c.want),
				ConfigStateChecks: []statecheck.StateCheck{n.sent(orgGrantPost(grant))},
			})
		})
	}
}

func TestAccOrganizationClientGrant_badInputIsRefusedAtPlan(t *testing.T) {
	const org, grant = `"org_Ab12Cd34Ef56Gh78"`, `"cgr_Ab12Cd34Ef56Gh78"`
	refusedAtPlan(t, map[string]struct{ config, want string }{
		"name of the organization": {orgGrantConfig(`"acme"`, grant), `must be the id of an organization, such as org_Ab12Cd34Ef56Gh78, not its name`},
		"empty organization":       {orgGrantConfig(`""`, grant), `must be the id of an organization`},
		"two ids in one":           {orgGrantConfig(`"org_A::cgr_B"`, grant), `must be the id of an organization`},
		"no grant":                 {orgGrantConfig(org, `null`), `Must set a configuration value for the grant_id attribute`},
		"id of something else":     {orgGrantConfig(org, `"68f0a1b2c3d4e5f60718293a"`), `must be the id of a client grant, such as cgr_Ab12Cd34Ef56Gh78`},
	})
}

// orgTokenConfig fetches a token for an organization that the grant needs.
func orgTokenConfig(acme, ordering string) string {
	return grantConfig(`scopes = ["read:orders"]`, `organization_usage = "require"`) + fmt.Sprintf(`data "m2m_access_token" "acme" {
  client_id     = %q
  client_secret = %q
  audience      = %q
  organization  = %q
  %s
}
`, testserver.MachineClientID, testserver.MachineClientSecret, testserver.SampleAPIAudience, acme, ordering)
}

func TestAccOrganizationClientGrant_tokenWaitsForTheAssociation(t *testing.T) {
	t.Parallel()
	for name, ordering := range map[string]string{
		"client_grant_id": "client_grant_id = " + orgGrantName + ".id", "depends_on": "depends_on = [" + orgGrantName + "]",
	} {
		t.Run(name, func(t *testing.T) {
			n := newTenant(t)
			acme := n.AddOrganization("acme")
			association := orgGrantConfig(quoted(acme), grantName+".id")
			n.accTest(
				// Without the association the organization may not use the grant.
				resource.TestStep{
					Config:            orgTokenConfig(acme, "client_grant_id = "+grantName+".id"),
					ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders"],"organization_usage":"require"`))},
					ExpectError:       says("403 Forbidden (access_denied)"),
				},
				resource.TestStep{
					Config: association + orgTokenConfig(acme, ordering),
					ConfigStateChecks: []statecheck.StateCheck{
						n.sentRoutes("POST organizations/{id}/client-grants"),
						statecheck.ExpectKnownValue("data.m2m_access_token.acme", tfjsonpath.New("granted_scopes"), exactly("read:orders")),
					},
				},
			)
		})
	}
}

func TestAccOrganizationClientGrant_importIDThatIsNone(t *testing.T) {
	n := newTenant(t)
	config := orgGrantConfig(`"org_Ab12Cd34Ef56Gh78"`, `"cgr_Ab12Cd34Ef56Gh78"`)
	var steps []resource.TestStep
	for _, id := range []string{"org_Ab12Cd34Ef56Gh78", "org_Ab12Cd34Ef56Gh78:cgr_Ab12Cd34Ef56Gh78", "cgr_Ab12Cd34Ef56Gh78::org_Ab12Cd34Ef56Gh78"} {
		steps = append(steps, resource.TestStep{
			Config: config, ResourceName: orgGrantName, ImportState: true, ImportStateId: id,
			ExpectError: says(fmt.Sprintf(`%q does not name the association of a grant with an organization. … ORGANIZATION_ID::GRANT_ID`, id)),
		})
	}
	n.accTest(steps...)
}

func TestAccOrganizationClientGrant_importOfWhatDoesNotExist(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	n.accTest(resource.TestStep{
		Config: orgGrantConfig(quoted(acme), quoted(grant)), ResourceName: orgGrantName, ImportState: true, ImportStateId: acme + "::" + grant,
		ExpectError: says("Cannot import non-existent remote object"),
	})
}

func TestAccOrganizationClientGrant_importByIdentity(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	n.run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: orgGrantConfig(quoted(acme), quoted(grant)),
				ConfigStateChecks: []statecheck.StateCheck{n.sent(orgGrantPost(grant)), statecheck.ExpectIdentity(orgGrantName, map[string]knownvalue.Check{
					"organization_id": knownvalue.StringExact(acme), "grant_id": knownvalue.StringExact(grant),
				})},
			},
			{ResourceName: orgGrantName, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

// The CLI of these tests may not know identities, so the protocol is spoken to.
func TestOrganizationClientGrant_identity(t *testing.T) {
	t.Parallel()
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	n.associate(acme, grant)
	n.testIdentity("m2m_organization_client_grant", map[string]string{"organization_id": acme, "grant_id": grant}, func() {
		n.dashboard(http.MethodDelete, "/api/v2/organizations/"+acme, "", nil)
	}, acme+"::"+grant)
}
