// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"

// useOrganization applies the table of API contract 4.4.
//
// ASSUMED: this tenant allows names instead of ids, so tokens contain `org_name`. A default
// organization must meet the same rules as a requested one; if it was deleted, it is invalid.
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

// permits reports whether the grant allows the organization: by association, or because it allows
// any organization. The latter does not apply to third-party clients (API contract 4.4).
func (s *Service) permits(who tenant.Client, grant tenant.ClientGrant, o tenant.Organization) bool {
	if who.IsFirstParty && grant.AllowsAnyOrganization() {
		return true
	}
	return s.store.IsAssociated(tenant.OrganizationGrant{OrganizationID: o.ID, GrantID: grant.ID})
}
