// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"

// chooseOrganization applies the table of API contract 4.4.
//
// ASSUMED: this tenant allows names instead of ids, so tokens contain `org_name`. A default
// organization must meet the same rules as a requested one; if it was deleted, it is invalid.
func (s *Service) chooseOrganization(d *decision) error {
	ref, usage := d.params["organization"], "deny"
	if d.grant.OrganizationUsage != nil {
		usage = *d.grant.OrganizationUsage
	}
	if ref == "" && usage == "require" {
		ref = d.client.DefaultOrganizationID()
	}
	switch {
	case ref == "" && usage == "require":
		return errOrganizationRequired
	case ref == "":
		return nil
	case usage == "deny":
		return errOrganizationNotAllowed
	}
	found, err := s.store.FindOrganization(ref)
	if err != nil || !s.permits(d.client, d.grant, found) {
		return errOrganizationInvalid.With(ref)
	}
	d.organization = found
	return nil
}

// permits reports whether the grant allows the organization: by association, or because it allows
// any organization. The latter does not apply to third-party clients (API contract 4.4).
func (s *Service) permits(who tenant.Client, grant tenant.ClientGrant, o tenant.Organization) bool {
	if who.IsFirstParty && grant.AllowsAnyOrganization() {
		return true
	}
	return s.store.IsAssociated(tenant.OrganizationGrant{OrganizationID: o.ID, GrantID: grant.ID})
}
