// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tidwall/btree"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// table holds the objects of one kind: found by id and by natural key at once, listed in the order of their creation.
type table[T any] struct {
	tableRules[T]
	byID   map[string]*row[T]
	byKey  map[string]*row[T]
	rows   sequence[T]
	groups map[string]*sequence[T]
	last   uint64
}

// tableRules say how the objects of a table are told apart and found.
type tableRules[T any] struct {
	name   string                                    // In the journal and in snapshots.
	id     func(T) string                            // Unique, and never changes.
	key    func(T) string                            // Unique too; nil when there is no natural key.
	groups func(T) []string                          // Lists that the object stands in, such as the grants of a client; they never change. Can be nil.
	rename func(T, func(identifier string) string) T // Renames the identifiers in an object; nil when it has none.
}

// row is an object at its place. Numbers start at 1, and a running server uses none twice.
type row[T any] struct {
	number  uint64
	value   T
	before  *T        // What it was before the last write; nil when that made it.
	written time.Time // When the last write was; zero when it was there from the start.
}

// maxNumber is the highest number that is restored: as many rows can still be added, and a checkpoint can hold it.
const maxNumber = 1 << 62

// sequence is a list of rows by number: a whole table, or a group in it.
type sequence[T any] struct {
	tree btree.Map[uint64, *row[T]]
}

func newTable[T any](rules tableRules[T]) table[T] {
	return table[T]{
		tableRules: rules, byID: map[string]*row[T]{}, byKey: map[string]*row[T]{}, groups: map[string]*sequence[T]{},
	}
}

// find returns nil when there is no object with this id.
func (t *table[T]) find(id string) *row[T] { return t.byID[id] }

// findByKey returns nil when there is no object with this natural key.
func (t *table[T]) findByKey(key string) *row[T] { return t.byKey[key] }

// group lists the objects that the table's rules put under a name.
func (t *table[T]) group(name string) *sequence[T] {
	if found, ok := t.groups[name]; ok {
		return found
	}
	return &sequence[T]{}
}

// adding, changing and removing prepare the change of one object. The store carries it out.
func (t *table[T]) adding(value T, now time.Time) change {
	t.last++
	number := t.last
	return change{t.name, number, value, func() { t.insert(&row[T]{number: number, value: value, written: now}) }}
}

func (t *table[T]) changing(r *row[T], value T, now time.Time) change {
	return change{t.name, r.number, value, func() {
		before := r.value
		if t.key != nil {
			delete(t.byKey, t.key(before))
			t.byKey[t.key(value)] = r
		}
		r.value, r.before, r.written = value, &before, now
	}}
}

func (t *table[T]) removing(r *row[T]) change {
	return change{t.name, r.number, nil, func() {
		delete(t.byID, t.id(r.value))
		if t.key != nil {
			delete(t.byKey, t.key(r.value))
		}
		t.rows.tree.Delete(r.number)
		for _, name := range t.groupsOf(r.value) {
			if t.groups[name].tree.Delete(r.number); t.groups[name].tree.Len() == 0 {
				delete(t.groups, name)
			}
		}
	}}
}

func (t *table[T]) insert(r *row[T]) {
	t.last = max(t.last, r.number)
	t.byID[t.id(r.value)] = r
	if t.key != nil {
		t.byKey[t.key(r.value)] = r
	}
	t.rows.tree.Set(r.number, r)
	for _, name := range t.groupsOf(r.value) {
		if t.groups[name] == nil {
			t.groups[name] = &sequence[T]{}
		}
		t.groups[name].tree.Set(r.number, r)
	}
}

func (t *table[T]) groupsOf(value T) []string {
	if t.tableRules.groups == nil {
		return nil
	}
	return t.tableRules.groups(value)
}

// record is an object, or with a null value the removal of one, as the journal and snapshots keep it.
type record struct {
	Table  string          `json:"table"`
	Number uint64          `json:"number"`
	Value  json.RawMessage `json:"value,omitzero"`
}

