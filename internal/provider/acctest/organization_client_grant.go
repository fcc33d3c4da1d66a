// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"net/http"
	"regexp"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/lives"
)

// OrganizationClientGrant is m2m_organization_client_grant.
var OrganizationClientGrant = &Resource{
	Type: "m2m_organization_client_grant",
	Destroy: func(attributes map[string]string) string {
		return "DELETE organizations/" + attributes["organization_id"] + "/client-grants/" +
			attributes["grant_id"]
	},
	ImportKey: func(object map[string]any) string {
		return fmt.Sprintf("%s::%s", object["organization_id"], object["grant_id"])
	},
	Lives:    []func() *lives.Table{lives.OrganizationClientGrant},
	Contract: `grant_id`,
	Example: Example{
		Writes: []string{
			"POST client-grants", "POST organizations/{id}/client-grants", "POST resource-servers",
		},
		Address: OrgGrantName,
		ID:      regexp.MustCompile(`org_[A-Za-z0-9]{16}::cgr_[A-Za-z0-9]{16}`),
		Existing: func(d Dashboard) (string, string) {
			grant, imports := exampleGrant(d, `,"organization_usage":"require"`)
			d.AtDashboard(
				http.MethodPost, "/api/v2/organizations/"+ExampleOrganization+"/client-grants",
				fmt.Sprintf(`{"grant_id":%q}`, grant), nil,
			)
			return ExampleOrganization + "::" + grant, imports + ImportBlock(GrantName, grant)
		},
		Planned:      plancheck.ResourceActionNoop,
		ImportWrites: []string{"PATCH resource-servers/{id}"},
	},
}
