// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"strings"
	"testing"
)

func TestRecorder_forgetsOldestRequests(t *testing.T) {
	t.Parallel()
	var r recorder
	first := r.add(Request{Path: "/first", Body: make([]byte, maxRecordedBytes/2)})
	r.add(Request{Path: "/second", Body: make([]byte, maxRecordedBytes/2)})
	r.add(Request{Path: "/third", Body: []byte("x")})
	// Forgetting a request that is still running does no harm.
	r.finish(first, func(r *Request) { r.Status = 200 })
	if all := r.all(); len(all) != 2 || all[0].Path != "/second" || all[1].Path != "/third" {
		t.Errorf("%d requests", len(all))
	}
}

func TestRecorder_countsPathsAndQueries(t *testing.T) {
	t.Parallel()
	var r recorder
	long := strings.Repeat("a", 1<<20)
	for range 40 {
		r.add(Request{Method: "GET", Path: "/" + long, RawQuery: long})
	}
	if kept := len(r.all()); kept != 7 {
		t.Errorf("%d requests of two megabytes each are kept", kept)
	}
}
