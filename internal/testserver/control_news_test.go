// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// news is an answer of GET /requests/news.
type news struct {
	Last, Oldest int
	Requests     []struct {
		Number, Status int
		Route          string
		Duration       *float64 `json:"duration_ms"`
	}
}

func newsAfter(x *servertest.Tenant, last int) news {
	x.T.Helper()
	got := steer(x, "GET", fmt.Sprint("/requests/news?after=", last), "")
	if got.Status != 200 {
		x.T.Fatalf("%d %s", got.Status, got.Body)
	}
	return decodeJSON[news](x.T, got.Body)
}

// summary is "last oldest: number status, …".
func (n news) summary() string {
	var parts []string
	for _, request := range n.Requests {
		parts = append(parts, fmt.Sprint(request.Number, " ", request.Status))
	}
	return fmt.Sprintf("%d %d: %s", n.Last, n.Oldest, strings.Join(parts, ", "))
}

func TestControl_newsOfRequests(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.Send("GET", "/nowhere", "")
	steer(x, "POST", "/faults", `{"route":"GET /.well-known/jwks.json","fault":"delay","delay":"10m"}`)
	first := newsAfter(x, 0)
	if got := first.summary(); got != "2 1: 1 404" {
		t.Fatalf("got %s", got)
	}
	// Somebody waits before the request is sent, and sees it while it is in progress.
	answered := make(chan news)
	go func() { answered <- newsAfter(x, first.Last) }()
	ctx, giveUp := context.WithCancel(t.Context())
	go func() {
		r, err := http.NewRequestWithContext(
			ctx, http.MethodGet, x.URL()+"/.well-known/jwks.json", nil,
		)
		if err == nil {
			_, err = x.Client.Do(r) //nolint:bodyclose // There is no answer.
		}
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()
	second := <-answered
	if got := second.summary(); got != "3 1: 2 0" || second.Requests[0].Duration != nil {
		t.Errorf("got %s", got)
	}
	giveUp() // This ends the delay, so that the request is answered.
	if got := newsAfter(x, second.Last).summary(); got != "4 1: 2 200" {
		t.Errorf("got %s", got)
	}
	// A number from another server.
	if got := newsAfter(x, 99).summary(); got != "4 1: 1 404, 2 200" {
		t.Errorf("got %s", got)
	}
	x.ForgetRequests()
	if got := newsAfter(x, 4).summary(); got != "5 3: " {
		t.Errorf("got %s", got)
	}
	if got := steer(x, "GET", "/requests/news?after=x", ""); got.Status != 400 {
		t.Errorf("got %d", got.Status)
	}
}

func TestControl_newsAreBounded(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	for range 1001 {
		x.Send("GET", "/nowhere", "")
	}
	got := newsAfter(x, 0)
	if len(got.Requests) != 1000 || got.Requests[0].Number != 2 || got.Requests[999].Number != 1001 {
		t.Errorf("%d requests", len(got.Requests))
	}
}

func TestControl_rateLimit(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.Must("GET", "/clients", "") // Before the limit, so that it has a token.
	steer(x, "GET", "/rate-limit", "").Want(t, 200, `{"per_second":0,"burst":0,"reset":"full"}`)
	steer(x, "PUT", "/rate-limit", `{"per_second":0.001,"burst":2}`).Want(t, 200,
		`{"per_second":0.001,"burst":2,"reset":"full"}`)
	var got []int
	for range 3 {
		got = append(got, x.API("GET", "/resource-servers", "").Status)
	}
	if diff := cmp.Diff([]int{200, 200, 429}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, body := range []string{
		``, `{}`, `{"per_second":1}`, `{"per_second":0,"burst":1}`, `{"per_second":1,"burst":0}`,
		`{"per_second":1e7,"burst":1}`, `{"per_second":1,"burst":1,"reset":"never"}`,
		`{"per_second":1,"burst":1,"rps":1}`,
	} {
		if got := steer(x, "PUT", "/rate-limit", body); got.Status != 400 ||
			got.Field(t, "error") == "" {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
		}
	}
	steer(x, "DELETE", "/rate-limit", "").Want(t, 200, `{"per_second":0,"burst":0,"reset":"full"}`)
	x.Must("GET", "/resource-servers", "")
	steer(x, "PUT", "/rate-limit", `{"per_second":1,"burst":1,"reset":"past"}`)
	steer(x, "POST", "/reset", "").Want(t, 204, "")
	steer(x, "GET", "/rate-limit", "").Want(t, 200, `{"per_second":0,"burst":0,"reset":"full"}`)
}
