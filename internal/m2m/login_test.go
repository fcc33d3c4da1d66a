// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const expired = `{"statusCode":401,"error":"Unauthorized","message":"Expired token received for JSON Web Token validation",` +
	`"attributes":{"error":"Expired token received for JSON Web Token validation"}}`

// loginServer issues the tokens token-1, token-2, … and answers other requests with endpoints.
func loginServer(t *testing.T, endpoints http.HandlerFunc) *tenant {
	t.Helper()
	var issued atomic.Int64
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth/token" {
			endpoints(w, r)
			return
		}
		reply(200, fmt.Sprintf(
			`{"access_token":"token-%d","expires_in":86400,"token_type":"Bearer"}`, issued.Add(1),
		))(w, r)
	})
}

func logins(s *tenant) int {
	n := 0
	for _, line := range s.Lines() {
		if line == "POST /oauth/token" {
			n++
		}
	}
	return n
}

func TestLogin_isSharedByParallelCalls(t *testing.T) {
	t.Parallel()
	s := loginServer(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer token-1" {
			t.Errorf("Authorization: %s", got)
		}
		reply(200, ordersJSON)(w, r)
	})
	c := client(t, s, withLogin)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := getOrders(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n, all := logins(s), len(s.Lines()); n != 1 || all != 21 {
		t.Errorf("%d logins among %d requests", n, all)
	}
	i := slices.IndexFunc(
		s.Arrived(),
		func(a m2mtest.Arrival) bool { return a.Target == "/oauth/token" },
	)
	login := s.Arrived()[i]
	want := "audience=" + strings.NewReplacer(":", "%3A", "/", "%2F").Replace(s.URL) +
		"%2Fapi%2Fv2%2F&client_id=" + clientID +
		"&client_secret=" + clientSecret + "&grant_type=client_credentials"
	if login.Body != want || login.Header.Get("Authorization") != "" {
		t.Errorf("got %s; want %s", login.Body, want)
	}
}

// An assertion is accepted only once, so each attempt needs its own.
func TestLogin_assertionIsNewForEachAttempt(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	s := script(t, reset, reply(503, "", "Retry-After", "0"),
		reply(200, `{"access_token":"token-1","expires_in":86400,"token_type":"Bearer"}`),
		reply(200, ordersJSON))
	c := client(t, s, func(cfg *Config) {
		cfg.APIToken, cfg.Credentials = "", Credentials{
			ClientID:   clientID,
			PrivateKey: m2mtest.PKCS1(rsaKey()),
			SigningAlg: "PS256",
		}
	})
	if err := getOrders(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for _, a := range s.Arrived()[:3] {
		form, err := url.ParseQuery(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		if form.Get("client_id") != clientID || form.Get("audience") != s.URL+"/api/v2/" ||
			form.Has("client_secret") {
			t.Errorf("%s", a.Body)
		}
		claims := jwt.MapClaims{}
		if _, err := jwt.ParseWithClaims(form.Get("client_assertion"), claims,
			func(*jwt.Token) (any, error) { return &rsaKey().PublicKey, nil },
			jwt.WithValidMethods([]string{"PS256"}), jwt.WithTimeFunc(atNoon)); err != nil {
			t.Error(err)
		}
		seen[fmt.Sprint(claims["jti"])] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d different jti in 3 attempts", len(seen))
	}
}

func TestLogin_usesTheConfiguredAudience(t *testing.T) {
	t.Parallel()
	s := loginServer(t, reply(200, ordersJSON))
	c := client(t, s, withLogin, func(cfg *Config) {
		cfg.Audience = "https://acme.eu.auth0.com/api/v2/"
	})
	if err := getOrders(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if body := s.Arrived()[0].Body; !strings.HasPrefix(
		body, "audience=https%3A%2F%2Facme.eu.auth0.com%2Fapi%2Fv2%2F&",
	) {
		t.Error(body)
	}
}

func TestLogin_401IsRetriedWithANewToken(t *testing.T) {
	t.Parallel()
	s := loginServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer token-1" {
			reply(401, expired)(w, r)
			return
		}
		reply(201, ordersJSON)(w, r)
	})
	c := client(t, s, withLogin)
	if _, err := c.ResourceServers.Create(t.Context(), newOrders()); err != nil {
		t.Fatal(err)
	}
	a := s.Arrived()
	want := []string{"POST /oauth/token", ordersPost, "POST /oauth/token", ordersPost}
	if !slices.Equal(s.Lines(), want) {
		t.Fatalf("%q", s.Lines())
	}
	if a[1].Body != a[3].Body || !strings.HasPrefix(a[3].Body, `{"identifier":`) ||
		a[3].Header.Get("Authorization") != "Bearer token-2" {
		t.Errorf("%+v, then %+v", a[1], a[3])
	}
}

