// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "slices"

// defaultOrganization is the organization that a client uses where a grant requires one and the request names none (API
// contract 4.4 and 6.1).
type defaultOrganization struct {
	OrganizationID string   `json:"organization_id"`
	Flows          []string `json:"flows"`
}

// useOrganization applies the table of API contract 4.4.
//
// ASSUMED: this tenant allows names in place of ids, so tokens carry `org_name`. A default organization is held to the
// rules for one that is asked for; if it is gone, it is invalid.
func (s *Server) useOrganization(who client, grant clientGrant, ref string) (organization, error) {
	usage := "deny"
	if grant.OrganizationUsage != nil {
		usage = *grant.OrganizationUsage
	}
	if ref == "" && usage == "require" {
		ref = who.defaultOrganizationID()
	}
	switch {
	case ref == "" && usage == "require":
		return organization{}, errOrganizationRequired
	case ref == "":
		return organization{}, nil
	case usage == "deny":
		return organization{}, errOrganizationNotAllowed
	}
	found, err := s.store.findOrganization(ref)
	if err != nil || !s.permits(who, grant, found) {
		return organization{}, errOrganizationInvalid.With(ref)
	}
	return found, nil
}

// permits is true for organizations associated with the grant, and for all when the grant says so; a third-party client
// cannot have all (API contract 4.4).
func (s *Server) permits(who client, grant clientGrant, o organization) bool {
	if who.IsFirstParty && isTrue(grant.AllowAnyOrganization) {
		return true
	}
	return s.store.isAssociated(organizationGrant{OrganizationID: o.ID, GrantID: grant.ID})
}

// defaultOrganizationID is empty when the client has none for this flow.
func (c client) defaultOrganizationID() string {
	if c.DefaultOrganization == nil || !slices.Contains(c.DefaultOrganization.Flows, clientCredentials) {
		return ""
	}
	return c.DefaultOrganization.OrganizationID
}
