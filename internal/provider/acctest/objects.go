// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ChangeSampleAPI sets properties of the sample API.
func (n *Tenant) ChangeSampleAPI(properties string) {
	n.T.Helper()
	n.AtDashboard(
		http.MethodPatch, ResourceServerPath(testserver.SampleAPIAudience), properties, nil,
	)
}

// ManyAPIs adds the APIs urn:api:000, urn:api:001 and so on, in reverse order.
func (n *Tenant) ManyAPIs(count int) {
	n.T.Helper()
	for i := range count {
		n.Create("/api/v2/resource-servers", fmt.Sprintf(
			`{"identifier":"urn:api:%03d"}`, count-1-i,
		))
	}
}

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
