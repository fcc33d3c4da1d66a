// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package datafile stores a tenant in a bbolt file: a bucket for each table, with the number of a
// record as its key. When a write returns, it is on disk, whatever happens to the process
// afterwards. The file has a checksum of its content, so a damaged file is refused instead of
// giving another tenant than the stored one. It knows no kinds of objects: a record is bytes.
package datafile

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// ErrDamaged reports a file whose content is not what was stored.
var ErrDamaged = errors.New("the file is damaged; restore it from a copy, or move it away to " +
	"start with a fresh tenant")

const lockTimeout = time.Second

// File is an open data file, which no other process can open. Only one goroutine may use it at a
// time.
type File struct {
	path string
	log  *slog.Logger
	db   *bbolt.DB
	file *os.File // The file that db uses.

	sum  checksum // Of the content.
	size int64    // After the last write. A bbolt file never shrinks.
	lost error    // Why nothing can be stored any more; nil if all is well.
}

// Open opens or creates a file and reads its content; nil if the file is new. Only the owner of
// the file can read it, because it contains secrets.
func Open(path string, log *slog.Logger) (*File, *Content, error) {
	f := &File{path: path, log: log}
	content, err := f.load()
	if errors.Is(err, ErrDamaged) && isUnused(path) {
		log.Warn("the data file was never completed, probably because the disk was full; starting "+
			"with a new one", "path", path)
		err = os.Truncate(path, 0)
	}
	if err == nil {
		err = f.open(false)
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, nil, fmt.Errorf("%s is in use by another process", path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := errors.Join(f.makePrivate(), f.measure()); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, errors.Join(err, f.Close()))
	}
	return f, content, nil
}

// load verifies and reads a file; nil if it does not exist, is empty or has no content yet. It only
// reads, so that bbolt changes nothing in a file that may be damaged or of another program.
func (f *File) load() (*Content, error) {
	if info, err := os.Stat(f.path); errors.Is(err, os.ErrNotExist) ||
		err == nil && info.Size() == 0 {
		return nil, nil
	}
	if err := f.open(true); err != nil {
		return nil, err
	}
	content, err := f.read()
	return content, errors.Join(err, f.db.Close())
}

func (f *File) open(readOnly bool) (err error) {
	defer catchDamage(&err)()
	f.db, err = bbolt.Open(f.path, 0o600, &bbolt.Options{
		Timeout: lockTimeout, OpenFile: f.openFile, ReadOnly: readOnly,
	})
	_, isSystem := errors.AsType[syscall.Errno](err)
	if err == nil || isSystem || errors.Is(err, bolterrors.ErrTimeout) ||
		errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}

// openFile opens the file for bbolt, which would read beyond the end of a short one.
func (f *File) openFile(path string, flag int, mode os.FileMode) (*os.File, error) {
	opened, err := os.OpenFile(path, flag, mode)
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err == nil && info.IsDir() {
		err = &os.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	}
	if err == nil && info.Size() > 0 && info.Size() < initialSize() {
		err = fmt.Errorf("%w (it has only %d bytes)", ErrDamaged, info.Size())
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	f.file = opened
	return opened, nil
}

// makePrivate withdraws the permissions of other users.
func (f *File) makePrivate() error {
	info, err := f.file.Stat()
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	if err := f.file.Chmod(0o600); err != nil {
		return fmt.Errorf("other users can read the secrets in the file: %w", err)
	}
	if private, err := f.file.Stat(); err != nil || private.Mode() == info.Mode() {
		return err // This system has no such permissions.
	}
	f.log.Warn("other users could access the data file, which contains secrets and private keys; "+
		"now only its owner can", "path", f.path, "permissions", info.Mode().Perm().String())
	return nil
}

// Close closes the file. It returns an error if the content of the file is lost.
func (f *File) Close() error {
	if f.lost != nil {
		// The database may hold its lock for ever, and touch memory that is gone.
		return errors.Join(f.lost, f.file.Close())
	}
	return f.db.Close()
}

// catchDamage converts panics and memory faults, which damaged files cause in bbolt, to ErrDamaged.
// Defer it and the function that it returns: `defer catchDamage(&err)()`.
func catchDamage(err *error) func() {
	faulting := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(faulting)
		if cause := recover(); cause != nil {
			*err = fmt.Errorf("%w (%v)", ErrDamaged, cause)
		}
	}
}
