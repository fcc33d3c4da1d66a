// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant_test

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const readGrants = "data.m2m_client_grants.it"

func grantsCount(count int) statecheck.StateCheck {
	return acctest.At(readGrants, knownvalue.ListSizeExact(count), "client_grants")
}

func TestAccClientGrantsData_matchesResource(t *testing.T) {
	n := acctest.NewTenant(t)
	item := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(
			readGrants, tfjsonpath.New("client_grants").AtSliceIndex(0).AtMapKey(name), want,
		)
	}
	same := []statecheck.StateCheck{item("is_system", knownvalue.Bool(false))}
	grants := protocol.DataSourceSchemas(t)["m2m_client_grants"].Attributes["client_grants"].(schema.ListNestedAttribute)
	for name := range grants.NestedObject.Attributes {
		if name == "is_system" || name == "authorization_details_types" {
			continue // These are null in the resource if they are false or empty.
		}
		same = append(same, statecheck.CompareValuePairs(acctest.GrantName, tfjsonpath.New(name),
			readGrants, tfjsonpath.New("client_grants").AtSliceIndex(0).AtMapKey(name),
			compare.ValuesSame()))
	}
	config := func(attributes ...string) string {
		return acctest.GrantConfig(attributes...) + acctest.Reading("m2m_client_grants",
			"audience = m2m_client_grant.orders.audience",
			"client_id = m2m_client_grant.orders.client_id",
			"subject_type = m2m_client_grant.orders.subject_type",
			"depends_on = [m2m_client_grant.orders]")
	}
	n.Test(
		resource.TestStep{
			Config: config(),
			ConfigStateChecks: append(
				slices.Clone(same), grantsCount(1),
				item("authorization_details_types", knownvalue.SetSizeExact(0)),
				n.Expect(acctest.Writes(acctest.GrantPost(`,"scope":[]`))),
			),
		},
		resource.TestStep{
			Config: config(`scopes = ["write:orders", "read:orders"]`, `subject_type = "user"`,
				`organization_usage = "allow"`,
				`allow_any_organization = true`, `authorization_details_types = ["payment"]`),
			ConfigStateChecks: append(slices.Clone(same), grantsCount(1),
				item("authorization_details_types", acctest.Exactly("payment")),
				n.Expect(acctest.Writes("DELETE client-grants/{id}",
					acctest.GrantPost(`,"scope":["read:orders","write:orders"],
				"subject_type":"user","organization_usage":"allow","allow_any_organization":true,"authorization_details_types":["payment"]`)))),
		},
		resource.TestStep{Config: config(`allow_all_scopes = true`), ConfigStateChecks: append(slices.Clone(same), grantsCount(1),
			n.Expect(acctest.Writes(
				"DELETE client-grants/{id}", acctest.GrantPost(`,"allow_all_scopes":true`),
			)))},
	)
}

func TestAccClientGrantsData_filters(t *testing.T) {
	n := acctest.NewTenant(t)
	machine := n.AddGrant(`,"scope":["read:orders"]`)
	user := n.AddGrant(
		`,"scope":[],"subject_type":"user","organization_usage":"allow","allow_any_organization":true`,
	)
	standard := n.Create("/api/v2/client-grants",
		fmt.Sprintf(
			`{"default_for":"third_party_clients","audience":%q,"scope":[]}`,
			testserver.SampleAPIAudience,
		))
	steps := []resource.TestStep{{
		Config: acctest.Reading("m2m_client_grants"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Reads("GET client-grants?take=100")),
			grantsCount(4), // In addition to the grant of the management client.
		},
	}}
	for _, tc := range []struct {
		filter, query string
		want          []string
	}{
		{
			fmt.Sprintf("client_id = %q", testserver.MachineClientID),
			"client_id=" + testserver.MachineClientID + "&",
			[]string{machine, user},
		},
		{
			fmt.Sprintf("audience = %q", testserver.SampleAPIAudience),
			"audience=" + testserver.SampleAPIAudience + "&",
			[]string{standard, machine, user},
		},
		{`subject_type = "user"`, "subject_type=user&", []string{user}},
		{`allow_any_organization = true`, "allow_any_organization=true&", []string{user}},
		{
			`default_for = "third_party_clients"`, "default_for=third_party_clients&",
			[]string{standard},
		},
		{`audience = "urn:nobody"`, "audience=urn:nobody&", nil},
	} {
		checks := []statecheck.StateCheck{
			n.Expect(acctest.Reads("GET client-grants?" + tc.query + "take=100")),
			grantsCount(len(tc.want)),
		}
		for i, id := range tc.want {
			checks = append(checks, acctest.At(
				readGrants, knownvalue.StringExact(id), "client_grants", i, "id",
			))
		}
		steps = append(steps, resource.TestStep{
			Config: acctest.Reading("m2m_client_grants", tc.filter), ConfigStateChecks: checks,
		})
	}
	n.Test(steps...)
}

