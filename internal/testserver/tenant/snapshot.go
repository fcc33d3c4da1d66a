// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Snapshot returns the tenant as a JSON document that restore takes.
func (s *Store) Snapshot() []byte {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return wire.Encode(s.snapshot())
}

// Restore puts the tenant of a snapshot in the place of the present one. When there is an error,
// nothing has changed.
func (s *Store) Restore(taken []byte) error {
	var tenant snapshot
	if err := json.Unmarshal(taken, &tenant); err != nil {
		return fmt.Errorf("read the snapshot: %w", err)
	}
	return s.adopt(tenant)
}

// Reset goes back to the first state.
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
		return fmt.Errorf("write the journal: %w", err)
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	s.tables = fresh
	return nil
}

// restored builds the tables of a tenant and checks what must always hold in them.
func restored(tenant snapshot, issuer string) (*tables, error) {
	fresh := newTables()
	byName := map[string]collection{}
	for _, table := range fresh.all {
		byName[table.tableName()] = table
	}
	for _, saved := range tenant.Records {
		table, known := byName[saved.Table]
		if !known {
			return fresh, fmt.Errorf("there is no table %q", saved.Table)
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

// snapshot is what the store holds. The caller reads or writes.
func (s *Store) snapshot() snapshot { return s.tables.snapshot(s.Issuer()) }

// KeepIn makes a file the journal. What the file holds takes the place of the first state; no path
// keeps the tenant in memory.
func (s *Store) KeepIn(path string) error {
	if path == "" {
		return nil
	}
	file, err := openJournal(path)
	if err != nil {
		return err
	}
	tenant, found, err := file.load()
	if !found {
		tenant = s.first
	}
	if err == nil {
		s.journal = file
		err = s.adopt(tenant)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, errors.Join(err, file.close()))
	}
	return nil
}
