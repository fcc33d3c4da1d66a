// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

// AddClientGrant adds a grant. It refuses a grant whose API or client does not exist. The caller's
// complete runs once the API is found. It sets the properties of the grant that depend on the API,
// and its error refuses the grant.
//
// ASSUMED: the API is checked first, the order in which API contract 4.5 lists the two errors.
func (s *Store) AddClientGrant(
	grant ClientGrant, complete func(*ClientGrant, ResourceServer) error,
) (ClientGrant, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	api := s.resourceServers.findByKey(grant.Audience)
	if api == nil {
		return grant, ErrNoAudience.With(grant.Audience)
	}
	if err := complete(&grant, api.value); err != nil {
		return grant, err
	}
	holder := s.clients.find(grant.ClientID)
	switch {
	case grant.DefaultFor == "" && holder == nil:
		return grant, ErrNoClient
	case holder != nil && holder.value.AppType == ExpressConfiguration:
		return grant, ErrExpressClient
	case holder != nil && !holder.value.IsFirstParty && api.value.IsSystem:
		return grant, ErrThirdPartySystemAPI
	case s.clientGrants.findByKey(grant.key().String()) != nil:
		return grant, ErrClientGrantExists
	}
	return grant, s.commit(s.clientGrants.adding(grant, s.Now()))
}

// ClientGrant returns the grant with this id.
func (s *Store) ClientGrant(as View, id string) (ClientGrant, error) {
	return look(s, as, ErrNoClientGrant, func() *row[ClientGrant] {
		return s.clientGrants.find(id)
	})
}

// ClientGrantByKey returns the grant with this natural key.
func (s *Store) ClientGrantByKey(key ClientGrantKey) (ClientGrant, error) {
	return look(s, Present, ErrNoClientGrant, func() *row[ClientGrant] {
		return s.clientGrants.findByKey(key.String())
	})
}

// UpdateClientGrant applies change to a copy of a grant and stores it unless change returns an
// error. change also gets the grant's API, because some rules depend on it.
func (s *Store) UpdateClientGrant(
	id string, change func(*ClientGrant, ResourceServer) error,
) (ClientGrant, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clientGrants.find(id)
	switch {
	case found == nil:
		return ClientGrant{}, ErrNoClientGrant
	case found.value.IsSystem:
		return ClientGrant{}, ErrSystemGrantPatched
	}
	api := s.resourceServers.findByKey(found.value.Audience).value
	return revise(s, s.clientGrants, found, func(grant *ClientGrant) error {
		return change(grant, api)
	})
}

// DeleteClientGrant deletes a grant. It treats a missing grant as deleted (API contract 1.5).
func (s *Store) DeleteClientGrant(id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clientGrants.find(id)
	switch {
	case found == nil:
		return nil
	case found.value.IsSystem:
		return ErrSystemGrantDeleted
	}
	return s.commit(s.removingGrant(found)...)
}

// removingGrants returns the changes that remove all grants in a group. The caller must hold the
// writing lock.
func (s *Store) removingGrants(group *sequence[ClientGrant]) []change {
	var changes []change
	group.tree.Scan(func(_ uint64, r *row[ClientGrant]) bool {
		changes = append(changes, s.removingGrant(r)...)
		return true
	})
	return changes
}

// removingGrant returns the changes that remove a grant and its associations with organizations.
//
// ASSUMED: associations are deleted with their grant (API contract 14), because no request could
// show or remove them afterwards.
func (s *Store) removingGrant(r *row[ClientGrant]) []change {
	return append(
		s.removingAssociations(s.organizationGrants.group(ofGrant(r.value.ID))),
		s.clientGrants.removing(r),
	)
}

// ClientGrantFilter holds the filters of the list. A grant must match all of them (API contract
// 4.6).
type ClientGrantFilter struct {
	ClientID, Audience, SubjectType, DefaultFor *string
	AllowAnyOrganization                        bool
}

// Matches reports whether a grant matches all filters.
func (f ClientGrantFilter) Matches(g ClientGrant) bool {
	return fits(f.ClientID, g.ClientID) && fits(f.Audience, g.Audience) &&
		fits(f.SubjectType, g.SubjectType) && fits(f.DefaultFor, g.DefaultFor) &&
		(!f.AllowAnyOrganization || g.AllowsAnyOrganization())
}

func fits(wanted *string, value string) bool {
	return wanted == nil || *wanted == value
}

// groups returns the names of groups that each contain all matching grants. exact means that such a
// group, or the whole table without any, contains only matching grants.
func (f ClientGrantFilter) groups() (names []string, exact bool) {
	for _, part := range []struct {
		value *string
		name  func(string) string
	}{
		{f.ClientID, ofClient},
		{f.Audience, ofAudience},
		{f.SubjectType, ofSubject},
		{f.DefaultFor, ofDefault},
	} {
		if part.value != nil {
			names = append(names, part.name(*part.value))
		}
	}
	return names, len(names) <= 1 && !f.AllowAnyOrganization
}

// ListClientGrants returns a page of the matching grants. It reads only the smallest group that the
// filter selects, and only the rows of the page if that group equals the filter.
func (s *Store) ListClientGrants(w Window, filter ClientGrantFilter) Page[ClientGrant] {
	groups, exact := filter.groups()
	keep := filter.Matches
	if exact {
		keep = nil
	}
	return list(s, w, keep, func() *sequence[ClientGrant] {
		narrowest := &s.clientGrants.rows
		for _, name := range groups {
			if group := s.clientGrants.group(name); group.tree.Len() < narrowest.tree.Len() {
				narrowest = group
			}
		}
		return narrowest
	})
}
