// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// route is one call of the control API. The result of handle is sent as JSON.
type route struct {
	method, path string
	status       int // Of success.
	maxBody      int64
	always       bool // Even if no tenant is served.
	quiet        bool // Logged only for debugging, because the page repeats it all the time.
	handle       func(Server, call) (any, error)
}

// call is what a handler needs of a request.
type call struct {
	ctx   context.Context
	query string
	body  []byte // Only for calls that change something.
}

const (
	maxBody         = 1 << 20
	maxSnapshotBody = 64 << 20
	// Room for a token request that is too large, in JSON.
	maxQuestion = 4 << 20
)

func routes() []route {
	table := []route{
		{method: http.MethodGet, path: "/health", always: true, handle: showOK},
		{method: http.MethodGet, path: "/ready", handle: showOK},
		{
			method: http.MethodPost, path: "/reset", status: http.StatusNoContent,
			handle: resetTenant,
		},
		{method: http.MethodGet, path: "/snapshot", handle: showSnapshot},
		{
			method: http.MethodPut, path: "/snapshot", status: http.StatusNoContent,
			maxBody: maxSnapshotBody, handle: putSnapshot,
		},
		{method: http.MethodGet, path: "/faults", handle: showFaults},
		{method: http.MethodPost, path: "/faults", status: http.StatusCreated, handle: addFaults},
		{method: http.MethodGet, path: "/rate-limit", handle: showRateLimit},
		{method: http.MethodPut, path: "/rate-limit", handle: putRateLimit},
		{method: http.MethodDelete, path: "/rate-limit", handle: dropRateLimit},
		{
			method: http.MethodDelete, path: "/faults", status: http.StatusNoContent,
			handle: dropFaults,
		},
		{method: http.MethodGet, path: "/clock", handle: showClock},
		{method: http.MethodPost, path: "/clock", handle: moveClock},
		{
			method: http.MethodPost, path: "/explain", maxBody: maxQuestion, handle: explainToken,
		},
		{method: http.MethodGet, path: "/requests", handle: showRequests},
		{method: http.MethodGet, path: "/requests/news", quiet: true, handle: showNews},
		{
			method: http.MethodDelete, path: "/requests", status: http.StatusNoContent,
			handle: dropRequests,
		},
	}
	for i := range table {
		table[i].status = cmp.Or(table[i].status, http.StatusOK)
		table[i].maxBody = cmp.Or(table[i].maxBody, maxBody)
	}
	return table
}

// findRoute treats HEAD as GET; the HTTP server omits the body.
func findRoute(w http.ResponseWriter, r *http.Request) (route, error) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var all, allowed []string
	for _, candidate := range routes() {
		all = append(all, candidate.method+" "+candidate.path)
		if candidate.path != r.URL.Path {
			continue
		}
		if candidate.method == method {
			return candidate, nil
		}
		allowed = append(allowed, candidate.method)
	}
	status := http.StatusNotFound
	if len(allowed) > 0 {
		status = http.StatusMethodNotAllowed
		w.Header().Set("Allow", strings.Join(allowed, ", "))
	}
	return route{}, &problem{
		status, "There is no such call. There are " + strings.Join(all, ", ") + ".",
	}
}

func showOK(Server, call) (any, error) {
	return map[string]string{"status": "ok"}, nil
}

func resetTenant(s Server, _ call) (any, error) {
	return nil, s.Reset()
}

func showSnapshot(s Server, _ call) (any, error) {
	return json.RawMessage(s.Snapshot()), nil
}

func putSnapshot(s Server, c call) (any, error) {
	err := s.Restore(c.body)
	if errors.Is(err, tenant.ErrNotStored) {
		return nil, err
	}
	if err != nil {
		return nil, bad("The snapshot is not valid, and nothing has changed: %v.", err)
	}
	return nil, nil
}
