// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"slices"
)

// table holds the objects of one kind: found by id at once, listed in the order of their creation.
type table[T any] struct {
	byID map[string]*row[T]
	rows sequence[T]
	last uint64
}

// row is an object at its place. Numbers start at 1 and are never used twice.
type row[T any] struct {
	number uint64
	value  T
}

// sequence is a list of rows by ascending number: a whole table, or an index into one.
type sequence[T any] []*row[T]

func newTable[T any]() table[T] {
	return table[T]{byID: map[string]*row[T]{}}
}

func (t *table[T]) insert(id string, value T) *row[T] {
	t.last++
	added := &row[T]{number: t.last, value: value}
	t.byID[id] = added
	t.rows = append(t.rows, added)
	return added
}

func (t *table[T]) remove(id string) (*row[T], bool) {
	removed, ok := t.byID[id]
	if ok {
		delete(t.byID, id)
		t.rows = t.rows.without(removed)
	}
	return removed, ok
}

// after returns the place of the first row behind the one with the given number.
func (s sequence[T]) after(number uint64) int {
	at, found := slices.BinarySearchFunc(s, number, func(r *row[T], n uint64) int { return cmp.Compare(r.number, n) })
	if found {
		at++
	}
	return at
}

func (s sequence[T]) without(r *row[T]) sequence[T] {
	at := s.after(r.number) - 1
	if at < 0 || s[at] != r {
		return s
	}
	return slices.Delete(s, at, at+1)
}

// window says which part of a list is wanted.
type window struct {
	offset, limit int
	after         uint64 // With checkpoint paging, the number of the last row seen.
	checkpoint    bool
}

// page is a part of a list.
type page[T any] struct {
	items []T
	total int    // Of all that fit the filter; counted for offset paging only.
	next  uint64 // With checkpoint paging, where the next page starts; 0 on the last page.
}

// page cuts a window out of the rows that keep lets through; a nil keep lets all through.
func (s sequence[T]) page(w window, keep func(T) bool) page[T] {
	if w.checkpoint {
		return s[s.after(w.after):].pageFromStart(w.limit, keep)
	}
	out := page[T]{items: []T{}}
	if keep == nil {
		from := min(w.offset, len(s))
		for _, r := range s[from:min(from+w.limit, len(s))] {
			out.items = append(out.items, r.value)
		}
		out.total = len(s)
		return out
	}
	for _, r := range s {
		if !keep(r.value) {
			continue
		}
		if out.total >= w.offset && len(out.items) < w.limit {
			out.items = append(out.items, r.value)
		}
		out.total++
	}
	return out
}

// pageFromStart takes the first rows and looks one further, because the last page must say that it is the last.
func (s sequence[T]) pageFromStart(limit int, keep func(T) bool) page[T] {
	out := page[T]{items: []T{}}
	var last uint64
	for _, r := range s {
		if keep != nil && !keep(r.value) {
			continue
		}
		if len(out.items) == limit {
			out.next = last
			break
		}
		out.items = append(out.items, r.value)
		last = r.number
	}
	return out
}
