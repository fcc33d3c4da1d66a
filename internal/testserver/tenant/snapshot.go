// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/json"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// snapshot is a whole tenant, secrets and private keys included.
type snapshot struct {
	Issuer  string   `json:"issuer"` // Of the server that it was taken from.
	Records []record `json:"records"`
}

// Snapshot returns the tenant as a JSON document that restore takes.
func (s *Store) Snapshot() []byte {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return wire.Encode(s.snapshot())
}

// Restore puts the tenant of a snapshot in the place of the present one. When there is an error, nothing has changed.
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

// issuers says that a tenant has moved. Its own APIs are named after it (API contract 3.12).
type issuers struct{ from, to string }

// The system APIs that are named after their tenant, behind the issuer.
const (
	managementPath     = "api/v2/"
	myAccountPath      = "me/"
	myOrganizationPath = "my-org/"
)

// rename gives an identifier of a system API its new name and leaves others alone.
func (moved issuers) rename(identifier string) string {
	for _, path := range []string{managementPath, myAccountPath, myOrganizationPath} {
		if identifier == moved.from+path {
			return moved.to + path
		}
	}
	return identifier
}
