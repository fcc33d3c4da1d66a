// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// limitHeaders are the headers of a bucket.
func limitHeaders(size, remaining int) []string {
	return []string{
		"X-Ratelimit-Limit", strconv.Itoa(size), "X-Ratelimit-Remaining", strconv.Itoa(remaining),
	}
}

// together calls getOrders several times at once, and returns how long that takes.
func together(t *testing.T, c *Client, times int) time.Duration {
	t.Helper()
	started := time.Now()
	var all sync.WaitGroup
	for range times {
		all.Go(func() {
			if err := getOrders(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return time.Since(started)
}

func TestPacing_onlyWithUsableHeaders(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		headers []string
		paced   bool
	}{
		"none":               {nil, false},
		"much left":          {limitHeaders(50, 26), false},
		"little left":        {limitHeaders(50, 10), true},
		"nothing left":       {limitHeaders(50, 0), true},
		"only a limit":       {[]string{"X-Ratelimit-Limit", "50"}, false},
		"no number":          {[]string{"X-Ratelimit-Limit", "x", "X-Ratelimit-Remaining", "1"}, false},
		"more than the size": {limitHeaders(5, 6), false},
		"negative":           {limitHeaders(5, -1), false},
		"no size":            {limitHeaders(0, 0), false},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := over(t, func(req *http.Request) (*http.Response, error) {
				return answer(req, reply(200, ordersJSON, tc.headers...))
			})
			together(t, c, 1)
			if took := together(t, c, 20); (took > 0) != tc.paced {
				t.Errorf("%s: took %v", name, took)
			}
		})
	}
}

// Nobody knows the limit before the first answer.
func TestPacing_firstBurstIsSmall(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"answered": reply(200, ordersJSON), "refused": reply(404, ordersMissing),
	} {
		synctest.Test(t, func(t *testing.T) {
			at := map[time.Duration]int{}
			started := time.Now()
			var mu sync.Mutex
			c := over(t, func(req *http.Request) (*http.Response, error) {
				mu.Lock()
				at[time.Since(started)]++
				mu.Unlock()
				time.Sleep(time.Second)
				return answer(req, h)
			})
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() { _ = getOrders(t.Context(), c) })
			}
			all.Wait()
			if diff := cmp.Diff(map[time.Duration]int{0: 5, time.Second: 15}, at); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		})
	}
}

// A list of scopes that waits for the limit would be old when it is sent.
func TestPacing_scopesAreNotDelayed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			return answer(req, reply(200, ordersJSON, limitHeaders(50, 0)...))
		})
		together(t, c, 1)
		started := time.Now()
		for range 3 {
			_, err := c.ResourceServers.replaceScopes(
				t.Context(), "68f0a1b2c3d4e5f60718293a", []Scope{{Value: "read"}},
			)
			if err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(started); took != 0 {
			t.Errorf("three lists of scopes took %v", took)
		}
		if took := together(t, c, 1); took == 0 {
			t.Error("the next request has not waited")
		}
	})
}

// The lists of clients and organizations have buckets of their own.
func TestPacing_bucketsAreSeparate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/api/v2/organizations/org_1" {
				return answer(req, reply(200, `{"id":"org_1","name":"acme"}`, limitHeaders(5, 0)...))
			}
			return answer(req, reply(200, ordersJSON, limitHeaders(50, 40)...))
		})
		together(t, c, 1)
		for range 3 {
			if _, err := c.Organizations.Get(t.Context(), "org_1"); err != nil {
				t.Fatal(err)
			}
		}
		if took := together(t, c, 10); took > 0 {
			t.Errorf("took %v", took)
		}
	})
}

func TestPacing_productionThatTakesAllIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return answer(req, reply(200, ordersJSON, limitHeaders(10, 2)...))
		}, func(cfg *Config) { cfg.MaxAPICapacity = 70 })
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		for getOrders(ctx, c) == nil {
			continue
		}
		if sent < 10 || sent > 50 {
			t.Errorf("%d requests in ten minutes", sent)
		}
	})
}

func TestPacing_errorTellsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			return answer(req, reply(200, ordersJSON, limitHeaders(10, 0)...))
		}, func(cfg *Config) { cfg.RetryTimeout = 500 * time.Millisecond })
		together(t, c, 1)
		err := getOrders(t.Context(), c)
		var limit *rest.LimitError
		want := rest.Tries{Elapsed: 500 * time.Millisecond, Limited: 500 * time.Millisecond}
		if !errors.As(err, &limit) || limit.Tries != want ||
			!errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, %+v", err, rest.TriesOf(err))
		}
	})
}
