// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package effectiveaccess_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// row is an element of access that a grant causes.
func row(scope, organization knownvalue.Check) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"client_id":     knownvalue.StringExact(testserver.MachineClientID),
		"client_name":   knownvalue.StringExact("Machine Client"),
		"audience":      knownvalue.StringExact("urn:stock"),
		"api_name":      knownvalue.StringExact("Stock"),
		"subject_type":  knownvalue.StringExact("client"),
		"scope":         scope,
		"organization":  organization,
		"requires_role": knownvalue.Bool(false),
		"reason":        knownvalue.StringExact("client_grant"),
		"grant_id":      knownvalue.StringFunc(isGrantID),
	})
}

func isGrantID(id string) error {
	if len(id) < 5 || id[:4] != "cgr_" {
		return fmt.Errorf("%q is not the id of a grant", id)
	}
	return nil
}

func TestAccEffectiveAccess_filters(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", `{"identifier":"urn:stock","name":"Stock",
		"scopes":[{"value":"read:stock"},{"value":"write:stock"}],"enforce_policies":true}`)
	n.Create("/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":"urn:stock",
		"scope":["read:stock","misspelt"],"organization_usage":"allow",
		"allow_any_organization":true}`, testserver.MachineClientID))
	none, read := knownvalue.Null(), knownvalue.StringExact("read:stock")
	anyOrganization := knownvalue.StringExact("*")
	users := func(scope knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"client_id":     knownvalue.StringExact("first_party_clients"),
			"subject_type":  knownvalue.StringExact("user"),
			"scope":         scope,
			"requires_role": knownvalue.Bool(true),
			"reason":        knownvalue.StringExact("policy"),
			"grant_id":      none,
		})
	}
	machine := []knownvalue.Check{
		row(none, none), row(none, anyOrganization), row(read, none), row(read, anyOrganization),
	}
	policy := []knownvalue.Check{
		users(none), users(read), users(knownvalue.StringExact("write:stock")),
	}
	reads := func(arguments string, want ...knownvalue.Check) resource.TestStep {
		return resource.TestStep{
			Config: "data \"m2m_effective_access\" \"it\" {\n" + arguments + "\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(
				"data.m2m_effective_access.it", tfjsonpath.New("access"), knownvalue.ListExact(want),
			)},
		}
	}
	n.Test(
		reads(`audience = "urn:stock"`, slices.Concat(machine, policy)...),
		reads(fmt.Sprintf("client_id = %q\naudience = \"urn:stock\"", testserver.MachineClientID),
			slices.Concat(machine, policy)...),
		// The policy covers every first-party client, so also one without a grant.
		reads(fmt.Sprintf("client_id = %q\naudience = \"urn:stock\"", testserver.WebClientID),
			policy...),
		reads(`audience = "urn:missing"`),
	)
}
