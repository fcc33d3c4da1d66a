// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pacing delays requests so that they stay within the tenant's rate limit.
//
// A tenant counts requests in buckets: each request takes a token, tokens come back at a constant
// rate, and a request to an empty bucket is answered with 429. Each answer says how many tokens the
// bucket holds and how many remain. No header says at which rate they come back: the reset can mean
// three things (API contract 12.1). So the rate is found by feedback:
//
//   - While more than half of the bucket remains, requests are sent at once.
//   - Below that, they are sent at a rate in proportion to what remains. As the bucket empties, the
//     rate falls, until it equals the rate at which tokens come back.
//   - The factor of the proportion grows with time as long as more than a quarter remains, and
//     shrinks by a part with each answer that finds less, or with a 429. So the bucket settles at a
//     quarter, whatever its rate is.
//
// What other clients take is missing from what remains, so several processes slow down together,
// and the rule for the factor (additive increase, multiplicative decrease) lets them converge to
// equal shares. The part of the bucket that max_api_capacity leaves to others counts as missing.
// The numbers below were chosen by simulating the limits of all plans with one and two processes.
type pacing struct {
	capacity int // Percent of each bucket that may be used.
	stats    *stats
	warn     func(ctx context.Context, msg string, fields ...map[string]any)
	next     sender

	mu      sync.Mutex
	buckets map[string]*bucket
}

func (s *pacing) send(a attempt) outcome {
	b := s.bucket(bucketOf(a.route))
	ctx, arrived := a.req.Context(), time.Now()
	number, err := s.turn(ctx, b, a.prompt)
	waited := time.Since(arrived).Truncate(worthCounting)
	if err != nil {
		return outcome{err: err, unsent: true, limited: waited}
	}
	out := s.next.send(a)
	out.limited = waited
	b.learn(number, out.resp)
	return out
}

func (s *pacing) bucket(name string) *bucket {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil {
		b = newBucket(s.capacity)
		if s.buckets == nil {
			s.buckets = map[string]*bucket{}
		}
		s.buckets[name] = b
	}
	return b
}

// bucketOf names the bucket of a route. Resource servers and client grants share the bucket of the
// Management API. Other routes can have a bucket besides it, which their answers describe (API
// contract 12.2), so each of them gets its own here. For the bucket of the Management API, their
// requests are like the requests of another client.
func bucketOf(route string) string {
	_, path, _ := strings.Cut(route, " /api/v2/")
	if collection, _, _ := strings.Cut(path, "/"); collection == "resource-servers" ||
		collection == "client-grants" {
		return "management"
	}
	return route
}

