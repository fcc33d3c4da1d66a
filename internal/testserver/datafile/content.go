// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package datafile

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"go.etcd.io/bbolt"
)

// Record is a stored object. In a change, nil removes the object.
type Record struct {
	Table  string          `json:"table"`
	Number uint64          `json:"number"`
	Value  json.RawMessage `json:"value,omitzero"`
}

// Content is a whole tenant.
type Content struct {
	Issuer  string
	Records []Record
}

const (
	metaBucket  = "meta"
	formatKey   = "format"
	issuerKey   = "issuer"
	checksumKey = "checksum"

	fileFormat = "m2m-testserver 2"
	// unsummedFormat has no checksum. Replace converts it.
	unsummedFormat = "m2m-testserver 1"
)

// Write stores changes, all or none.
func (f *File) Write(changes []Record) error {
	return f.update(func(tx *bbolt.Tx, meta *bbolt.Bucket) (checksum, error) {
		sum := f.sum
		for _, c := range changes {
			bucket, err := tx.CreateBucketIfNotExists([]byte(c.Table))
			if err != nil {
				return sum, err
			}
			if old := bucket.Get(rowKey(c.Number)); old != nil {
				sum.toggle(c.Table, c.Number, old)
			}
			if c.Value == nil {
				err = bucket.Delete(rowKey(c.Number))
			} else {
				sum.toggle(c.Table, c.Number, c.Value)
				err = bucket.Put(rowKey(c.Number), c.Value)
			}
			if err != nil {
				return sum, err
			}
		}
		return sum, meta.Put([]byte(checksumKey), sum[:])
	})
}

// Replace replaces the whole content.
func (f *File) Replace(all Content) error {
	return f.update(func(tx *bbolt.Tx, _ *bbolt.Bucket) (checksum, error) {
		var old [][]byte
		_ = tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			old = append(old, name)
			return nil
		})
		for _, name := range old {
			if err := tx.DeleteBucket(name); err != nil {
				return f.sum, err
			}
		}
		sum := sumOf(all)
		meta, err := tx.CreateBucket([]byte(metaBucket))
		if err != nil {
			return sum, err
		}
		for key, value := range map[string][]byte{
			formatKey: []byte(fileFormat), issuerKey: []byte(all.Issuer), checksumKey: sum[:],
		} {
			if err := meta.Put([]byte(key), value); err != nil {
				return sum, err
			}
		}
		for _, one := range all.Records {
			bucket, err := tx.CreateBucketIfNotExists([]byte(one.Table))
			if err != nil {
				return sum, err
			}
			if err := bucket.Put(rowKey(one.Number), one.Value); err != nil {
				return sum, err
			}
		}
		return sum, nil
	})
}

// read verifies and reads the content; nil if there is none yet. It refuses the database of another
// program.
func (f *File) read() (all *Content, err error) {
	defer catchDamage(&err)()
	text, err := io.ReadAll(io.NewSectionReader(f.file, 0, math.MaxInt64))
	if err != nil {
		return nil, err
	}
	if err := verifyPages(text); err != nil {
		return nil, err
	}
	err = f.db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(metaBucket))
		if meta == nil {
			if name, _ := tx.Cursor().First(); name != nil {
				return errors.New("the file is not the data file of a tenant")
			}
			return nil
		}
		format := string(meta.Get([]byte(formatKey)))
		if format != fileFormat && format != unsummedFormat {
			return fmt.Errorf("the file has the format %q, not %q", format, fileFormat)
		}
		if all, err = contentOf(tx); err != nil {
			return err
		}
		f.sum = sumOf(*all)
		switch stored := meta.Get([]byte(checksumKey)); {
		case stored == nil && format == unsummedFormat:
			f.log.Warn("the data file has no checksum, because an older version wrote it, so "+
				"damage cannot be detected; it now gets one", "path", f.path)
		case string(stored) != string(f.sum[:]):
			return fmt.Errorf("%w (its content does not match its checksum)", ErrDamaged)
		}
		return nil
	})
	return all, err
}

func contentOf(tx *bbolt.Tx) (*Content, error) {
	all := &Content{Issuer: string(tx.Bucket([]byte(metaBucket)).Get([]byte(issuerKey)))}
	err := tx.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
		if string(name) == metaBucket {
			return nil
		}
		return bucket.ForEach(func(key, value []byte) error {
			if len(key) != len(rowKey(0)) {
				return ErrDamaged
			}
			// Copied, because bbolt owns the memory of the value.
			all.Records = append(all.Records, Record{
				string(name), binary.BigEndian.Uint64(key), append([]byte{}, value...),
			})
			return nil
		})
	})
	return all, err
}

// rowKey encodes a number so that keys sort in numeric order.
func rowKey(number uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, number)
}
