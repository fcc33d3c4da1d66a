// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"maps"
	"time"
)

// snapshot is what a Reader knows of the tenant.
type snapshot[T any] struct {
	keys     func(T) []string
	lifetime func() time.Duration // As in Source.
	entries  map[string]*entry[T] // By each key.

	order  []*entry[T] // The list, and what was written since.
	listed time.Time   // When order was read. Zero if it was not, or if it is in doubt.

	writes uint64 // Counts writes and doubts.
	// touched is the count when an object was last written, by id. An answer to a request that
	// began before does not show that write.
	touched map[string]uint64
	doubted uint64 // The count when an object was last in doubt.
}

type entry[T any] struct {
	item T
	at   time.Time
	gone bool
}

func (s *snapshot[T]) complete(now time.Time) bool {
	return !s.listed.IsZero() && now.Sub(s.listed) < s.lifetime()
}

// answer answers a call, if the answer is known.
func (s *snapshot[T]) answer(c *call[T], now time.Time) ([]T, bool) {
	switch {
	case c.fresh:
		return nil, false
	case c.match == nil:
		found := s.entries[c.key]
		if found == nil || now.Sub(found.at) >= s.lifetime() {
			return nil, false
		}
		return []T{found.item}, true
	case !s.complete(now):
		return nil, false
	}
	items := []T{}
	for _, e := range s.order {
		if !e.gone && c.match(e.item) {
			items = append(items, e.item)
		}
	}
	return items, true
}

// moment is when a request began: the time, and the count of writes.
type moment struct {
	at     time.Time
	writes uint64
}

// add records the objects of an answer to a request. It omits objects that were written or answered
// since it began, and everything if an object came into doubt since.
func (s *snapshot[T]) add(items []T, began moment, now time.Time) {
	for _, item := range items {
		id := s.keys(item)[0]
		newer := s.entries[id] != nil && s.entries[id].at.After(began.at)
		if !newer && s.doubted <= began.writes && s.touched[id] <= began.writes {
			s.put(item, now)
		}
	}
}

// replace records the objects of the whole list like add. It returns false if they are fewer than
// the list should have.
func (s *snapshot[T]) replace(items []T, total int, began moment, now time.Time) bool {
	s.add(items, began, now)
	listed := map[string]bool{}
	var order []*entry[T]
	for _, item := range items {
		id := s.keys(item)[0]
		if e := s.entries[id]; e != nil && !listed[id] {
			order = append(order, e)
		}
		listed[id] = true
	}
	// What was written while the list was read.
	for _, e := range s.order {
		if id := s.keys(e.item)[0]; !e.gone && !listed[id] && s.touched[id] > began.writes {
			order = append(order, e)
		}
	}
	s.order = order
	whole := len(listed) >= total
	if whole && s.doubted <= began.writes {
		s.listed = now
	}
	return whole
}

// put records an object.
func (s *snapshot[T]) put(item T, now time.Time) {
	keys := s.keys(item)
	if s.entries == nil {
		s.entries = make(map[string]*entry[T])
	}
	e := s.entries[keys[0]]
	if e == nil {
		e = &entry[T]{}
		s.order = append(s.order, e)
	}
	e.item, e.at = item, now
	for _, key := range keys {
		s.entries[key] = e
	}
}

// wrote records an object as a write has left it.
func (s *snapshot[T]) wrote(item T, now time.Time) {
	s.touch(s.keys(item)[0])
	s.put(item, now)
}

// deleted records that there is no object with this id.
func (s *snapshot[T]) deleted(id string) {
	s.touch(id)
	s.forget(id)
}

// doubt forgets the objects that match. After that, the list no longer counts as complete.
func (s *snapshot[T]) doubt(match func(T) bool) {
	s.writes++
	s.doubted, s.listed = s.writes, time.Time{}
	for _, e := range maps.Clone(s.entries) { // The list may lack some of them.
		if !e.gone && match(e.item) {
			s.deleted(s.keys(e.item)[0])
		}
	}
}

func (s *snapshot[T]) touch(id string) {
	if s.touched == nil {
		s.touched = make(map[string]uint64)
	}
	s.writes++
	s.touched[id] = s.writes
}

func (s *snapshot[T]) forget(id string) {
	e := s.entries[id]
	if e == nil {
		return
	}
	e.gone = true
	for _, key := range s.keys(e.item) {
		if s.entries[key] == e {
			delete(s.entries, key)
		}
	}
}
