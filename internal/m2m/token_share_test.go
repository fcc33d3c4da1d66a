// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// mint answers each token request with a new token: token-1, token-2 and so on. It answers nothing
// else.
func mint(t *testing.T, lifetime time.Duration) (*tenant, *atomic.Int32) {
	t.Helper()
	var minted atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet:
			reply(200, ordersJSON)(w, r)
			return
		case r.URL.Path != "/oauth/token":
			w.WriteHeader(http.StatusNoContent)
			return
		}
		reply(200, fmt.Sprintf(`{"access_token":"token-%d","expires_in":%d,"token_type":"Bearer"}`,
			minted.Add(1), int(lifetime.Seconds())))(w, r)
	})
	return s, &minted
}

func ordersRequest() TokenRequest {
	return TokenRequest{
		Credentials: Credentials{ClientID: "m2m", ClientSecret: "b"}, Audience: "urn:orders",
		Scopes: []string{"read", "write"},
	}
}

// share holds a token and returns it.
func share(t *testing.T, c *Client, r TokenRequest, atLeast time.Duration) (string, func()) {
	t.Helper()
	token, release, err := c.Tokens.Share(t.Context(), r, atLeast)
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken, release
}

func TestShare_sameRequestGetsTheSameToken(t *testing.T) {
	t.Parallel()
	changed := func(change func(*TokenRequest)) TokenRequest {
		r := ordersRequest()
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		other TokenRequest
		want  string
	}{
		"the same": {ordersRequest(), "token-1"},
		"scopes reordered": {
			changed(func(r *TokenRequest) { r.Scopes = []string{"write", "read"} }), "token-1",
		},
		"a scope twice": {
			changed(func(r *TokenRequest) { r.Scopes = []string{"write", "read", "write"} }),
			"token-1",
		},
		"own by default": {
			changed(func(r *TokenRequest) { r.Credentials = Credentials{} }), "token-1",
		},
		"fewer scopes": {
			changed(func(r *TokenRequest) { r.Scopes = []string{"read"} }), "token-2",
		},
		"scopes in one": {
			changed(func(r *TokenRequest) { r.Scopes = []string{"read write"} }), "token-2",
		},
		"all scopes":      {changed(func(r *TokenRequest) { r.Scopes = nil }), "token-2"},
		"another API":     {changed(func(r *TokenRequest) { r.Audience += "/" }), "token-2"},
		"an organization": {changed(func(r *TokenRequest) { r.Organization = "acme" }), "token-2"},
		"another client": {
			changed(func(r *TokenRequest) { r.Credentials.ClientID = "M2M" }), "token-2",
		},
		"another secret": {
			changed(func(r *TokenRequest) { r.Credentials.ClientSecret = "B" }), "token-2",
		},
		"a key": {changed(func(r *TokenRequest) {
			r.Credentials = Credentials{ClientID: "m2m", PrivateKey: m2mtest.PKCS1(rsaKey())}
		}), "token-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := mint(t, time.Hour)
			client := client(t, s, func(cfg *Config) {
				cfg.Credentials = ordersRequest().Credentials
			})
			for i, r := range []TokenRequest{ordersRequest(), c.other, c.other} {
				got, release := share(t, client, r, 0)
				defer release()
				if i > 0 && got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			}
			if asked := len(s.Arrived()); fmt.Sprint("token-", asked) != c.want {
				t.Errorf("%d requests", asked)
			}
		})
	}
}

// Two different secrets that are not UTF-8 stay different.
func TestShare_secretsAreComparedByteForByte(t *testing.T) {
	t.Parallel()
	s, _ := mint(t, time.Hour)
	c := client(t, s)
	for i, secret := range []string{"\xfe", "\xff", "\ufffd", `\xfe`} {
		r := ordersRequest()
		r.Credentials.ClientSecret = secret
		got, release := share(t, c, r, 0)
		defer release()
		if want := fmt.Sprint("token-", i+1); got != want {
			t.Errorf("%q: got %s, want %s", secret, got, want)
		}
	}
}

