// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

// maxOrganizationGrants is how many grants an organization takes (API contract 5.2).
const maxOrganizationGrants = 100

// id has no natural counterpart in the API: an association is told by its two ends.
func (a organizationGrant) id() string { return a.OrganizationID + " " + a.GrantID }

// associate returns the grant that it associates.
//
// ASSUMED: the organization is looked for first, being first in the path.
func (s *store) associate(added organizationGrant) (clientGrant, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	grant := s.clientGrants.find(added.GrantID)
	switch {
	case s.organizations.find(added.OrganizationID) == nil:
		return clientGrant{}, errNoOrganizationID
	case grant == nil:
		return clientGrant{}, errNoClientGrant
	case s.associated(added):
		return clientGrant{}, errGrantAssociated
	case s.organizationGrants.group(ofOrganization(added.OrganizationID)).tree.Len() >= maxOrganizationGrants:
		return clientGrant{}, errTooManyGrants
	}
	return grant.value, s.commit(s.organizationGrants.adding(added, s.clock.Now()))
}

// dissociate refuses an organization that does not exist, and nothing else.
//
// ASSUMED: a grant that is not associated, or does not exist, counts as taken away (API contract 5.2).
func (s *store) dissociate(ended organizationGrant) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.organizations.find(ended.OrganizationID) == nil {
		return errNoOrganizationID
	}
	found := s.organizationGrants.find(ended.id())
	if found == nil {
		return nil
	}
	return s.commit(s.organizationGrants.removing(found))
}

func (s *store) isAssociated(association organizationGrant) bool {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return s.associated(association)
}

// associated is isAssociated for a caller who reads or writes.
func (s *store) associated(association organizationGrant) bool {
	return s.organizationGrants.find(association.id()) != nil
}

// removingAssociations prepares the end of all associations in a group. The caller is the writer.
func (s *store) removingAssociations(group *sequence[organizationGrant]) []change {
	var changes []change
	group.tree.Scan(func(_ uint64, r *row[organizationGrant]) bool {
		changes = append(changes, s.organizationGrants.removing(r))
		return true
	})
	return changes
}

func (s *store) grantsOfOrganization(w window, id string, keep func(clientGrant) bool) page[clientGrant] {
	return listAssociated(s, w, ofOrganization(id), keep, func(a organizationGrant) *row[clientGrant] {
		return s.clientGrants.find(a.GrantID)
	})
}

func (s *store) organizationsOfGrant(w window, id string) page[organization] {
	return listAssociated(s, w, ofGrant(id), nil, func(a organizationGrant) *row[organization] {
		return s.organizations.find(a.OrganizationID)
	})
}

// listAssociated reads a page of what the associations in a group lead to, in the order in which they were made. What an
// association leads to is older than it, and goes together with it: where one is seen, so is the other.
func listAssociated[T any](
	s *store, w window, group string, keep func(T) bool, end func(organizationGrant) *row[T],
) page[T] {
	s.reading.RLock()
	defer s.reading.RUnlock()
	read := func(a organizationGrant) T {
		found := end(a)
		if value, visible := see(found, w.view); visible {
			return value
		}
		return found.value // The clock was set back after it was made, and is there again.
	}
	var keepAssociation func(organizationGrant) bool
	if keep != nil {
		keepAssociation = func(a organizationGrant) bool { return keep(read(a)) }
	}
	found := s.organizationGrants.group(group).page(w, keepAssociation)
	out := page[T]{items: make([]T, len(found.items)), total: found.total, next: found.next}
	for i, association := range found.items {
		out.items[i] = read(association)
	}
	return out
}
