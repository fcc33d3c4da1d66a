// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

func TestJournal_fileIsPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tenant.db")
	file, err := openJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

func TestJournal_refusesAnotherFormat(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tenant.db")
	file, err := openJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	err = file.db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket([]byte(metaBucket))
		return errors.Join(err, meta.Put([]byte(formatKey), []byte("m2m-testserver 2")))
	})
	if err := errors.Join(err, file.close()); err != nil {
		t.Fatal(err)
	}
	err = New("http://127.0.0.1:1", &Clock{}).KeepIn(path)
	if err == nil ||
		!strings.Contains(
			err.Error(), `the file has the format "m2m-testserver 2", not "m2m-testserver 1"`,
		) {
		t.Errorf("got %v", err)
	}
}
