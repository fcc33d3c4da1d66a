// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tidwall/btree"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// table holds the objects of one kind. It finds them by id and by natural key in constant time and
// lists them in order of creation.
type table[T any] struct {
	kind[T]
	byID   map[string]*row[T]
	byKey  map[string]*row[T]
	rows   sequence[T]
	groups map[string]*sequence[T]
	last   uint64
}

// kind describes one kind of object to the store.
type kind[T any] struct {
	name string         // In the journal and in snapshots.
	id   func(T) string // Unique, and never changes.
	// Also unique; nil if the kind has no natural key.
	key func(T) string
	// The groups that contain the object, such as the grants of a client; they never change. Can be
	// nil.
	groups func(T) []string
	// Renames the identifiers in an object; nil if it contains none.
	rename func(T, func(identifier string) string) T
	// Checks a restored object. Can be nil.
	sound func(finder, T) error
	// Seed data can set ids of this kind. Such an id must not belong to any other object.
	ownIDs bool
}

// finder finds the objects that an object refers to, by the name of their kind and by id or natural
// key.
type finder interface {
	has(kind, ref string) bool
}

// row is an object with its position. Numbers start at 1, and a running server never reuses one.
type row[T any] struct {
	number  uint64
	value   T
	before  *T        // The value before the last write; nil for a new object.
	written time.Time // The time of the last write; zero for an object of the first state.
}

// maxNumber is the highest number that can be restored. It leaves as many numbers for new rows, and
// fits into a checkpoint.
const maxNumber = 1 << 62

// sequence is a list of rows by number: a whole table or a group.
type sequence[T any] struct {
	tree btree.Map[uint64, *row[T]]
}

func newTable[T any](kind kind[T]) *table[T] {
	return &table[T]{
		kind: kind, byID: map[string]*row[T]{}, byKey: map[string]*row[T]{},
		groups: map[string]*sequence[T]{},
	}
}

// find returns nil if no object has this id.
func (t *table[T]) find(id string) *row[T] { return t.byID[id] }

// findByKey returns nil if no object has this natural key.
func (t *table[T]) findByKey(key string) *row[T] { return t.byKey[key] }

// group returns the group with this name, which can be empty.
func (t *table[T]) group(name string) *sequence[T] {
	if found, ok := t.groups[name]; ok {
		return found
	}
	return &sequence[T]{}
}

// adding returns the change that adds an object. Changes take effect when the store commits them.
func (t *table[T]) adding(value T, now time.Time) change {
	t.last++
	number := t.last
	return change{
		t.name, number, value,
		func() { t.insert(&row[T]{number: number, value: value, written: now}) },
	}
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
	if t.kind.groups == nil {
		return nil
	}
	return t.kind.groups(value)
}

func (t *table[T]) tableName() string { return t.name }

func (t *table[T]) dump() []record {
	out := make([]record, 0, t.rows.tree.Len())
	t.rows.tree.Scan(func(number uint64, r *row[T]) bool {
		out = append(out, record{Table: t.name, Number: number, Value: wire.Encode(r.value)})
		return true
	})
	return out
}

// restore adds an object at its old position. To readers, it has existed from the start.
func (t *table[T]) restore(saved record, moved issuers) error {
	var value T
	if err := json.Unmarshal(saved.Value, &value); err != nil {
		return fmt.Errorf("%s %d: %w", t.name, saved.Number, err)
	}
	if t.rename != nil {
		value = t.rename(value, moved.rename)
	}
	if _, taken := t.rows.tree.Get(saved.Number); taken || saved.Number == 0 ||
		saved.Number > maxNumber {
		return fmt.Errorf(
			"%s %d: the number is 0, too large or not unique", t.name, saved.Number,
		)
	}
	if t.byID[t.id(value)] != nil || (t.key != nil && t.byKey[t.key(value)] != nil) {
		return fmt.Errorf(
			"%s %d: another object has this id or natural key", t.name, saved.Number,
		)
	}
	t.insert(&row[T]{number: saved.Number, value: value})
	return nil
}

// settle makes all objects part of the first state.
func (t *table[T]) settle() {
	t.rows.tree.Scan(func(_ uint64, r *row[T]) bool {
		r.before, r.written = nil, time.Time{}
		return true
	})
}

// check returns the first error in an object.
func (t *table[T]) check(among finder) (err error) {
	if t.sound == nil {
		return nil
	}
	t.rows.tree.Scan(func(_ uint64, r *row[T]) bool {
		err = t.sound(among, r.value)
		return err == nil
	})
	return err
}

// has reports whether an object has this id or natural key.
func (t *table[T]) has(ref string) bool { return t.find(ref) != nil || t.findByKey(ref) != nil }

// hasGivenID reports whether an object has this id, if ids of this kind can be given.
func (t *table[T]) hasGivenID(id string) bool { return t.ownIDs && t.find(id) != nil }

// change changes one object: to a new value, or nil to remove it.
type change struct {
	table  string
	number uint64
	value  any
	apply  func()
}
