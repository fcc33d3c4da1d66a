// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"cmp"
	"encoding/json"
)

// Organization is a customer of the tenant. Machines can get tokens for it (API contract 5.1).
type Organization struct {
	ID                     string                `json:"id"`
	Name                   string                `json:"name"`
	DisplayName            string                `json:"display_name,omitzero"`
	Branding               *organizationBranding `json:"branding,omitzero"`
	Metadata               map[string]string     `json:"metadata,omitzero"`
	EnabledConnections     []json.RawMessage     `json:"enabled_connections,omitzero"`
	TokenQuota             *TokenQuota           `json:"token_quota,omitzero"`
	ThirdPartyClientAccess string                `json:"third_party_client_access"`
	IsAppEntitlementActive bool                  `json:"is_app_entitlement_active"`
}

var organizationKind = kind[Organization]{
	name:   "organizations",
	id:     func(o Organization) string { return o.ID },
	key:    func(o Organization) string { return o.Name },
	ownIDs: true,
}

type organizationBranding struct {
	LogoURL string            `json:"logo_url,omitzero"`
	Colors  map[string]string `json:"colors,omitzero"`
}

// NewOrganization returns an organization with the properties that newer replies always show (API
// contract 5.1). Both are about user flows and have no effect here.
//
// ASSUMED: third_party_client_access defaults to the value that was seen.
func NewOrganization() Organization {
	return Organization{ID: newOrganizationID(), ThirdPartyClientAccess: "block"}
}

// AddOrganization adds an organization. It refuses a name that is already used.
func (s *Store) AddOrganization(o Organization) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.organizations.findByKey(o.Name) != nil {
		return ErrOrganizationTaken
	}
	return s.commit(s.organizations.adding(o, s.Now()))
}

// Organization returns the organization with this id.
func (s *Store) Organization(as View, id string) (Organization, error) {
	return look(s, as, ErrNoOrganization, func() *row[Organization] {
		return s.organizations.find(id)
	})
}

// OrganizationByName returns the organization with this name.
func (s *Store) OrganizationByName(as View, name string) (Organization, error) {
	return look(s, as, ErrNoOrganization, func() *row[Organization] {
		return s.organizations.findByKey(name)
	})
}

// FindOrganization returns the organization with this id or name.
func (s *Store) FindOrganization(ref string) (Organization, error) {
	return look(s, Present, ErrNoOrganization, func() *row[Organization] {
		return cmp.Or(s.organizations.find(ref), s.organizations.findByKey(ref))
	})
}

// ListOrganizations returns a page of all organizations.
func (s *Store) ListOrganizations(w Window) Page[Organization] {
	return list(s, w, nil, func() *sequence[Organization] { return &s.organizations.rows })
}

// UpdateOrganization applies change to a copy of an organization and stores it unless its new name
// is already used.
func (s *Store) UpdateOrganization(id string, change func(*Organization)) (Organization, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.organizations.find(id)
	if found == nil {
		return Organization{}, ErrNoOrganization
	}
	return revise(s, s.organizations, found, func(o *Organization) error {
		change(o)
		if holder := s.organizations.findByKey(o.Name); holder != nil && holder != found {
			return ErrOrganizationTaken
		}
		return nil
	})
}

// DeleteOrganization deletes an organization and its associations, but not their grants. It treats
// a missing organization as deleted.
//
// ASSUMED: all of this, by analogy with resource servers and client grants (API contract 1.5, 14).
func (s *Store) DeleteOrganization(id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.organizations.find(id)
	if found == nil {
		return nil
	}
	changes := s.removingAssociations(s.organizationGrants.group(ofOrganization(id)))
	return s.commit(append(changes, s.organizations.removing(found))...)
}
