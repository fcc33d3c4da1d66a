// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"maps"
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

	// told is the last slowdown that was logged.
	told Slowdown
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

// ServedFromPage counts objects that were returned without a request of their own, because an
// earlier answer contains them: a page, a group, an object, or the answer to a write.
func (c *Conn) ServedFromPage(n int) {
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	c.stats.paged += n
}

// slowdown returns what waiting for a bucket of the given size has cost so far, and whether to log
// that now.
func (s *stats) slowdown(size int) (Slowdown, bool) {
	waits := s.limited.read()
	s.mu.Lock()
	defer s.mu.Unlock()
	if waits.Waited-s.told.Waited < slowdownWorthTelling {
		return Slowdown{}, false
	}
	s.told = Slowdown{Waits: waits, Limit: size}
	return s.told, true
}

// Waits are how many requests waited, and for how long at least one of them did.
type Waits struct {
	Requests int
	Waited   time.Duration
}

// Slowdown is what the tenant's rate limit has cost.
type Slowdown struct {
	Waits
	Limit int // The size of the bucket that was waited for.
}

// Slowdown returns what the tenant's rate limit had cost when it was last logged. It is zero if
// nothing was logged. The cost is logged each time that it has grown by 30 seconds.
func (c *Conn) Slowdown() Slowdown {
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	return c.stats.told
}

// Usage is what a Conn has asked of the tenant.
type Usage struct {
	Requests       map[string]int // By route: the method and the path, with {id} for each id.
	Retries        int
	RateLimited    int   // Answers with 429.
	ServedFromPage int   // Objects that an earlier answer contained.
	Limited        Waits // For the rate limit.
	Paused         Waits // Between attempts, after other failures.
}

// Usage returns what has been asked of the tenant so far.
func (c *Conn) Usage() Usage {
	s := &c.stats
	limited, paused := s.limited.read(), s.retrying.read()
	s.mu.Lock()
	defer s.mu.Unlock()
	return Usage{
		Requests: maps.Clone(s.requests), Retries: s.retries, RateLimited: s.refused,
		ServedFromPage: s.paged, Limited: limited, Paused: paused,
	}
}

// stopwatch measures for how long something was going on at least once.
type stopwatch struct {
	mu      sync.Mutex
	running int
	since   time.Time // When running became 1.
	total   Waits
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
func (w *stopwatch) read() Waits {
	w.mu.Lock()
	defer w.mu.Unlock()
	total := w.total
	if w.running > 0 {
		total.Waited += time.Since(w.since)
	}
	return total
}
