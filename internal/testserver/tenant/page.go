// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"time"
)

// View is how far a reader lags behind writers. The zero View sees the present state.
type View struct {
	Now time.Time
	Lag time.Duration
}

// Present is the view of a reader that does not lag.
var Present View

// see returns the object as the view shows it; false if the view does not show it yet. A write in
// the future happened before the clock was set back, so it is shown.
func see[T any](r *row[T], as View) (T, bool) {
	if as.Lag == 0 || !r.written.After(as.Now.Add(-as.Lag)) || r.written.After(as.Now) {
		return r.value, true
	}
	if r.before == nil {
		var none T
		return none, false
	}
	return *r.before, true
}

// Window selects a part of a list.
type Window struct {
	View
	Offset, Limit int
	After         uint64 // For checkpoint paging: the number of the last row seen.
	Checkpoint    bool
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	Total int    // The number of all matches; only for offset paging.
	Next  uint64 // For checkpoint paging: the start of the next page; 0 on the last page.
}

// page returns the window of the rows for which keep returns true; a nil keep returns all.
func (s *sequence[T]) page(w Window, keep func(T) bool) Page[T] {
	switch {
	case w.Checkpoint:
		return s.pageAfter(w, keep)
	case keep == nil && w.Lag == 0:
		return s.pageAt(w)
	}
	out := Page[T]{Items: []T{}}
	s.tree.Scan(func(_ uint64, r *row[T]) bool {
		value, visible := see(r, w.View)
		if !visible || (keep != nil && !keep(value)) {
			return true
		}
		if out.Total >= w.Offset && len(out.Items) < w.Limit {
			out.Items = append(out.Items, value)
		}
		out.Total++
		return true
	})
	return out
}

// pageAt finds the page by position, without reading the rows before it.
func (s *sequence[T]) pageAt(w Window) Page[T] {
	out := Page[T]{Items: []T{}, Total: s.tree.Len()}
	for i := w.Offset; i < min(w.Offset+w.Limit, out.Total); i++ {
		_, r, _ := s.tree.GetAt(i)
		out.Items = append(out.Items, r.value)
	}
	return out
}

// pageAfter reads one row more than the page, to know whether the page is the last one.
func (s *sequence[T]) pageAfter(w Window, keep func(T) bool) Page[T] {
	out := Page[T]{Items: []T{}}
	var last uint64
	s.tree.Ascend(w.After+1, func(number uint64, r *row[T]) bool {
		value, visible := see(r, w.View)
		if !visible || (keep != nil && !keep(value)) {
			return true
		}
		if len(out.Items) == w.Limit {
			out.Next = last
			return false
		}
		out.Items = append(out.Items, value)
		last = number
		return true
	})
	return out
}
