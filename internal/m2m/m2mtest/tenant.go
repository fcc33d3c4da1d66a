// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package m2mtest is what tests of the API client share: a scripted tenant, answers, faults of the
// network, and keys. It does not know the client, so that tests within its packages can import it.
package m2mtest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Arrival is a request as the server received it.
type Arrival struct {
	Method, Target, Body string
	Header               http.Header
}

func (a Arrival) String() string { return a.Method + " " + a.Target }

// Tenant is a server that records its requests.
type Tenant struct {
	*httptest.Server
	mu   sync.Mutex
	seen []Arrival
}

// Record returns a handler that records each request before it passes it on.
func (s *Tenant) Record(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.seen = append(s.seen, Arrival{r.Method, r.RequestURI, string(body), r.Header.Clone()})
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

// Arrived returns the requests.
func (s *Tenant) Arrived() []Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Arrival(nil), s.seen...)
}

// Lines returns the requests, as "METHOD TARGET" each.
func (s *Tenant) Lines() []string {
	var lines []string
	for _, a := range s.Arrived() {
		lines = append(lines, a.String())
	}
	return lines
}

// Serve starts a tenant, which ends with the test.
func Serve(t *testing.T, h http.HandlerFunc) *Tenant {
	t.Helper()
	s := &Tenant{}
	s.Server = httptest.NewUnstartedServer(s.Record(h))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// Script answers each request with the next step. More requests than steps fail the test.
func Script(t *testing.T, steps ...http.HandlerFunc) *Tenant {
	t.Helper()
	var mu sync.Mutex
	next := 0
	return Serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		i := next
		next++
		mu.Unlock()
		if i >= len(steps) {
			t.Errorf("request %d was not expected: %s %s", i+1, r.Method, r.RequestURI)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		steps[i](w, r)
	})
}

// Noon is the current time in tests that judge tokens.
var Noon = time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)

// AtNoon is a clock that stands still at Noon.
func AtNoon() time.Time { return Noon }

// NoEnv is an environment without variables, so that no test uses the proxy of its machine.
func NoEnv(string) string { return "" }
