// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// A report of requests must not contain ids.
func TestUsage_countsByRoute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		statuses := map[string]int{}
		c := over(t, func(req *http.Request) (*http.Response, error) {
			key := req.Method + req.URL.Path
			statuses[key]++
			switch {
			case req.URL.Path == "/oauth/token":
				return answer(req, reply(200, `{"access_token":"t","expires_in":86400}`))
			case req.Method == http.MethodDelete && statuses[key] == 1:
				return answer(req, reply(429, tooMany, "Retry-After", "3"))
			case req.Method == http.MethodPatch && statuses[key] == 1:
				return answer(req, reply(503, "", "Retry-After", "2"))
			case req.Method == http.MethodDelete:
				return answer(req, reply(204, ""))
			default:
				return answer(req, reply(200, ordersJSON))
			}
		}, withLogin)
		ctx := t.Context()
		_ = getOrders(ctx, c)
		_, _ = c.ResourceServers.Update(ctx, "urn:a", ResourceServerProperties{Name: Set("A")})
		_ = c.ClientGrants.Delete(ctx, "cgr_1")
		_, _ = c.Organizations.Get(ctx, "org_1")
		_, _ = c.Organizations.GetByName(ctx, "acme")
		_, _ = c.Clients.Get(ctx, "abc")
		c.conn.ServedFromPage(3)
		got := c.Usage()
		got.Limited.Waited = got.Limited.Waited.Truncate(time.Second)
		got.Paused.Waited = got.Paused.Waited.Truncate(time.Second)
		want := rest.Usage{
			Requests: map[string]int{
				"POST /oauth/token":                     1,
				"GET /api/v2/resource-servers/{id}":     1,
				"PATCH /api/v2/resource-servers/{id}":   2,
				"DELETE /api/v2/client-grants/{id}":     2,
				"GET /api/v2/organizations/{id}":        1,
				"GET /api/v2/organizations/name/{name}": 1,
				"GET /api/v2/clients/{id}":              1,
			},
			Retries: 2, RateLimited: 1, ServedFromPage: 3,
			Limited: rest.Waits{Requests: 1, Waited: 3 * time.Second},
			Paused:  rest.Waits{Requests: 1, Waited: 2 * time.Second},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Two waits at the same time slow a run down only once.
