// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

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

// OrgGrantName is the address of the association in OrgGrantConfig.
const OrgGrantName = "m2m_organization_client_grant.acme"

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
