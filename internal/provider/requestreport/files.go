// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package requestreport

import (
	"errors"
	"sync"
)

// Files are the reports of a process. A nil Files remembers none.
type Files struct {
	mu    sync.Mutex
	files []*File
}

// Add remembers a report.
func (all *Files) Add(f *File) {
	if all == nil {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.files = append(all.files, f)
}

// Flush updates all reports, at the end of the process.
func (all *Files) Flush() error {
	all.mu.Lock()
	defer all.mu.Unlock()
	var errs []error
	for _, f := range all.files {
		errs = append(errs, f.Flush())
	}
	return errors.Join(errs...)
}
