// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

func TestDispatch_panicIsServerError(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	c := s.newCall(httptest.NewRequestWithContext(t.Context(), "GET", "/nowhere", nil))
	c.Route = &routing.Route{
		Method:  "GET",
		Pattern: "/broken",
		Handle:  func(*routing.Call) (any, error) { panic("broken") },
	}
	got := s.chain(c)
	want500(t, got)
}

func TestDispatch_unlistedRefusalIsServerError(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	c := s.newCall(httptest.NewRequestWithContext(t.Context(), "GET", "/nowhere", nil))
	c.Route = &routing.Route{
		Method:  "GET",
		Pattern: "/broken",
		Handle:  func(*routing.Call) (any, error) { return nil, tenant.ErrNoAudience.With("x") },
	}
	want500(t, s.chain(c))
	c.Route.Refuses = []*wire.Refusal{tenant.ErrNoAudience}
	if got := s.chain(c); got.Status != 404 {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func want500(t *testing.T, got wire.Reply) {
	t.Helper()
	const body = `{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}`
	if got.Status != 500 || string(got.Body) != body {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestRateLimit_pacedAnswers(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 1})
	handled := 0
	chain := p.paced(func(*routing.Call) wire.Reply {
		handled++
		return wire.Respond(http.StatusOK, nil)
	})
	management := &routing.Call{Route: &routing.Route{
		Method:  "GET",
		Pattern: "/api/v2/client-grants",
	}}
	if got := chain(management); got.Status != 200 ||
		got.Header.Get("x-ratelimit-remaining") != "0" || got.Header.Get("retry-after") != "" {
		t.Errorf("got %d %v", got.Status, got.Header)
	}
	limited := chain(management)
	const body = `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`
	if limited.Status != 429 || string(limited.Body) != body ||
		limited.Header.Get("retry-after") != "1" {
		t.Errorf("got %d %s %v", limited.Status, limited.Body, limited.Header)
	}
	if handled != 1 {
		t.Errorf("handled %d", handled)
	}

	token := &routing.Call{Route: &routing.Route{Method: "POST", Pattern: "/oauth/token"}}
	for range 10 {
		if got := chain(token); got.Status != 200 {
			t.Errorf("got %d", got.Status)
		}
	}
	limited = chain(token)
	if limited.Status != 429 ||
		string(limited.Body) != `{"error":"too_many_requests","error_description":"Global limit has been reached"}` ||
		limited.Header.Get("x-ratelimit-limit") != "10" {
		t.Errorf("got %d %s %v", limited.Status, limited.Body, limited.Header)
	}

	unlimited := chain(&routing.Call{Route: &routing.Route{
		Method:  "GET",
		Pattern: "/.well-known/jwks.json",
	}})
	if _, found := unlimited.Header["X-Ratelimit-Limit"]; found || unlimited.Status != 200 {
		t.Errorf("got %d %v", unlimited.Status, unlimited.Header)
	}
}

func TestRateLimit_lostReplyStaysLost(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 1})
	lost := p.paced(func(*routing.Call) wire.Reply {
		return wire.Reply{Ending: wire.ClosedUnanswered}
	})
	if got := lost(&routing.Call{Route: &routing.Route{
		Method:  "GET",
		Pattern: "/api/v2/clients",
	}}); got.Ending != wire.ClosedUnanswered {
		t.Errorf("got %v", got)
	}
}
