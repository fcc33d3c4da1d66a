// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

// Associate adds an association and returns its grant.
//
// ASSUMED: the organization is checked first, because it is first in the path.
func (s *Store) Associate(added OrganizationGrant) (ClientGrant, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	grant := s.clientGrants.find(added.GrantID)
	switch {
	case s.organizations.find(added.OrganizationID) == nil:
		return ClientGrant{}, ErrNoOrganizationID
	case grant == nil:
		return ClientGrant{}, ErrNoClientGrant
	case s.associated(added):
		return ClientGrant{}, ErrGrantAssociated
	case s.organizationGrants.group(ofOrganization(
		added.OrganizationID,
	)).tree.Len() >= maxOrganizationGrants:
		return ClientGrant{}, ErrTooManyGrants
	}
	return grant.value, s.commit(s.organizationGrants.adding(added, s.Now()))
}

// Dissociate removes an association. It refuses only an organization that does not exist.
//
// ASSUMED: removing a grant that is not associated, or does not exist, succeeds (API contract 5.2).
func (s *Store) Dissociate(ended OrganizationGrant) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.organizations.find(ended.OrganizationID) == nil {
		return ErrNoOrganizationID
	}
	found := s.organizationGrants.find(ended.id())
	if found == nil {
		return nil
	}
	return s.commit(s.organizationGrants.removing(found))
}

// IsAssociated reports whether this association exists.
func (s *Store) IsAssociated(association OrganizationGrant) bool {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return s.associated(association)
}

// associated is IsAssociated for callers that hold one of the locks.
func (s *Store) associated(association OrganizationGrant) bool {
	return s.organizationGrants.find(association.id()) != nil
}

// removingAssociations returns the changes that remove all associations in a group. The caller must
// hold the writing lock.
func (s *Store) removingAssociations(group *sequence[OrganizationGrant]) []change {
	var changes []change
	group.tree.Scan(func(_ uint64, r *row[OrganizationGrant]) bool {
		changes = append(changes, s.organizationGrants.removing(r))
		return true
	})
	return changes
}

// GrantsOfOrganization returns a page of the grants that are associated with an organization.
func (s *Store) GrantsOfOrganization(
	w Window, id string, keep func(ClientGrant) bool,
) Page[ClientGrant] {
	return listAssociated(s, w, ofOrganization(id), keep,
		func(a OrganizationGrant) *row[ClientGrant] {
			return s.clientGrants.find(a.GrantID)
		})
}

// OrganizationsOfGrant returns a page of the organizations that a grant is associated with.
func (s *Store) OrganizationsOfGrant(w Window, id string) Page[Organization] {
	return listAssociated(s, w, ofGrant(id), nil, func(a OrganizationGrant) *row[Organization] {
		return s.organizations.find(a.OrganizationID)
	})
}

// listAssociated returns a page of the objects at one end of a group's associations, in the order
// in which the associations were made. An object is older than its associations and is deleted
// together with them, so a reader who sees the association also sees the object.
func listAssociated[T any](
	s *Store, w Window, group string, keep func(T) bool, end func(OrganizationGrant) *row[T],
) Page[T] {
	s.reading.RLock()
	defer s.reading.RUnlock()
	read := func(a OrganizationGrant) T {
		found := end(a)
		if value, visible := see(found, w.View); visible {
			return value
		}
		// Hidden only because the clock was set back after it was made. It exists.
		return found.value
	}
	var keepAssociation func(OrganizationGrant) bool
	if keep != nil {
		keepAssociation = func(a OrganizationGrant) bool { return keep(read(a)) }
	}
	found := s.organizationGrants.group(group).page(w, keepAssociation)
	out := Page[T]{Items: make([]T, len(found.Items)), Total: found.Total, Next: found.Next}
	for i, association := range found.Items {
		out.Items[i] = read(association)
	}
	return out
}
