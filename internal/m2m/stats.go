// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/http"
	"sync"
	"time"
)

// slowdownWorthTelling is how long the rate limit may slow down a process without a warning.
const slowdownWorthTelling = 30 * time.Second

// stats counts what one process asks of the tenant.
type stats struct {
	limited  stopwatch // Waits for the rate limit.
	retrying stopwatch // Waits after other failures.

	mu       sync.Mutex
	requests map[string]int // By route.
	retries  int
	refused  int // Answers with 429.
	paged    int // Objects that were found in a page that was read before.

	told time.Duration // The last slowdown that was logged.
}

// sent counts an attempt.
func (s *stats) sent(a attempt, out outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests == nil {
		s.requests = map[string]int{}
	}
	s.requests[a.route]++
	if a.number > 1 {
		s.retries++
	}
	if out.resp != nil && out.resp.StatusCode == http.StatusTooManyRequests {
		s.refused++
	}
}

// servedFromPage counts objects that were returned without a request of their own, because a page
// that was read before contains them.
func (s *stats) servedFromPage(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paged += n
}

// slowdown returns what the rate limit has cost so far, and whether that should be logged now.
func (s *stats) slowdown() (total Slowdown, due bool) {
	total = s.limited.read()
	s.mu.Lock()
	defer s.mu.Unlock()
	due = total.Waited-s.told >= slowdownWorthTelling
	if due {
		s.told = total.Waited
	}
	return total, due
}

// Slowdown is what waits have cost.
type Slowdown struct {
	Requests int           // How many requests waited.
	Waited   time.Duration // For how long at least one request waited.
}

// stopwatch measures for how long something was going on at least once.
type stopwatch struct {
	mu      sync.Mutex
	running int
	since   time.Time // When running became 1.
	total   Slowdown
}

// worthCounting is the shortest wait that counts as one.
const worthCounting = time.Millisecond

// start starts a wait. The returned function ends it.
func (w *stopwatch) start() (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	began := time.Now()
	if w.running++; w.running == 1 {
		w.since = began
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		now := time.Now()
		if now.Sub(began) >= worthCounting {
			w.total.Requests++
		}
		if w.running--; w.running == 0 && now.Sub(w.since) >= worthCounting {
			w.total.Waited += now.Sub(w.since)
		}
	}
}

// read returns the measure up to now.
func (w *stopwatch) read() Slowdown {
	w.mu.Lock()
	defer w.mu.Unlock()
	total := w.total
	if w.running > 0 {
		total.Waited += time.Since(w.since)
	}
	return total
}