func TestLogin_second401IsReturned(t *testing.T) {
	t.Parallel()
	s := loginServer(t, reply(401, expired))
	err := getOrders(t.Context(), client(t, s, withLogin))
	var answer *rest.Error
	if !errors.As(err, &answer) || answer.Status != 401 || answer.Attempts != 2 || logins(s) != 2 ||
		len(s.Lines()) != 4 {
		t.Errorf("%v, %q", err, s.Lines())
	}
}

func TestLogin_fixedTokenIsNotRetried(t *testing.T) {
	t.Parallel()
	s := script(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer my-token" {
			t.Errorf("Authorization: %s", got)
		}
		reply(401, expired)(w, r)
	})
	c := client(t, s, withLogin, func(cfg *Config) { cfg.APIToken = "my-token\n" })
	err := getOrders(t.Context(), c)
	var (
		answer *rest.Error
		login  *rest.LoginError
	)
	if !errors.As(err, &answer) || answer.Status != 401 || errors.As(err, &login) {
		t.Error(err)
	}
}

func TestLogin_401ForAnOldTokenKeepsTheNewOne(t *testing.T) {
	t.Parallel()
	l := &login{current: "new"}
	if !l.drop("old") || l.current != "new" {
		t.Errorf("dropped %q", l.current)
	}
	if !l.drop("new") || l.current != "" {
		t.Errorf("kept %q", l.current)
	}
	if (&login{fixed: "x"}).drop("x") {
		t.Error("a fixed token cannot be renewed")
	}
}

func TestLogin_refusalIsALoginError(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"wrong secret": reply(401, `{"error":"access_denied","error_description":"Unauthorized"}`),
		"no grant": reply(
			403, `{"error":"access_denied","error_description":"Client is not authorized"}`,
		),
		"wrong domain": html(404),
		"looks missing": reply(
			404,
			`{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`,
		),
		"conflict": reply(409, `{"statusCode":409,"error":"Conflict","message":"x"}`),
		"no token": reply(200, `{"token_type":"Bearer"}`),
	} {
		for _, call := range []func(*Client) error{
			func(c *Client) error { return getOrders(t.Context(), c) },
			func(c *Client) error { return c.ResourceServers.Delete(t.Context(), "x") },
			func(c *Client) error {
				_, err := c.ResourceServers.Create(t.Context(), newOrders())
				return err
			},
		} {
			s := script(t, h)
			err := call(client(t, s, withLogin))
			var (
				login    *rest.LoginError
				conflict *ConflictError
			)
			if !errors.As(err, &login) || login.ClientID != clientID ||
				login.Audience != s.URL+"/api/v2/" ||
				errors.As(err, &conflict) || rest.IsNotFound(err) {
				t.Errorf("%s: %v", name, err)
			}
			if strings.Contains(err.Error(), clientSecret) {
				t.Errorf("%s: the secret is in %v", name, err)
			}
		}
	}
}

func TestLogin_refusalIsCached(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		logins int // Of three calls.
	}{
		"wrong secret": {
			reply(401, `{"error":"access_denied","error_description":"Unauthorized"}`), 1,
		},
		"no grant": {
			reply(403, `{"error":"access_denied","error_description":"Client is not authorized"}`),
			1,
		},
		"401 of a proxy":  {html(401), 3},
		"403 of a proxy":  {html(403), 3},
		"404 of a proxy":  {html(404), 3},
		"refused request": {reply(400, `{"error":"invalid_request","error_description":"x"}`), 3},
		"no token":        {reply(200, `{"token_type":"Bearer"}`), 3},
	} {
		s := serve(t, tc.answer)
		c := client(t, s, withLogin)
		for range 3 {
			var login *rest.LoginError
			if err := getOrders(t.Context(), c); !errors.As(err, &login) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := logins(s); got != tc.logins || len(s.Lines()) != got {
			t.Errorf("%s: %d token requests, want %d", name, got, tc.logins)
		}
	}
}

