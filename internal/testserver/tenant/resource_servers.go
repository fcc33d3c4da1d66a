// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"cmp"
	"net/url"
)

// AddResourceServer refuses an identifier that is taken.
func (s *Store) AddResourceServer(api ResourceServer) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.resourceServers.findByKey(api.Identifier) != nil {
		return ErrIdentifierTaken
	}
	return s.commit(s.resourceServers.adding(api, s.Now()))
}

// findResourceServer takes an id or an identifier, and an identifier that is still encoded once
// more: clients that encode twice work against the real API (API contract 1.9).
func (s *Store) findResourceServer(ref string) *row[ResourceServer] {
	decoded, err := url.PathUnescape(ref)
	if err != nil {
		decoded = ref
	}
	return cmp.Or(
		s.resourceServers.find(ref), s.resourceServers.findByKey(ref),
		s.resourceServers.findByKey(decoded),
	)
}

// ResourceServer finds an API by its id or its identifier.
func (s *Store) ResourceServer(as View, ref string) (ResourceServer, error) {
	return look(s, as, ErrNoResourceServer, func() *row[ResourceServer] {
		return s.findResourceServer(ref)
	})
}

// ResourceServerByIdentifier takes nothing but the exact identifier, as an audience is compared
// byte for byte.
func (s *Store) ResourceServerByIdentifier(identifier string) (ResourceServer, error) {
	return look(s, Present, ErrNoResourceServer, func() *row[ResourceServer] {
		return s.resourceServers.findByKey(identifier)
	})
}

// UpdateResourceServer applies change to a copy and keeps it when change returns no error.
func (s *Store) UpdateResourceServer(
	ref string, change func(*ResourceServer) error,
) (ResourceServer, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.findResourceServer(ref)
	if found == nil {
		return ResourceServer{}, ErrNoResourceServer
	}
	return revise(s, s.resourceServers, found, change)
}

// DeleteResourceServer takes the API's grants with it. Deleting what does not exist is no error
// (API contract 1.5).
//
// ASSUMED: grants die with their API (API contract 14), because a grant for an API made anew under
// the same identifier would otherwise come back to life unasked.
func (s *Store) DeleteResourceServer(ref string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.findResourceServer(ref)
	switch {
	case found == nil:
		return nil
	case found.value.IsManagementAPI():
		return ErrSystemResourceServer
	}
	changes := s.removingGrants(s.clientGrants.group(ofAudience(found.value.Identifier)))
	return s.commit(append(changes, s.resourceServers.removing(found))...)
}

// ListResourceServers returns a page of all, or of those with one of the identifiers when there are
// any.
func (s *Store) ListResourceServers(w Window, identifiers []string) Page[ResourceServer] {
	return list(s, w, nil, func() *sequence[ResourceServer] {
		if len(identifiers) == 0 {
			return &s.resourceServers.rows
		}
		var wanted sequence[ResourceServer]
		for _, identifier := range identifiers {
			if found := s.resourceServers.findByKey(identifier); found != nil {
				wanted.tree.Set(found.number, found)
			}
		}
		return &wanted
	})
}
