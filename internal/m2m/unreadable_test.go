// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// unreadable are bodies that no API sends, and what an error calls them.
var unreadable = map[string]struct {
	answer http.HandlerFunc
	body   string
	object bool // It begins like an object.
}{
	"nothing":     {answer: reply(200, ""), body: "an empty body"},
	"white space": {answer: reply(200, " \n"), body: "an empty body"},
	"no content":  {answer: reply(204, ""), body: "an empty body"},
	"cut JSON": {
		answer: reply(200, `{"id":"68f0`), body: "JSON that ends too early", object: true,
	},
	"cut without type": {
		answer: reply(200, `{"id":`, "Content-Type", ";"), body: "JSON that ends too early",
		object: true,
	},
	"a page": {answer: html(200), body: "text/html instead of JSON"},
	"a cut page": {
		answer: reply(200, "<", "Content-Type", "text/html"),
		body:   "text/html instead of JSON",
	},
	"no type": {answer: reply(200, "ok", "Content-Type", ";"), body: "a body that is not JSON"},
	"text called JSON": {
		answer: reply(200, "ok"),
		body:   "a body that is not JSON, although its type is application/json",
	},
	"two answers": {
		answer: reply(200, ordersJSON+"{}"), object: true,
		body: "a body that is not JSON, although its type is application/json",
	},
}

func TestUnreadable_requestIsRepeated(t *testing.T) {
	t.Parallel()
	calls := map[string]struct {
		call func(context.Context, *Client) error
		good string
	}{
		"read": {getOrders, ordersJSON},
		"lookup": {func(ctx context.Context, c *Client) error {
			_, err := c.ResourceServers.Find(ctx, "https://orders.example.com")
			return err
		}, "[" + ordersJSON + "]"},
		"update": {func(ctx context.Context, c *Client) error {
			_, err := c.ResourceServers.Update(ctx, "68f0a1b2c3d4e5f60718293a",
				ResourceServerProperties{Name: Set("Orders")})
			return err
		}, ordersJSON},
		"token": {func(ctx context.Context, c *Client) error {
			_, err := c.Tokens.Fetch(ctx, TokenRequest{
				Credentials: Credentials{ClientID: "a", ClientSecret: "b"},
			})
			return err
		}, granted},
	}
	for name, bad := range unreadable {
		for kind, tc := range calls {
			if kind == "lookup" && bad.object {
				continue // Another form, whatever follows.
			}
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent := 0
					c := over(t, func(req *http.Request) (*http.Response, error) {
						if sent++; sent <= 3 {
							return answer(req, bad.answer)
						}
						return answer(req, reply(200, tc.good))
					})
					if err := tc.call(t.Context(), c); err != nil || sent != 4 {
						t.Errorf("%v after %d requests", err, sent)
					}
				})
			})
		}
	}
}

// A host that never gave a readable answer is not the tenant, so nobody waits for it long. A tenant
// gets as much time as after a server error.
func TestUnreadable_errorSaysWhatCameAndHowOften(t *testing.T) {
	t.Parallel()
	for name, bad := range unreadable {
		for known, least := range map[bool]time.Duration{false: 0, true: 9 * time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				c := over(t, func(req *http.Request) (*http.Response, error) {
					if sent++; known && sent == 1 {
						return answer(req, reply(200, ordersJSON))
					}
					return answer(req, bad.answer)
				})
				if known {
					if err := getOrders(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					sent = 0
					known = false
				}
				err := getOrders(t.Context(), c)
				refused, ok := errors.AsType[*rest.Error](err)
				if !ok || !refused.NotJSON || refused.Body != bad.body ||
					refused.Attempts != sent || refused.Elapsed < least ||
					least == 0 && sent != rest.MaxFailures || rest.IsNotFound(err) {
					t.Errorf("%s: %v after %d requests: %+v", name, err, sent, refused)
				}
			})
		}
	}
}

// The reply to the create is lost, so the object is looked up.
func TestUnreadable_createIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, bad := range unreadable {
		s := script(t, bad.answer, reply(200, "["+ordersJSON+"]"))
		got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" || len(s.Lines()) != 2 {
			t.Errorf("%s: %+v, %v after %q", name, got, err, s.Lines())
		}
	}
}

// Such an answer is not damaged: another one would be the same.
func TestUnreadable_wrongAnswerIsNotRequestedAgain(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `{"id":7}`} {
		s := script(t, reply(200, body))
		if err := getOrders(t.Context(), client(t, s)); err == nil || len(s.Lines()) != 1 {
			t.Errorf("%s: %v after %q", body, err, s.Lines())
		}
	}
}
