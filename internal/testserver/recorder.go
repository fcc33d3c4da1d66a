// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"context"
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

// record is a request and the number of its last change.
type record struct {
	Request
	change uint64
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
	requests []*record
	bytes    int
	last     uint64
	changes  uint64        // Counts additions and outcomes, and each time when all was forgotten.
	changed  chan struct{} // Closed at the next change; nil if nobody waits.
}

// note counts a change and wakes all who wait for one. The caller must hold the lock.
func (r *recorder) note() uint64 {
	r.changes++
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
	return r.changes
}

func (r *recorder) add(request Request) *record {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	request.Number = r.last
	entry := &record{request, r.note()}
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
func (r *recorder) finish(entry *record, note func(*Request)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	note(&entry.Request)
	entry.change = r.note()
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
			out = append(out, entry.Request)
		}
	}
	return out
}

func (r *recorder) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = nil
	r.bytes = 0
	r.note()
}

func (r *recorder) lastChange() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changes
}

// news is what has changed in the record.
type news struct {
	last     uint64 // The number of the last change.
	oldest   uint64 // The first request that is still recorded; one more than the last if none is.
	requests []Request
}

// since returns the requests that were added or answered after a change, at most the last ones. It
// waits for a change if there is none yet, until ctx ends. A change that has not happened is of
// another server, so all requests are news.
func (r *recorder) since(ctx context.Context, change uint64, most int) news {
	for {
		found, wait := r.newsSince(change, most)
		if wait == nil {
			return found
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return found
		}
	}
}

// newsSince also returns what to wait for if there are no news.
func (r *recorder) newsSince(change uint64, most int) (news, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := news{last: r.changes, oldest: r.last + 1}
	if len(r.requests) > 0 {
		found.oldest = r.requests[0].Number
	}
	if change == r.changes {
		if r.changed == nil {
			r.changed = make(chan struct{})
		}
		return found, r.changed
	}
	if change > r.changes {
		change = 0
	}
	for _, entry := range slices.Backward(r.requests) {
		if len(found.requests) == most {
			break
		}
		if entry.change > change {
			found.requests = append(found.requests, entry.Request)
		}
	}
	slices.Reverse(found.requests)
	return found, nil
}
