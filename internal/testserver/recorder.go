// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"
	"sync"
)

// Request is what one client sent, and what became of it.
type Request struct {
	Method   string
	Route    string // The pattern, such as "PATCH /api/v2/resource-servers/{id}"; empty when there is no such route.
	Path     string // As sent, still escaped.
	RawQuery string
	Body     []byte
	Status   int    // 0 while it is under way, and when the connection was closed without an answer.
	ClientID string // Whose token or credentials came along; empty when nobody's were accepted.
}

// The oldest requests are forgotten beyond these bounds, so that a server can run for months.
const (
	maxRecorded     = 50_000
	maxRecordedBody = 16 << 20
)

// recorder keeps requests in the order of their arrival.
type recorder struct {
	mu        sync.Mutex
	requests  []*Request
	bodyBytes int
}

func (r *recorder) add(request Request) *Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	entry := &request
	r.requests = append(r.requests, entry)
	r.bodyBytes += len(request.Body)
	for len(r.requests) > maxRecorded || r.bodyBytes > maxRecordedBody {
		r.bodyBytes -= len(r.requests[0].Body)
		r.requests[0] = nil
		r.requests = r.requests[1:]
	}
	return entry
}

func (r *recorder) finish(entry *Request, status int, clientID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entry.Status = status
	entry.ClientID = clientID
}

func (r *recorder) all() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Request, len(r.requests))
	for i, entry := range r.requests {
		out[i] = *entry
		out[i].Body = slices.Clone(entry.Body)
	}
	return out
}

func (r *recorder) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = nil
	r.bodyBytes = 0
}
