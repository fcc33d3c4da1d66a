// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"
	"sync"
	"time"
)

// Request is a client's request and its outcome.
type Request struct {
	Number uint64 // In the order of arrival from 1, and never used twice.
	Method string
	// The method and pattern, such as "PATCH /api/v2/resource-servers/{id}"; empty if no route
	// matches.
	Route    string
	Path     string // As sent, still escaped.
	RawQuery string
	Body     []byte
	// 0 while it is in progress, and if the connection was closed without an answer.
	Status int
	// The client whose token or credentials were accepted; empty if none were.
	ClientID string
	Reason   string        // Why it was refused; contains no secrets.
	Fault    string        // The fault that was applied, such as "refuse 503".
	Duration time.Duration // Until the answer was ready; 0 while in progress.
}

// Beyond these bounds, the oldest requests are forgotten, so that a server can run for months.
const (
	maxRecorded      = 50_000
	maxRecordedBytes = 16 << 20
)

// size is the memory that a request takes, as far as the client controls it.
func (r *Request) size() int { return len(r.Method) + len(r.Path) + len(r.RawQuery) + len(r.Body) }

// recorder keeps requests in the order of their arrival.
type recorder struct {
	mu       sync.Mutex
	requests []*Request
	bytes    int
	last     uint64
}

func (r *recorder) add(request Request) *Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	request.Number = r.last
	entry := &request
	r.requests = append(r.requests, entry)
	r.bytes += entry.size()
	for len(r.requests) > maxRecorded || r.bytes > maxRecordedBytes {
		r.bytes -= r.requests[0].size()
		r.requests[0] = nil
		r.requests = r.requests[1:]
	}
	return entry
}

// finish records the outcome of a request.
func (r *recorder) finish(entry *Request, note func(*Request)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	note(entry)
}

func (r *recorder) all() []Request {
	out := r.after(0)
	for i := range out {
		out[i].Body = slices.Clone(out[i].Body)
	}
	return out
}

// after returns the requests that have a higher number. The caller must not change their bodies.
func (r *recorder) after(number uint64) []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []Request{}
	for _, entry := range r.requests {
		if entry.Number > number {
			out = append(out, *entry)
		}
	}
	return out
}

func (r *recorder) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = nil
	r.bytes = 0
}
