// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"slices"
)

func (s *store) addClient(c client) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.commit(s.clients.adding(c, s.clock.Now()))
}

func (s *store) client(as view, id string) (client, error) {
	return look(s, as, errNoClient, func() *row[client] { return s.clients.find(id) })
}

// attachCredential makes a public key one of the client's ways to authenticate.
func (s *store) attachCredential(clientID string, key credential) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.clients.find(clientID)
	if found == nil {
		return errNoClient
	}
	_, err := revise(s, &s.clients, found, func(c *client) error {
		c.Credentials = append(slices.Clone(c.Credentials), key)
		return nil
	})
	return err
}

func (s *store) listClients(w window, keep func(client) bool) page[client] {
	return list(s, w, keep, func() *sequence[client] { return &s.clients.rows })
}

// organization is a customer of the tenant on whose behalf a machine may ask for tokens.
type organization struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (s *store) addOrganization(o organization) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.organizations.findByKey(o.Name) != nil {
		return errOrganizationTaken
	}
	return s.commit(s.organizations.adding(o, s.clock.Now()))
}

// organization takes an id or a name.
func (s *store) organization(ref string) (organization, error) {
	return look(s, present, errNoOrganization, func() *row[organization] {
		return cmp.Or(s.organizations.find(ref), s.organizations.findByKey(ref))
	})
}
