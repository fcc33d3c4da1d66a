// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

const (
	anyRoute   = "PATCH /api/v2/resource-servers/{id}"
	clientList = "GET /api/v2/clients"
	tokenRoute = "POST /oauth/token"
)

// pacedFrom is the start of the clock in these tests: half a second past a whole second, so that
// rounding shows.
var pacedFrom = time.Unix(1_000_000, 5e8)

// pacer is the rate limits with a clock that stands still.
type pacer struct {
	*rateLimits
	t   *testing.T
	now time.Time
}

func newPacer(t *testing.T, limit RateLimit) *pacer {
	t.Helper()
	p := &pacer{t: t, now: pacedFrom}
	p.rateLimits = newRateLimits(limit, func() time.Time { return p.now })
	return p
}

// wants takes one token and compares the answer, written as the message and the headers limit,
// remaining, reset (in seconds from the start of the test) and Retry-After.
func (p *pacer) wants(route, expected string) {
	p.t.Helper()
	got := p.take(route)
	var reset int64
	_, _ = fmt.Sscan(got.header.Get("X-Ratelimit-Reset"), &reset)
	said := ""
	if got.refused != nil {
		said = got.refused.Text
	}
	words := []string{
		said, got.header.Get("X-Ratelimit-Limit"), got.header.Get("X-Ratelimit-Remaining"),
		fmt.Sprintf("%+d", reset-pacedFrom.Unix()), got.header.Get("Retry-After"),
	}
	if line := strings.TrimSpace(strings.Join(words, " ")); line != expected {
		p.t.Errorf("%s: got %q, want %q", route, line, expected)
	}
}

// exhausts takes tokens until it is refused and returns how many it got.
func (p *pacer) exhausts(route string) int {
	p.t.Helper()
	for n := range 1000 {
		if p.take(route).refused != nil {
			return n
		}
	}
	p.t.Fatalf("%s is never refused", route)
	return 0
}

func TestRateLimit_zeroValueIsUnlimited(t *testing.T) {
	t.Parallel()
	for _, limit := range []RateLimit{{}, {Burst: 5}, {PerSecond: -1, Burst: 5}} {
		p := newPacer(t, limit)
		for _, route := range []string{anyRoute, clientList, tokenRoute} {
			for range 100 {
				if got := p.take(route); got.refused != nil || got.header != nil {
					t.Fatalf("%v: %s: got %v", limit, route, got)
				}
			}
		}
	}
}

func TestRateLimit_otherRoutesAreNotLimited(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 1})
	for _, route := range []string{
		"", "GET /.well-known/jwks.json", "GET /sample-api/{collection}",
	} {
		for range 30 {
			if got := p.take(route); got.refused != nil || got.header != nil {
				t.Fatalf("%s: got %v", route, got)
			}
		}
	}
}

func TestRateLimit_globalBucket(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 2, Burst: 3})
	p.wants(anyRoute, "3 2 +1")                       // Full in half a second; the clock started at half past.
	p.wants("GET /api/v2/resource-servers", "3 1 +2") // All routes share the bucket.
	p.wants(anyRoute, "3 0 +2")
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 3 0 +2 1")
	p.now = p.now.Add(499 * time.Millisecond)
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 3 0 +2 1")
	// After half a second there is a token: the refusals did not use any.
	p.now = p.now.Add(time.Millisecond)
	p.wants(anyRoute, "3 0 +3")
	p.now = p.now.Add(time.Hour)
	p.wants(anyRoute, "3 2 +3602") // The bucket holds at most the burst.
	if got := p.exhausts(anyRoute); got != 2 {
		t.Errorf("%d more requests passed", got)
	}
}

func TestRateLimit_retryAfterIsRoundedUp(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 0.4, Burst: 1})
	p.wants(anyRoute, "1 0 +3")
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 1 0 +3 3")
	p.now = p.now.Add(time.Second)
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 1 0 +3 2")
	p.now = p.now.Add(1500 * time.Millisecond)
	p.wants(anyRoute, "1 0 +6")
}

func TestRateLimit_burstIsAtLeastOne(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1})
	p.wants(anyRoute, "1 0 +2")
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 1 0 +2 1")
}

func TestRateLimit_verySlowRatesDoNotOverflow(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1e-10, Burst: 1})
	p.take(anyRoute)
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 1 0 +9999999991 9999999990")
}

func TestRateLimit_endpointBucketIsReported(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 8})
	p.wants(clientList, "5 4 +2") // 0.6 seconds for each token; the clock started at half past.
	p.wants(clientList, "5 3 +2")
	p.wants(clientList, "5 2 +3")
	p.wants(clientList, "5 1 +3")
	p.wants(clientList, "5 0 +4")
	p.wants(clientList, wire.ErrEndpointLimit.Text+" 5 0 +4 1")
	p.wants(anyRoute, "8 1 +8") // Six tokens went to the endpoint's bucket, including the refused request.
	p.wants(anyRoute, "8 0 +9")
	// Both buckets are empty: the global one is checked first.
	p.wants(clientList, wire.ErrGlobalLimit.Text+" 8 0 +9 1")
	p.now = p.now.Add(time.Minute)
	p.wants(clientList, "5 4 +62")
}

