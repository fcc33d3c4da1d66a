// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organization_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	readOne = "data.m2m_organization.it"
	readAll = "data.m2m_organizations.it"
)

// addOrganization makes an organization and returns its id.
func addOrganization(n *acctest.Tenant, properties string) string {
	n.T.Helper()
	return n.Create("/api/v2/organizations", properties)
}

func byID(id string) string {
	return acctest.Reading("m2m_organization", fmt.Sprintf("organization_id = %q", id))
}

func byName(name string) string {
	return acctest.Reading("m2m_organization", fmt.Sprintf("name = %q", name))
}

func stringIs(want string) knownvalue.Check { return knownvalue.StringExact(want) }

func texts(want map[string]string) knownvalue.Check {
	checks := map[string]knownvalue.Check{}
	for key, value := range want {
		checks[key] = stringIs(value)
	}
	return knownvalue.MapExact(checks)
}

func TestAccOrganizationData_everyAttributeByIDAndByName(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrganization(n, `{"name":"other"}`)
	id := addOrganization(n, `{"name":"acme","display_name":"Acme Inc.",
		"branding":{"logo_url":"https://acme.example.com/logo.png",
			"colors":{"primary":"#0a0b0c","page_background":"#ffffff"}},
		"metadata":{"tier":"gold","region":"eu"},
		"third_party_client_access":"allow","is_app_entitlement_active":true}`)
	shown := func(request string) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			n.Expect(acctest.Reads(request)),
			acctest.At(readOne, stringIs(id), "organization_id"),
			acctest.At(readOne, stringIs("acme"), "name"),
			acctest.At(readOne, stringIs("Acme Inc."), "display_name"),
			acctest.At(readOne, stringIs("https://acme.example.com/logo.png"), "branding", "logo_url"),
			acctest.At(readOne, texts(map[string]string{
				"primary": "#0a0b0c", "page_background": "#ffffff",
			}), "branding", "colors"),
			acctest.At(readOne, texts(map[string]string{
				"tier": "gold", "region": "eu",
			}), "metadata"),
			acctest.At(readOne, stringIs("allow"), "third_party_client_access"),
			acctest.At(readOne, knownvalue.Bool(true), "is_app_entitlement_active"),
		}
	}
	n.Test(
		resource.TestStep{
			Config: byID(id), ConfigStateChecks: shown("GET organizations/" + id),
		},
		resource.TestStep{
			Config: byName("acme"), ConfigStateChecks: shown("GET organizations/name/acme"),
		},
	)
}

func TestAccOrganizationData_absentIsNullAndEmptyIsEmpty(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrganization(n, `{"name":"bare"}`)
	addOrganization(n, `{"name":"blank","branding":{},"metadata":{}}`)
	answers := func(name, properties string) {
		n.Next("GET /api/v2/organizations/name/{name}", slices.Repeat([]testserver.Fault{
			acctest.Respond(http.StatusOK, fmt.Sprintf(
				`{"id":"org_0000000000000001","name":%q%s}`, name, properties,
			)),
		}, 10)...)
	}
	null := func(attributes ...string) (checks []statecheck.StateCheck) {
		for _, attribute := range attributes {
			checks = append(checks, acctest.At(readOne, knownvalue.Null(), attribute))
		}
		return checks
	}
	n.Test(
		resource.TestStep{
			Config: byName("bare"),
			ConfigStateChecks: append(null("display_name", "branding", "metadata"),
				acctest.At(readOne, stringIs("block"), "third_party_client_access"),
				acctest.At(readOne, knownvalue.Bool(false), "is_app_entitlement_active"),
			),
		},
		resource.TestStep{
			Config: byName("blank"),
			ConfigStateChecks: []statecheck.StateCheck{
				acctest.At(readOne, texts(nil), "metadata"),
				acctest.At(readOne, knownvalue.Null(), "branding", "logo_url"),
				acctest.At(readOne, knownvalue.Null(), "branding", "colors"),
			},
		},
		// Tenants did not always send the last two.
		resource.TestStep{
			PreConfig: func() { answers("old", "") },
			Config:    byName("old"),
			ConfigStateChecks: null(
				"display_name", "branding", "metadata", "third_party_client_access",
				"is_app_entitlement_active",
			),
		},
	)
}

func TestAccOrganizationData_nameLikeAPath(t *testing.T) {
	n := acctest.NewTenant(t)
	var steps []resource.TestStep
	for _, name := range []string{"client-grants", "name", "a_b-c"} {
		id := n.AddOrganization(name)
		steps = append(steps, resource.TestStep{
			Config: byName(name),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Reads("GET organizations/name/" + name)),
				acctest.At(readOne, stringIs(id), "organization_id"),
			},
		})
	}
	n.Test(steps...)
}

func TestAccOrganizationData_missing(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.AddOrganization("acme")
	const noName = `The tenant … has no organization with the name %s. Check the name and the provider's domain. ` +
		`A name is written in lower case, such as acme, and differs from the display name. ` +
		`The data source m2m_organizations lists all names. ` +
		`If this configuration creates it, refer to an attribute of that resource here`
	var steps []resource.TestStep
	// Those with a slash or a question mark must not read another path.
	for _, name := range []string{
		"Acme", "Acme Inc.", id, "acme/client-grants", "acme?take=1", "acme/..", "a%2e",
	} {
		steps = append(steps, resource.TestStep{
			Config: byName(name),
			ExpectError: text.Says(
				`Unable to read organization … ` + fmt.Sprintf(noName, fmt.Sprintf("%q", name)),
			),
		})
	}
	n.Test(append(steps, resource.TestStep{
		Config: byID("org_0000000000000000"),
		ExpectError: text.Says(`Unable to read organization … ` +
			`The tenant … has no organization with the id "org_0000000000000000". Check the id and the provider's domain. ` +
			`To read an organization by its name, set name instead of organization_id.`),
	})...)
}