func TestShare_lastReleaseDropsTheToken(t *testing.T) {
	t.Parallel()
	s, _ := mint(t, time.Hour)
	c := client(t, s)
	_, one := share(t, c, ordersRequest(), 0)
	_, two := share(t, c, ordersRequest(), 0)
	one()
	one() // A second release does nothing.
	if got, three := share(t, c, ordersRequest(), 0); got != "token-1" {
		t.Errorf("got %s, but token-1 is still held", got)
	} else {
		three()
	}
	two()
	if len(c.Tokens.shared.held) != 0 {
		t.Errorf("held: %v", c.Tokens.shared.held)
	}
	if got, release := share(t, c, ordersRequest(), 0); got != "token-2" {
		t.Errorf("got %s, which was forgotten", got)
	} else {
		release()
	}
}

func TestShare_expiringTokenIsNotShared(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		passed, atLeast time.Duration
		want            string
	}{
		"fresh":                           {0, 0, "token-1"},
		"enough for who asks none":        {59 * time.Minute, 0, "token-1"},
		"too late for anyone":             {59*time.Minute + time.Second, 0, "token-2"},
		"asks for less than is the least": {59*time.Minute + time.Second, time.Second, "token-2"},
		"enough":                          {30 * time.Minute, 30 * time.Minute, "token-1"},
		"too little": {
			30 * time.Minute, 30*time.Minute + time.Second, "token-2",
		},
		"expired":           {2 * time.Hour, 0, "token-2"},
		"more than any has": {0, 2 * time.Hour, "token-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := mint(t, time.Hour)
			now := noon
			client := client(t, s, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
			_, old := share(t, client, ordersRequest(), 0)
			now = noon.Add(c.passed)
			got, release := share(t, client, ordersRequest(), c.atLeast)
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			// From now on the newer token is shared, even after the older one is released.
			old()
			if again, release := share(t, client, ordersRequest(), 0); again != c.want {
				t.Errorf("then got %s, want %s", again, c.want)
			} else {
				release()
			}
			release()
			if len(client.Tokens.shared.held) != 0 {
				t.Errorf("held: %v", client.Tokens.shared.held)
			}
		})
	}
}

// The content of a token depends on the grants of its client, which may have changed.
func TestShare_tokenIsNotSharedAfterAWrite(t *testing.T) {
	t.Parallel()
	s, minted := mint(t, time.Hour)
	c := client(t, s)
	for _, step := range []struct {
		between func() error
		want    int32
	}{
		{func() error { return nil }, 1},
		{func() error { return getOrders(t.Context(), c) }, 1},
		{func() error { return c.ClientGrants.Delete(t.Context(), "cgr_0123456789abcdef") }, 2},
		{func() error { return nil }, 2},
	} {
		if err := step.between(); err != nil {
			t.Fatal(err)
		}
		_, release := share(t, c, ordersRequest(), 0)
		defer release()
		if minted.Load() != step.want {
			t.Errorf("%d tokens, want %d", minted.Load(), step.want)
		}
	}
}

func TestShare_tokenWithoutLifetimeIsNotShared(t *testing.T) {
	t.Parallel()
	s, minted := mint(t, 0)
	c := client(t, s)
	for range 2 {
		_, release := share(t, c, ordersRequest(), 0)
		defer release()
	}
	if minted.Load() != 2 {
		t.Errorf("%d tokens", minted.Load())
	}
}

// gated answers a token request when the gate opens. It counts requests and cancelled requests.
type gated struct {
	gate           chan struct{}
	answer         http.HandlerFunc
	asked, givenUp atomic.Int32
}

func (g *gated) serve(req *http.Request) (*http.Response, error) {
	g.asked.Add(1)
	select {
	case <-g.gate:
		return answer(req, g.answer)
	case <-req.Context().Done():
		g.givenUp.Add(1)
		return nil, req.Context().Err()
	}
}

