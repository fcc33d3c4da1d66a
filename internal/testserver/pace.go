// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// RateLimit limits the Management API requests: Burst at once, and PerSecond on average. The token
// endpoint has its own bucket, ten times as large. If PerSecond is zero, nothing is limited. A
// Burst below one counts as one.
type RateLimit struct {
	PerSecond float64
	Burst     int
	Reset     Reset
}

// Reset is the meaning of the header x-ratelimit-reset. The documentation does not say which one a
// tenant uses (API contract 12.1), so clients must work with each.
type Reset string

// The meanings of x-ratelimit-reset. The zero value means ResetFull.
const (
	ResetFull Reset = "full" // When the bucket will be full.
	ResetNext Reset = "next" // When the next request will be possible.
	ResetPast Reset = "past" // A moment before the answer, which says nothing.
)

// endpointLimits are the buckets that some endpoints have besides the global one (API contract
// 12.2), with the numbers of the Essentials and Professional plans. The limit on rotations of the
// signing key is a separate rule and not listed here.
//
// ASSUMED: these buckets are there whatever the global limit is; the writes to /organizations share
// one; what lies below an organization and is not listed has none.
var endpointLimits = []struct {
	limit  RateLimit
	routes []string
}{
	{perMinute(100, 5), []string{"GET /api/v2/clients"}},
	{perMinute(100, 10), []string{"GET /api/v2/organizations/{id}/client-grants"}},
	{perMinute(150, 5), []string{"POST /api/v2/organizations/{id}/client-grants"}},
	{perMinute(50, 5), []string{"GET /api/v2/organizations"}},
	{perMinute(200, 20), []string{"GET /api/v2/organizations/{id}"}},
	{perMinute(25, 5), []string{
		"POST /api/v2/organizations", "PATCH /api/v2/organizations/{id}",
		"DELETE /api/v2/organizations/{id}",
	}},
}

func perMinute(requests float64, burst int) RateLimit {
	return RateLimit{PerSecond: requests / 60, Burst: burst}
}

// rateLimits counts requests.
type rateLimits struct {
	first RateLimit // The limit that reset restores.
	now   func() time.Time

	mu    sync.Mutex
	limit RateLimit
	read  time.Time // The last reading of the clock.
	// The time of the buckets, which advances with the clock but never goes back.
	elapsed    time.Time
	management *rate.Limiter
	token      *rate.Limiter
	endpoints  map[string]*rate.Limiter // By the name of the route.
}

func newRateLimits(limit RateLimit, now func() time.Time) *rateLimits {
	l := &rateLimits{first: limit, now: now}
	l.reset()
	return l
}

// reset restores the first limit and fills all buckets.
func (l *rateLimits) reset() { l.set(l.first) }

func (l *rateLimits) current() RateLimit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limit
}

// set changes the limit and fills all buckets.
func (l *rateLimits) set(limit RateLimit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit = limit
	l.management = newBucket(l.limit, 1)
	l.token = newBucket(l.limit, 10)
	l.endpoints = map[string]*rate.Limiter{}
	for _, group := range endpointLimits {
		bucket := newBucket(group.limit, 1)
		for _, name := range group.routes {
			l.endpoints[name] = bucket
		}
	}
}

func newBucket(limit RateLimit, times int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(limit.PerSecond*float64(times)), max(limit.Burst, 1)*times)
}

// pace is the decision of the limits about one request.
type pace struct {
	refused *wire.Refusal // nil if the request may pass.
	header  http.Header   // For the answer; nil if the route is not limited.
}

// take counts a request to the route of the given name. The global limit is checked first, so it
// also counts a request that the endpoint's limit refuses. The headers describe the bucket that
// was checked last (API contract 12.1).
func (l *rateLimits) take(name string) pace {
	isToken := name == http.MethodPost+" "+routing.TokenPath
	if !isToken && !strings.Contains(name, " /api/v2/") {
		return pace{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limit.PerSecond <= 0 {
		return pace{}
	}
	now := l.tick()
	bucket, refused := l.management, wire.ErrGlobalLimit
	if isToken {
		bucket = l.token
	}
	allowed := bucket.AllowN(l.elapsed, 1)
	if own := l.endpoints[name]; allowed && own != nil {
		bucket, refused = own, wire.ErrEndpointLimit
		allowed = own.AllowN(l.elapsed, 1)
	}
	if allowed {
		refused = nil
	}
	return pace{refused: refused, header: l.describe(bucket, now, allowed)}
}

// tick reads the clock and advances the time of the buckets. The buckets cannot use the clock
// itself: tests may move it back, and rate.Limiter would then add no token until the clock has
// caught up.
func (l *rateLimits) tick() time.Time {
	now := l.now()
	if !l.read.IsZero() {
		l.elapsed = l.elapsed.Add(max(0, now.Sub(l.read)))
	}
	l.read = now
	return now
}

// describe makes the headers of API contract 12.1 from the state of a bucket.
//
// ASSUMED: a refusal carries Retry-After. It is documented for the token endpoint only, but clients
// honor it everywhere.
func (l *rateLimits) describe(bucket *rate.Limiter, now time.Time, allowed bool) http.Header {
	perSecond, size := float64(bucket.Limit()), float64(bucket.Burst())
	// Without this margin, rounding could make two thirds and one third of a token less than one.
	tokens := bucket.TokensAt(l.elapsed) + 1e-9
	untilNext := max(0, 1-tokens) / perSecond
	untilReset := (size - tokens) / perSecond
	switch l.limit.Reset {
	case ResetNext:
		untilReset = untilNext
	case ResetPast:
		untilReset = -2
	}
	reset := now.Unix() + int64(math.Ceil(float64(now.Nanosecond())/1e9+untilReset))
	header := wire.LimitHeader(bucket.Burst(), int(max(0, tokens)), reset)
	if !allowed {
		header["Retry-After"] = []string{strconv.Itoa(int(max(1, math.Ceil(untilNext))))}
	}
	return header
}

// paced is the link of the chain that refuses requests above the limits. It adds the headers that
// say how many requests are left.
func (l *rateLimits) paced(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		said := l.take(c.Route.Name())
		if said.refused != nil {
			c.Reason = said.refused.Text
			return c.Route.Refuse(said.refused).With(said.header)
		}
		answer := next(c)
		if answer.Ending == wire.Answered {
			answer = answer.With(said.header)
		}
		return answer
	}
}
