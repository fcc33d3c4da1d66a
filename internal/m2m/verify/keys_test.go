// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
)

func TestVerify_unknownKeysDoNotSpoilTheSet(t *testing.T) {
	t.Parallel()
	good := jwk(t, "key-1", rsaKey())
	is := newIssuer(
		t, map[string]any{"kty": "quantum", "kid": "q"}, map[string]any{}, "text", 7, nil,
		map[string]any{"kty": "RSA", "kid": "r", "n": "!", "e": "AQAB"},
		with(good, "kid", "x", "x5t", "AAAA"), good,
	)
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	if _, err := verifierOf(is.tenant, atNoon).Verify(t.Context(), token, orders); err != nil {
		t.Error(err)
	}
}

// The set is fetched again for a missing key: once at any time, then once a minute, whatever the
// tokens name.
func TestVerify_keyFetchesAreLimited(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-0", otherRSAKey()))
	now := noon
	v := verifierOf(is.tenant, func() time.Time { return now })
	old := sign(
		t, jwt.SigningMethodRS256, otherRSAKey(), map[string]any{"kid": "key-0"}, is.claims(),
	)
	rotated := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	bad := func(i int) string {
		return sign(
			t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": fmt.Sprint("random-", i)},
			is.claims(),
		)
	}
	for i, step := range []struct {
		at      time.Duration
		token   string
		rotate  bool
		reason  string
		fetches int
	}{
		{0, old, false, "", 1},
		{0, rotated, true, "", 2},
		{0, rotated, false, "", 2},
		{0, old, false, `"key-0" is not in the key set`, 2}, // The key has been revoked.
		{59 * time.Second, bad(1), false, "not in the key set", 2},
		{60 * time.Second, bad(2), false, "not in the key set", 3},
		{60 * time.Second, bad(3), false, "not in the key set", 3},
		{119 * time.Second, bad(4), false, "not in the key set", 3},
		{119 * time.Second, rotated, false, "", 3},
		{2 * time.Hour, rotated, false, "", 3},
		{2 * time.Hour, bad(5), false, "not in the key set", 4},
		{2 * time.Hour, bad(6), false, "not in the key set", 5},
		{2 * time.Hour, bad(7), false, "not in the key set", 5},
	} {
		now = noon.Add(step.at)
		if step.rotate {
			is.keys.Store(&[]any{jwk(t, "key-1", rsaKey())})
		}
		_, err := v.Verify(t.Context(), step.token, orders)
		if n := strings.Count(strings.Join(is.Lines(), "\n"), "jwks.json"); n != step.fetches ||
			!isRefusal(err, step.reason) {
			t.Errorf("step %d: %v, %d fetches", i, err, n)
		}
	}
}

// isRefusal reports whether err is a refusal with this reason. Without a reason it reports whether
// err is nil.
func isRefusal(err error, reason string) bool {
	var refused *Error
	if reason == "" {
		return err == nil
	}
	return errors.As(err, &refused) && strings.Contains(refused.Reason, reason)
}

// A rotation keeps the previous key until it is revoked (API contract 8).
func TestVerify_previousKeyIsAccepted(t *testing.T) {
	t.Parallel()
	is := newIssuer(
		t, jwk(t, "next", m2mtest.RSAKeyOf(2048)()), jwk(t, "current", otherRSAKey()),
		jwk(t, "previous", rsaKey()),
	)
	token := sign(
		t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": "previous"}, is.claims(),
	)
	if _, err := verifierOf(is.tenant, atNoon).Verify(t.Context(), token, orders); err != nil {
		t.Error(err)
	}
}