// turn waits until a request may be sent, and returns its number. Requests of one bucket get their
// turn in the order of their arrival. A prompt request does not wait; the next ones wait longer.
func (s *pacing) turn(ctx context.Context, b *bucket, prompt bool) (number int, err error) {
	if prompt {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.send(time.Now()), nil
	}
	stop := s.stats.limited.start()
	defer func() {
		stop()
		s.warnIfSlowed(ctx, b)
		if errors.Is(err, context.DeadlineExceeded) {
			err = &LimitError{Err: err}
		}
	}()
	select {
	case b.queue <- struct{}{}:
		defer func() { <-b.queue }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for {
		number, wait, changed := b.take()
		if number > 0 {
			return number, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-changed:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
}

// warnIfSlowed logs that the limit slows this process down, each time that it has cost as much
// again as slowdownWorthTelling.
func (s *pacing) warnIfSlowed(ctx context.Context, b *bucket) {
	if slowed, due := s.stats.slowdown(b.limit()); due {
		s.warn(ctx, "The tenant's rate limit slows this run down", map[string]any{
			"delayed_requests": slowed.Requests,
			"seconds":          int(slowed.Waited.Seconds()),
			"limit":            slowed.Limit,
			"max_api_capacity": s.capacity,
		})
	}
}

// forever is longer than any request waits.
const forever = 24 * time.Hour

const (
	// firstBurst is how many requests are sent before the first answer: the smallest burst in a
	// paid plan (API contract 12.2).
	firstBurst = 5
	// The factor is in requests per second and remaining token. Its minimum lets a request through
	// twice a minute if nothing remains.
	firstFactor, minFactor, maxFactor = 1.0, 1.0 / 30, 100
	// growth is per second, of at most growthSeconds between two answers, and in proportion to what
	// remains.
	growth, growthSeconds = 0.3, 2.0
	shrinkage             = 0.9
	// targetShare is the part of the bucket that should remain.
	targetShare = 0.25
	// leastSpare counts if less remains, because tokens come back all the time.
	leastSpare = 1.0
)

// bucket is what this process knows of one bucket of the tenant.
type bucket struct {
	capacity int
	queue    chan struct{} // Full while a request is next in line.

	mu      sync.Mutex
	changed chan struct{} // Closed at the next answer.

	size    float64 // Tokens of the full bucket; 0 if no answer has told it.
	reserve float64 // Tokens to leave to others.
	left    float64 // Tokens that remain after all sent requests, if none came back since.
	factor  float64

	sent, ended int       // Numbers of requests. The requests are numbered from 1.
	newest      int       // The newest request that left is based on.
	adapted     time.Time // When the factor was last adapted.
	halved      int       // The newest request at the time when the factor was last halved.
	last        time.Time // When the last request was sent.
	jitter      float64   // A factor of the next pause.
	pausing     bool      // A request waits for the end of the pause.
}

func newBucket(capacity int) *bucket {
	return &bucket{
		capacity: capacity, factor: firstFactor,
		queue: make(chan struct{}, 1), changed: make(chan struct{}),
	}
}

// take takes a token for a request and returns the number of the request. If it is too early for
// that, the number is 0, and take must be called again after the wait or after a change.
func (b *bucket) take() (number int, wait time.Duration, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	wait = b.pause() - now.Sub(b.last)
	b.pausing = wait > 0
	if b.pausing {
		return 0, wait, b.changed
	}
	return b.send(now), 0, nil
}

// send counts a request that is sent now, and returns its number.
func (b *bucket) send(now time.Time) int {
	b.sent++
	b.left--
	b.last, b.jitter = now, 1+rand.Float64()/4 //nolint:gosec // A predictable pause is not a security problem.
	return b.sent
}

// pause is the time between the last request and the next one.
func (b *bucket) pause() time.Duration {
	spare := b.left - b.reserve
	switch {
	case b.size == 0 && b.ended == 0 && b.sent >= firstBurst:
		return forever
	case b.size == 0 || spare > (b.size-b.reserve)/2:
		return 0 // The server has no limit, or it is far away.
	default:
		perSecond := b.factor * max(spare, leastSpare)
		return time.Duration(b.jitter / perSecond * float64(time.Second))
	}
}

// learn reads the headers of an answer. The response is nil if there was none.
func (b *bucket) learn(number int, resp *http.Response) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended++
	defer func() {
		close(b.changed)
		b.changed = make(chan struct{})
	}()
	size, remaining, ok := limitIn(resp)
	if !ok {
		if resp != nil && resp.StatusCode < 300 && number > b.newest {
			b.size, b.newest = 0, number // The refusals before came from something else.
		}
		return
	}
	b.size = size
	// At least one token is for this process.
	b.reserve = min(size*float64(100-b.capacity)/100, size-1)
	if number > b.newest {
		b.newest = number
		b.left = remaining - float64(b.sent-number)
	}
	b.adapt(number, remaining, resp.StatusCode == http.StatusTooManyRequests)
}

// adapt changes the factor according to what the request has found in the bucket.
func (b *bucket) adapt(number int, remaining float64, refused bool) {
	spare, now := remaining+1-b.reserve, time.Now()
	target := max((b.size-b.reserve)*targetShare, 1)
	switch {
	case refused && number > b.halved: // Once for all requests that are under way.
		b.factor /= 2
		b.halved = b.sent
	case refused:
	case spare <= target:
		b.factor *= shrinkage
	case b.pausing:
		// In proportion to the time, so that a process that sends more does not grow faster.
		since := min(now.Sub(b.adapted).Seconds(), growthSeconds)
		b.factor += growth * since * spare / target
	}
	b.adapted = now
	b.factor = min(max(b.factor, minFactor), maxFactor)
}

func (b *bucket) limit() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(b.size)
}

// limitIn reads the headers that describe the bucket (API contract 12.1).
func limitIn(resp *http.Response) (size, remaining float64, ok bool) {
	if resp == nil {
		return 0, 0, false
	}
	number := func(header string) float64 {
		n, err := strconv.Atoi(resp.Header.Get(header))
		if err != nil {
			return -1
		}
		return float64(n)
	}
	size, remaining = number("X-Ratelimit-Limit"), number("X-Ratelimit-Remaining")
	return size, remaining, size >= 1 && 0 <= remaining && remaining <= size
}
