// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"slices"
	"sort"
)

// Effect is what a change does to a row.
type Effect string

// The effects.
const (
	Gained Effect = "gained"
	Lost   Effect = "lost"
	// Access is gained or lost, or neither: it depends on unknown values.
	Undecided Effect = "unknown"
)

// Change is access that exists only before or only after, or that may.
type Change struct {
	Effect Effect
	Row    Row
}

// Compare returns how access differs between two results of Effective. Access that is part of wider
// access is no difference: a client that can use all organizations does not gain one of them. The
// changes have the order of Effective.
func Compare(before, after []Row) []Change {
	had, has := newIndex(before), newIndex(after)
	var changes []Change
	undecided := map[Key]bool{}
	for _, row := range after {
		sure, maybe := had.covers(row)
		switch {
		case row.Uncertain && maybe && had.holds(row):
			// It depended on the same unknown value before.
		case row.Uncertain, maybe && !sure:
			changes = append(changes, Change{Undecided, row})
			undecided[row.Key] = true
		case !sure:
			changes = append(changes, Change{Gained, row})
		}
	}
	for _, row := range before {
		// If it is undecided anyway what a client has at an API, access that may have been there
		// adds nothing.
		sure, maybe := has.covers(row)
		if !sure && !maybe && (!row.Uncertain || !undecided[row.Key]) {
			changes = append(changes, Change{effect(row, Lost), row})
		}
	}
	sort.SliceStable(changes, func(i, j int) bool {
		return compareRows(changes[i].Row, changes[j].Row) < 0
	})
	return changes
}

func effect(row Row, certain Effect) Effect {
	if row.Uncertain {
		return Undecided
	}
	return certain
}

// index finds rows by key and scope.
type index map[Key]map[string][]Row

func newIndex(rows []Row) index {
	i := index{}
	for _, row := range rows {
		if i[row.Key] == nil {
			i[row.Key] = map[string][]Row{}
		}
		i[row.Key][row.Scope] = append(i[row.Key][row.Scope], row)
	}
	return i
}

// covers reports whether some row certainly gives the access of a row, and whether one may.
func (i index) covers(row Row) (sure, maybe bool) {
	for _, scope := range []string{row.Scope, AllScopes} {
		for _, other := range i[row.Key][scope] {
			if other.contains(row) {
				sure, maybe = sure || !other.Uncertain, maybe || other.Uncertain
			}
		}
		if row.SubjectType != User || row.ThirdParty {
			continue
		}
		// A policy for all first-party clients limits no organization.
		for _, other := range i[Key{FirstPartyClients, row.API, User}][scope] {
			if (!other.Roles || row.Roles) && !slices.Contains(other.Except, row.Scope) {
				sure, maybe = sure || !other.Uncertain, maybe || other.Uncertain
			}
		}
	}
	return sure, maybe
}

// holds reports whether the index has an equal row.
func (i index) holds(row Row) bool {
	return slices.ContainsFunc(i[row.Key][row.Scope], func(other Row) bool {
		return other.Organization == row.Organization && other.Uncertain == row.Uncertain
	})
}

// contains reports whether the access of a row includes the access of another, whose scope is the
// same, or any if the row is for all scopes.
func (r Row) contains(other Row) bool {
	organization := r.Organization == other.Organization ||
		r.Organization == AnyOrganization && other.Organization != NoOrganization
	return organization && (!r.Roles || other.Roles) && !slices.Contains(r.Except, other.Scope)
}
