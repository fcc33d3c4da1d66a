// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const readGrants = "data.m2m_client_grants.it"

func grantsCount(count int) statecheck.StateCheck {
	return at(readGrants, knownvalue.ListSizeExact(count), "client_grants")
}

// addGrant makes a grant of the sample API to the machine client, with further
// properties in JSON.
func (n *tenant) addGrant(properties string) string {
	n.t.Helper()
	return n.create("/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":%q%s}`,
		testserver.MachineClientID, testserver.SampleAPIAudience, properties))
}

func TestAccClientGrantsData_showsWhatTheResourceDoes(t *testing.T) {
	n := newTenant(t)
	var same []statecheck.StateCheck
	grants, _ := dataSourceSchema(t, "m2m_client_grants").Attributes["client_grants"].(schema.ListNestedAttribute)
	if len(grants.NestedObject.Attributes) == 0 {
		t.Fatal("the data source shows nothing of a grant")
	}
	for name := range grants.NestedObject.Attributes {
		same = append(same, statecheck.CompareValuePairs(grantName, tfjsonpath.New(name),
			readGrants, tfjsonpath.New("client_grants").AtSliceIndex(0).AtMapKey(name), compare.ValuesSame()))
	}
	config := func(attributes ...string) string {
		return grantConfig(attributes...) + reading("m2m_client_grants", "audience = m2m_client_grant.orders.audience",
			"client_id = m2m_client_grant.orders.client_id", "subject_type = m2m_client_grant.orders.subject_type",
			"depends_on = [m2m_client_grant.orders]")
	}
	n.accTest(
		resource.TestStep{Config: config(), ConfigStateChecks: append(slices.Clone(same), grantsCount(1), n.sent(grantPost(`,"scope":[]`)))},
		resource.TestStep{
			Config: config(`scopes = ["write:orders", "read:orders"]`, `subject_type = "user"`, `organization_usage = "allow"`,
				`allow_any_organization = true`, `authorization_details_types = ["payment"]`),
			ConfigStateChecks: append(slices.Clone(same), grantsCount(1), n.sent("DELETE client-grants/{id}", grantPost(`,"scope":["read:orders","write:orders"],
				"subject_type":"user","organization_usage":"allow","allow_any_organization":true,"authorization_details_types":["payment"]`))),
		},
		resource.TestStep{Config: config(`allow_all_scopes = true`), ConfigStateChecks: append(slices.Clone(same), grantsCount(1),
			n.sent("DELETE client-grants/{id}", grantPost(`,"allow_all_scopes":true`)))},
	)
}

func TestAccClientGrantsData_filters(t *testing.T) {
	n := newTenant(t)
	machine := n.addGrant(`,"scope":["read:orders"]`)
	user := n.addGrant(`,"scope":[],"subject_type":"user","organization_usage":"allow","allow_any_organization":true`)
	standard := n.create("/api/v2/client-grants",
		fmt.Sprintf(`{"default_for":"third_party_clients","audience":%q,"scope":[]}`, testserver.SampleAPIAudience))
	steps := []resource.TestStep{{
		Config: reading("m2m_client_grants"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.read("GET client-grants?take=100"),
			grantsCount(4), // Besides that of the management client.
		},
	}}
	for _, tc := range []struct {
		filter, query string
		want          []string
	}{
		{fmt.Sprintf("client_id = %q", testserver.MachineClientID), "client_id=" + testserver.MachineClientID + "&", []string{machine, user}},
		{fmt.Sprintf("audience = %q", testserver.SampleAPIAudience), "audience=" + testserver.SampleAPIAudience + "&", []string{standard, machine, user}},
		{`subject_type = "user"`, "subject_type=user&", []string{user}},
		{`allow_any_organization = true`, "allow_any_organization=true&", []string{user}},
		{`default_for = "third_party_clients"`, "default_for=third_party_clients&", []string{standard}},
		{`audience = "urn:nobody"`, "audience=urn:nobody&", nil},
	} {
		checks := []statecheck.StateCheck{n.read("GET client-grants?" + tc.query + "take=100"), grantsCount(len(tc.want))}
		for i, id := range tc.want {
			checks = append(checks, at(readGrants, knownvalue.StringExact(id), "client_grants", i, "id"))
		}
		steps = append(steps, resource.TestStep{
			Config: reading("m2m_client_grants", tc.filter), ConfigStateChecks: checks,
		})
	}
	n.accTest(steps...)
}

func TestAccClientGrantsData_badInputIsRefusedAtPlan(t *testing.T) {
	refusedAtPlan(t, map[string]struct{ config, want string }{
		"client and group": {
			reading("m2m_client_grants", `client_id = "a"`, `default_for = "third_party_clients"`), `set client_id or default_for, not both.`,
		},
		"filter that is not there": {reading("m2m_client_grants", `allow_any_organization = false`), `The tenant can only filter by allow_any_organization = true.`},
		"empty client":             {reading("m2m_client_grants", `client_id = ""`), `at least 1`},
		"empty audience":           {reading("m2m_client_grants", `audience = ""`), `The audience must not be empty.`},
		"unknown subject":          {reading("m2m_client_grants", `subject_type = "robot"`), `anonymous_user`},
		"unknown group":            {reading("m2m_client_grants", `default_for = "all"`), `third_party_clients`},
	})
}

// manyGrants grants the machine client that many APIs.
func (n *tenant) manyGrants(count int) {
	n.t.Helper()
	n.manyAPIs(count)
	for i := range count {
		n.create("/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":"urn:api:%03d","scope":["b","a"]}`, testserver.MachineClientID, i))
	}
}

func TestAccClientGrantsData_allPages(t *testing.T) {
	n := newTenant(t)
	n.manyGrants(101)
	config := reading("m2m_client_grants", fmt.Sprintf("client_id = %q", testserver.MachineClientID))
	n.accTest(resource.TestStep{
		Config: config,
		ConfigStateChecks: []statecheck.StateCheck{
			n.readTimes(2, "GET client-grants?"),
			grantsCount(101),
			at(readGrants, knownvalue.StringExact("urn:api:100"), "client_grants", 100, "audience"),
		},
	})
}

func TestAccClientGrantsData_awkwardServer(t *testing.T) {
	n := awkwardTenant(t, 7)
	n.manyGrants(25)
	n.Clock().Advance(time.Second) // So that lagging reads show them all.
	config := reading("m2m_client_grants", fmt.Sprintf("client_id = %q", testserver.MachineClientID))
	n.accTest(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			grantsCount(25),
			at(readGrants, knownvalue.StringExact("urn:api:000"), "client_grants", 0, "audience"),
			at(readGrants, knownvalue.StringExact("urn:api:024"), "client_grants", 24, "audience"),
			at(readGrants, exactly("a", "b"), "client_grants", 24, "scopes"),
		}},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan()},
	)
}

func TestAccClientGrantsData_lostAndLimitedPagesAreReadAgain(t *testing.T) {
	n := newTenant(t)
	n.manyGrants(101)
	n.Next("GET /api/v2/client-grants", testserver.ResetConnection(), testserver.Refuse(429), testserver.TruncateBody(), testserver.Refuse(503))
	n.accTest(resource.TestStep{
		Config:            reading("m2m_client_grants", fmt.Sprintf("client_id = %q", testserver.MachineClientID)),
		ConfigStateChecks: []statecheck.StateCheck{grantsCount(101)},
	})
}
