// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package run holds what one process of the provider knows and shares: the API client, what
// is planned so far, which objects the state holds, and which of them this run has created.
// What one type must know of another, it asks here.
//
// It words only what no single type can say. Attributes, models and the API's objects in
// general stay in the packages of the types.
package run

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// Run is shared by everything that one process of the provider does.
//
// Terraform starts a new process for each walk, so an apply knows nothing of its plan. It
// plans a resource after those it refers to, and promises no other order. So any fact may be
// missing when it is read, and the reader must then say something that is true either way.
//
//	FACT          WRITTEN BY               MISSING IF                WHAT IS SAID THEN
//	PlannedAPI    plan of a resource       it is planned later, or   a grant is judged by the
//	              server                   not at all                scopes in the tenant, and
//	                                                                 never fails
//	AddedScopes   plan of a scope that     it is planned later       the warning tells to let the
//	              is created                                         grant refer to the scope
//	PlannedGrant  plan of a grant          it is planned later, or   grants that go or change in
//	                                       not at all                this run can be among those
//	                                                                 that a warning names
//	GrantChanges  plan of a grant; its     the token does not        a refusal is an error, which
//	              update clears it         refer to the grant        tells to use client_grant_id
//	Holds         read, plan and delete    none of them came         a warning of an adoption has
//	              of an API or a grant     first, as in an apply     both cases
//	                                       or with -refresh=false
//	LiveScopes,   whoever asks first       the tenant cannot be      one warning if a management
//	LiveGrants                             asked                     scope is missing; otherwise
//	                                                                 nothing, as the plan can do
//	                                                                 without
//	owned         create and adoption      the delete of another     the object is destroyed, and
//	                                       address came first        the create makes another
//	leaving       delete, at its start     the create of another     the object is adopted, and
//	              and its end              address came first        the delete warns that it stays
//	open tokens   open of a token          another process opened    nothing: there is none to
//	                                       it                        release
//
// One mutex guards all of them. It is never held during a request.
type Run struct {
	report.Connection
	API *m2m.Client
	// Credentials are the provider's own. They are empty if it has a token instead.
	Credentials m2m.Credentials
	// ManagementAudience is the identifier of the Management API.
	ManagementAudience string
	// Unknown says that a value of the provider's configuration is known only after apply.
	Unknown bool
	// Unusable is why no request can be made, or nil.
	Unusable error

	mu sync.Mutex

	apis     map[string]PlannedAPI   // By identifier.
	added    map[string][]string     // By identifier.
	grants   map[string]PlannedGrant // By id.
	changing map[string]bool         // By id of a grant.
	held     map[string]bool         // By id of an API or a grant.

	liveScopes  map[string]func() ([]string, error)          // By identifier.
	liveGrants  map[string]func() ([]m2m.ClientGrant, error) // By identifier.
	saidSkipped bool

	owned   map[string]bool          // By id.
	leaving map[string]chan struct{} // By id; closed when the delete is over.

	openTokens map[string]func() // By handle: what releases the token.
}

// Of unwraps the data that the provider hands to its types. It is nil before the provider
// is configured, as in validation.
func Of(data any, diags *diag.Diagnostics) *Run {
	if data == nil {
		return nil
	}
	r, ok := data.(*Run)
	if !ok {
		diags.AddError(
			"Unexpected provider data", "This is a bug in the provider; please report it.",
		)
	}
	return r
}

// write sets an entry of one of the maps of a run.
func write[V any](r *Run, in *map[string]V, key string, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *in == nil {
		*in = make(map[string]V)
	}
	(*in)[key] = value
}

// read returns an entry of one of the maps of a run.
func read[V any](r *Run, in *map[string]V, key string) (value V, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	value, found = (*in)[key]
	return value, found
}