// collection is what the journal and snapshots know of a table.
type collection interface {
	tableName() string
	dump() []record
	restore(record, issuers) error
	settle()
}

func (t *table[T]) tableName() string { return t.name }

func (t *table[T]) dump() []record {
	out := make([]record, 0, t.rows.tree.Len())
	t.rows.tree.Scan(func(number uint64, r *row[T]) bool {
		out = append(out, record{t.name, number, wire.Encode(r.value)})
		return true
	})
	return out
}

// restore puts an object in its old place. It has been there from the start as far as readers are concerned.
func (t *table[T]) restore(saved record, moved issuers) error {
	var value T
	if err := json.Unmarshal(saved.Value, &value); err != nil {
		return fmt.Errorf("%s %d: %w", t.name, saved.Number, err)
	}
	if t.rename != nil {
		value = t.rename(value, moved.rename)
	}
	if _, taken := t.rows.tree.Get(saved.Number); taken || saved.Number == 0 || saved.Number > maxNumber {
		return fmt.Errorf("%s %d: the number is 0 or there twice, or leaves none to follow", t.name, saved.Number)
	}
	if t.byID[t.id(value)] != nil || (t.key != nil && t.byKey[t.key(value)] != nil) {
		return fmt.Errorf("%s %d: an object with this id or natural key is there already", t.name, saved.Number)
	}
	t.insert(&row[T]{number: saved.Number, value: value})
	return nil
}

// settle makes all objects ones that were there from the start.
func (t *table[T]) settle() {
	t.rows.tree.Scan(func(_ uint64, r *row[T]) bool {
		r.before, r.written = nil, time.Time{}
		return true
	})
}

// view is how far a reader lags behind the writers. The zero view sees everything as it is.
type view struct {
	now time.Time
	lag time.Duration
}

var present view

// see returns the object as the view shows it; false when it was not there yet. A write that is in the future was made
// before the clock was set back.
func see[T any](r *row[T], as view) (T, bool) {
	if as.lag == 0 || !r.written.After(as.now.Add(-as.lag)) || r.written.After(as.now) {
		return r.value, true
	}
	if r.before == nil {
		var none T
		return none, false
	}
	return *r.before, true
}

// window says which part of a list is wanted.
type window struct {
	view
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
func (s *sequence[T]) page(w window, keep func(T) bool) page[T] {
	switch {
	case w.checkpoint:
		return s.pageAfter(w, keep)
	case keep == nil && w.lag == 0:
		return s.pageAt(w)
	}
	out := page[T]{items: []T{}}
	s.tree.Scan(func(_ uint64, r *row[T]) bool {
		value, visible := see(r, w.view)
		if !visible || (keep != nil && !keep(value)) {
			return true
		}
		if out.total >= w.offset && len(out.items) < w.limit {
			out.items = append(out.items, value)
		}
		out.total++
		return true
	})
	return out
}

// pageAt finds the page by position, without looking at the rows before it.
func (s *sequence[T]) pageAt(w window) page[T] {
	out := page[T]{items: []T{}, total: s.tree.Len()}
	for i := w.offset; i < min(w.offset+w.limit, out.total); i++ {
		_, r, _ := s.tree.GetAt(i)
		out.items = append(out.items, r.value)
	}
	return out
}

// pageAfter looks one row further, because the last page must say that it is the last.
func (s *sequence[T]) pageAfter(w window, keep func(T) bool) page[T] {
	out := page[T]{items: []T{}}
	var last uint64
	s.tree.Ascend(w.after+1, func(number uint64, r *row[T]) bool {
		value, visible := see(r, w.view)
		if !visible || (keep != nil && !keep(value)) {
			return true
		}
		if len(out.items) == w.limit {
			out.next = last
			return false
		}
		out.items = append(out.items, value)
		last = number
		return true
	})
	return out
}