func TestAccOrganizationData_badInput(t *testing.T) {
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"neither": {
			acctest.Reading("m2m_organization"),
			`Set organization_id or name to select the organization to read.`,
		},
		"both": {
			acctest.Reading(
				"m2m_organization", `organization_id = "org_Ab12Cd34Ef56Gh78"`, `name = "acme"`,
			),
			`Set only one of organization_id and name to select the organization to read.`,
		},
		"name as id": {
			byID("acme"),
			`must be the id of an organization, such as org_Ab12Cd34Ef56Gh78 (to read it by its name, set name instead)`,
		},
		"empty id":   {byID(""), `must be the id of an organization`},
		"empty name": {byName(""), `must be the name of an organization, such as acme`},
		"dots":       {byName(".."), `must be the name of an organization, such as acme`},
	})
}

func TestAccOrganizationData_unknownAtPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.AddOrganization("acme")
	later := func(argument, value string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  input = %q\n}\n", value) +
			acctest.Reading("m2m_organization", argument+" = terraform_data.later.output")
	}
	var steps []resource.TestStep
	for argument, value := range map[string]string{"organization_id": id, "name": "acme"} {
		steps = append(steps, resource.TestStep{
			Config: later(argument, value),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(readOne, plancheck.ResourceActionRead),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				acctest.At(readOne, stringIs(id), "organization_id"),
				acctest.At(readOne, stringIs("acme"), "name"),
			},
		})
	}
	n.Test(append(steps, resource.TestStep{
		Config:      later("name", "nobody"),
		ExpectError: text.Says(`has no organization with the name "nobody".`),
	})...)
}

func TestAccOrganizationData_needsScope(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.AddOrganization("acme")
	n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:organization_client_grants"]}`,
			testserver.MachineClientID, n.URL()+"/api/v2/"), nil)
	refused := func(config, summary string) resource.TestStep {
		return resource.TestStep{Config: config, ExpectError: text.Says(
			summary +
				` … expected any of: read:organizations … Grant the missing management scope to`,
		)}
	}
	n.TestIn(n.Env(
		"AUTH0_CLIENT_ID", testserver.MachineClientID, "AUTH0_CLIENT_SECRET",
		testserver.MachineClientSecret,
	),
		refused(byID(id), `Unable to read organization`),
		refused(byName("acme"), `Unable to read organization`),
		refused(acctest.Reading("m2m_organizations"), `Unable to list organizations`),
	)
}

// A 404 that is not the API's answer about an organization does not mean that it is missing.
func TestAccOrganizationData_other404(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.AddOrganization("acme")
	n.Next("GET /api/v2/organizations/{id}", slices.Repeat([]testserver.Fault{acctest.Respond(
		http.StatusNotFound, `{"statusCode":404,"error":"Not Found","message":"Not Found"}`,
	)}, 10)...)
	n.Test(resource.TestStep{
		Config: byID(id),
		ExpectError: text.Says(`Unable to read organization … The API answered for the ` +
			`organization with the id "` + id + `": 404 Not Found: Not Found.`),
	})
}

func TestAccOrganizationsData_allPagesSortedByName(t *testing.T) {
	n := acctest.NewTenant(t)
	ids := map[int]string{}
	for i := range 101 {
		ids[100-i] = n.AddOrganization(fmt.Sprintf("org-%03d", 100-i))
	}
	n.Test(resource.TestStep{
		Config: acctest.Reading("m2m_organizations"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Reads(
				"GET organizations?take=100", "GET organizations?from=…&take=100",
			)),
			acctest.At(readAll, knownvalue.ListSizeExact(101), "organizations"),
			acctest.At(readAll, stringIs(ids[0]), "organizations", 0, "organization_id"),
			acctest.At(readAll, stringIs("org-000"), "organizations", 0, "name"),
			acctest.At(readAll, knownvalue.Null(), "organizations", 0, "display_name"),
			acctest.At(readAll, stringIs(ids[100]), "organizations", 100, "organization_id"),
		},
	})
}

func TestAccOrganizationsData_empty(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: acctest.Reading("m2m_organizations"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Reads("GET organizations?take=100")),
			acctest.At(readAll, knownvalue.ListSizeExact(0), "organizations"),
		},
	})
}

func TestAccOrganizationsData_awkwardServer(t *testing.T) {
	n := acctest.AwkwardTenant(t, 11)
	for i := range 25 {
		n.AddOrganization(fmt.Sprintf("org-%03d", i))
	}
	n.Clock().Advance(time.Second) // So that lagging reads show them all.
	config := acctest.Reading("m2m_organizations") + byName("org-024")
	n.Test(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			acctest.At(readAll, knownvalue.ListSizeExact(25), "organizations"),
			acctest.At(readAll, stringIs("org-024"), "organizations", 24, "name"),
			acctest.At(readOne, stringIs("org-024"), "name"),
		}},
	)
}
