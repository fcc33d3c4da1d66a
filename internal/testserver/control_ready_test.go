// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"context"
	"net/http/httptest"
	"testing"
)

func TestControl_isNotReadyBeforeAndAfterTheTenantIsServed(t *testing.T) {
	t.Parallel()
	k, err := listenControl(Config{ControlAddr: ":0"})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(when string, ready int) {
		t.Helper()
		for path, status := range map[string]int{"/health": 200, "/ready": ready, "/snapshot": ready, "/requests": ready} {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), "GET", k.url+path, nil)
			if k.http.Handler.ServeHTTP(w, r); w.Code != status {
				t.Errorf("%s, %s: %d, want %d", when, path, w.Code, status)
			}
		}
	}
	expect("before", 503)
	s := newTestServer(t)
	k.attach(s)
	expect("while", 200)
	s.close()
	expect("after", 503)
	if err := k.shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
