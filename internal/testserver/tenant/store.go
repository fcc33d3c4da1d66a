// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package tenant is what the server remembers: the objects of a tenant, what must hold between
// them, the journal that keeps them and the snapshots that move them. Each kind of object has a
// file with its type and its kind, which tables.go lists, and one with the operations of the store
// on it. It knows no HTTP and no schemas.
package tenant

import (
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Store is the state of the tenant. It keeps what must always hold: identifiers and natural keys
// are unique, every grant has its API and its client, what is associated exists, and there is one
// current and one next signing key.
//
// Objects go in and come out as values. Their slices and pointers are replaced, never written
// through, so that copying the struct is copying the object.
//
// There is one writer at a time. It looks at what is there, makes its changes durable, then shows
// them; readers go on while it waits for the disk.
type Store struct {
	url     string // That the tenant is known by, without a slash at the end.
	clock   *Clock
	journal journal
	first   snapshot // What reset goes back to.

	writing sync.Mutex
	reading sync.RWMutex
	*tables
}

// New makes an empty tenant that is known by a URL, which has no slash at its end.
func New(url string, clock *Clock) *Store {
	return &Store{url: url, clock: clock, journal: volatile{}, tables: newTables()}
}

// URL is what the tenant is known by, without a slash at the end.
func (s *Store) URL() string { return s.url }

// Issuer is the `iss` of the tenant's tokens (API contract 10.2).
func (s *Store) Issuer() string { return s.url + "/" }

// Host is the tenant's host without a port.
func (s *Store) Host() string {
	parsed, err := url.Parse(s.url)
	if err != nil {
		return s.url
	}
	return parsed.Hostname()
}

// Now is the time that the tenant lives in.
func (s *Store) Now() time.Time { return s.clock.Now() }

// commit makes changes durable and shows them. The caller is the writer.
func (s *Store) commit(changes ...change) error {
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

// Settle makes what is stored the first state of the tenant, which no reader misses however far it
// lags behind.
func (s *Store) Settle() {
	s.reading.Lock()
	defer s.reading.Unlock()
	for _, table := range s.all {
		table.settle()
	}
	s.first = s.snapshot()
}

// look reads the object that find returns.
func look[T any](s *Store, as View, missing error, find func() *row[T]) (T, error) {
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

// revise applies change to a copy of an object and keeps it when change returns no error. The
// caller is the writer.
func revise[T any](s *Store, t *table[T], r *row[T], change func(*T) error) (T, error) {
	changed := r.value
	if err := change(&changed); err != nil {
		return changed, err
	}
	return changed, s.commit(t.changing(r, changed, s.Now()))
}

// list reads a page of the rows that choose returns.
func list[T any](s *Store, w Window, keep func(T) bool, choose func() *sequence[T]) Page[T] {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return choose().page(w, keep)
}

// Close lets the write under way end and closes the journal; later writes fail.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.journal.close()
}

// HasID is true when an object that can be given its id has this one.
func (s *Store) HasID(id string) bool {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return slices.ContainsFunc(s.all, func(table collection) bool { return table.hasGivenID(id) })
}
