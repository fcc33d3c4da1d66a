// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

// AddClient adds a client. It refuses a client whose organization or API does not exist.
//
// ASSUMED: an unknown API gets the same refusal as for client grants.
func (s *Store) AddClient(c Client) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if c.ResourceServerIdentifier != "" &&
		s.resourceServers.findByKey(c.ResourceServerIdentifier) == nil {
		return ErrNoAudience.With(c.ResourceServerIdentifier)
	}
	if err := s.checkDefaultOrganization(Client{}, c); err != nil {
		return err
	}
	return s.commit(s.clients.adding(c, s.Now()))
}

// checkDefaultOrganization refuses a new default organization that does not exist. It does not
// check an unchanged one, whose deletion must not block other changes.
//
// ASSUMED: an unknown organization gets the same refusal as elsewhere (API contract 1.5).
func (s *Store) checkDefaultOrganization(before, after Client) error {
	switch set := after.DefaultOrganization; {
	case set == nil, before.DefaultOrganization != nil &&
		before.DefaultOrganization.OrganizationID == set.OrganizationID:
		return nil
	case s.organizations.find(set.OrganizationID) == nil:
		return ErrNoOrganization
	}
	return nil
}

// Client returns the client with this id.
func (s *Store) Client(as View, id string) (Client, error) {
	return look(s, as, ErrNoClient, func() *row[Client] { return s.clients.find(id) })
}

// UpdateClient applies change to a copy of a client and stores it unless change returns an error.
func (s *Store) UpdateClient(id string, change func(*Client) error) (Client, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clients.find(id)
	if found == nil {
		return Client{}, ErrNoClient
	}
	return revise(s, s.clients, found, func(c *Client) error {
		if err := change(c); err != nil {
			return err
		}
		return s.checkDefaultOrganization(found.value, *c)
	})
}

// DropCredential deletes a credential. It treats a missing client or credential as deleted.
func (s *Store) DropCredential(clientID, id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clients.find(clientID)
	if found == nil || found.value.FindCredential(id) < 0 {
		return nil
	}
	_, err := revise(s, s.clients, found, func(c *Client) error {
		c.dropCredential(id)
		return nil
	})
	return err
}

// DeleteClient deletes a client and its grants (API contract 14). It treats a missing client as
// deleted.
func (s *Store) DeleteClient(id string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clients.find(id)
	switch {
	case found == nil:
		return nil
	case found.value.IsGlobal:
		return ErrGlobalClient
	}
	changes := s.removingGrants(s.clientGrants.group(ofClient(id)))
	return s.commit(append(changes, s.clients.removing(found))...)
}

// ListClients returns a page of the clients for which keep returns true; a nil keep returns all.
func (s *Store) ListClients(w Window, keep func(Client) bool) Page[Client] {
	return list(s, w, keep, func() *sequence[Client] { return &s.clients.rows })
}

// GrantQuery selects clients by their grants (API contract 6.2).
type GrantQuery struct {
	AnyOrganization bool   // Grants that allow any organization.
	OrganizationID  string // Grants that are associated with this organization.
}

// ClientsWithGrant returns a page of the clients that have a matching grant.
func (s *Store) ClientsWithGrant(w Window, wanted GrantQuery) Page[Client] {
	fits := func(grant ClientGrant) bool {
		if wanted.AnyOrganization {
			return grant.AllowsAnyOrganization()
		}
		return s.associated(OrganizationGrant{
			OrganizationID: wanted.OrganizationID,
			GrantID:        grant.ID,
		})
	}
	return s.ListClients(w, func(c Client) bool {
		found := false
		grants := s.clientGrants.group(ofClient(c.ClientID))
		grants.tree.Scan(func(_ uint64, grant *row[ClientGrant]) bool {
			found = fits(grant.value)
			return !found
		})
		return found
	})
}

// LinkedClient returns the id of the client that represents an API (API contract 3.1), or "".
//
// ASSUMED: the first one, if there are several.
func (s *Store) LinkedClient(identifier string) string {
	first := list(s, Window{Limit: 1}, nil, func() *sequence[Client] {
		return s.clients.group(ofResourceServer(identifier))
	})
	if len(first.Items) == 0 {
		return ""
	}
	return first.Items[0].ClientID
}
