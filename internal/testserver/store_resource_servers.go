// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"net/url"
)

func (s *store) addResourceServer(api resourceServer) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.resourceServers.findByKey(api.Identifier) != nil {
		return errIdentifierTaken
	}
	return s.commit(s.resourceServers.adding(api, s.clock.Now()))
}

// findResourceServer takes an id or an identifier, and an identifier that is still encoded once more: clients that
// encode twice work against the real API (API contract 1.9).
func (s *store) findResourceServer(ref string) *row[resourceServer] {
	decoded, err := url.PathUnescape(ref)
	if err != nil {
		decoded = ref
	}
	return cmp.Or(s.resourceServers.find(ref), s.resourceServers.findByKey(ref), s.resourceServers.findByKey(decoded))
}

func (s *store) resourceServer(as view, ref string) (resourceServer, error) {
	return look(s, as, errNoResourceServer, func() *row[resourceServer] { return s.findResourceServer(ref) })
}

// resourceServerByIdentifier takes nothing but the exact identifier, as an audience is compared byte for byte.
func (s *store) resourceServerByIdentifier(identifier string) (resourceServer, error) {
	return look(s, present, errNoResourceServer, func() *row[resourceServer] { return s.resourceServers.findByKey(identifier) })
}

// updateResourceServer applies change to a copy and keeps it when change returns no error.
func (s *store) updateResourceServer(ref string, change func(*resourceServer) error) (resourceServer, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.findResourceServer(ref)
	if found == nil {
		return resourceServer{}, errNoResourceServer
	}
	return revise(s, &s.resourceServers, found, change)
}

// deleteResourceServer takes the API's grants with it. Deleting what does not exist is no error (API contract 1.5).
//
// ASSUMED: grants die with their API (API contract 14), because a grant for an API made anew under the same
// identifier would otherwise come back to life unasked.
func (s *store) deleteResourceServer(ref string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.findResourceServer(ref)
	switch {
	case found == nil:
		return nil
	case found.value.isManagementAPI():
		return errSystemResourceServer
	}
	changes := s.removingGrants(s.clientGrants.group(ofAudience(found.value.Identifier)))
	return s.commit(append(changes, s.resourceServers.removing(found))...)
}

// listResourceServers returns a page of all, or of those with one of the identifiers when there are any.
func (s *store) listResourceServers(w window, identifiers []string) page[resourceServer] {
	return list(s, w, nil, func() *sequence[resourceServer] {
		if len(identifiers) == 0 {
			return &s.resourceServers.rows
		}
		var wanted sequence[resourceServer]
		for _, identifier := range identifiers {
			if found := s.resourceServers.findByKey(identifier); found != nil {
				wanted.tree.Set(found.number, found)
			}
		}
		return &wanted
	})
}
