// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/datafile"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// ErrNotStored reports a change that could not be made durable, so it did not happen.
var ErrNotStored = errors.New("the change could not be stored")

// ErrFileLost reports that the data file no longer has the content that was stored in it. Every
// further change fails with it.
var ErrFileLost = datafile.ErrLost

// journal makes changes durable. Each call stores all of its changes or none.
type journal interface {
	write(changes []change) error
	replace(tenant snapshot) error
	close() error
}

// volatile is the journal of a tenant that exists only in memory.
type volatile struct{}

func (volatile) write([]change) error   { return nil }
func (volatile) replace(snapshot) error { return nil }
func (volatile) close() error           { return nil }

// durable is the journal of a tenant that is stored in a file.
type durable struct{ file *datafile.File }

func (d durable) write(changes []change) error {
	records := make([]record, len(changes))
	for i, c := range changes {
		records[i] = record{Table: c.table, Number: c.number}
		if c.value != nil {
			records[i].Value = wire.Encode(c.value)
		}
	}
	return d.file.Write(records)
}

func (d durable) replace(tenant snapshot) error {
	return d.file.Replace(datafile.Content(tenant))
}

func (d durable) close() error { return d.file.Close() }

// KeepIn stores the tenant in a file. If the file contains a tenant, it replaces the first state.
// With an empty path, the tenant stays in memory.
func (s *Store) KeepIn(path string, log *slog.Logger) error {
	if path == "" {
		return nil
	}
	file, stored, err := datafile.Open(path, log)
	if err != nil {
		return err
	}
	tenant := s.first
	if stored != nil {
		tenant = snapshot(*stored)
	}
	s.journal = durable{file}
	if err := s.adopt(tenant); err != nil {
		return fmt.Errorf("%s: %w", path, errors.Join(err, file.Close()))
	}
	log.Info("the tenant is stored in a file", "path", path, "new", stored == nil,
		"objects", len(tenant.Records))
	return nil
}
