// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "slices"

func (s *store) addClient(c client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients.insert(c.ClientID, c)
}

func (s *store) client(id string) (client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.clients.byID[id]
	if !ok {
		return client{}, errNoClient
	}
	return found.value, nil
}

// attachCredential makes a public key one of the client's ways to authenticate.
func (s *store) attachCredential(clientID string, key credential) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.clients.byID[clientID]
	if !ok {
		return errNoClient
	}
	found.value.Credentials = append(slices.Clone(found.value.Credentials), key)
	return nil
}

func (s *store) listClients(w window, keep func(client) bool) page[client] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clients.rows.page(w, keep)
}

// organization is a customer of the tenant on whose behalf a machine may ask for tokens.
type organization struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (s *store) addOrganization(o organization) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.organizationNames[o.Name]; taken {
		return errOrganizationTaken
	}
	s.organizations.insert(o.ID, o)
	s.organizationNames[o.Name] = o.ID
	return nil
}

// organization takes an id or a name.
func (s *store) organization(ref string) (organization, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.organizations.byID[ref]; ok {
		return found.value, nil
	}
	found, ok := s.organizations.byID[s.organizationNames[ref]]
	if !ok {
		return organization{}, errNoOrganization
	}
	return found.value, nil
}
