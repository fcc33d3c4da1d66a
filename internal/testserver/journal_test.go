// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// fullDisk is a journal that cannot write.
type fullDisk struct{ volatile }

var errDiskFull = errors.New("no space left on device")

func (fullDisk) write([]change) error   { return errDiskFull }
func (fullDisk) replace(snapshot) error { return errDiskFull }

func TestJournal_whatCannotBeWrittenDoesNotHappen(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	before := string(s.Snapshot())
	s.store.journal = fullDisk{}
	const wanted = `{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}`
	const sample = "/api/v2/resource-servers/" + sampleAPIID
	for _, call := range [][3]string{
		{"POST", "/api/v2/resource-servers", `{"identifier":"https://a"}`},
		{"PATCH", sample, `{"name":"Changed"}`},
		{"DELETE", sample, ``},
		{"POST", "/api/v2/client-grants", `{"client_id":"` + MachineClientID + `","audience":"` + SampleAPIAudience + `"}`},
		{"DELETE", "/api/v2/client-grants/" + managementAPIGrant, ``},
	} {
		if status, body := s.Dashboard(call[0], call[1], call[2]); status != 500 || string(body) != wanted {
			t.Errorf("%s %s: %d %s", call[0], call[1], status, body)
		}
	}
	if err := s.Reset(); !errors.Is(err, errDiskFull) {
		t.Errorf("reset: %v", err)
	}
	if after := string(s.Snapshot()); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
}

func TestJournal_fileIsForItsOwnerOnly(t *testing.T) {
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
	_, err = newServer(Config{Data: path}, "http://127.0.0.1:1")
	if err == nil || !strings.Contains(err.Error(), `the file is of the format "m2m-testserver 2", not "m2m-testserver 1"`) {
		t.Errorf("got %v", err)
	}
}
