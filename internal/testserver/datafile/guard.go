// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package datafile

import (
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// ErrLost reports that the file no longer has the content that was stored in it, because somebody
// removed, replaced or changed it. From then on, nothing is stored: a write that the next start
// does not find must not succeed.
var ErrLost = errors.New("every change is refused from now on; save the tenant with GET " +
	"/snapshot of the control API, then start the server again")

// update runs a change of the content in a transaction, which returns the new checksum.
func (f *File) update(change func(*bbolt.Tx, *bbolt.Bucket) (checksum, error)) error {
	if f.lost != nil {
		return f.lost
	}
	if f.isClosed() {
		return bolterrors.ErrDatabaseNotOpen
	}
	if f.lost = f.inspect(); f.lost != nil {
		return f.lost
	}
	sum, err := f.commit(change)
	if errors.Is(err, ErrDamaged) {
		f.lost = f.losing("was changed by another program (%w)", err)
	}
	if f.lost != nil || err != nil {
		return errors.Join(f.lost, err)
	}
	f.sum = sum
	// If the file vanished during the write, the write went to a file without a name.
	if f.lost = f.inspect(); f.lost != nil {
		return f.lost
	}
	return f.measure()
}

func (f *File) commit(
	change func(*bbolt.Tx, *bbolt.Bucket) (checksum, error),
) (sum checksum, err error) {
	defer catchDamage(&err)()
	err = f.db.Update(func(tx *bbolt.Tx) (err error) {
		meta := tx.Bucket([]byte(metaBucket))
		if meta != nil {
			stored := meta.Get([]byte(checksumKey))
			if stored != nil && string(stored) != string(f.sum[:]) {
				return fmt.Errorf("%w (its checksum is another one)", ErrDamaged)
			}
		}
		sum, err = change(tx, meta)
		return err
	})
	return sum, err
}

// inspect returns an error if the path no longer leads to the open file, or if the file was cut.
func (f *File) inspect() error {
	opened, err := f.file.Stat()
	if err != nil {
		return f.losing("cannot be read (%w)", err)
	}
	named, err := os.Stat(f.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return f.losing("was removed")
	case err != nil:
		return f.losing("cannot be found (%w)", err)
	case !os.SameFile(opened, named):
		return f.losing("was replaced by another file")
	case opened.Size() < f.size:
		return f.losing("was cut from %d to %d bytes", f.size, opened.Size())
	}
	return nil
}

// losing says what happened to the file.
func (f *File) losing(what string, args ...any) error {
	return fmt.Errorf(
		"the data file %s of the running server %w: %w", f.path, fmt.Errorf(what, args...), ErrLost,
	)
}

// measure records the present size of the file.
func (f *File) measure() error {
	info, err := f.file.Stat()
	if err == nil {
		f.size = info.Size()
	}
	return err
}

func (f *File) isClosed() bool {
	_, err := f.file.Stat()
	return errors.Is(err, os.ErrClosed)
}
