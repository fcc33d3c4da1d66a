// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import "fmt"

// OrganizationGrant associates a client grant with an organization, so that the grant's client can
// get tokens for the organization (API contract 4.4 and 5.2).
type OrganizationGrant struct {
	OrganizationID string `json:"organization_id"`
	GrantID        string `json:"grant_id"`
}

var organizationGrantKind = kind[OrganizationGrant]{
	name: "organization_grants",
	id:   OrganizationGrant.id,
	groups: func(a OrganizationGrant) []string {
		return []string{ofOrganization(a.OrganizationID), ofGrant(a.GrantID)}
	},
	sound: func(all finder, a OrganizationGrant) error {
		if !all.has(clientGrantKind.name, a.GrantID) ||
			!all.has(organizationKind.name, a.OrganizationID) {
			return fmt.Errorf(
				"the client grant %s or the organization %s of an association is missing",
				a.GrantID, a.OrganizationID,
			)
		}
		return nil
	},
}

// maxOrganizationGrants is the maximum number of grants of an organization (API contract 5.2).
const maxOrganizationGrants = 100

// id does not exist in the API, which identifies an association by organization and grant.
func (a OrganizationGrant) id() string { return a.OrganizationID + " " + a.GrantID }
