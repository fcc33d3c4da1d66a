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

// A 429 that never ends costs few requests, however soon the tenant says that it ends.
func TestRetry_endless429(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string]func() []string{
		"no header":   func() []string { return nil },
		"Retry-After": func() []string { return []string{"Retry-After", "1"} },
		"next token": func() []string {
			return append(limitHeaders(10, 0), "X-Ratelimit-Reset",
				strconv.FormatInt(time.Now().Unix()+1, 10))
		},
		"full bucket": func() []string {
			return append(limitHeaders(10, 0), "X-Ratelimit-Reset",
				strconv.FormatInt(time.Now().Unix()+4, 10))
		},
		"past": func() []string {
			return append(limitHeaders(10, 0), "X-Ratelimit-Reset",
				strconv.FormatInt(time.Now().Unix()-1, 10))
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			sent, started := 0, time.Now()
			c := over(t, func(req *http.Request) (*http.Response, error) {
				sent++
				return answer(req, reply(429, tooMany, headers()...))
			})
			err := getOrders(t.Context(), c)
			took, spent := time.Since(started), rest.TriesOf(err)
			if sent > 30 || spent.Attempts != sent || took > 10*time.Minute || took < 8*time.Minute {
				t.Errorf("%s: %d requests in %v, %+v", name, sent, took, spent)
			}
			// Of each wait for a turn, only whole milliseconds count.
			if took-spent.Limited > 100*time.Millisecond || spent.Elapsed != took ||
				spent.Paused != 0 {
				t.Errorf("%s: took %v, but reported %+v", name, took, spent)
			}
		})
	}
}

// A report of requests must not contain ids.
func TestUsage_countsByRoute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		statuses := map[string]int{}
		c := over(t, func(req *http.Request) (*http.Response, error) {
			key := req.Method + req.URL.Path
			statuses[key]++
			switch {
			case req.URL.Path == "/oauth/token":
				return answer(req, reply(200, `{"access_token":"t","expires_in":86400}`))
			case req.Method == http.MethodDelete && statuses[key] == 1:
				return answer(req, reply(429, tooMany, "Retry-After", "3"))
			case req.Method == http.MethodPatch && statuses[key] == 1:
				return answer(req, reply(503, "", "Retry-After", "2"))
			case req.Method == http.MethodDelete:
				return answer(req, reply(204, ""))
			default:
				return answer(req, reply(200, ordersJSON))
			}
		}, withLogin)
		ctx := t.Context()
		_ = getOrders(ctx, c)
		_, _ = c.ResourceServers.Update(ctx, "urn:a", ResourceServerProperties{Name: Set("A")})
		_ = c.ClientGrants.Delete(ctx, "cgr_1")
		_, _ = c.Organizations.Get(ctx, "org_1")
		_, _ = c.Organizations.GetByName(ctx, "acme")
		_, _ = c.Clients.Get(ctx, "abc")
		c.conn.ServedFromPage(3)
		got := c.Usage()
		got.Limited.Waited = got.Limited.Waited.Truncate(time.Second)
		got.Paused.Waited = got.Paused.Waited.Truncate(time.Second)
		want := rest.Usage{
			Requests: map[string]int{
				"POST /oauth/token":                     1,
				"GET /api/v2/resource-servers/{id}":     1,
				"PATCH /api/v2/resource-servers/{id}":   2,
				"DELETE /api/v2/client-grants/{id}":     2,
				"GET /api/v2/organizations/{id}":        1,
				"GET /api/v2/organizations/name/{name}": 1,
				"GET /api/v2/clients/{id}":              1,
			},
			Retries: 2, RateLimited: 1, ServedFromPage: 3,
			Limited: rest.Waits{Requests: 1, Waited: 3 * time.Second},
			Paused:  rest.Waits{Requests: 1, Waited: 2 * time.Second},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Two waits at the same time slow a run down only once.
