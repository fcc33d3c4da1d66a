// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"slices"
	"strings"
)

// PlanAPI notes what is planned for an API.
func (r *Run) PlanAPI(identifier string, planned PlannedAPI) {
	write(r, &r.apis, identifier, planned)
}

// PlannedAPI returns what is planned for an API.
func (r *Run) PlannedAPI(identifier string) (planned PlannedAPI, found bool) {
	return read(r, &r.apis, identifier)
}

// AddScope notes that a scope is going to be added to an API, beside those that its
// resource server plans.
func (r *Run) AddScope(identifier, scope string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.added == nil {
		r.added = make(map[string][]string)
	}
	r.added[identifier] = append(r.added[identifier], scope)
}

// WithAdded returns the scopes of an API together with those that are added to it.
func (r *Run) WithAdded(identifier string, scopes Scopes) Scopes {
	added, _ := read(r, &r.added, identifier)
	scopes.Values = slices.Concat(scopes.Values, added)
	slices.Sort(scopes.Values)
	return scopes
}

// PlanGrant notes what is planned for a grant.
func (r *Run) PlanGrant(id string, planned PlannedGrant) { write(r, &r.grants, id, planned) }

// PlannedGrant returns what is planned for a grant.
func (r *Run) PlannedGrant(id string) (planned PlannedGrant, found bool) {
	return read(r, &r.grants, id)
}

// ChangeGrant notes whether a grant, or what its API allows, is still to be changed. An
// apply plans a change once more before it makes it.
func (r *Run) ChangeGrant(id string, changing bool) { write(r, &r.changing, id, changing) }

// GrantChanges reports whether a grant is still to be changed. It takes the id of a grant,
// or of its association with an organization.
func (r *Run) GrantChanges(id string) bool {
	if _, grant, ok := strings.Cut(id, "::"); ok {
		id = grant
	}
	changing, _ := read(r, &r.changing, id)
	return changing
}

// Hold notes that the state holds an object. What the state holds is kept or replaced, not
// adopted.
func (r *Run) Hold(id string) { write(r, &r.held, id, true) }

// Holds reports whether the state is known to hold an object, or to have held it when its
// delete began.
func (r *Run) Holds(id string) bool {
	held, _ := read(r, &r.held, id)
	return held || r.leavingOf(id) != nil
}
