// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"testing"
	"time"
)

// A check waits for the plan of an API only if the state contains the API.
func TestAwaitAPI(t *testing.T) {
	t.Parallel()
	var r Run
	start := time.Now()
	if _, found := r.AwaitAPI(t.Context(), "urn:a"); found || time.Since(start) > planWait/2 {
		t.Errorf("found: %v after %v, want no wait for an unknown API", found, time.Since(start))
	}
	r.SeeInState(APIObject("urn:a"))
	time.AfterFunc(50*time.Millisecond, func() {
		r.PlanAPI("urn:a", PlannedAPI{Scopes: Scopes{Values: []string{"read"}, Known: true}})
	})
	if planned, found := r.AwaitAPI(t.Context(), "urn:a"); !found || !planned.Has("read") {
		t.Errorf("%+v %v, want the plan that came later", planned, found)
	}
}

// Many resources that refer to something that is never planned do not wait one after the other.
func TestAwaitAPI_vainWaitsAreBounded(t *testing.T) {
	t.Parallel()
	r := Run{PlanWait: 1}
	r.SeeInState(APIObject("urn:a"))
	for range maxVainWaits {
		r.AwaitAPI(t.Context(), "urn:a")
	}
	r.PlanWait = time.Hour
	if _, found := r.AwaitAPI(t.Context(), "urn:a"); found {
		t.Error("found what was not planned")
	}
	r.PlanAPI("urn:a", PlannedAPI{})
	if _, found := r.AwaitAPI(t.Context(), "urn:a"); !found {
		t.Error("did not find what is planned")
	}
}
