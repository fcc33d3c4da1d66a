// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package datafile

import (
	"bytes"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

// TestOpen_damageNeverChangesContent damages a file in many ways. Each time it is refused, or it
// has lost nothing and can be used.
func TestOpen_damageNeverChangesContent(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(stored(t))
	if err != nil {
		t.Fatal(err)
	}
	want, page := some(), os.Getpagesize()
	dice := rand.New(rand.NewPCG(1, 2))
	ways := map[string]func([]byte) []byte{
		"bit": func(text []byte) []byte {
			text[dice.IntN(len(text))] ^= 1 << dice.IntN(8)
			return text
		},
		"byte of a head": func(text []byte) []byte {
			at := dice.IntN(len(text)/page)*page + dice.IntN(pageHeader+headSize)
			text[at] = byte(dice.Uint32())
			return text
		},
		"bytes": func(text []byte) []byte {
			start := dice.IntN(len(text) - 40)
			for i := range 40 {
				text[start+i] = byte(dice.Uint32())
			}
			return text
		},
		"end": func(text []byte) []byte { return text[:1+dice.IntN(len(text)-1)] },
		"zeros": func(text []byte) []byte {
			start := dice.IntN(len(text)/page) * page
			clear(text[start : start+page])
			return text
		},
		"copied page": func(text []byte) []byte {
			from, to := dice.IntN(len(text)/page)*page, dice.IntN(len(text)/page)*page
			copy(text[to:to+page], text[from:from+page])
			return text
		},
	}
	for name, spoil := range ways {
		refused := 0
		for range 25 {
			path := filepath.Join(t.TempDir(), "damaged.db")
			if err := os.WriteFile(path, spoil(bytes.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
			f, got, err := Open(path, silent)
			if err != nil {
				refused++
				if !strings.HasPrefix(err.Error(), path+": the file is damaged; restore it ") &&
					!strings.Contains(err.Error(), "the file is not the data file of a tenant") &&
					!strings.Contains(err.Error(), "the file has the format") {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if !reflect.DeepEqual(want, *got) {
				t.Fatalf("%s: other content (-want +got):\n%s", name, cmp.Diff(want, *got))
			}
			if err := errors.Join(f.Replace(*got), f.Close()); err != nil {
				continue // The damage shows now, and nothing is lost.
			}
			f, got = open(t, path)
			if !reflect.DeepEqual(want, *got) {
				t.Errorf("%s: other content after a start (-want +got):\n%s", name,
					cmp.Diff(want, *got))
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		t.Logf("%s: %d of 25 refused", name, refused)
	}
}

func TestOpen_lastChangeIsNotForgotten(t *testing.T) {
	t.Parallel()
	for i := range 2 {
		path := stored(t)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text[i*os.Getpagesize()+pageHeader+headSize-1] ^= 1
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err = Open(path, silent)
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "last change may be") {
			t.Errorf("head %d: %v", i, err)
		}
	}
}

func TestOpen_unusedFileIsStartedAfresh(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "initial.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	initial, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.ReadFile(stored(t))
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for name, test := range map[string]struct {
		text []byte
		good bool
	}{
		"empty":               {nil, true},
		"initial":             {initial, true},
		"a page":              {initial[:page], true},
		"two pages":           {initial[:2*page], true},
		"three pages":         {initial[:3*page], true},
		"less than a page":    {initial[:512], true},
		"zeros":               {make([]byte, 4*page), true},
		"a page and zeros":    {append(bytes.Clone(initial[:page]), make([]byte, page)...), true},
		"many zeros":          {make([]byte, 5*page), false},
		"a page of a tenant":  {full[:page], false},
		"two of a tenant":     {full[:2*page], false},
		"three of a tenant":   {full[:3*page], false},
		"a few other letters": {[]byte("hello"), false},
	} {
		path := filepath.Join(t.TempDir(), "tenant.db")
		if err := os.WriteFile(path, test.text, 0o600); err != nil {
			t.Fatal(err)
		}
		f, got, err := Open(path, silent)
		if !test.good {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		if err := errors.Join(f.Replace(some()), f.Close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f, got = open(t, path)
		if diff := cmp.Diff(some(), *got); diff != "" {
			t.Errorf("%s: stored differs (-want +got):\n%s", name, diff)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpen_formats(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(meta *bbolt.Bucket) error
		cause  string // Empty if the file is accepted.
	}{
		"without a checksum, of an older version": {func(meta *bbolt.Bucket) error {
			return errors.Join(
				meta.Put([]byte(formatKey), []byte(unsummedFormat)),
				meta.Delete([]byte(checksumKey)),
			)
		}, ""},
		"without a checksum": {func(meta *bbolt.Bucket) error {
			return meta.Delete([]byte(checksumKey))
		}, "its content does not match its checksum"},
		"another checksum, and an older version": {func(meta *bbolt.Bucket) error {
			return errors.Join(
				meta.Put([]byte(formatKey), []byte(unsummedFormat)),
				meta.Put([]byte(checksumKey), []byte("x")),
			)
		}, "its content does not match its checksum"},
		"another issuer": {func(meta *bbolt.Bucket) error {
			return meta.Put([]byte(issuerKey), []byte("https://acme.example.com"))
		}, "its content does not match its checksum"},
		"a later version": {func(meta *bbolt.Bucket) error {
			return meta.Put([]byte(formatKey), []byte("m2m-testserver 3"))
		}, `the file has the format "m2m-testserver 3", not "m2m-testserver 2"`},
	} {
		path := stored(t)
		change(t, path, func(tx *bbolt.Tx) error {
			return test.change(tx.Bucket([]byte(metaBucket)))
		})
		var log bytes.Buffer
		f, got, err := Open(path, slog.New(slog.NewTextHandler(&log, nil)))
		if test.cause != "" {
			if err == nil || !strings.Contains(err.Error(), test.cause) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || !strings.Contains(log.String(), "the data file has no checksum") {
			t.Fatalf("%s: %v, the log says %q", name, err, log.String())
		}
		if err := errors.Join(f.Replace(*got), f.Close()); err != nil {
			t.Error(err)
		}
		log.Reset()
		f, got, err = Open(path, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil || log.Len() > 0 || cmp.Diff(some(), *got) != "" {
			t.Fatalf("%s, at the next start: %v, the log says %q", name, err, log.String())
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpen_missingRecordIsDamage(t *testing.T) {
	t.Parallel()
	path := stored(t)
	change(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("grants")).Delete(rowKey(7))
	})
	if _, _, err := Open(path, silent); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}
