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
		return because(errOrganizationRequired,
			"The grant "+d.grant.ID+" requires an organization, and the request names none.",
			"Send the id or the name of an organization, give the client a default_organization, "+
				"or set organization_usage of the grant to allow.")
	case ref == "":
		return nil
	case usage == "deny":
		return because(errOrganizationNotAllowed,
			"The grant "+d.grant.ID+" allows no organizations.",
			"Set organization_usage of the grant to allow or require, or name no organization.")
	}
	found, err := s.store.FindOrganization(ref)
	switch {
	case err != nil:
		return because(errOrganizationInvalid.With(ref),
			"No organization has the id or the name "+shown(ref)+".",
			"Create the organization, or name one that exists.")
	case !s.permits(d.client, d.grant, found):
		return because(errOrganizationInvalid.With(ref),
			"The grant "+d.grant.ID+" is not associated with the organization "+
				shown(found.Name)+" ("+found.ID+").",
			d.openToOrganization())
	}
	d.organization = found
	return nil
}

// openToOrganization says how a grant gets an organization.
func (d *decision) openToOrganization() string {
	if !d.client.IsFirstParty {
		return "Associate the grant with the organization. For third-party clients, " +
			"allow_any_organization has no effect."
	}
	return "Associate the grant with the organization, or set allow_any_organization of the grant."
}

// permits reports whether the grant allows the organization: by association, or because it allows
// any organization. The latter does not apply to third-party clients (API contract 4.4).
func (s *Service) permits(who tenant.Client, grant tenant.ClientGrant, o tenant.Organization) bool {
	if who.IsFirstParty && grant.AllowsAnyOrganization() {
		return true
	}
	return s.store.IsAssociated(tenant.OrganizationGrant{OrganizationID: o.ID, GrantID: grant.ID})
}
