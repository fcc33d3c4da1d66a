// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// TestRace adds 72 scopes to one API in two runs at the same time, ten at once in each, with 150 ms
// of latency. Each scope is there in the end, or its run says that it is lost.
func TestRace(t *testing.T) {
	server := newTenant(t)
	if status, body := server.Dashboard(
		"POST", "/api/v2/resource-servers", `{"identifier":"urn:shared","name":"Shared"}`,
	); status != 201 {
		t.Fatal(status, string(body))
	}
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		writers := []*scopeWriter{newScopeWriter(t, server, "a"), newScopeWriter(t, server, "b")}
		var both sync.WaitGroup
		for _, w := range writers {
			both.Go(func() { w.add(t.Context(), 36) })
		}
		both.Wait()
		there := strings.Join(scopesIn(objects(server, server.AddOrganization("acme"))), " ") + " "
		lost, silent, reported := 0, 0, 0
		for _, w := range writers {
			said := fmt.Sprint(w.failures)
			reported += len(w.failures)
			for n := range 36 {
				scope := fmt.Sprintf("%s%02d", w.name, n)
				if strings.Contains(there, scope+" ") {
					continue
				}
				lost++
				if !strings.Contains(said, `"`+scope+`"`) {
					silent++
				}
			}
		}
		t.Logf("%d lost, %d of them unnoticed, %d errors, %d requests in %s", lost, silent,
			reported, writers[0].network.sent+writers[1].network.sent,
			time.Since(started).Round(time.Second))
		if lost > 0 {
			t.Errorf("%d scopes are lost, %d of them unnoticed", lost, silent)
		}
		time.Sleep(time.Hour)
	})
}

// scopeWriter is a run that adds scopes.
type scopeWriter struct {
	name    string
	api     *m2m.Client
	network *Network

	mu       sync.Mutex
	failures []error
}

func newScopeWriter(t *testing.T, server *testserver.Server, name string) *scopeWriter {
	t.Helper()
	base, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	network := &Network{
		Tenant: server, Latency: func() time.Duration { return 75 * time.Millisecond },
	}
	api, err := m2m.New(m2m.Config{
		Config: rest.Config{BaseURL: base, Transport: network}, Credentials: m2m.Credentials{
			ClientID:     testserver.ManagementClientID,
			ClientSecret: testserver.ManagementClientSecret,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &scopeWriter{name: name, api: api, network: network}
}

func (w *scopeWriter) add(ctx context.Context, n int) {
	var all errgroup.Group
	all.SetLimit(10)
	for i := range n {
		all.Go(func() error {
			scope := fmt.Sprintf("%s%02d", w.name, i)
			_, err := w.api.ResourceServerScopes.Create(ctx, m2m.ResourceServerScope{
				Identifier: shared, Scope: m2m.Scope{Value: scope},
			})
			if err != nil {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.failures = append(w.failures, errors.Join(fmt.Errorf("%q", scope), err))
			}
			return nil
		})
	}
	_ = all.Wait()
}
