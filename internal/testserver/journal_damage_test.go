// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestData_damagedFileIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tenant.db")
	server, err := testserver.Listen(testserver.Config{
		Data: path, SigningKeys: servertest.SigningKeys()[:2],
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	damaged := map[string][]byte{}
	for end := page; end < len(whole); end += page {
		damaged["ends early"+strings.Repeat(" and earlier", (len(whole)-end)/page)] = whole[:end]
	}
	for start := 2 * page; start < len(whole); start += page {
		overwritten := bytes.Clone(whole)
		copy(overwritten[start:], bytes.Repeat([]byte{0xee}, page))
		damaged["overwritten page"+strings.Repeat(" and further", start/page)] = overwritten
	}
	for name, content := range damaged {
		path := filepath.Join(t.TempDir(), "damaged.db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		server, err := testserver.Listen(testserver.Config{
			Data:        path,
			SigningKeys: servertest.SigningKeys()[:2],
		})
		if err == nil { // The damaged part was no longer in use.
			err = server.Close()
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestData_otherDatabasesAreNotChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.db")
	fill := func(change func(*bbolt.Tx) error) {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(change); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	fill(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("precious"))
		return err
	})
	server, err := testserver.Listen(testserver.Config{
		Data: path, SigningKeys: servertest.SigningKeys()[:2],
	})
	if err == nil {
		_ = server.Close()
	}
	if err == nil || err.Error() != path+": the file is not the data file of a tenant" {
		t.Errorf("got %v", err)
	}
	fill(func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte("precious")) == nil {
			t.Error("what it held is gone")
		}
		return nil
	})
}
