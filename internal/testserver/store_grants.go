// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

// addClientGrant refuses a grant whose API or client does not exist.
//
// ASSUMED: the API is looked for first, the order in which API contract 4.5 lists the two.
func (s *store) addClientGrant(grant clientGrant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.identifiers[grant.Audience]; !ok {
		return errNoResourceServer
	}
	if _, ok := s.clients.byID[grant.ClientID]; !ok && grant.DefaultFor == "" {
		return errNoClient
	}
	if _, taken := s.clientGrantIDs[grant.key()]; taken {
		return errClientGrantExists
	}
	added := s.clientGrants.insert(grant.ID, grant)
	s.clientGrantIDs[grant.key()] = grant.ID
	s.grantsByAudience[grant.Audience] = append(s.grantsByAudience[grant.Audience], added)
	if grant.ClientID != "" {
		s.grantsByClient[grant.ClientID] = append(s.grantsByClient[grant.ClientID], added)
	}
	return nil
}

func (s *store) clientGrant(id string) (clientGrant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.clientGrants.byID[id]
	if !ok {
		return clientGrant{}, errNoClientGrant
	}
	return found.value, nil
}

func (s *store) clientGrantByKey(key clientGrantKey) (clientGrant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.clientGrants.byID[s.clientGrantIDs[key]]
	if !ok {
		return clientGrant{}, errNoClientGrant
	}
	return found.value, nil
}

// updateClientGrant applies change to a copy and keeps it when change returns no error.
func (s *store) updateClientGrant(id string, change func(*clientGrant) error) (clientGrant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.clientGrants.byID[id]
	if !ok {
		return clientGrant{}, errNoClientGrant
	}
	changed := found.value
	if err := change(&changed); err != nil {
		return clientGrant{}, err
	}
	found.value = changed
	return changed, nil
}

// deleteClientGrant takes what does not exist for deleted (API contract 1.5).
func (s *store) deleteClientGrant(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removeClientGrant(id)
}

func (s *store) removeClientGrant(id string) {
	removed, ok := s.clientGrants.remove(id)
	if !ok {
		return
	}
	grant := removed.value
	delete(s.clientGrantIDs, grant.key())
	dropFromIndex(s.grantsByAudience, grant.Audience, removed)
	dropFromIndex(s.grantsByClient, grant.ClientID, removed)
}

func dropFromIndex[T any](index map[string]sequence[T], key string, r *row[T]) {
	if left := index[key].without(r); len(left) > 0 {
		index[key] = left
	} else {
		delete(index, key)
	}
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

func (s *store) listClientGrants(w window, filter clientGrantFilter) page[clientGrant] {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.clientGrants.rows
	switch {
	case filter.clientID != nil:
		rows = s.grantsByClient[*filter.clientID]
	case filter.audience != nil:
		rows = s.grantsByAudience[*filter.audience]
	case filter == clientGrantFilter{}:
		return rows.page(w, nil)
	}
	return rows.page(w, filter.matches)
}
