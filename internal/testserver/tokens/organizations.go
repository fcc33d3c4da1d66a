// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"

// useOrganization applies the table of API contract 4.4.
//
// ASSUMED: this tenant allows names in place of ids, so tokens carry `org_name`. A default
// organization is held to the rules for one that is asked for; if it is gone, it is invalid.
func (s *Service) useOrganization(
	who tenant.Client, grant tenant.ClientGrant, ref string,
) (tenant.Organization, error) {
	usage := "deny"
	if grant.OrganizationUsage != nil {
		usage = *grant.OrganizationUsage
	}
	if ref == "" && usage == "require" {
		ref = who.DefaultOrganizationID()
	}
	switch {
	case ref == "" && usage == "require":
		return tenant.Organization{}, errOrganizationRequired
	case ref == "":
		return tenant.Organization{}, nil
	case usage == "deny":
		return tenant.Organization{}, errOrganizationNotAllowed
	}
	found, err := s.store.FindOrganization(ref)
	if err != nil || !s.permits(who, grant, found) {
		return tenant.Organization{}, errOrganizationInvalid.With(ref)
	}
	return found, nil
}

// permits is true for organizations associated with the grant, and for all when the grant says so;
// a third-party client cannot have all (API contract 4.4).
func (s *Service) permits(who tenant.Client, grant tenant.ClientGrant, o tenant.Organization) bool {
	if who.IsFirstParty && grant.AllowsAnyOrganization() {
		return true
	}
	return s.store.IsAssociated(tenant.OrganizationGrant{OrganizationID: o.ID, GrantID: grant.ID})
}