func TestLogin_answerWithoutTokenIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, `{"expires_in":86400,"token_type":"Bearer"}`, `{"access_token":""}`, `null`,
	} {
		err := getOrders(t.Context(), client(t, script(t, reply(200, body)), withLogin))
		var (
			answer *rest.Error
			login  *rest.LoginError
		)
		if !errors.As(err, &answer) || !errors.As(err, &login) || answer.Status != 200 ||
			answer.NotJSON ||
			answer.Path != "/oauth/token" || answer.Message != "the answer contains no object" {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// The missing grant may be created by the same run, under another alias.
func TestLogin_missingGrantIsCachedBriefly(t *testing.T) {
	t.Parallel()
	now := noon
	refused := reply(
		403, `{"error":"access_denied","error_description":"Client is not authorized"}`,
	)
	s := script(t, refused, refused)
	c := client(t, s, withLogin, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	for _, later := range []time.Duration{0, 29 * time.Second, 2 * time.Second} {
		now = now.Add(later)
		var login *rest.LoginError
		if err := getOrders(t.Context(), c); !errors.As(err, &login) {
			t.Error(err)
		}
	}
	if got := len(s.Arrived()); got != 2 {
		t.Errorf("%d token requests, want 2", got)
	}
}

func TestLogin_missingCredentialsSendNothing(t *testing.T) {
	t.Parallel()
	reason := errors.New("neither client_id nor api_token is set")
	s := script(t)
	c := client(t, s, func(cfg *Config) { cfg.APIToken, cfg.NoCredentials = "", reason })
	var login *rest.LoginError
	if err := getOrders(t.Context(), c); !errors.Is(err, reason) || !errors.As(err, &login) {
		t.Error(err)
	}
	if _, err := c.ResourceServers.Create(t.Context(), newOrders()); !errors.Is(err, reason) {
		t.Error(err)
	}
	if _, err := c.Tokens.Fetch(t.Context(), TokenRequest{Audience: "x"}); err == nil {
		t.Error("a token was requested without credentials")
	}
}

func TestLogin_isRenewedAMinuteBeforeExpiry(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[time.Time]
	now.Store(new(noon))
	s := loginServer(t, reply(200, ordersJSON))
	c := client(t, s, withLogin, func(cfg *Config) {
		cfg.Now = func() time.Time { return *now.Load() }
	})
	for _, step := range []struct {
		at   time.Duration
		want int
	}{{0, 1}, {86339 * time.Second, 1}, {86340 * time.Second, 2}, {86400 * time.Second, 2}} {
		now.Store(new(noon.Add(step.at)))
		if err := getOrders(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := logins(s); got != step.want {
			t.Errorf("after %v: %d logins", step.at, got)
		}
	}
}

func TestLogin_shortLivedTokenIsReused(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			reply(200, `{"access_token":"brief","expires_in":30,"token_type":"Bearer"}`)(w, r)
			return
		}
		reply(200, ordersJSON)(w, r)
	})
	c := client(t, s, withLogin)
	for range 3 {
		if err := getOrders(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if n := logins(s); n != 1 {
		t.Errorf("%d logins", n)
	}
}

func TestLogin_tokenWithoutLifetimeIsUsedForAMinute(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		`{"access_token":"brief","token_type":"Bearer"}`, `{"access_token":"brief","expires_in":0}`,
		`{"access_token":"brief","expires_in":-7}`,
	} {
		var now atomic.Pointer[time.Time]
		now.Store(new(noon))
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oauth/token" {
				reply(200, answer)(w, r)
				return
			}
			reply(200, ordersJSON)(w, r)
		})
		c := client(t, s, withLogin, func(cfg *Config) {
			cfg.Now = func() time.Time { return *now.Load() }
		})
		for _, step := range []struct {
			at   time.Duration
			want int
		}{{0, 1}, {0, 1}, {59 * time.Second, 1}, {60 * time.Second, 2}, {61 * time.Second, 2}} {
			now.Store(new(noon.Add(step.at)))
			if err := getOrders(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if got := logins(s); got != step.want {
				t.Errorf("%s: after %v: %d logins", answer, step.at, got)
			}
		}
	}
}

func TestUseFor_leavesAMinuteOrHalf(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]time.Duration{
		24 * time.Hour: 24*time.Hour - time.Minute, 3 * time.Minute: 2 * time.Minute,
		2 * time.Minute: time.Minute,
		time.Minute:     30 * time.Second, 30 * time.Second: 15 * time.Second, 0: time.Minute,
		-time.Hour: time.Minute,
	} {
		if got := useFor(left); got != want {
			t.Errorf("useFor(%v) = %v; want %v", left, got, want)
		}
	}
}

func TestLogin_survivesTheCallerThatBeganIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if req.URL.Path != "/oauth/token" {
				return answer(req, reply(200, ordersJSON))
			}
			n++
			select {
			case <-req.Context().Done():
				return nil, req.Context().Err()
			case <-time.After(10 * time.Second):
			}
			return answer(req, reply(
				200, `{"access_token":"token","expires_in":86400,"token_type":"Bearer"}`,
			))
		}, withLogin)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		done := make(chan error, 2)
		go func() {
			_, err := c.ResourceServers.Create(ctx, newOrders())
			done <- err
		}()
		synctest.Wait()
		go func() { done <- getOrders(t.Context(), c) }()

		var login *rest.LoginError
		if err := <-done; !errors.Is(err, context.Canceled) || !errors.As(err, &login) {
			t.Errorf("the caller that gave up: %v", err)
		}
		if err := <-done; err != nil || n != 1 {
			t.Errorf("the other: %v, after %d logins", err, n)
		}
	})
}
