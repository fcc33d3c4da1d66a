// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "cmp"

func (s *store) addOrganization(o organization) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.organizations.findByKey(o.Name) != nil {
		return errOrganizationTaken
	}
	return s.commit(s.organizations.adding(o, s.clock.Now()))
}

func (s *store) organization(as view, id string) (organization, error) {
	return look(s, as, errNoOrganizationID, func() *row[organization] { return s.organizations.find(id) })
}

func (s *store) organizationByName(as view, name string) (organization, error) {
	return look(s, as, errNoOrganization, func() *row[organization] { return s.organizations.findByKey(name) })
}

// findOrganization takes an id or a name.
func (s *store) findOrganization(ref string) (organization, error) {
	return look(s, present, errNoOrganization, func() *row[organization] {
		return cmp.Or(s.organizations.find(ref), s.organizations.findByKey(ref))
	})
}

func (s *store) listOrganizations(w window) page[organization] {
	return list(s, w, nil, func() *sequence[organization] { return &s.organizations.rows })
}

func (s *store) updateOrganization(id string, change func(*organization)) (organization, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.organizations.find(id)
	if found == nil {
		return organization{}, errNoOrganizationID
	}
	return revise(s, &s.organizations, found, func(o *organization) error {
		change(o)
		if holder := s.organizations.findByKey(o.Name); holder != nil && holder != found {
			return errOrganizationTaken
		}
		return nil
	})
}

// deleteOrganization takes the organization's associations with it; the grants stay. Deleting what does not exist is no
// error.
//
// ASSUMED: all of it (API contract 14); as with resource servers and client grants (API contract 1.5).
func (s *store) deleteOrganization(id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.organizations.find(id)
	if found == nil {
		return nil
	}
	changes := s.removingAssociations(s.organizationGrants.group(ofOrganization(id)))
	return s.commit(append(changes, s.organizations.removing(found))...)
}
