// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/json"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Snapshot returns the tenant as a JSON document, which Restore accepts.
func (s *Store) Snapshot() []byte {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return wire.Encode(s.snapshot())
}

// Restore replaces the tenant with the one in a snapshot. On an error, nothing changes.
func (s *Store) Restore(taken []byte) error {
	var tenant snapshot
	if err := json.Unmarshal(taken, &tenant); err != nil {
		return fmt.Errorf("read the snapshot: %w", err)
	}
	return s.adopt(tenant)
}

// Reset restores the tenant's first state.
func (s *Store) Reset() error { return s.adopt(s.first) }

// adopt replaces the tenant in memory and in the journal.
func (s *Store) adopt(tenant snapshot) error {
	fresh, err := restored(tenant, s.Issuer())
	if err != nil {
		return fmt.Errorf("restore the tenant: %w", err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.journal.replace(fresh.snapshot(s.Issuer())); err != nil {
		return fmt.Errorf("%w: %w", ErrNotStored, err)
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	s.tables = fresh
	return nil
}

// restored builds the tables of a tenant and checks their invariants.
func restored(tenant snapshot, issuer string) (*tables, error) {
	fresh := newTables()
	byName := map[string]collection{}
	for _, table := range fresh.all {
		byName[table.tableName()] = table
	}
	for _, saved := range tenant.Records {
		table, known := byName[saved.Table]
		if !known {
			return fresh, fmt.Errorf("unknown table %q", saved.Table)
		}
		if err := table.restore(saved, issuers{from: tenant.Issuer, to: issuer}); err != nil {
			return fresh, err
		}
	}
	return fresh, fresh.check(issuer)
}

func (t *tables) snapshot(issuer string) snapshot {
	taken := snapshot{Issuer: issuer}
	for _, table := range t.all {
		taken.Records = append(taken.Records, table.dump()...)
	}
	return taken
}

// snapshot returns the content of the store. The caller must hold one of the locks.
func (s *Store) snapshot() snapshot { return s.tables.snapshot(s.Issuer()) }
