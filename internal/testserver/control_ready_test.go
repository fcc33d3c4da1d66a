// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/control"
)

func TestControl_isReadyOnlyWhileServing(t *testing.T) {
	t.Parallel()
	k, err := control.Listen(":0", false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	expect := func(when string, ready int) {
		t.Helper()
		for path, status := range map[string]int{
			"/health": 200, "/ready": ready, "/snapshot": ready, "/requests": ready,
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != status {
				t.Errorf("%s, %s: %d, want %d", when, path, answer.StatusCode, status)
			}
		}
	}
	expect("before", 503)
	s := newTestServer(t)
	k.Attach(steered{s})
	expect("while", 200)
	s.close()
	expect("after", 503)
	if err := k.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