// shared makes ten calls at once, each with its own context. Once all wait for the answer, it runs
// prepare. It returns the results of the calls.
func (g *gated) shared(
	t *testing.T, c *Client, prepare func(cancel []context.CancelFunc),
) (errs []error, releases []func()) {
	t.Helper()
	const openers = 10
	errs, releases = make([]error, openers), make([]func(), openers)
	cancel := make([]context.CancelFunc, openers)
	var all sync.WaitGroup
	for i := range openers {
		var ctx context.Context
		ctx, cancel[i] = context.WithCancel(t.Context())
		defer cancel[i]()
		all.Go(func() { _, releases[i], errs[i] = c.Tokens.Share(ctx, ordersRequest(), 0) })
		synctest.Wait() // The first caller sends the request.
	}
	prepare(cancel)
	all.Wait()
	synctest.Wait()
	return errs, releases
}

func TestShare_parallelCallsMakeOneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gated{gate: make(chan struct{}), answer: reply(200, granted)}
		c := over(t, g.serve)
		// The caller that sent the request gives up; the others do not notice.
		errs, releases := g.shared(t, c, func(cancel []context.CancelFunc) {
			cancel[0]()
			synctest.Wait()
			close(g.gate)
		})
		for i, err := range errs {
			if i == 0 && !errors.Is(err, context.Canceled) || i > 0 && err != nil {
				t.Errorf("opener %d: %v", i, err)
			}
			releases[i]()
		}
		if g.asked.Load() != 1 || g.givenUp.Load() != 0 || len(c.Tokens.shared.held) != 0 {
			t.Errorf(
				"%d requests, %d given up, held: %v", g.asked.Load(), g.givenUp.Load(),
				c.Tokens.shared.held,
			)
		}
	})
}

func TestShare_requestEndsWithItsLastWaiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gated{gate: make(chan struct{}), answer: reply(200, granted)}
		c := over(t, g.serve)
		errs, _ := g.shared(t, c, func(cancel []context.CancelFunc) {
			for _, stop := range cancel {
				stop()
			}
		})
		for i, err := range errs {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("opener %d: %v", i, err)
			}
		}
		if g.asked.Load() != 1 || g.givenUp.Load() != 1 || len(c.Tokens.shared.held) != 0 {
			t.Errorf(
				"%d requests, %d given up, held: %v", g.asked.Load(), g.givenUp.Load(),
				c.Tokens.shared.held,
			)
		}
	})
}

func TestShare_errorIsNotCached(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gated{
			gate:   make(chan struct{}),
			answer: reply(403, `{"error":"access_denied","error_description":"no grant"}`),
		}
		c := over(t, g.serve)
		errs, _ := g.shared(t, c, func([]context.CancelFunc) { close(g.gate) })
		for i, err := range errs {
			var answer *rest.Error
			if !errors.As(err, &answer) || answer.Status != 403 {
				t.Errorf("opener %d: %v", i, err)
			}
		}
		if len(c.Tokens.shared.held) != 0 {
			t.Errorf("held: %v", c.Tokens.shared.held)
		}
		g.answer = reply(200, granted)
		got, release := share(t, c, ordersRequest(), 0)
		defer release()
		if got != "a.b.c" || g.asked.Load() != 2 {
			t.Errorf("got %q after %d requests", got, g.asked.Load())
		}
	})
}

func TestShare_unusableClient(t *testing.T) {
	t.Parallel()
	unusable := errors.New("not known yet")
	c, err := New(Config{Config: rest.Config{Unusable: unusable}})
	if err != nil {
		t.Fatal(err)
	}
	_, release, err := c.Tokens.Share(t.Context(), ordersRequest(), 0)
	release()
	if !errors.Is(err, unusable) {
		t.Error(err)
	}
}
