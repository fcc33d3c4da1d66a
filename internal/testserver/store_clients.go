// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

// groups lets the client that plays an API be found.
func (c client) groups() []string {
	if c.ResourceServerIdentifier == "" {
		return nil
	}
	return []string{ofResourceServer(c.ResourceServerIdentifier)}
}

// addClient refuses a client whose organization or API does not exist.
//
// ASSUMED: an unknown API is refused in the same way as for client grants.
func (s *store) addClient(c client) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if c.ResourceServerIdentifier != "" && s.resourceServers.findByKey(c.ResourceServerIdentifier) == nil {
		return errNoAudience.With(c.ResourceServerIdentifier)
	}
	if err := s.checkDefaultOrganization(client{}, c); err != nil {
		return err
	}
	return s.commit(s.clients.adding(c, s.clock.Now()))
}

// checkDefaultOrganization looks at an organization that was not the client's before; one that has gone since then must
// not get in the way of other changes.
//
// ASSUMED: an unknown one is refused as elsewhere (API contract 1.5).
func (s *store) checkDefaultOrganization(before, after client) error {
	switch set := after.DefaultOrganization; {
	case set == nil, before.DefaultOrganization != nil && before.DefaultOrganization.OrganizationID == set.OrganizationID:
		return nil
	case s.organizations.find(set.OrganizationID) == nil:
		return errNoOrganization
	}
	return nil
}

func (s *store) client(as view, id string) (client, error) {
	return look(s, as, errNoClient, func() *row[client] { return s.clients.find(id) })
}

// updateClient applies change to a copy and keeps it when change returns no error.
func (s *store) updateClient(id string, change func(*client) error) (client, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clients.find(id)
	if found == nil {
		return client{}, errNoClient
	}
	return revise(s, &s.clients, found, func(c *client) error {
		if err := change(c); err != nil {
			return err
		}
		return s.checkDefaultOrganization(found.value, *c)
	})
}

// dropCredential takes what does not exist for deleted.
func (s *store) dropCredential(clientID, id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clients.find(clientID)
	if found == nil || found.value.findCredential(id) < 0 {
		return nil
	}
	_, err := revise(s, &s.clients, found, func(c *client) error {
		c.dropCredential(id)
		return nil
	})
	return err
}

// deleteClient takes the client's grants with it (API contract 14). Deleting what does not exist is no error.
func (s *store) deleteClient(id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clients.find(id)
	switch {
	case found == nil:
		return nil
	case found.value.IsGlobal:
		return errGlobalClient
	}
	changes := s.removingGrants(s.clientGrants.group(ofClient(id)))
	return s.commit(append(changes, s.clients.removing(found))...)
}

func (s *store) listClients(w window, keep func(client) bool) page[client] {
	return list(s, w, keep, func() *sequence[client] { return &s.clients.rows })
}

// queryClients lists the clients with a grant that `q` describes (API contract 6.2).
func (s *store) queryClients(w window, q string) (page[client], error) {
	wanted, err := s.grantsInQuery(q)
	if err != nil {
		return page[client]{}, err
	}
	return s.listClients(w, func(c client) bool {
		found := false
		s.clientGrants.group(ofClient(c.ClientID)).tree.Scan(func(_ uint64, grant *row[clientGrant]) bool {
			found = wanted(grant.value)
			return !found
		})
		return found
	}), nil
}

// linkedClient returns the id of the client that plays an API (API contract 3.1), or nothing.
//
// ASSUMED: of several, the first.
func (s *store) linkedClient(identifier string) string {
	first := list(s, window{limit: 1}, nil, func() *sequence[client] { return s.clients.group(ofResourceServer(identifier)) })
	if len(first.items) == 0 {
		return ""
	}
	return first.items[0].ClientID
}
