// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// removals are the deletes of all kinds of objects, with the answers of their reads.
var removals = map[string]struct {
	remove        func(context.Context, *Client) error
	there, absent http.HandlerFunc
}{
	"resource server": {
		func(ctx context.Context, c *Client) error {
			return c.ResourceServers.Delete(ctx, "68f0a1b2c3d4e5f60718293a")
		},
		reply(200, ordersJSON), reply(404, ordersMissing),
	},
	"client grant": {
		func(ctx context.Context, c *Client) error { return c.ClientGrants.Delete(ctx, "cgr_1") },
		reply(200, `{"id":"cgr_1","client_id":"c","audience":"a"}`), reply(404, noGrant),
	},
	"association": {
		func(ctx context.Context, c *Client) error {
			return c.OrganizationClientGrants.Delete(ctx, acmeOrders)
		},
		reply(200, `{"organizations":[{"id":"org_Acme"}]}`), reply(200, `{"organizations":[]}`),
	},
}

func TestRemove_204IsBelieved(t *testing.T) {
	t.Parallel()
	for name, tc := range removals {
		s := script(t, reply(204, ""))
		if err := tc.remove(t.Context(), client(t, s)); err != nil || len(s.Lines()) != 1 {
			t.Errorf("%s: %v after %q", name, err, s.Lines())
		}
	}
}

// claims are answers to a DELETE that may mean that the object is gone.
var claims = map[string]http.HandlerFunc{
	"object": reply(200, ordersJSON), "empty object": reply(200, `{}`), "null": reply(200, `null`),
	"nothing": reply(200, ""), "page": html(200), "accepted": reply(202, `{}`),
	"missing": reply(404, ordersMissing),
}

func TestRemove_anyOtherAnswerIsConfirmedByARead(t *testing.T) {
	t.Parallel()
	for name, tc := range removals {
		for claim, said := range claims {
			s := script(t, said, tc.absent)
			if err := tc.remove(t.Context(), client(t, s)); err != nil || len(s.Lines()) != 2 ||
				!strings.HasPrefix(s.Lines()[1], "GET ") {
				t.Errorf("%s, %s: %v after %q", name, claim, err, s.Lines())
			}
		}
	}
}

func TestRemove_lostDeleteIsRepeated(t *testing.T) {
	t.Parallel()
	for name, tc := range removals {
		s := script(t, html(200), tc.there, reply(204, ""))
		if err := tc.remove(t.Context(), client(t, s)); err != nil || len(s.Lines()) != 3 {
			t.Errorf("%s: %v after %q", name, err, s.Lines())
		}
	}
}

func TestRemove_objectThatIsStillThereIsAnError(t *testing.T) {
	t.Parallel()
	for name, tc := range removals {
		for claim, said := range claims {
			synctest.Test(t, func(t *testing.T) {
				deletes, reads := 0, 0
				c := over(t, func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodDelete {
						deletes++
						return answer(req, said)
					}
					reads++
					return answer(req, tc.there)
				})
				err := tc.remove(t.Context(), c)
				refused, ok := errors.AsType[*rest.Error](err)
				if !ok || refused.Method != http.MethodDelete || rest.IsNotFound(err) ||
					refused.Message != "the object can still be read" ||
					deletes != removalRounds || reads != removalRounds {
					t.Errorf("%s, %s: %v after %d deletes and %d reads", name, claim, err, deletes,
						reads)
				}
			})
		}
	}
}

func TestRemove_failedReadIsAnError(t *testing.T) {
	t.Parallel()
	for name, tc := range removals {
		s := script(t, reply(200, `{}`), reply(403, forbidden))
		err := tc.remove(t.Context(), client(t, s))
		if err == nil || len(s.Lines()) != 2 || !strings.Contains(
			err.Error(), "200 OK: it is not known whether the object is gone: ",
		) || !strings.Contains(err.Error(), "403 Forbidden: Insufficient scope") {
			t.Errorf("%s: %v after %q", name, err, s.Lines())
		}
	}
}

func TestRemove_refusalIsAnError(t *testing.T) {
	t.Parallel()
	for name, tc := range removals {
		for _, h := range []http.HandlerFunc{reply(403, forbidden), html(404)} {
			s := script(t, h)
			if err := tc.remove(t.Context(), client(t, s)); err == nil || len(s.Lines()) != 1 {
				t.Errorf("%s: %v after %q", name, err, s.Lines())
			}
		}
	}
}
