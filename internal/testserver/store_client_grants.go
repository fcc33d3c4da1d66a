// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

// clientGrantKey is what makes a grant unique (API contract 4.2).
type clientGrantKey struct {
	clientID, defaultFor, audience, subjectType string
}

// String has the audience at its end, the only part that may hold a space.
func (k clientGrantKey) String() string {
	return k.clientID + " " + k.defaultFor + " " + k.subjectType + " " + k.audience
}

func (g clientGrant) key() clientGrantKey {
	return clientGrantKey{g.ClientID, g.DefaultFor, g.Audience, g.SubjectType}
}

// groups are those that filters of the list narrow it down to.
func (g clientGrant) groups() []string {
	return []string{ofAudience(g.Audience), ofClient(g.ClientID), ofSubject(g.SubjectType), ofDefault(g.DefaultFor)}
}

// addClientGrant refuses a grant whose API or client does not exist. Complete sets what depends on the API.
//
// ASSUMED: the API is looked for first, the order in which API contract 4.5 lists the two.
func (s *store) addClientGrant(grant clientGrant, complete func(*clientGrant, resourceServer) error) (clientGrant, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	api := s.resourceServers.findByKey(grant.Audience)
	if api == nil {
		return grant, errNoAudience.With(grant.Audience)
	}
	if err := complete(&grant, api.value); err != nil {
		return grant, err
	}
	holder := s.clients.find(grant.ClientID)
	switch {
	case grant.DefaultFor == "" && holder == nil:
		return grant, errNoClient
	case holder != nil && holder.value.AppType == expressConfiguration:
		return grant, errExpressClient
	case holder != nil && !holder.value.IsFirstParty && api.value.IsSystem:
		return grant, errThirdPartySystemAPI
	case s.clientGrants.findByKey(grant.key().String()) != nil:
		return grant, errClientGrantExists
	}
	return grant, s.commit(s.clientGrants.adding(grant, s.clock.Now()))
}

func (s *store) clientGrant(as view, id string) (clientGrant, error) {
	return look(s, as, errNoClientGrant, func() *row[clientGrant] { return s.clientGrants.find(id) })
}

func (s *store) clientGrantByKey(key clientGrantKey) (clientGrant, error) {
	return look(s, present, errNoClientGrant, func() *row[clientGrant] { return s.clientGrants.findByKey(key.String()) })
}

// updateClientGrant applies change to a copy and keeps it when change returns no error. The API that the grant is for
// comes along, because some rules depend on it.
func (s *store) updateClientGrant(id string, change func(*clientGrant, resourceServer) error) (clientGrant, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clientGrants.find(id)
	switch {
	case found == nil:
		return clientGrant{}, errNoClientGrant
	case found.value.IsSystem:
		return clientGrant{}, errSystemGrantPatched
	}
	api := s.resourceServers.findByKey(found.value.Audience).value
	return revise(s, &s.clientGrants, found, func(grant *clientGrant) error { return change(grant, api) })
}

// deleteClientGrant takes what does not exist for deleted (API contract 1.5).
func (s *store) deleteClientGrant(id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clientGrants.find(id)
	switch {
	case found == nil:
		return nil
	case found.value.IsSystem:
		return errSystemGrantDeleted
	}
	return s.commit(s.removingGrant(found)...)
}

// removingGrants prepares the end of all grants in a group. The caller is the writer.
func (s *store) removingGrants(group *sequence[clientGrant]) []change {
	var changes []change
	group.tree.Scan(func(_ uint64, r *row[clientGrant]) bool {
		changes = append(changes, s.removingGrant(r)...)
		return true
	})
	return changes
}

// removingGrant takes the grant's associations with organizations along.
//
// ASSUMED: they go with the grant (API contract 14), since nothing could show or end them afterwards.
func (s *store) removingGrant(r *row[clientGrant]) []change {
	return append(s.removingAssociations(s.organizationGrants.group(ofGrant(r.value.ID))), s.clientGrants.removing(r))
}

// clientGrantFilter holds the filters of the list; they combine with and (API contract 4.6).
type clientGrantFilter struct {
	clientID, audience, subjectType, defaultFor *string
	allowAnyOrganization                        bool
}

func (f clientGrantFilter) matches(g clientGrant) bool {
	return fits(f.clientID, g.ClientID) && fits(f.audience, g.Audience) &&
		fits(f.subjectType, g.SubjectType) && fits(f.defaultFor, g.DefaultFor) &&
		(!f.allowAnyOrganization || isTrue(g.AllowAnyOrganization))
}

func fits(wanted *string, value string) bool {
	return wanted == nil || *wanted == value
}

// groups names the groups that hold whatever the filter matches; exact says that one of them holds nothing else.
func (f clientGrantFilter) groups() (names []string, exact bool) {
	for _, part := range []struct {
		value *string
		name  func(string) string
	}{{f.clientID, ofClient}, {f.audience, ofAudience}, {f.subjectType, ofSubject}, {f.defaultFor, ofDefault}} {
		if part.value != nil {
			names = append(names, part.name(*part.value))
		}
	}
	return names, len(names) <= 1 && !f.allowAnyOrganization
}

// listClientGrants looks through no more grants than the narrowest part of the filter leaves, and only at those of the
// page where that part is the whole filter.
func (s *store) listClientGrants(w window, filter clientGrantFilter) page[clientGrant] {
	groups, exact := filter.groups()
	keep := filter.matches
	if exact {
		keep = nil
	}
	return list(s, w, keep, func() *sequence[clientGrant] {
		narrowest := &s.clientGrants.rows
		for _, name := range groups {
			if group := s.clientGrants.group(name); group.tree.Len() < narrowest.tree.Len() {
				narrowest = group
			}
		}
		return narrowest
	})
}
