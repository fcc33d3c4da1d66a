// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http/httptest"
	"testing"
)

func TestDispatch_panickingHandlerIsAFailureOfTheServer(t *testing.T) {
	t.Parallel()
	s, err := newServer(Config{}, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	c := s.newCall(httptest.NewRequestWithContext(t.Context(), "GET", "/nowhere", nil))
	c.route = &route{method: "GET", pattern: "/broken", handle: func(*call) (any, error) { panic("broken") }}
	got := s.chain(c)
	want500(t, got)
}

func TestDispatch_unlistedRefusalIsAFailureOfTheServer(t *testing.T) {
	t.Parallel()
	s, err := newServer(Config{}, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
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
