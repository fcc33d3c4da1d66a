// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestDispatch_panickingHandlerIsAFailureOfTheServer(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	c := s.newCall(httptest.NewRequestWithContext(t.Context(), "GET", "/nowhere", nil))
	c.route = &route{method: "GET", pattern: "/broken", handle: func(*call) (any, error) { panic("broken") }}
	got := s.chain(c)
	want500(t, got)
}

func TestDispatch_unlistedRefusalIsAFailureOfTheServer(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	c := s.newCall(httptest.NewRequestWithContext(t.Context(), "GET", "/nowhere", nil))
	c.route = &route{method: "GET", pattern: "/broken", handle: func(*call) (any, error) { return nil, errNoAudience.with("x") }}
	want500(t, s.chain(c))
	c.route.refuses = []*refusal{errNoAudience}
	if got := s.chain(c); got.status != 404 {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func want500(t *testing.T, got reply) {
	t.Helper()
	const body = `{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}`
	if got.status != 500 || string(got.body) != body {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestRateLimit_pacedAnswers(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 1})
	handled := 0
	chain := p.paced(func(*call) reply {
		handled++
		return respond(http.StatusOK, nil)
	})
	management := &call{route: &route{method: "GET", pattern: "/api/v2/client-grants"}}
	if got := chain(management); got.status != 200 || got.header.Get("x-ratelimit-remaining") != "0" || got.header.Get("retry-after") != "" {
		t.Errorf("got %d %v", got.status, got.header)
	}
	limited := chain(management)
	const body = `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`
	if limited.status != 429 || string(limited.body) != body || limited.header.Get("retry-after") != "1" {
		t.Errorf("got %d %s %v", limited.status, limited.body, limited.header)
	}
	if handled != 1 {
		t.Errorf("handled %d", handled)
	}

	token := &call{route: &route{method: "POST", pattern: "/oauth/token"}}
	for range 10 {
		if got := chain(token); got.status != 200 {
			t.Errorf("got %d", got.status)
		}
	}
	limited = chain(token)
	if limited.status != 429 || string(limited.body) != `{"error":"too_many_requests","error_description":"Global limit has been reached"}` ||
		limited.header.Get("x-ratelimit-limit") != "10" {
		t.Errorf("got %d %s %v", limited.status, limited.body, limited.header)
	}

	unlimited := chain(&call{route: &route{method: "GET", pattern: "/.well-known/jwks.json"}})
	if _, found := unlimited.header["X-Ratelimit-Limit"]; found || unlimited.status != 200 {
		t.Errorf("got %d %v", unlimited.status, unlimited.header)
	}
}

func TestRateLimit_lostReplyStaysLost(t *testing.T) {
	t.Parallel()
	p := newPacer(t, RateLimit{PerSecond: 1, Burst: 1})
	lost := p.paced(func(*call) reply { return reply{ending: closedUnanswered} })
	if got := lost(&call{route: &route{method: "GET", pattern: "/api/v2/clients"}}); got.ending != closedUnanswered {
		t.Errorf("got %v", got)
	}
}
