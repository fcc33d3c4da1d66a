// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package datafile

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

func TestWrite_failsOnceTheFileIsLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lose  func(f *File) error
		cause string
	}{
		"removed": {func(f *File) error { return os.Remove(f.path) }, "was removed"},
		"moved": {
			func(f *File) error { return os.Rename(f.path, f.path+".old") }, "was removed",
		},
		"replaced": {func(f *File) error {
			return errors.Join(
				os.Rename(f.path, f.path+".old"), os.WriteFile(f.path, nil, 0o600),
			)
		}, "was replaced by another file"},
		"emptied": {func(f *File) error { return os.Truncate(f.path, 0) }, "was cut from"},
		"cut":     {func(f *File) error { return os.Truncate(f.path, f.size-1) }, "was cut from"},
		"emptied after the look": {func(f *File) error {
			f.size = 0
			return os.Truncate(f.path, 0)
		}, "was changed by another program"},
		"zeroed": {func(f *File) error {
			return errors.Join(os.Truncate(f.path, 0), os.Truncate(f.path, f.size))
		}, "was changed by another program"},
		"another checksum": {func(f *File) error {
			return f.db.Update(func(tx *bbolt.Tx) error {
				return tx.Bucket([]byte(metaBucket)).Put([]byte(checksumKey), []byte("x"))
			})
		}, "was changed by another program"},
		"overwritten with an older copy": {func(f *File) error {
			copied, err := os.ReadFile(f.path)
			return errors.Join(
				err, f.Write([]Record{{"clients", 99, json.RawMessage(`{}`)}}),
				os.WriteFile(f.path, copied, 0o600), os.Truncate(f.path, f.size),
			)
		}, "was changed by another program"},
	} {
		f, _ := open(t, stored(t))
		change := []Record{{"clients", 100, json.RawMessage(`{}`)}}
		if err := f.Write(change); err != nil {
			t.Fatal(err)
		}
		if err := test.lose(f); err != nil {
			t.Fatal(err)
		}
		err := f.Write(change)
		if !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), test.cause) {
			t.Errorf("%s: %v", name, err)
		}
		if again := f.Replace(some()); !errors.Is(again, ErrLost) {
			t.Errorf("%s: the next write: %v", name, again)
		}
		if err := f.Close(); !errors.Is(err, ErrLost) {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}

// TestWrite_vanishedDuringTheWrite removes the file inside the transaction, after the first look.
func TestWrite_vanishedDuringTheWrite(t *testing.T) {
	t.Parallel()
	f, _ := open(t, stored(t))
	err := f.update(func(_ *bbolt.Tx, _ *bbolt.Bucket) (checksum, error) {
		return f.sum, os.Remove(f.path)
	})
	if !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "was removed") {
		t.Errorf("got %v", err)
	}
	if err := f.Close(); !errors.Is(err, ErrLost) {
		t.Errorf("close: %v", err)
	}
}

func TestWrite_failedWriteIsNoLoss(t *testing.T) {
	t.Parallel()
	f, _ := open(t, stored(t))
	full := errors.New("the disk is full")
	err := f.update(func(*bbolt.Tx, *bbolt.Bucket) (checksum, error) { return checksum{}, full })
	if !errors.Is(err, full) || errors.Is(err, ErrLost) {
		t.Errorf("got %v", err)
	}
	err = errors.Join(f.Write([]Record{{"clients", 100, json.RawMessage(`{}`)}}), f.Close())
	if err != nil {
		t.Error(err)
	}
}
