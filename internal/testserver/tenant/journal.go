// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

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

// fileJournal stores the tenant in a bbolt file: a bucket for each table, with the number of a row
// as its key. When a write returns, it is on disk, whatever happens to the process afterwards.
type fileJournal struct {
	db *bbolt.DB
}

const (
	metaBucket  = "meta"
	formatKey   = "format"
	issuerKey   = "issuer"
	fileFormat  = "m2m-testserver 1"
	lockTimeout = time.Second
)

// errDamaged reports a damaged file, in which bbolt panics or reads memory beyond the end of the
// file.
var errDamaged = errors.New("the file is damaged; move it away to start with a fresh tenant")

// catchDamage converts such panics and memory faults to errDamaged. Defer it and the function that
// it returns: `defer catchDamage(&err)()`.
func catchDamage(err *error) func() {
	faulting := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(faulting)
		if cause := recover(); cause != nil {
			*err = fmt.Errorf("%w (%v)", errDamaged, cause)
		}
	}
}

// openJournal opens or creates the file. Only its owner can read it, because it contains secrets.
func openJournal(path string) (*fileJournal, error) {
	db, err := openDatabase(path)
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("%s is in use by another process", path)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &fileJournal{db: db}, nil
}

func openDatabase(path string) (db *bbolt.DB, err error) {
	defer catchDamage(&err)()
	return bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout})
}

func (j *fileJournal) close() error { return j.db.Close() }

func (j *fileJournal) write(changes []change) error {
	return j.db.Update(func(tx *bbolt.Tx) error {
		for _, c := range changes {
			bucket, err := tx.CreateBucketIfNotExists([]byte(c.table))
			if err != nil {
				return err
			}
			if c.value == nil {
				err = bucket.Delete(rowKey(c.number))
			} else {
				err = bucket.Put(rowKey(c.number), wire.Encode(c.value))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// replace replaces the whole content of the file.
func (j *fileJournal) replace(tenant snapshot) error {
	return j.db.Update(func(tx *bbolt.Tx) error {
		var old [][]byte
		_ = tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			old = append(old, name)
			return nil
		})
		for _, name := range old {
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
		}
		meta, err := tx.CreateBucket([]byte(metaBucket))
		if err != nil {
			return err
		}
		for key, value := range map[string]string{formatKey: fileFormat, issuerKey: tenant.Issuer} {
			if err := meta.Put([]byte(key), []byte(value)); err != nil {
				return err
			}
		}
		for _, saved := range tenant.Records {
			bucket, err := tx.CreateBucketIfNotExists([]byte(saved.Table))
			if err != nil {
				return err
			}
			if err := bucket.Put(rowKey(saved.Number), saved.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// load reads the tenant from the file; found is false if the file is new. It refuses the database
// of another program.
func (j *fileJournal) load() (tenant snapshot, found bool, err error) {
	defer catchDamage(&err)()
	err = j.db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(metaBucket))
		if meta == nil {
			if name, _ := tx.Cursor().First(); name != nil {
				return errors.New("the file is not the data file of a tenant")
			}
			return nil
		}
		found = true
		if format := string(meta.Get([]byte(formatKey))); format != fileFormat {
			return fmt.Errorf("the file has the format %q, not %q", format, fileFormat)
		}
		tenant.Issuer = string(meta.Get([]byte(issuerKey)))
		return tx.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
			if string(name) == metaBucket {
				return nil
			}
			return bucket.ForEach(func(key, value []byte) error {
				if len(key) != len(rowKey(0)) {
					return errDamaged
				}
				// Copied, because bbolt owns the memory of the value.
				tenant.Records = append(tenant.Records, record{
					string(name), binary.BigEndian.Uint64(key), append([]byte{}, value...),
				})
				return nil
			})
		})
	})
	return tenant, found, err
}

// rowKey encodes a number so that keys sort in numeric order.
func rowKey(number uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, number)
}