func TestVerify_firstUsableKeyWithAnIDWins(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		keys   []any
		reason string
	}{
		"first": {[]any{jwk(t, "key-1", rsaKey()), jwk(t, "key-1", otherRSAKey())}, ""},
		"second": {
			[]any{jwk(t, "key-1", otherRSAKey()), jwk(t, "key-1", rsaKey())}, "signature is wrong",
		},
		"behind unfit": {[]any{jwk(t, "key-1", m2mtest.SmallRSAKey()), jwk(t, "key-1", rsaKey())}, ""},
		"before unfit": {[]any{jwk(t, "key-1", rsaKey()), jwk(t, "key-1", m2mtest.SmallRSAKey())}, ""},
		"behind malformed": {
			[]any{map[string]any{"kid": "key-1", "kty": "RSA"}, jwk(t, "key-1", rsaKey())}, "",
		},
	} {
		is := newIssuer(t, tc.keys...)
		token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
		if _, err := verifierOf(is.tenant, atNoon).Verify(
			t.Context(), token, orders,
		); !isRefusal(err, tc.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVerify_unfitKeysAreRefused(t *testing.T) {
	t.Parallel()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain := with(jwk(t, "key-1", rsaKey()), "x5c", nil, "x5t", nil)
	private := with(plain, "d", base64.RawURLEncoding.EncodeToString(rsaKey().D.Bytes()))
	for i, prime := range rsaKey().Primes {
		private[[]string{"p", "q"}[i]] = base64.RawURLEncoding.EncodeToString(prime.Bytes())
	}
	coordinates, err := ec.PublicKey.Bytes() // 4, then x and y.
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		key    map[string]any
		reason string
	}{
		"plain":          {plain, ""},
		"no use, no alg": {with(plain, "use", nil, "alg", nil), ""},
		"for PS256":      {with(plain, "alg", "PS256"), ""},
		"secret": {
			map[string]any{
				"kty": "oct",
				"kid": "key-1",
				"k":   base64.RawURLEncoding.EncodeToString([]byte(secret16 + secret16)),
			},
			"it is not an RSA public key",
		},
		"elliptic": {map[string]any{
			"kty": "EC", "kid": "key-1", "crv": "P-256",
			"x": base64.RawURLEncoding.EncodeToString(coordinates[1:33]),
			"y": base64.RawURLEncoding.EncodeToString(coordinates[33:]),
		}, "it is not an RSA public key"},
		"private": {private, "it is not an RSA public key"},
		"unknown kind": {
			map[string]any{"kty": "quantum", "kid": "key-1"}, "it cannot be read",
		},
		"no modulus": {with(plain, "n", nil), "it cannot be read"},
		"other certificate": {
			with(plain, "x5c", jwk(t, "", otherRSAKey())["x5c"]), "it cannot be read",
		},
		"for encryption": {with(plain, "use", "enc"), "it is not for signatures"},
		"for RSA-OAEP":   {with(plain, "alg", "RSA-OAEP"), `it is for the algorithm "RSA-OAEP"`},
		"for HS256":      {with(plain, "alg", "HS256"), `it is for the algorithm "HS256"`},
		"small": {
			with(jwk(t, "key-1", m2mtest.SmallRSAKey()), "x5c", nil),
			"it has 1024 bits; at least 2048 are required",
		},
		"huge":          {with(plain, "n", strings.Repeat("_", 20_000)), "it cannot be read"},
		"exponent of 1": {with(plain, "e", "AQ"), "it cannot be read"},
	} {
		is := newIssuer(t, tc.key)
		token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
		if tc.reason != "" {
			tc.reason = `its key "key-1" cannot be used: ` + tc.reason
		}
		if _, err := verifierOf(is.tenant, atNoon).Verify(
			t.Context(), token, orders,
		); !isRefusal(err, tc.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVerify_parallelCallsShareOneFetch(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-1", rsaKey()))
	v := verifierOf(is.tenant, atNoon)
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := v.Verify(t.Context(), token, orders); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want := []string{"GET /.well-known/openid-configuration", "GET /.well-known/jwks.json"}
	if got := is.Lines(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestVerify_fetchSurvivesTheCallerThatBeganIt(t *testing.T) {
	t.Parallel()
	set, err := json.Marshal(map[string]any{"keys": []any{jwk(t, "key-1", rsaKey())}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		v := over(func(req *http.Request) (*http.Response, error) {
			sent++
			select {
			case <-req.Context().Done():
				return nil, req.Context().Err()
			case <-time.After(10 * time.Second):
			}
			if strings.HasSuffix(req.URL.Path, "jwks.json") {
				return answer(req, reply(200, string(set)))
			}
			return answer(req, reply(
				200,
				`{"issuer":"https://tenant.example/","jwks_uri":"https://tenant.example/jwks.json"}`,
			))
		})
		token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, map[string]any{
			"iss": "https://tenant.example/", "aud": "urn:orders", "exp": noon.Unix() + 60,
			"azp": "m2m",
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		done := make(chan error, 1)
		go func() {
			_, err := v.Verify(ctx, token, orders)
			done <- err
		}()
		synctest.Wait()
		go func() {
			_, err := v.Verify(t.Context(), token, orders)
			done <- err
		}()
		started := time.Now()
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) ||
			time.Since(started) != time.Second {
			t.Errorf("the caller that gave up: %v after %v", err, time.Since(started))
		}
		if err := <-done; err != nil || sent != 2 {
			t.Errorf("the other: %v after %d requests", err, sent)
		}
	})
}

func TestVerify_trustsOnlyKeysOfTheIssuer(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ discovery, reason string }{
		"another issuer": {
			`{"issuer":"https://evil.example/","jwks_uri":"ISSUER.well-known/jwks.json"}`,
			`is for the issuer "https://evil.example/"`,
		},
		"issuer without slash": {
			`{"issuer":"ISSUERNOSLASH","jwks_uri":"ISSUER.well-known/jwks.json"}`,
			"is for the issuer",
		},
		"no issuer": {
			`{"jwks_uri":"ISSUER.well-known/jwks.json"}`, `is for the issuer ""`,
		},
		"keys over plain http": {
			`{"issuer":"ISSUER","jwks_uri":"http://keys.example/jwks.json"}`,
			`"http://keys.example/jwks.json", which is not https`,
		},
		"keys in a file": {`{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}`, "not https"},
		"keys nowhere":   {`{"issuer":"ISSUER"}`, "not https"},
		"keys at no URL": {`{"issuer":"ISSUER","jwks_uri":"http://127.0.0.1:x/"}`, "not https"},
	} {
		is := newIssuer(t, jwk(t, "key-1", rsaKey()))
		is.discovery.Store(new(
			strings.NewReplacer(
				"ISSUERNOSLASH", is.URL, "ISSUER", is.URL+"/",
			).Replace(tc.discovery),
		))
		token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
		_, err := verifierOf(is.tenant, atNoon).Verify(t.Context(), token, orders)
		var refused *Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, tc.reason) {
			t.Errorf("%s: %v", name, err)
		}
		if got := is.Lines(); !slices.Equal(got, []string{
			"GET /.well-known/openid-configuration",
		}) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Plain http is only for a tenant on this machine.
func TestVerify_keysOfATLSTenantComeOverTLS(t *testing.T) {
	t.Parallel()
	set, _ := json.Marshal(map[string]any{"keys": []any{jwk(t, "key-1", rsaKey())}})
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, map[string]any{
		"iss": "https://tenant.example/", "aud": "urn:orders", "exp": noon.Unix() + 60,
		"azp": "m2m",
	})
	for uri, ok := range map[string]bool{
		"https://tenant.example/jwks.json": true, "https://keys.example/jwks.json": true,
		"https://127.0.0.1/jwks.json": true,
		"http://127.0.0.1/jwks.json":  false, "http://localhost/jwks.json": false,
		"http://[::1]/jwks.json": false, "http://tenant.example/jwks.json": false,
	} {
		var sent []string
		v := over(func(req *http.Request) (*http.Response, error) {
			sent = append(sent, req.URL.String())
			if strings.HasSuffix(req.URL.Path, "jwks.json") {
				return answer(req, reply(200, string(set)))
			}
			return answer(req, reply(
				200, `{"issuer":"https://tenant.example/","jwks_uri":"`+uri+`"}`,
			))
		})
		_, err := v.Verify(t.Context(), token, orders)
		var refused *Error
		if ok && (err != nil || len(sent) != 2) ||
			!ok && (!errors.As(err, &refused) || !strings.Contains(refused.Reason, "not https") ||
				len(sent) != 1) {
			t.Errorf("%s: %v after %q", uri, err, sent)
		}
	}
}

func TestVerify_invalidKeySetIsAnError(t *testing.T) {
	t.Parallel()
	const issuer = "https://tenant.example"
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, map[string]any{
		"iss": issuer + "/", "aud": "urn:orders", "exp": noon.Unix() + 60, "azp": "m2m",
	})
	discovery := reply(200, fmt.Sprintf(`{"issuer":"%s/","jwks_uri":"%s/jwks"}`, issuer, issuer))
	verify := func(discovery, keys http.HandlerFunc) (err error) {
		// An answer that cannot be read is asked for again, after a pause.
		synctest.Test(t, func(t *testing.T) {
			_, err = over(func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == "/jwks" {
					return answer(req, keys)
				}
				return answer(req, discovery)
			}).Verify(t.Context(), token, orders)
		})
		return err
	}

	var refused *Error
	for body, reason := range map[string]string{
		`[]`: "cannot be read", `{}`: "not in the key set", `{"keys":{}}`: "cannot be read",
		`{"keys":[]}`: "not in the key set",
	} {
		err := verify(discovery, reply(200, body))
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, reason) {
			t.Errorf("%s: %v", body, err)
		}
	}

	if err := verify(reply(200, `{"iss`), nil); err == nil || errors.As(err, &refused) {
		t.Errorf("half a document: %v", err)
	}
}

// A failed fetch may be repeated once at any time, then once a minute.
func TestVerify_retriesOfFailedFetchesAreLimited(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-1", rsaKey()))
	now := noon
	v := verifierOf(is.tenant, func() time.Time { return now })
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	is.discovery.Store(new("[]"))
	for i, fetches := range []int{1, 2, 2, 2} {
		_, err := v.Verify(t.Context(), token, orders)
		var refused *Error
		if err == nil || errors.As(err, &refused) || len(is.Lines()) != fetches {
			t.Errorf("%d: %v after %q", i, err, is.Lines())
		}
	}
	is.discovery.Store(nil)
	now = noon.Add(time.Minute)
	if _, err := v.Verify(t.Context(), token, orders); err != nil {
		t.Error(err)
	}
}
