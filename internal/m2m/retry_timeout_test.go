// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
)

// The time for retries shortens every wait: for a login or a create that gets no answer, and for a
// server that asks for an absurd pause. A create is looked up for lookupTimeout longer.
func TestRetryTimeout_shortensEachWait(t *testing.T) {
	t.Parallel()
	silent := func(r *http.Request) (*http.Response, error) {
		connected(r)
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	get := func(ctx context.Context, c *Client) error {
		_, err := c.ResourceServers.Get(ctx, "urn:orders")
		return err
	}
	for name, tc := range map[string]struct {
		network m2mtest.Wire
		call    func(context.Context, *Client) error
		more    time.Duration // Besides the time for retries.
	}{
		"silent login": {
			network: silent,
			call: func(ctx context.Context, c *Client) error {
				_, err := c.Tokens.Fetch(ctx, TokenRequest{
					Credentials: Credentials{ClientID: "a", ClientSecret: "b"}, Audience: "c",
				})
				return err
			},
		},
		"silent create": {
			network: func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodPost {
					return silent(r)
				}
				return answer(r, reply(200, "[]"))
			},
			call: func(ctx context.Context, c *Client) error {
				_, err := c.ResourceServers.Create(ctx, NewResourceServer{Identifier: "urn:orders"})
				return err
			},
			more: lookupTimeout,
		},
		"absurd Retry-After": {
			network: func(r *http.Request) (*http.Response, error) {
				return answer(r, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Retry-After", "999999999")
					reply(429, tooMany)(w, r)
				})
			},
			call: get,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var spent []time.Duration
			for _, timeout := range []time.Duration{
				2 * time.Second, 90 * time.Second, 10 * time.Minute,
			} {
				synctest.Test(t, func(t *testing.T) {
					c := over(t, tc.network, func(cfg *Config) { cfg.RetryTimeout = timeout })
					started := time.Now()
					if err := tc.call(t.Context(), c); err == nil {
						t.Error("no error")
					}
					spent = append(spent, time.Since(started))
					if took := time.Since(started); took > timeout+tc.more {
						t.Errorf("it took %s with a timeout of %s", took, timeout)
					}
				})
			}
			t.Logf("it took %s", spent)
			if spent[0] >= spent[1] || spent[1] >= spent[2] {
				t.Errorf("a shorter time for retries did not shorten it: %s", spent)
			}
		})
	}
}
