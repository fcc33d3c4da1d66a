// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import (
	"fmt"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// OrganizationClientGrant is the table of associations, which can only be replaced.
func OrganizationClientGrant() *Table {
	return &Table{
		Test: "TestAccOrganizationClientGrant_lives", Type: "m2m_organization_client_grant",
		List:    "organizations/{id}/client-grants",
		Object:  "organizations/{id}/client-grants/{grant_id}",
		Prepare: addAssociable,
		Rows:    organizationClientGrantRows,
	}
}

// addAssociable creates two organizations, and two grants to associate with them.
func addAssociable(tenant Tenant, key string) map[string]string {
	apis := addAPIs(tenant, key)
	name := strings.NewReplacer("https://", "", ".example.com", "").Replace(key)
	for organization, name := range map[string]string{"ORG_A": name + "-a", "ORG_B": name + "-b"} {
		apis[organization] = tenant.Create("/api/v2/organizations", fmt.Sprintf(`{"name":%q}`, name))
	}
	for grant, audience := range map[string]string{"GRANT_A": key, "GRANT_B": key + "/"} {
		apis[grant] = tenant.Create("/api/v2/client-grants", fmt.Sprintf(
			`{"client_id":%q,"audience":%q,"scope":[],"organization_usage":"allow"}`,
			testserver.MachineClientID, audience))
	}
	return apis
}

var organizationClientGrantRows = []Row{
	{
		Attribute: "organization_id",
		Steps: `
		created   | organization_id = "ORG_A"; grant_id = "GRANT_A" | create
		          | POST {"grant_id":"GRANT_A"} | "ORG_A"
		changed   | organization_id = "ORG_B"; grant_id = "GRANT_A" | replace
		          | DELETE then POST {"grant_id":"GRANT_A"} | "ORG_B"
		unknown   | organization_id = LATER ? "ORG_A" : null; grant_id = "GRANT_A" | replace,
		              unknown
		          | DELETE then POST {"grant_id":"GRANT_A"} | "ORG_A"
		unknown   | organization_id = LATER ? "ORG_A" : null; grant_id = "GRANT_A" | replace,
		              unknown
		          | DELETE then POST {"grant_id":"GRANT_A"} | "ORG_A"

		emptied   | grant_id = "cgr_Ab12Cd34Ef56Gh78"; organization_id = "" | refused
		          | must be the id of an organization
		null      | grant_id = "cgr_Ab12Cd34Ef56Gh78"; organization_id = null | refused
		          | Must set a configuration value for the organization_id attribute as the provider
		              has marked it as required.
		taken_out | grant_id = "cgr_Ab12Cd34Ef56Gh78" | refused
		          | The argument "organization_id" is required, but no definition was found.
		unknown   | grant_id = "cgr_Ab12Cd34Ef56Gh78"; organization_id = LATER ? null : "a" |
		              refused at apply
		          | Must set a configuration value for the organization_id attribute as the provider
		              has marked it as required.
		`,
	},
	{
		Attribute: "grant_id",
		Steps: `
		created   | organization_id = "ORG_A"; grant_id = "GRANT_A" | create
		          | POST {"grant_id":"GRANT_A"} | "GRANT_A"
		changed   | organization_id = "ORG_A"; grant_id = "GRANT_B" | replace
		          | DELETE then POST {"grant_id":"GRANT_B"} | "GRANT_B"
		unknown   | organization_id = "ORG_A"; grant_id = LATER ? "GRANT_A" : null | replace,
		              unknown
		          | DELETE then POST {"grant_id":"GRANT_A"} | "GRANT_A"
		unknown   | organization_id = "ORG_A"; grant_id = LATER ? "GRANT_A" : null | replace,
		              unknown
		          | DELETE then POST {"grant_id":"GRANT_A"} | "GRANT_A"

		emptied   | organization_id = "org_Ab12Cd34Ef56Gh78"; grant_id = "" | refused
		          | must be the id of a client grant
		null      | organization_id = "org_Ab12Cd34Ef56Gh78"; grant_id = null | refused
		          | Must set a configuration value for the grant_id attribute as the provider has
		              marked it as required.
		taken_out | organization_id = "org_Ab12Cd34Ef56Gh78" | refused
		          | The argument "grant_id" is required, but no definition was found.
		unknown   | organization_id = "org_Ab12Cd34Ef56Gh78"; grant_id = LATER ? null : "a" |
		              refused at apply
		          | Must set a configuration value for the grant_id attribute as the provider has
		              marked it as required.
		`,
	},
	{
		Attribute: "id",
		Steps: `
		unknown   | organization_id = "ORG_A"; grant_id = "GRANT_A" | create, unknown
		          | POST {"grant_id":"GRANT_A"} | "ORG_A::GRANT_A"
		changed   | organization_id = "ORG_B"; grant_id = "GRANT_A" | replace, unknown
		          | DELETE then POST {"grant_id":"GRANT_A"} | "ORG_B::GRANT_A"
		changed   | organization_id = "ORG_B"; grant_id = "GRANT_B" | replace, unknown
		          | DELETE then POST {"grant_id":"GRANT_B"} | "ORG_B::GRANT_B"
		unknown   | organization_id = LATER ? "ORG_A" : null; grant_id = LATER ? "GRANT_A" : null |
		              replace, unknown
		          | DELETE then POST {"grant_id":"GRANT_A"} | "ORG_A::GRANT_A"

		created   | organization_id = "org_Ab12Cd34Ef56Gh78"; grant_id =
		              "cgr_Ab12Cd34Ef56Gh78"; id = "a" | refused
		          | Invalid Configuration for Read-Only Attribute
		`,
	},
}
