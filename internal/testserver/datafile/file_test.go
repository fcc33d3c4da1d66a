// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package datafile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

var silent = slog.New(slog.DiscardHandler)

// some is a content with short and long values.
func some() Content {
	all := Content{Issuer: "https://acme.example.com/"}
	for _, table := range []string{"clients", "grants"} {
		for number := range uint64(20) {
			value := fmt.Sprintf(`{"id":%d,"text":"%s"}`, number+1,
				bytes.Repeat([]byte("x"), int(number*number)*3))
			all.Records = append(all.Records, Record{table, number + 1, json.RawMessage(value)})
		}
	}
	return all
}

func open(t *testing.T, path string) (*File, *Content) {
	t.Helper()
	f, stored, err := Open(path, silent)
	if err != nil {
		t.Fatal(err)
	}
	return f, stored
}

// stored makes a file with the content, after a few transactions.
func stored(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tenant.db")
	f, _ := open(t, path)
	first := Record{"clients", 1, json.RawMessage(`{"id":1,"text":"old"}`)}
	gone := Record{"organizations", 1, json.RawMessage(`{}`)}
	err := errors.Join(
		f.Replace(some()), f.Write([]Record{first, gone}),
		f.Write([]Record{some().Records[0], {Table: gone.Table, Number: gone.Number}}), f.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFile_keepsContent(t *testing.T) {
	t.Parallel()
	path := stored(t)
	f, all := open(t, path)
	if diff := cmp.Diff(some(), *all); diff != "" {
		t.Errorf("stored differs (-want +got):\n%s", diff)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	f, all = open(t, filepath.Join(t.TempDir(), "new.db"))
	if all != nil {
		t.Errorf("a new file contains %v", all)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestFile_isPrivate(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]os.FileMode{
		"new": 0, "private": 0o600, "of a group": 0o640, "of all": 0o644, "writable": 0o666,
	} {
		path := filepath.Join(t.TempDir(), "tenant.db")
		if before != 0 {
			path = stored(t)
			if err := os.Chmod(path, before); err != nil {
				t.Fatal(err)
			}
		}
		var log bytes.Buffer
		f, _, err := Open(path, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
		tightened := bytes.Contains(log.Bytes(), []byte("other users could access the data file"))
		if wide := before&0o077 != 0; tightened != wide {
			t.Errorf("%s: the log says %q", name, log.String())
		}
	}
}

func TestFile_refusesWhatIsNotOfThisProgram(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.db")
	change(t, path, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("precious"))
		return err
	})
	short, long := filepath.Join(t.TempDir(), "short.txt"), filepath.Join(t.TempDir(), "long.txt")
	for path, lines := range map[string]int{short: 9, long: 9999} {
		text := bytes.Repeat([]byte("Do not delete.\n"), lines)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, cause := range map[string]string{
		path:  "the file is not the data file of a tenant",
		short: ErrDamaged.Error() + " (it has only 135 bytes)",
		long:  ErrDamaged.Error() + " (invalid database)",
	} {
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Open(path, silent); err == nil || err.Error() != path+": "+cause {
			t.Errorf("got %v", err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s has changed: %v", path, err)
		}
	}
}

func TestFile_isLocked(t *testing.T) {
	t.Parallel()
	path := stored(t)
	f, _ := open(t, path)
	if _, _, err := Open(path, silent); err == nil ||
		err.Error() != path+" is in use by another process" {
		t.Errorf("got %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// change changes the database without regard to its checksum.
func change(t *testing.T, path string, how func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(how), db.Close()); err != nil {
		t.Fatal(err)
	}
}
