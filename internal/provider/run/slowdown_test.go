// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// slow answers each request, and reports an almost empty bucket.
type slow struct{}

func (slow) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("X-Ratelimit-Limit", "10")
	w.Header().Set("X-Ratelimit-Remaining", "1")
	_, _ = w.WriteString(`{"id":"68f0a1b2c3d4e5f60718293a","identifier":"urn:orders"}`)
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

func TestRun_Slowdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var logged []map[string]any
		api, err := m2m.New(m2m.Config{
			Config: rest.Config{
				BaseURL:   &url.URL{Scheme: "https", Host: "tenant.example"},
				Transport: slow{}, MaxAPICapacity: 70,
				Getenv: func(string) string { return "" },
				Warn: func(_ context.Context, _ string, fields ...map[string]any) {
					logged = append(logged, fields...)
				},
			},
			APIToken: "token",
		})
		if err != nil {
			t.Fatal(err)
		}
		r := &Run{API: api, MaxAPICapacity: 70}
		started := time.Now()
		for time.Since(started) < 29*time.Second {
			if got, ok := r.Slowdown(); ok || len(logged) > 0 {
				t.Fatalf("after %v: %s, %v", time.Since(started), got, logged)
			}
			if _, err := api.ResourceServers.Update(
				t.Context(), "urn:orders", m2m.ResourceServerProperties{Name: m2m.Set("Orders")},
			); err != nil {
				t.Fatal(err)
			}
		}
		for len(logged) == 0 && time.Since(started) < 5*time.Minute {
			_, _ = api.ResourceServers.Update(
				t.Context(), "urn:orders", m2m.ResourceServerProperties{Name: m2m.Set("Orders")},
			)
		}
		got, ok := r.Slowdown()
		if !ok || !regexp.MustCompile(`(?s)^So far, \d+ requests had to wait, and the run `+
			`has spent (3\ds|4\ds|5\ds|1m\d+s) waiting\. The tenant allows 10 requests at once .* at `+
			`most 70 percent`).MatchString(got) {
			t.Error(got)
		}
		if len(logged) != 1 || logged[0]["limit"] != 10 || logged[0]["max_api_capacity"] != 70 ||
			logged[0]["delayed_requests"].(int) < 5 || logged[0]["seconds"].(int) < 30 {
			t.Errorf("%v", logged)
		}
		if got, ok := r.Slowdown(); ok {
			t.Errorf("again: %s", got)
		}
	})
}
