// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func TestProducer_countsAtItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second+time.Millisecond)
		defer cancel()
		statuses := []int{200, 429, 200, 500, 429}
		i := 0
		p := &producer{}
		p.every(ctx, 1, func(context.Context) (int, error) {
			i++
			return statuses[i-1], nil
		})
		if want := (Production{Requests: 5, Refused: 2, Failed: 1}); p.seen != want {
			t.Errorf("got %+v, want %+v", p.seen, want)
		}
	})
}

func TestProducer_readsWithItsToken(t *testing.T) {
	var got []string
	tenant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		_, _ = w.Write([]byte(`{"access_token":"abc"}`))
	}))
	defer tenant.Close()
	p := &producer{tenant: tenant.URL}
	for range 2 {
		if status, err := p.read(t.Context()); status != http.StatusOK || err != nil {
			t.Errorf("got %d and %v", status, err)
		}
	}
	want := []string{"POST /oauth/token ", "GET /api/v2/resource-servers Bearer abc"}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %q, want %q", got, want)
	}
}
