// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// PlannedAPI is what this run plans for a resource server.
type PlannedAPI struct {
	Scopes
	// Complete reports that the configuration sets all scopes, so no other resource adds to
	// them.
	Complete bool
}

// PlanAPI records what is planned for an API.
func (r *Run) PlanAPI(identifier string, planned PlannedAPI) {
	write(r, &r.apis, identifier, planned)
}

// PlannedAPI returns what is planned for an API.
func (r *Run) PlannedAPI(identifier string) (planned PlannedAPI, found bool) {
	return read(r, &r.apis, identifier)
}

const (
	// planWait bounds how long a check waits for the plan of another resource.
	planWait = time.Second
	// maxVainWaits is after how many waits without success a run stops to wait, so that many
	// resources that refer to nothing do not slow a plan down.
	maxVainWaits = 3
)

// await waits a moment until a condition is true, and reports whether it is. Terraform plans
// resources in parallel, so the plan of another resource may be a moment away.
func (r *Run) await(ctx context.Context, condition func() bool) bool {
	const pause = 20 * time.Millisecond
	if r.vainWaits.Load() >= maxVainWaits {
		return condition()
	}
	for waited := time.Duration(0); waited < cmp.Or(r.PlanWait, planWait); waited += pause {
		if condition() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
	if condition() {
		return true
	}
	r.vainWaits.Add(1)
	return false
}

// AwaitAPI returns what is planned for an API that the state contains.
func (r *Run) AwaitAPI(ctx context.Context, identifier string) (planned PlannedAPI, found bool) {
	if r.inState(APIObject(identifier)) {
		r.await(ctx, func() bool {
			planned, found = r.PlannedAPI(identifier)
			return found
		})
	}
	return planned, found
}

// AddScope records that a scope will be added to an API, in addition to the scopes that its
// resource server plans.
func (r *Run) AddScope(identifier, scope string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.added == nil {
		r.added = make(map[string][]string)
	}
	r.added[identifier] = append(r.added[identifier], scope)
}

// WithAdded returns the given scopes of an API together with the scopes that AddScope recorded.
func (r *Run) WithAdded(identifier string, scopes Scopes) Scopes {
	added, _ := read(r, &r.added, identifier)
	scopes.Values = slices.Concat(scopes.Values, added)
	slices.Sort(scopes.Values)
	return scopes
}

// PlannedGrant is what this run plans for an existing client grant.
type PlannedGrant struct {
	Scopes
	// Leaving reports that the grant will be destroyed.
	Leaving bool
}

// PlanGrant records what is planned for a grant.
func (r *Run) PlanGrant(id string, planned PlannedGrant) { write(r, &r.grants, id, planned) }

// PlannedGrant returns what is planned for a grant.
func (r *Run) PlannedGrant(id string) (planned PlannedGrant, found bool) {
	return read(r, &r.grants, id)
}

// ChangeAPI records whether this run will still create or change an API. An apply plans a change
// again before it makes it, and first records that it is no longer pending. Several resources can
// change one API, so the change has a name: a scope, or empty for the API itself.
func (r *Run) ChangeAPI(identifier, change string, pending bool) {
	write(r, &r.changing, pendingChange{"API " + identifier, change}, pending)
}

// APIChanges reports whether this run will still change an API.
func (r *Run) APIChanges(identifier string) bool { return r.changes("API " + identifier) }

// ChangeGrant records whether this run will still change what a grant allows, as ChangeAPI does.
// The change is an association with an organization, or empty for the grant itself.
func (r *Run) ChangeGrant(id, change string, pending bool) {
	write(r, &r.changing, pendingChange{"grant " + id, change}, pending)
}

// GrantChanges reports whether this run will still change a grant. It takes the id of the grant,
// or the id of its association with an organization.
func (r *Run) GrantChanges(id string) bool {
	if _, grant, ok := strings.Cut(id, "::"); ok {
		id = grant
	}
	return r.changes("grant " + id)
}

// ChangeGrantOf records whether this run will still create or change a grant of a client.
func (r *Run) ChangeGrantOf(clientID, audience string, pending bool) {
	write(r, &r.changing, pendingChange{"grant of " + clientID + " for " + audience, ""}, pending)
}

// GrantOfChanges reports whether this run will still create or change a grant of a client.
func (r *Run) GrantOfChanges(clientID, audience string) bool {
	return r.changes("grant of " + clientID + " for " + audience)
}

// pendingChange identifies a change that this run has planned.
type pendingChange struct{ object, change string }

func (r *Run) changes(object string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for change, pending := range r.changing {
		if pending && change.object == object {
			return true
		}
	}
	return false
}
