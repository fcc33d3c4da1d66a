// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package tenant is the state of the server: the objects of a tenant, their invariants, the journal
// that stores them and the snapshots that move them. Each kind of object has a file with its type
// and its kind, which tables.go lists, and a file with the store's operations on it. The package
// knows no HTTP and no schemas.
package tenant

import (
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Store is the state of the tenant. It maintains these invariants: identifiers and natural keys are
// unique, the API and the client of every grant exist, both ends of every association exist, and
// the tenant has one current and one next signing key.
//
// Objects are passed by value. Their slices and pointers are replaced, never modified, so copying
// the struct copies the object.
//
// Only one writer runs at a time. It reads the present state, makes its changes durable, then makes
// them visible. Readers continue while it waits for the disk.
type Store struct {
	url     string // The tenant's URL, without a trailing slash.
	clock   *Clock
	journal journal
	first   snapshot // The state that Reset restores.

	writing sync.Mutex
	reading sync.RWMutex
	*tables
}

// New returns an empty tenant with this URL, which has no trailing slash.
func New(url string, clock *Clock) *Store {
	return &Store{url: url, clock: clock, journal: volatile{}, tables: newTables()}
}

// URL returns the tenant's URL without a trailing slash.
func (s *Store) URL() string { return s.url }

// Issuer returns the `iss` of the tenant's tokens (API contract 10.2).
func (s *Store) Issuer() string { return s.url + "/" }

// Host returns the tenant's host without a port.
func (s *Store) Host() string {
	parsed, err := url.Parse(s.url)
	if err != nil {
		return s.url
	}
	return parsed.Hostname()
}

// Now returns the tenant's time.
func (s *Store) Now() time.Time { return s.clock.Now() }

// commit makes changes durable, then visible. The caller must hold the writing lock.
func (s *Store) commit(changes ...change) error {
	if len(changes) == 0 {
		return nil
	}
	if err := s.journal.write(changes); err != nil {
		return fmt.Errorf("%w: %w", ErrNotStored, err)
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	for _, c := range changes {
		c.apply()
	}
	return nil
}

// Settle makes the present state the first state, which every reader sees, however far it lags.
func (s *Store) Settle() {
	s.reading.Lock()
	defer s.reading.Unlock()
	for _, table := range s.all {
		table.settle()
	}
	s.first = s.snapshot()
}

// look returns the object that find finds, as the view shows it, or the error missing.
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

// revise applies change to a copy of an object and stores it unless change returns an error. The
// caller must hold the writing lock.
func revise[T any](s *Store, t *table[T], r *row[T], change func(*T) error) (T, error) {
	changed := r.value
	if err := change(&changed); err != nil {
		return changed, err
	}
	return changed, s.commit(t.changing(r, changed, s.Now()))
}

// list returns a page of the rows that choose returns.
func list[T any](s *Store, w Window, keep func(T) bool, choose func() *sequence[T]) Page[T] {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return choose().page(w, keep)
}

// Close waits for the write in progress and closes the journal; later writes fail.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.journal.close()
}

// HasID reports whether an object of a kind whose ids can be given has this id.
func (s *Store) HasID(id string) bool {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return slices.ContainsFunc(s.all, func(table collection) bool { return table.hasGivenID(id) })
}
