// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"errors"
	"fmt"
	"time"
)

// ConflictError means that the object to create already exists. ID is the id of the existing
// object, which has the same natural key. If it could not be looked up, ID is empty and Lookup says
// why.
type ConflictError struct {
	ID     string
	Err    error
	Lookup error
	// Identical reports that the existing object has all values that were sent, and otherwise only
	// values that a tenant fills in. The create then returns the object too.
	Identical bool
}

func (e *ConflictError) Error() string { return e.Err.Error() }

func (e *ConflictError) Unwrap() error { return e.Err }

// UncertainError means that a create may or may not have taken effect: its reply was lost, and the
// lookup of the object found nothing or failed as well.
type UncertainError struct {
	Err    error
	Lookup error // Why the lookup failed; nil if it found nothing.
}

func (e *UncertainError) Error() string {
	if e.Lookup != nil {
		return e.Err.Error() + "; looking it up failed: " + e.Lookup.Error()
	}
	return e.Err.Error()
}

func (e *UncertainError) Unwrap() error { return e.Err }

// ErrSystemAPI means that the API is a system API, whose scopes cannot be changed (API contract
// 3.12).
var ErrSystemAPI = errors.New("the scopes of a system API cannot be changed")

// LostRaceError means that another writer undoes changes of scopes each time that they are made.
type LostRaceError struct {
	Removed  []string // Scopes that were added or changed here.
	Restored []string // Scopes that were removed here.
}

func (e *LostRaceError) Error() string {
	said := "another writer keeps replacing all scopes of the API"
	if len(e.Removed) > 0 {
		said += fmt.Sprintf("; it has undone the scopes %q", e.Removed)
	}
	if len(e.Restored) > 0 {
		said += fmt.Sprintf("; it has restored the scopes %q", e.Restored)
	}
	return said
}

// UnconfirmedScopesError means that changes of scopes were made, but the look for another writer
// that undoes them failed.
type UnconfirmedScopesError struct {
	Scopes []string
	Err    error
}

func (e *UnconfirmedScopesError) Error() string { return e.Err.Error() }

func (e *UnconfirmedScopesError) Unwrap() error { return e.Err }

// SlowScopesError means that a list of scopes was old when it was written, so the write may have
// undone what another process has added or removed and confirmed since.
type SlowScopesError struct{ After time.Duration }

func (e *SlowScopesError) Error() string {
	return "the scopes were replaced " + e.After.Round(100*time.Millisecond).String() +
		" after they were read"
}
