// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// This file is about the process of `terraform test`. From version 1.13 on, Terraform configures
// the provider itself if the test file has a block for it, and then makes all plans and applies of
// the file with one process. What was known in one of them can be wrong in the next one: a resource
// is planned again, and a missing API has been created.

// knowledge is what a run learns from the plans of resources and from the tenant.
type knowledge struct {
	apis     map[string]PlannedAPI   // By identifier.
	added    map[string][]string     // By identifier.
	grants   map[string]PlannedGrant // By id.
	changing map[pendingChange]bool
	declared map[string]*declared // By name of the object.

	organizations map[string]bool // By id of a grant: whether it will permit organizations.

	liveScopes  map[string]func() ([]string, error)          // By identifier.
	liveGrants  map[string]func() ([]m2m.ClientGrant, error) // By identifier.
	missingAPIs map[string]func() (bool, error)              // By identifier.
	identifiers map[string]func() ([]string, error)          // Of all APIs; the key is empty.
	clients     map[string]func() (m2m.OAuthClient, error)   // By id.
	said        map[string]bool                              // Messages given once per run.
}

// BeginChange is called before Terraform creates, changes or destroys an object. What was known
// before may not be true afterwards, if there is a plan afterwards.
func (r *Run) BeginChange() {
	if !r.SeveralWalks {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.knowledge = knowledge{}
	r.vainWaits.Store(0)
}

// forgetOwners is called when a destroy is planned: only a new plan destroys what this process has
// created. The caller holds the mutex.
func (r *Run) forgetOwners() {
	if r.SeveralWalks {
		r.owned = nil
	}
}

// contradictions returns where to report that resources of one configuration contradict each other.
// In a process for several plans, the other resource may be the same one in the plan before.
func (r *Run) contradictions(diags *diag.Diagnostics) *diag.Diagnostics {
	if r.SeveralWalks {
		return &diag.Diagnostics{}
	}
	return diags
}
