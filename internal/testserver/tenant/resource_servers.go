// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"cmp"
	"net/url"
)

// AddResourceServer adds an API. It refuses an identifier that is already used.
func (s *Store) AddResourceServer(api ResourceServer) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.resourceServers.findByKey(api.Identifier) != nil {
		return ErrIdentifierTaken
	}
	return s.commit(s.resourceServers.adding(api, s.Now()))
}

// findResourceServer finds an API by id or identifier. The identifier can also be URL-encoded once
// more, because clients that encode it twice work with the real API (API contract 1.9).
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

// ResourceServer returns the API with this id or identifier.
func (s *Store) ResourceServer(as View, ref string) (ResourceServer, error) {
	return look(s, as, ErrNoResourceServer, func() *row[ResourceServer] {
		return s.findResourceServer(ref)
	})
}

// ResourceServerByIdentifier returns the API with exactly this identifier: audiences are compared
// byte for byte.
func (s *Store) ResourceServerByIdentifier(identifier string) (ResourceServer, error) {
	return look(s, Present, ErrNoResourceServer, func() *row[ResourceServer] {
		return s.resourceServers.findByKey(identifier)
	})
}

// UpdateResourceServer applies change to a copy of an API and stores it unless change returns an
// error.
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

// DeleteResourceServer deletes an API and its grants. It treats a missing API as deleted (API
// contract 1.5).
//
// ASSUMED: grants are deleted with their API (API contract 14). Otherwise, they would apply to a
// new API with the same identifier.
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

// ListResourceServers returns a page of the APIs with the given identifiers, or of all APIs if
// there are none.
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
