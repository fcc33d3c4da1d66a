// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import "cmp"

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
