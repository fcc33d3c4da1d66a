// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package requestreport

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const (
	// delay is the time between a request and the next update of the file.
	delay = 200 * time.Millisecond
	// lockTimeout is how long the lock of another process is respected. An update takes
	// milliseconds, so an older lock belongs to a process that was killed.
	lockTimeout = 2 * time.Second
)

// File is the report of one process. Its methods are safe for concurrent use. A nil File does
// nothing.
type File struct {
	path    string
	run     string
	id      string
	started time.Time
	usage   func() rest.Usage

	mu  sync.Mutex // Guards the update of the file by this process.
	due sync.Mutex // Guards scheduled.
	// scheduled is set while an update is due.
	scheduled bool
}

// Open writes a report without requests, so that a path that cannot be written is noticed at once.
func Open(path string) (*File, error) {
	return open(path, currentRun())
}

func open(path, run string) (*File, error) {
	f := &File{
		path: path, run: run, id: rand.Text(), started: time.Now(),
		usage: func() rest.Usage { return rest.Usage{} },
	}
	return f, f.Flush()
}

// Of sets the source of the counts.
func (f *File) Of(usage func() rest.Usage) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.usage = usage
}

// Changed schedules an update.
func (f *File) Changed() {
	if f == nil {
		return
	}
	f.due.Lock()
	defer f.due.Unlock()
	if f.scheduled {
		return
	}
	f.scheduled = true
	time.AfterFunc(delay, func() {
		f.due.Lock()
		f.scheduled = false
		f.due.Unlock()
		// The next update, or the one at the end, makes up for a failure.
		_ = f.Flush()
	})
}

// Flush updates the file now. The entries of other processes of the run stay.
func (f *File) Flush() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	unlock, err := lock(f.path + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	r, err := f.read()
	if err != nil {
		return err
	}
	r.Processes = slices.DeleteFunc(r.Processes, func(p process) bool { return p.ID == f.id })
	r.Updated = time.Now().UTC()
	r.Processes = append(r.Processes, process{
		ID: f.id, Started: f.started.UTC(), Updated: r.Updated, counts: countsOf(f.usage()),
	})
	sort.SliceStable(r.Processes, func(i, j int) bool {
		return r.Processes[i].Started.Before(r.Processes[j].Started)
	})
	r.Started, r.Total = r.Processes[0].Started, r.total()
	return write(f.path, r)
}

// read returns the report of the run, which is new if the file has none or is about another run.
func (f *File) read() (report, error) {
	fresh := report{Format: format, Run: f.run}
	content, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(bytes.TrimSpace(content)) == 0 {
		return fresh, nil
	}
	if err != nil {
		return fresh, err
	}
	var found report
	if err := json.Unmarshal(content, &found); err != nil || found.Format != format {
		return fresh, fmt.Errorf("%s exists and is not a request report", f.path)
	}
	if found.Run != f.run {
		return fresh, nil
	}
	return found, nil
}

// write replaces the file in one step, so that nobody reads half of a report.
func write(path string, r report) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	// The file can be read and written by its owner only.
	next, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = next.Write(append(content, '\n'))
	if err = errors.Join(err, next.Close()); err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err != nil {
		_ = os.Remove(next.Name())
	}
	return err
}

// lock waits until no other process has the lock file, and creates it.
func lock(path string) (unlock func(), err error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			return func() { _ = os.Remove(path) }, file.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if held, err := os.Stat(path); err == nil && time.Since(held.ModTime()) > lockTimeout {
			_ = os.Remove(path)
			continue
		}
		time.Sleep(time.Millisecond)
	}
}
