// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// undone returns the scopes whose change a list does not show, in order.
func (q *scopeQueue) undone(list []Scope) (values []string) {
	for _, value := range slices.Sorted(maps.Keys(q.ours)) {
		if !sameScope(scopeIn(list, value), q.ours[value]) {
			values = append(values, value)
		}
	}
	return values
}

// judge settles the changes that are held, if the look shows no change undone, or if the changes
// have been repeated often enough.
func (q *scopeQueue) judge(list []Scope) {
	undone := q.undone(list)
	switch {
	case len(undone) == 0:
		q.settleHeld()
	case q.repairs < maxRepairs:
		wait := firstRepair << q.repairs
		q.repairs++
		q.rest(nil, wait/2+rand.N(wait)) //nolint:gosec // A predictable pause is not a security problem.
	default:
		race := &LostRaceError{}
		for _, value := range undone {
			if q.ours[value].Value == "" {
				race.Restored = append(race.Restored, value)
			} else {
				race.Removed = append(race.Removed, value)
			}
			delete(q.ours, value)
		}
		last := len(q.held) - 1
		for i, call := range q.held {
			if slices.Contains(undone, call.in.Value) {
				call.settle(Scope{}, race)
			} else if i == last { // The callers of the others are gone.
				call.settle(call.out, race)
			} else {
				call.settle(call.out, nil)
			}
		}
		q.held, q.repairs = nil, 0
	}
}

func (q *scopeQueue) settleHeld() {
	for _, call := range q.held {
		call.settle(call.out, nil)
	}
	q.held, q.repairs = nil, 0
}

// unconfirmed settles the changes that are held, because the look has failed.
func (q *scopeQueue) unconfirmed(err error) {
	if len(q.held) > 0 {
		q.doubt(&UnconfirmedScopesError{Scopes: slices.Sorted(maps.Keys(q.ours)), Err: err})
		q.settleHeld()
	}
}

// isComplete reports whether a list shows what this process knows of the scopes.
func (q *scopeQueue) isComplete(list []Scope) bool {
	for value := range q.seen {
		if scopeIn(list, value).Value == "" {
			return false
		}
	}
	return len(q.undone(list)) == 0
}

// see remembers the scopes of a list.
func (q *scopeQueue) see(list []Scope) {
	q.seen = make(map[string]bool, len(list))
	for _, scope := range list {
		q.seen[scope.Value] = true
	}
}

// repaired returns a list with the changes of this process that it lacks.
func (q *scopeQueue) repaired(list []Scope) []Scope {
	list = slices.Clone(list)
	for _, value := range q.undone(list) {
		list = slices.DeleteFunc(list, func(scope Scope) bool { return scope.Value == value })
		if want := q.ours[value]; want.Value != "" {
			list = append(list, want)
		}
	}
	return list
}

// made records a change that a list shows, and holds it. It settles additions and updates that were
// held until now.
func (q *scopeQueue) made(call *scopeCall, list []Scope) {
	q.held = slices.DeleteFunc(q.held, func(other *scopeCall) bool {
		if other.kind != removeScope {
			other.settle(other.out, nil)
		}
		return other.kind != removeScope
	})
	call.out = scopeIn(list, call.in.Value)
	q.held = append(q.held, call)
	if q.ours == nil {
		q.ours = map[string]Scope{}
	}
	q.ours[call.in.Value] = call.out
}
