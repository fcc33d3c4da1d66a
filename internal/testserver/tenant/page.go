// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"time"
)

// View is how far a reader lags behind the writers. The zero view sees everything as it is.
type View struct {
	Now time.Time
	Lag time.Duration
}

// Present is the view of a reader that does not lag.
var Present View

// see returns the object as the view shows it; false when it was not there yet. A write that is in
// the future was made before the clock was set back.
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

// Window says which part of a list is wanted.
type Window struct {
	View
	Offset, Limit int
	After         uint64 // With checkpoint paging, the number of the last row seen.
	Checkpoint    bool
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	Total int    // Of all that fit the filter; counted for offset paging only.
	Next  uint64 // With checkpoint paging, where the next page starts; 0 on the last page.
}

// page cuts a window out of the rows that keep lets through; a nil keep lets all through.
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

// pageAt finds the page by position, without looking at the rows before it.
func (s *sequence[T]) pageAt(w Window) Page[T] {
	out := Page[T]{Items: []T{}, Total: s.tree.Len()}
	for i := w.Offset; i < min(w.Offset+w.Limit, out.Total); i++ {
		_, r, _ := s.tree.GetAt(i)
		out.Items = append(out.Items, r.value)
	}
	return out
}

// pageAfter looks one row further, because the last page must say that it is the last.
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
