// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package run contains what one process of the provider knows and shares: the API client, the plans
// made so far, the objects in the state, and the objects that this run creates or destroys. A type
// that needs a fact about another type gets it here.
//
// Attributes, models and API objects stay in the packages of the types. The only diagnostics here
// are those that several types need, such as the warning about a skipped check.
package run

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// Run is what one process of the provider knows. All types share it.
//
// Terraform starts one process for a plan and another one for an apply, so an apply does not know
// what the plan knew. The file walks.go is about an exception. In one process, Terraform plans a
// resource after the resources that it refers to; otherwise the order is undefined. So any fact can
// be missing when it is read, and what the reader then reports must be true with and without the
// fact:
//
//	FACT          WRITTEN BY              CAN BE MISSING IF       WHAT HAPPENS THEN
//	PlannedAPI    plan of a resource      the API is planned      The grant is checked against
//	              server                  later or not at all     the scopes in the tenant, and
//	                                                              undefined scopes only cause a
//	                                                              warning.
//	WithAdded     plan of a scope that    the scope is planned    The warning about undefined
//	              will be created         later                   scopes suggests that the grant
//	                                                              refer to the scope.
//	PlannedGrant  plan of a grant         the grant is planned    The warning of an API may list
//	                                      later or not at all     grants that this run also
//	                                                              changes or destroys.
//	GrantChanges, plan of a grant, an     the token does not      A refused token is an error.
//	APIChanges    API, a new scope or a   refer to the resource   In an apply, it always is.
//	              new association; the    that changes
//	              start of its create or
//	              update clears it
//	GrantOf-      plan of a grant; the    the grant is planned    The error does not suggest
//	Changes       start of its create or  later or not at all     client_grant_id.
//	              update clears it
//	RefusesOrg-   plan of a grant         the grant is planned    The association causes no
//	anizations                            later or not at all     warning.
//	Declare,      read or plan of the     none of them ran first  The warning about an adoption
//	Declares      object at another                               covers both cases. Of two
//	              address                                         resources for one object, the
//	                                                              one that is planned later is
//	                                                              an error.
//	PlanRemoval   plan of the grants      the grant is planned    The plan of the grant is an
//	              that may exist          later                   error.
//	LiveScopes,   the first reader        the tenant cannot be    The check is skipped. A missing
//	LiveGrants,                           asked                   management scope causes one
//	clients                                                       warning per run; any other
//	                                                              failure is only logged.
//	granted       the first plan of a     there is no token, or   Nothing is said, and the
//	              change                  it lists no scopes      request reports it.
//	owned         create or adoption      the delete at another   The delete removes the object,
//	                                      address ran first       and the create makes a new one.
//	leaving       delete, at its start    the create at another   The create adopts the object,
//	              and its end             address ran first       and the delete warns that it
//	                                                              was kept.
//	openTokens    open of a token         another process opened  Nothing: this process has no
//	                                      the token               token to release.
//
// One mutex guards all of them. It is never held during a request.
type Run struct {
	report.Connection
	API *m2m.Client
	// Credentials are the provider's own. They are empty if it has a token instead.
	Credentials m2m.Credentials
	// ManagementAudience is the identifier of the Management API.
	ManagementAudience string
	// Unknown reports that some of the provider's configuration is known only after apply.
	Unknown bool
	// MayBeOpenTofu reports that the CLI may be OpenTofu, which accepts no unknown tokens.
	MayBeOpenTofu bool
	// MaxAPICapacity is the percentage of the tenant's rate limit that the provider may use.
	MaxAPICapacity int
	// AdoptIdentical reports whether a create adopts an existing object that is identical.
	AdoptIdentical bool
	// Unusable is why no request can be made, or nil.
	Unusable error
	// PlanWait bounds how long a check waits for the plan of another resource; 0 means a second.
	PlanWait time.Duration
	// SeveralWalks reports that the process serves several plans and applies, one after the other.
	SeveralWalks bool
	// Mistakes are why the provider cannot be used at all. Each type reports them.
	Mistakes diag.Diagnostics

	vainWaits atomic.Int32 // Waits for plans that did not come.

	mu sync.Mutex

	knowledge

	granted      sync.Once // Guards the next one.
	grantedScope []string  // The management scopes of the provider's token; nil if not known.

	owned   map[string]bool          // By id.
	leaving map[string]chan struct{} // By id; closed when the delete is over.

	openTokens map[string]func() // By handle: what releases the token.
}

// Of returns the run that the provider passed to a type. It returns nil before the provider is
// configured, as in validation. It must not warn: the framework drops warnings that arise here, and
// a query with one has no results.
func Of(data any, diags *diag.Diagnostics) *Run {
	r, _ := data.(*Run)
	if r == nil {
		return nil
	}
	r.Reported.Mistakes(diags, r.Mistakes)
	return r
}

// write sets an entry of one of the maps of a run.
func write[K comparable, V any](r *Run, in *map[K]V, key K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *in == nil {
		*in = make(map[K]V)
	}
	(*in)[key] = value
}

// read returns an entry of one of the maps of a run.
func read[K comparable, V any](r *Run, in *map[K]V, key K) (value V, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	value, found = (*in)[key]
	return value, found
}
