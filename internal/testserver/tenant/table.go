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

// table holds the objects of one kind: found by id and by natural key at once, listed in the order
// of their creation.
type table[T any] struct {
	kind[T]
	byID   map[string]*row[T]
	byKey  map[string]*row[T]
	rows   sequence[T]
	groups map[string]*sequence[T]
	last   uint64
}

// kind says all that the store must know of one kind of object.
type kind[T any] struct {
	name string         // In the journal and in snapshots.
	id   func(T) string // Unique, and never changes.
	// Unique too; nil when there is no natural key.
	key func(T) string
	// Lists that the object stands in, such as the grants of a client; they never change. Can be
	// nil.
	groups func(T) []string
	// Renames the identifiers in an object; nil when it has none.
	rename func(T, func(identifier string) string) T
	// What must hold for an object that is restored. Can be nil.
	sound func(*tables, T) error
	// Whoever sets up a tenant can give an object its id, which then no object of any kind may
	// have.
	ownIDs bool
}

// row is an object at its place. Numbers start at 1, and a running server uses none twice.
type row[T any] struct {
	number  uint64
	value   T
	before  *T        // What it was before the last write; nil when that made it.
	written time.Time // When the last write was; zero when it was there from the start.
}

// maxNumber is the highest number that is restored: as many rows can still be added, and a
// checkpoint can hold it.
const maxNumber = 1 << 62

// sequence is a list of rows by number: a whole table, or a group in it.
type sequence[T any] struct {
	tree btree.Map[uint64, *row[T]]
}

func newTable[T any](kind kind[T]) *table[T] {
	return &table[T]{
		kind: kind, byID: map[string]*row[T]{}, byKey: map[string]*row[T]{},
		groups: map[string]*sequence[T]{},
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
		out = append(out, record{t.name, number, wire.Encode(r.value)})
		return true
	})
	return out
}

// restore puts an object in its old place. It has been there from the start as far as readers are
// concerned.
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
			"%s %d: the number is 0 or there twice, or leaves none to follow", t.name, saved.Number,
		)
	}
	if t.byID[t.id(value)] != nil || (t.key != nil && t.byKey[t.key(value)] != nil) {
		return fmt.Errorf(
			"%s %d: an object with this id or natural key is there already", t.name, saved.Number,
		)
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

// check returns the first thing that is wrong with an object.
func (t *table[T]) check(among *tables) (err error) {
	if t.sound == nil {
		return nil
	}
	t.rows.tree.Scan(func(_ uint64, r *row[T]) bool {
		err = t.sound(among, r.value)
		return err == nil
	})
	return err
}

// hasGivenID is true when an object has an id that it could have been given.
func (t *table[T]) hasGivenID(id string) bool { return t.ownIDs && t.find(id) != nil }

// change is the change of one object: a new value, or nil for its removal.
type change struct {
	table  string
	number uint64
	value  any
	apply  func()
}
