// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"net/url"
	"slices"
	"sync"
)

// What the store refuses. Handlers turn these into the API's own answers.
var (
	errNoResourceServer     = errors.New("no such resource server")
	errNoClientGrant        = errors.New("no such client grant")
	errNoClient             = errors.New("no such client")
	errNoOrganization       = errors.New("no such organization")
	errIdentifierTaken      = errors.New("a resource server with this identifier exists")
	errClientGrantExists    = errors.New("a grant with this client, audience and subject type exists")
	errOrganizationTaken    = errors.New("an organization with this name exists")
	errSystemResourceServer = errors.New("a system resource server cannot be deleted")
)

// store is the state of the tenant. It keeps what must always hold: identifiers and natural keys are unique, every
// grant has its API and its client.
//
// Objects go in and come out as values. Their slices and pointers are replaced, never written through, so that copying
// the struct is copying the object.
type store struct {
	mu sync.Mutex

	resourceServers table[resourceServer]
	identifiers     map[string]string // Identifier to id.

	clientGrants     table[clientGrant]
	clientGrantIDs   map[clientGrantKey]string
	grantsByAudience map[string]sequence[clientGrant]
	grantsByClient   map[string]sequence[clientGrant]

	clients           table[client]
	organizations     table[organization]
	organizationNames map[string]string // Name to id.
}

// clientGrantKey is what makes a grant unique (API contract 4.2).
type clientGrantKey struct {
	clientID, defaultFor, audience, subjectType string
}

func (g clientGrant) key() clientGrantKey {
	return clientGrantKey{g.ClientID, g.DefaultFor, g.Audience, g.SubjectType}
}

func newStore() *store {
	return &store{
		resourceServers:   newTable[resourceServer](),
		identifiers:       map[string]string{},
		clientGrants:      newTable[clientGrant](),
		clientGrantIDs:    map[clientGrantKey]string{},
		grantsByAudience:  map[string]sequence[clientGrant]{},
		grantsByClient:    map[string]sequence[clientGrant]{},
		clients:           newTable[client](),
		organizations:     newTable[organization](),
		organizationNames: map[string]string{},
	}
}

func (s *store) addResourceServer(api resourceServer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.identifiers[api.Identifier]; taken {
		return errIdentifierTaken
	}
	s.resourceServers.insert(api.ID, api)
	s.identifiers[api.Identifier] = api.ID
	return nil
}

// findResourceServer takes an id or an identifier, and an identifier that is still encoded once more: clients that
// encode twice work against the real API (API contract 1.9).
func (s *store) findResourceServer(ref string) (*row[resourceServer], bool) {
	if found, ok := s.resourceServers.byID[ref]; ok {
		return found, true
	}
	if found, ok := s.resourceServers.byID[s.identifiers[ref]]; ok {
		return found, true
	}
	decoded, err := url.PathUnescape(ref)
	if err != nil {
		return nil, false
	}
	found, ok := s.resourceServers.byID[s.identifiers[decoded]]
	return found, ok
}

func (s *store) resourceServer(ref string) (resourceServer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.findResourceServer(ref)
	if !ok {
		return resourceServer{}, errNoResourceServer
	}
	return found.value, nil
}

// resourceServerByIdentifier takes nothing but the exact identifier, as an audience is compared byte for byte.
func (s *store) resourceServerByIdentifier(identifier string) (resourceServer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.resourceServers.byID[s.identifiers[identifier]]
	if !ok {
		return resourceServer{}, errNoResourceServer
	}
	return found.value, nil
}

// updateResourceServer applies change to a copy and keeps it when change returns no error.
func (s *store) updateResourceServer(ref string, change func(*resourceServer) error) (resourceServer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.findResourceServer(ref)
	if !ok {
		return resourceServer{}, errNoResourceServer
	}
	changed := found.value
	if err := change(&changed); err != nil {
		return resourceServer{}, err
	}
	found.value = changed
	return changed, nil
}

// deleteResourceServer takes the API's grants with it. Deleting what does not exist is no error (API contract 1.5).
//
// ASSUMED: grants die with their API (API contract 14), because a grant for an API made anew under the same
// identifier would otherwise come back to life unasked.
func (s *store) deleteResourceServer(ref string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.findResourceServer(ref)
	if !ok {
		return nil
	}
	api := found.value
	if api.IsSystem {
		return errSystemResourceServer
	}
	for _, grant := range slices.Clone(s.grantsByAudience[api.Identifier]) {
		s.removeClientGrant(grant.value.ID)
	}
	s.resourceServers.remove(api.ID)
	delete(s.identifiers, api.Identifier)
	return nil
}

// listResourceServers returns a page of all, or of those with one of the identifiers when there are any.
func (s *store) listResourceServers(w window, identifiers []string) page[resourceServer] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(identifiers) == 0 {
		return s.resourceServers.rows.page(w, nil)
	}
	var wanted sequence[resourceServer]
	for _, identifier := range identifiers {
		if found, ok := s.resourceServers.byID[s.identifiers[identifier]]; ok {
			wanted = append(wanted, found)
		}
	}
	slices.SortFunc(wanted, func(a, b *row[resourceServer]) int { return int(a.number) - int(b.number) })
	return slices.Compact(wanted).page(w, nil)
}
