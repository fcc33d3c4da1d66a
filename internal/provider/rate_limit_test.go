// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// The tests in this file run the API client against the rate limit of the reference server, on a
// fake clock.

const (
	terraformParallelism = 10
	oneWay               = 20 * time.Millisecond // Of a request or an answer.
)

// limitedTenant is a tenant with a rate limit that is called without a socket.
type limitedTenant struct {
	*testserver.Server

	mu      sync.Mutex
	sent    int
	refused int
	least   int // The fewest tokens that an answer reported.
}

func newLimitedTenant(t *testing.T, limit testserver.RateLimit) *limitedTenant {
	t.Helper()
	srv, err := testserver.Listen(testserver.Config{
		RateLimit: limit, SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	return &limitedTenant{Server: srv, least: limit.Burst}
}

// RoundTrip is the transport of the clients.
func (l *limitedTenant) RoundTrip(req *http.Request) (*http.Response, error) {
	time.Sleep(oneWay)
	recorder := httptest.NewRecorder()
	l.ServeHTTP(recorder, req)
	l.count(req, recorder)
	time.Sleep(oneWay)
	resp := recorder.Result()
	resp.Request = req
	return resp, nil
}

func (l *limitedTenant) count(req *http.Request, answer *httptest.ResponseRecorder) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if answer.Code == http.StatusTooManyRequests {
		l.refused++
	}
	remaining, err := strconv.Atoi(answer.Header().Get("X-Ratelimit-Remaining"))
	if err == nil && req.URL.Path != "/oauth/token" {
		l.sent++
		l.least = min(l.least, remaining)
	}
}

// process is a client of its own, which may use a part of the limit.
func (l *limitedTenant) process(t *testing.T, capacity int) *m2m.Client {
	t.Helper()
	base, err := url.Parse(l.URL())
	if err != nil {
		t.Fatal(err)
	}
	api, err := m2m.New(m2m.Config{
		Config: rest.Config{
			BaseURL: base, Transport: l, MaxAPICapacity: capacity,
			Getenv: func(string) string { return "" },
		},
		Credentials: m2m.Credentials{
			ClientID:     testserver.ManagementClientID,
			ClientSecret: testserver.ManagementClientSecret,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// inParallel calls something as often as wanted, as Terraform walks its graph, and returns how long
// that takes.
func inParallel(t *testing.T, times int, call func(ctx context.Context, n int) error) time.Duration {
	t.Helper()
	started := time.Now()
	numbers := make(chan int)
	var walk sync.WaitGroup
	for range terraformParallelism {
		walk.Go(func() {
			for n := range numbers {
				if err := call(t.Context(), n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range times {
		numbers <- n
	}
	close(numbers)
	walk.Wait()
	return time.Since(started)
}

func reading(api *m2m.Client) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		_, err := api.ResourceServers.Get(ctx, testserver.SampleAPIAudience)
		return err
	}
}

func creating(api *m2m.Client) func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		_, err := api.ResourceServers.Create(ctx, m2m.NewResourceServer{
			Identifier: fmt.Sprint("urn:api:", n),
		})
		return err
	}
}

var meaningsOfReset = []testserver.Reset{
	testserver.ResetFull, testserver.ResetNext, testserver.ResetPast,
}

// The limits of the plans (API contract 12.2), of the benchmark, and of a tenant whose tokens come
// back faster than in any plan.
func TestRateLimit_requestsAreSpread(t *testing.T) {
	t.Parallel()
	const requests = 200
	for _, tc := range []struct {
		limit   testserver.RateLimit
		refused int     // At most.
		slower  float64 // At most, than with a client that knows the limit.
	}{
		{testserver.RateLimit{PerSecond: 10, Burst: 20}, 0, 1.05},
		{testserver.RateLimit{PerSecond: 2, Burst: 10}, 1, 1.1},
		{testserver.RateLimit{PerSecond: 50, Burst: 100}, 1, 1.4},
		{testserver.RateLimit{PerSecond: 2.5, Burst: 10}, 1, 1.1},
		{testserver.RateLimit{PerSecond: 16, Burst: 50}, 1, 1.2},
		{testserver.RateLimit{PerSecond: 100, Burst: 10}, 1, 1.9},
		{testserver.RateLimit{PerSecond: 2, Burst: 2}, 6, 1.15},
	} {
		for _, tc.limit.Reset = range meaningsOfReset {
			for kind, load := range map[string]func(*m2m.Client) func(context.Context, int) error{
				"reads": reading, "creates": creating,
			} {
				t.Run(fmt.Sprint(kind, tc.limit), func(t *testing.T) {
					t.Parallel()
					tenant := newLimitedTenant(t, tc.limit)
					synctest.Test(t, func(t *testing.T) {
						took := inParallel(t, requests, load(tenant.process(t, 100)))
						if tenant.sent != requests+tenant.refused || tenant.refused > tc.refused {
							t.Errorf("%d of %d requests refused", tenant.refused, tenant.sent)
						}
						best := float64(requests-tc.limit.Burst) / tc.limit.PerSecond
						if took.Seconds() > best*tc.slower+1 {
							t.Errorf("took %v; %.1f s are possible", took, best)
						}
					})
				})
			}
		}
	}
}

// Another client of the tenant, such as production, uses a fifth of each bucket.
func TestRateLimit_capacityIsLeftToOthers(t *testing.T) {
	t.Parallel()
	const burst, others = 20, 2
	for _, reset := range meaningsOfReset {
		t.Run(string(reset), func(t *testing.T) {
			t.Parallel()
			tenant := newLimitedTenant(t, testserver.RateLimit{
				PerSecond: 10, Burst: burst, Reset: reset,
			})
			synctest.Test(t, func(t *testing.T) {
				production, asked := tenant.process(t, 100), 0
				ctx, end := context.WithCancel(t.Context())
				var running sync.WaitGroup
				every := time.NewTicker(time.Second / others)
				defer every.Stop()
				running.Go(func() {
					for ctx.Err() == nil {
						<-every.C
						asked++
						err := reading(production)(t.Context(), 0)
						if err != nil {
							t.Error(err)
						}
						_, err = production.Tokens.Fetch(t.Context(), m2m.TokenRequest{
							Audience: tenant.Issuer() + "/api/v2/",
						})
						if err != nil {
							t.Error(err)
						}
					}
				})
				inParallel(t, 200, creating(tenant.process(t, 70)))
				end()
				running.Wait()
				if tenant.refused > 0 || asked < 30 {
					t.Errorf("%d requests refused, production asked %d times", tenant.refused, asked)
				}
				// Production itself may take a token of the 30 percent that are left to it.
				if tenant.least < burst*30/100-1 {
					t.Errorf("only %d tokens remained", tenant.least)
				}
			})
		})
	}
}

func TestRateLimit_processesShare(t *testing.T) {
	t.Parallel()
	const each = 150
	for _, later := range []time.Duration{0, 3 * time.Second} {
		for _, reset := range meaningsOfReset {
			t.Run(fmt.Sprint(reset, later), func(t *testing.T) {
				t.Parallel()
				tenant := newLimitedTenant(t, testserver.RateLimit{
					PerSecond: 10, Burst: 20, Reset: reset,
				})
				synctest.Test(t, func(t *testing.T) {
					var (
						ends [2]time.Duration
						both sync.WaitGroup
					)
					for i := range ends {
						both.Go(func() {
							time.Sleep(time.Duration(i) * later)
							ends[i] = inParallel(t, each, reading(tenant.process(t, 100)))
						})
					}
					both.Wait()
					// Until they have adapted, both take what each could take alone.
					if tenant.refused > 15 {
						t.Errorf("%d of %d requests refused", tenant.refused, tenant.sent)
					}
					if longest := max(ends[0], ends[1]+later).Seconds(); longest > 30 {
						t.Errorf("took %.1f s; 28 s are possible", longest)
					}
					// Alone, a process takes 13 s.
					if shortest := min(ends[0], ends[1]).Seconds(); shortest < 20 {
						t.Errorf("a process took %.1f s, because it had more than its share", shortest)
					}
				})
			})
		}
	}
}

func TestRateLimit_waitEndsWhenTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	tenant := newLimitedTenant(t, testserver.RateLimit{PerSecond: 0.1, Burst: 2})
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		var pressed time.Time
		time.AfterFunc(5*time.Second, func() {
			pressed = time.Now()
			interrupt()
		})
		api := tenant.process(t, 100)
		inParallel(t, 2*terraformParallelism, func(context.Context, int) error {
			if err := reading(api)(ctx, 0); err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		})
		if took := time.Since(pressed); took > 0 {
			t.Errorf("it waited %v after the interrupt", took)
		}
	})
}

// If the bucket stays empty, few requests are sent, and each call ends in time.
func TestRateLimit_waitIsBounded(t *testing.T) {
	t.Parallel()
	for _, reset := range meaningsOfReset {
		tenant := newLimitedTenant(t, testserver.RateLimit{
			PerSecond: 0.001, Burst: 2, Reset: reset,
		})
		synctest.Test(t, func(t *testing.T) {
			api := tenant.process(t, 100)
			started := time.Now()
			var failed atomic.Int32
			inParallel(t, terraformParallelism, func(ctx context.Context, n int) error {
				err := creating(api)(ctx, n)
				if err == nil {
					return nil
				}
				failed.Add(1)
				var (
					answer *rest.Error
					limit  *rest.LimitError
				)
				if !errors.As(err, &answer) && !errors.As(err, &limit) {
					return err
				}
				return nil
			})
			if took := time.Since(started); took > 10*time.Minute || failed.Load() < 8 {
				t.Errorf("%s: %d errors after %v", reset, failed.Load(), took)
			}
			if tenant.sent > 40 {
				t.Errorf("%s: %d requests", reset, tenant.sent)
			}
		})
	}
}
