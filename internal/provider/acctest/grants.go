// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Granted grants the machine client all scopes of the sample API.
func (n *Tenant) Granted() *Tenant {
	n.T.Helper()
	n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:orders","write:orders"]}`,
			testserver.MachineClientID, testserver.SampleAPIAudience), nil)
	return n
}

// AddGrantOf creates a grant of the sample API to the machine client, with a subject type.
func (n *Tenant) AddGrantOf(subjectType string) string {
	n.T.Helper()
	return n.Create("/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:orders"],"subject_type":%q}`,
			testserver.MachineClientID, testserver.SampleAPIAudience, subjectType))
}

// GrantName is the address of the grant in GrantConfig.
const GrantName = "m2m_client_grant.orders"

// GrantConfig is a grant of the sample API to the machine client.
func GrantConfig(attributes ...string) string {
	return fmt.Sprintf("resource \"m2m_client_grant\" \"orders\" {\n  client_id = %q\n  audience "+
		"= %q\n  %s\n}\n",
		testserver.MachineClientID, testserver.SampleAPIAudience, strings.Join(attributes, "\n  "))
}

// GrantPost is the request that creates that grant with additional properties, in JSON.
func GrantPost(properties string) string {
	return fmt.Sprintf(`POST client-grants {"client_id":%q,"audience":%q%s}`,
		testserver.MachineClientID, testserver.SampleAPIAudience, properties)
}

// TheGrant returns the id of the machine client's only grant.
func (n *Tenant) TheGrant() string {
	var grants []struct {
		ID string `json:"id"`
	}
	n.AtDashboard(
		http.MethodGet, "/api/v2/client-grants?client_id="+testserver.MachineClientID, "", &grants,
	)
	if len(grants) != 1 {
		n.T.Fatalf("the client has %d grants, want 1", len(grants))
	}
	return grants[0].ID
}

// AddGrant creates a grant of the sample API to the machine client, with additional properties in
// JSON.
func (n *Tenant) AddGrant(properties string) string {
	n.T.Helper()
	return n.Create("/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":%q%s}`,
		testserver.MachineClientID, testserver.SampleAPIAudience, properties))
}

// ManyGrants creates this many APIs, and a grant of each to the machine client.
func (n *Tenant) ManyGrants(count int) {
	n.T.Helper()
	n.ManyAPIs(count)
	for i := range count {
		n.Create("/api/v2/client-grants", fmt.Sprintf(
			`{"client_id":%q,"audience":"urn:api:%03d","scope":["b","a"]}`,
			testserver.MachineClientID, i,
		))
	}
}

// OrgGrantName is the address of the association in OrgGrantConfig.
const OrgGrantName = "m2m_organization_client_grant.acme"

// AddOrganizationGrant creates a grant that permits organizations.
func (n *Tenant) AddOrganizationGrant(subjectType string) string {
	n.T.Helper()
	return n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":%q,"scope":["read:orders"],"organization_usage":"require","subject_type":%q}`,
		testserver.MachineClientID, testserver.SampleAPIAudience, subjectType))
}

// Associate associates a grant with an organization.
func (n *Tenant) Associate(organization, grant string) {
	n.T.Helper()
	n.AtDashboard(
		http.MethodPost, "/api/v2/organizations/"+organization+"/client-grants",
		fmt.Sprintf(`{"grant_id":%q}`, grant), nil,
	)
}

// OrgGrantConfig is an association. The two ids are in HCL, quoted if they are literal.
func OrgGrantConfig(organization, grant string) string {
	return fmt.Sprintf(
		"resource \"m2m_organization_client_grant\" \"acme\" {\n  organization_id = %s\n  "+
			"grant_id = %s\n}\n",
		organization, grant,
	)
}

// OrgGrantPost is the request that creates that association.
func OrgGrantPost(grant string) string {
	return fmt.Sprintf(`POST organizations/{id}/client-grants {"grant_id":%q}`, grant)
}

// OrgGrantValues checks all attributes of that association.
func OrgGrantValues(organization, grant string) []statecheck.StateCheck {
	value := func(name, want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(
			OrgGrantName, tfjsonpath.New(name), knownvalue.StringExact(want),
		)
	}
	return []statecheck.StateCheck{
		value("organization_id", organization), value("grant_id", grant),
		value("id", organization+"::"+grant),
	}
}