func TestRateLimit_globalRefusalSparesTheEndpoint(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 1})
	p.wants(anyRoute, "1 0 +2")
	for range 10 {
		p.wants(clientList, wire.ErrGlobalLimit.Text+" 1 0 +2 1")
	}
	p.now = p.now.Add(time.Second)
	p.wants(clientList, "5 4 +3")
}

// The numbers are from API contract 12.2.
func TestRateLimit_endpoints(t *testing.T) {
	t.Parallel()
	for route, limit := range map[string]struct{ burst, perMinute int }{
		"GET /api/v2/clients":                           {5, 100},
		"GET /api/v2/organizations":                     {5, 50},
		"GET /api/v2/organizations/{id}":                {20, 200},
		"POST /api/v2/organizations":                    {5, 25},
		"PATCH /api/v2/organizations/{id}":              {5, 25},
		"DELETE /api/v2/organizations/{id}":             {5, 25},
		"GET /api/v2/organizations/{id}/client-grants":  {10, 100},
		"POST /api/v2/organizations/{id}/client-grants": {5, 150},
	} {
		p := newPacer(t, RateLimit{PerSecond: 1000, Burst: 1000})
		if got := p.exhausts(route); got != limit.burst {
			t.Errorf("%s: %d at once", route, got)
		}
		passed := 0
		for range 600 { // One minute with a request every 100 ms.
			p.now = p.now.Add(100 * time.Millisecond)
			if p.take(route).refused == nil {
				passed++
			}
		}
		if passed != limit.perMinute {
			t.Errorf("%s: %d in a minute", route, passed)
		}
	}
}

func TestRateLimit_writesToOrganizationsShareABucket(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 100, Burst: 100})
	p.exhausts("POST /api/v2/organizations")
	p.wants("DELETE /api/v2/organizations/{id}", wire.ErrEndpointLimit.Text+" 5 0 +13 3")
	p.wants("GET /api/v2/organizations", "5 4 +2")
}

func TestRateLimit_tokenEndpointHasTenfoldLimit(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 2, Burst: 3})
	p.exhausts(anyRoute)
	p.wants(tokenRoute, "30 29 +1")
	if got := p.exhausts(tokenRoute); got != 29 {
		t.Errorf("%d more requests passed", got)
	}
	p.wants(tokenRoute, wire.ErrGlobalLimit.Text+" 30 0 +2 1") // Thirty tokens in 1.5 s.
	p.now = p.now.Add(500 * time.Millisecond)
	if got := p.exhausts(tokenRoute); got != 10 {
		t.Errorf("%d after half a second", got)
	}
}

func TestRateLimit_meaningsOfTheReset(t *testing.T) {
	t.Parallel()
	for meaning, want := range map[Reset][3]string{
		ResetFull: {"4 3 +3", "4 0 +9", wire.ErrGlobalLimit.Text + " 4 0 +9 2"},
		ResetNext: {"4 3 +1", "4 0 +3", wire.ErrGlobalLimit.Text + " 4 0 +3 2"},
		ResetPast: {"4 3 -1", "4 0 -1", wire.ErrGlobalLimit.Text + " 4 0 -1 2"},
	} {
		p := newPacer(t, RateLimit{PerSecond: 0.5, Burst: 4, Reset: meaning})
		p.wants(anyRoute, want[0])
		p.take(anyRoute)
		p.take(anyRoute)
		p.wants(anyRoute, want[1])
		p.wants(anyRoute, want[2])
	}
}

func TestRateLimit_clockThatMovesBack(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 2})
	p.exhausts(anyRoute)
	p.now = p.now.Add(-time.Hour)
	// No refill; the reset is in the clients' time.
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 2 0 -3597 1")
	p.now = p.now.Add(time.Second)
	p.wants(anyRoute, "2 0 -3596") // The bucket does not wait until the clock has caught up.
	p.now = p.now.Add(-time.Hour)
	p.wants(anyRoute, wire.ErrGlobalLimit.Text+" 2 0 -7196 1")
}

func TestRateLimit_reset(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 6})
	p.exhausts(clientList)
	p.exhausts(anyRoute)
	p.exhausts(tokenRoute)
	p.reset()
	p.wants(clientList, "5 4 +2")
	p.wants(anyRoute, "6 4 +3")
	p.wants(tokenRoute, "60 59 +1")
}

func TestRateLimit_concurrentUse(t *testing.T) {
	t.Parallel()
	l := newRateLimits(RateLimit{PerSecond: 1e-6, Burst: 50}, new(tenant.Clock).Now)
	var passed atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if l.take(anyRoute).refused == nil {
					passed.Add(1)
				}
			}
		})
	}
	group.Wait()
	if passed.Load() != 50 {
		t.Errorf("%d of 160 requests passed", passed.Load())
	}
}
