// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"fmt"
	"sync"
)

// store is the state of the tenant. It keeps what must always hold: identifiers and natural keys are unique, every
// grant has its API and its client, what is associated exists, and there is one current and one next signing key.
//
// Objects go in and come out as values. Their slices and pointers are replaced, never written through, so that copying
// the struct is copying the object.
//
// There is one writer at a time. It looks at what is there, makes its changes durable, then shows them; readers go on
// while it waits for the disk.
type store struct {
	clock   *Clock
	journal journal

	writing sync.Mutex
	reading sync.RWMutex
	tables
}

// tables hold the objects of the tenant.
type tables struct {
	signingKeys        table[signingKey]
	resourceServers    table[resourceServer]
	clients            table[client]
	clientGrants       table[clientGrant]
	organizations      table[organization]
	organizationGrants table[organizationGrant]
}

// collections lists the tables in the order of dependence: what an object refers to comes before it.
func (t *tables) collections() []collection {
	return []collection{
		&t.signingKeys, &t.resourceServers, &t.clients, &t.clientGrants, &t.organizations, &t.organizationGrants,
	}
}

// change is the change of one object: a new value, or nil for its removal.
type change struct {
	table  string
	number uint64
	value  any
	apply  func()
}

func newStore(clock *Clock) *store {
	return &store{clock: clock, journal: volatile{}, tables: newTables()}
}

func newTables() tables {
	return tables{
		resourceServers: newTable(tableRules[resourceServer]{
			name: "resource_servers",
			id:   func(api resourceServer) string { return api.ID },
			key:  func(api resourceServer) string { return api.Identifier },
			rename: func(api resourceServer, rename func(string) string) resourceServer {
				api.Identifier = rename(api.Identifier)
				return api
			},
		}),
		clientGrants: newTable(tableRules[clientGrant]{
			name:   "client_grants",
			id:     func(grant clientGrant) string { return grant.ID },
			key:    func(grant clientGrant) string { return grant.key().String() },
			groups: clientGrant.groups,
			rename: func(grant clientGrant, rename func(string) string) clientGrant {
				grant.Audience = rename(grant.Audience)
				return grant
			},
		}),
		clients: newTable(tableRules[client]{
			name:   "clients",
			id:     func(c client) string { return c.ClientID },
			groups: client.groups,
		}),
		organizations: newTable(tableRules[organization]{
			name: "organizations",
			id:   func(o organization) string { return o.ID },
			key:  func(o organization) string { return o.Name },
		}),
		signingKeys: newTable(tableRules[signingKey]{
			name: "signing_keys",
			id:   func(k signingKey) string { return k.KID },
			key:  signingKey.key,
		}),
		organizationGrants: newTable(tableRules[organizationGrant]{
			name: "organization_grants",
			id:   organizationGrant.id,
			groups: func(a organizationGrant) []string {
				return []string{ofOrganization(a.OrganizationID), ofGrant(a.GrantID)}
			},
		}),
	}
}

// The names of groups.
func ofAudience(identifier string) string { return "audience " + identifier }
func ofClient(clientID string) string     { return "client " + clientID }
func ofOrganization(id string) string     { return "organization " + id }
func ofGrant(id string) string            { return "grant " + id }

func ofResourceServer(identifier string) string { return "resource server " + identifier }
func ofSubject(subjectType string) string       { return "subject " + subjectType }
func ofDefault(group string) string             { return "default " + group }

// commit makes changes durable and shows them. The caller is the writer.
func (s *store) commit(changes ...change) error {
	if len(changes) == 0 {
		return nil
	}
	if err := s.journal.write(changes); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	for _, c := range changes {
		c.apply()
	}
	return nil
}

// settle makes what is stored the state from the start, which no reader misses however far it lags behind.
func (s *store) settle() {
	s.reading.Lock()
	defer s.reading.Unlock()
	for _, table := range s.collections() {
		table.settle()
	}
}

// look reads the object that find returns.
func look[T any](s *store, as view, missing error, find func() *row[T]) (T, error) {
	s.reading.RLock()
	defer s.reading.RUnlock()
	if found := find(); found != nil {
		if value, visible := see(found, as); visible {
			return value, nil
		}
	}
	var none T
	return none, missing
}

// revise applies change to a copy of an object and keeps it when change returns no error. The caller is the writer.
func revise[T any](s *store, t *table[T], r *row[T], change func(*T) error) (T, error) {
	changed := r.value
	if err := change(&changed); err != nil {
		return changed, err
	}
	return changed, s.commit(t.changing(r, changed, s.clock.Now()))
}

// list reads a page of the rows that choose returns.
func list[T any](s *store, w window, keep func(T) bool, choose func() *sequence[T]) page[T] {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return choose().page(w, keep)
}

// close lets the write under way end and closes the journal; later writes fail.
func (s *store) close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.journal.close()
}

// hasID is true when any object has this id.
func (s *store) hasID(id string) bool {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return s.resourceServers.find(id) != nil || s.clients.find(id) != nil || s.clientGrants.find(id) != nil ||
		s.organizations.find(id) != nil
}
