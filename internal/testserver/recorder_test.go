// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestRecorder_forgetsOldestRequests(t *testing.T) {
	t.Parallel()
	var r recorder
	first := r.add(Request{Path: "/first", Body: make([]byte, maxRecordedBytes/2)})
	r.add(Request{Path: "/second", Body: make([]byte, maxRecordedBytes/2)})
	r.add(Request{Path: "/third", Body: []byte("x")})
	// Forgetting a request that is still running does no harm.
	r.finish(first, func(r *Request) { r.Status = 200 })
	if all := r.all(); len(all) != 2 || all[0].Path != "/second" || all[1].Path != "/third" {
		t.Errorf("%d requests", len(all))
	}
}

func TestRecorder_countsPathsAndQueries(t *testing.T) {
	t.Parallel()
	var r recorder
	long := strings.Repeat("a", 1<<20)
	for range 40 {
		r.add(Request{Method: "GET", Path: "/" + long, RawQuery: long})
	}
	if kept := len(r.all()); kept != 7 {
		t.Errorf("%d requests of two megabytes each are kept", kept)
	}
}

// A person who waits for news does not delay the end of the server.
func TestRecorder_newsEndWithTheServer(t *testing.T) {
	t.Parallel()
	keys := directKeys()
	s, err := Listen(Config{ControlAddr: ":0", SigningKeys: keys[:2]})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	status := make(chan int)
	go func() {
		response, err := client.Do(newRequest(http.MethodGet, s.ControlURL()+"/requests/news", ""))
		if err != nil {
			status <- 0
			return
		}
		_ = response.Body.Close()
		status <- response.StatusCode
	}()
	waits := func() bool {
		s.recorder.mu.Lock()
		defer s.recorder.mu.Unlock()
		return s.recorder.changed != nil
	}
	for !waits() {
		runtime.Gosched()
	}
	start := time.Now()
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if got := <-status; got != http.StatusOK {
		t.Errorf("status %d", got)
	}
	if took := time.Since(start); took > 15*time.Second { // Of the 20 that a call can wait.
		t.Errorf("the end took %v", took)
	}
}