func TestAccClientGrantsData_badInput(t *testing.T) {
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"client and group": {
			acctest.Reading(
				"m2m_client_grants", `client_id = "a"`, `default_for = "third_party_clients"`,
			), `Set client_id or default_for, not both.`,
		},
		"unsupported filter": {
			acctest.Reading("m2m_client_grants", `allow_any_organization = false`),
			`The tenant can only filter by allow_any_organization = true.`,
		},
		"empty client": {acctest.Reading("m2m_client_grants", `client_id = ""`), `client_id is empty`},
		"empty audience": {
			acctest.Reading("m2m_client_grants", `audience = ""`),
			`The audience must not be empty.`,
		},
		"unknown subject": {
			acctest.Reading("m2m_client_grants", `subject_type = "robot"`), `anonymous_user`,
		},
		"unknown group": {
			acctest.Reading("m2m_client_grants", `default_for = "all"`), `third_party_clients`,
		},
	})
}

func TestAccClientGrantsData_allPages(t *testing.T) {
	n := acctest.NewTenant(t)
	n.ManyGrants(101)
	const path = "GET client-grants?client_id=" + testserver.MachineClientID
	n.Test(resource.TestStep{
		Config: acctest.Reading("m2m_client_grants", fmt.Sprintf(
			"client_id = %q", testserver.MachineClientID,
		)),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Reads(path+"&take=100", path+"&from=…&take=100")),
			grantsCount(101),
			acctest.At(
				readGrants, knownvalue.StringExact("urn:api:100"), "client_grants", 100, "audience",
			),
		},
	})
}

func TestAccClientGrantsData_awkwardServer(t *testing.T) {
	n := acctest.AwkwardTenant(t, 7)
	n.ManyGrants(25)
	n.Clock().Advance(time.Second) // So that lagging reads show them all.
	config := acctest.Reading("m2m_client_grants", fmt.Sprintf(
		"client_id = %q", testserver.MachineClientID,
	))
	n.Test(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			grantsCount(25),
			acctest.At(
				readGrants, knownvalue.StringExact("urn:api:000"), "client_grants", 0, "audience",
			),
			acctest.At(
				readGrants, knownvalue.StringExact("urn:api:024"), "client_grants", 24, "audience",
			),
			acctest.At(readGrants, acctest.Exactly("a", "b"), "client_grants", 24, "scopes"),
		}},
	)
}

func TestAccClientGrantsData_transientErrors(t *testing.T) {
	n := acctest.NewTenant(t)
	n.ManyGrants(101)
	n.Next(
		"GET /api/v2/client-grants", testserver.ResetConnection(), testserver.Refuse(429),
		testserver.TruncateBody(), testserver.Refuse(503),
	)
	n.Test(resource.TestStep{
		Config: acctest.Reading("m2m_client_grants", fmt.Sprintf(
			"client_id = %q", testserver.MachineClientID,
		)),
		ConfigStateChecks: []statecheck.StateCheck{grantsCount(101)},
	})
}
