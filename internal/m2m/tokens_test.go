// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/bounded"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const granted = `{"access_token":"a.b.c","scope":"read:orders write:orders","expires_in":3600,"token_type":"Bearer"}`

func TestFetch_formByteForByte(t *testing.T) {
	t.Parallel()
	own := Credentials{ClientID: clientID, ClientSecret: clientSecret}
	for want, r := range map[string]TokenRequest{
		"audience=urn%3Aorders&client_id=" + clientID + "&client_secret=" + clientSecret +
			"&grant_type=client_credentials": {
			Audience: "urn:orders",
		},
		"audience=https%3A%2F%2Forders.example%2F&client_id=m2m&client_secret=a%2Bb%26c%3Dd+%C3%BC&grant_type=client_credentials" +
			"&organization=org_Ab12Cd34Ef56Gh78&scope=read%3Aorders+write%3Aorders": {
			Credentials:  Credentials{ClientID: "m2m", ClientSecret: "a+b&c=d ü"},
			Audience:     "https://orders.example/",
			Scopes:       []string{"read:orders", "write:orders"},
			Organization: "org_Ab12Cd34Ef56Gh78",
		},
	} {
		s := script(t, reply(200, granted))
		c := client(t, s, func(cfg *Config) { cfg.Credentials = own })
		if _, err := c.Tokens.Fetch(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		got := s.Arrived()[0]
		if got.String() != "POST /oauth/token" || got.Body != want {
			t.Errorf("%s\n got %s\nwant %s", got, got.Body, want)
		}
		if got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" ||
			got.Header.Get("Authorization") != "" ||
			got.Header.Get("Content-Length") != strconv.Itoa(len(want)) {
			t.Errorf("%v", got.Header)
		}
	}
}

// Id and secret are form-url-encoded before they are joined (RFC 6749 2.3.1), and neither is in the
// body.
func TestFetch_basicAuthByteForByte(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ id, secret, pair, header string }{
		"plain": {"m2m", "s3cret", "m2m:s3cret", "Basic bTJtOnMzY3JldA=="},
		"colon": {"m:2m", "s3:cret", "m%3A2m:s3%3Acret", "Basic bSUzQTJtOnMzJTNBY3JldA=="},
		"escapes": {
			"m2m", "a%2Fb+c d&e=f", "m2m:a%252Fb%2Bc+d%26e%3Df",
			"Basic bTJtOmElMjUyRmIlMkJjK2QlMjZlJTNEZg==",
		},
		"non-ASCII": {
			"mü2m", "grüße…", "m%C3%BC2m:gr%C3%BC%C3%9Fe%E2%80%A6",
			"Basic bSVDMyVCQzJtOmdyJUMzJUJDJUMzJTlGZSVFMiU4MCVBNg==",
		},
	} {
		// The second attempt authenticates in the same way.
		s := script(t, reply(503, "", "Retry-After", "0"), reply(200, granted))
		creds := Credentials{
			ClientID:     tc.id,
			ClientSecret: tc.secret,
			AuthMethod:   "client_secret_basic",
		}
		if _, err := client(t, s).Tokens.Fetch(t.Context(), TokenRequest{
			Credentials: creds,
			Audience:    "urn:orders",
		}); err != nil {
			t.Fatal(err)
		}
		for _, got := range s.Arrived() {
			const body = "audience=urn%3Aorders&grant_type=client_credentials"
			if got.Body != body || got.Header.Get("Authorization") != tc.header ||
				got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
				t.Errorf("%s: %s, %v", name, got.Body, got.Header)
			}
		}
		if raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(
			tc.header, "Basic ",
		)); string(raw) != tc.pair || err != nil {
			t.Errorf("%s: the test itself wants %q, %v", name, raw, err)
		}
	}
}

func TestFetch_secretByPostIsTheDefault(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"", "client_secret_post"} {
		s := script(t, reply(200, granted))
		creds := Credentials{ClientID: "m2m", ClientSecret: "s3cret", AuthMethod: method}
		if _, err := client(t, s).Tokens.Fetch(t.Context(), TokenRequest{
			Credentials: creds,
			Audience:    "urn:orders",
		}); err != nil {
			t.Fatal(err)
		}
		const want = "audience=urn%3Aorders&client_id=m2m&client_secret=s3cret&grant_type=client_credentials"
		if got := s.Arrived()[0]; got.Body != want || got.Header.Get("Authorization") != "" {
			t.Errorf("%q: %s, %v", method, got.Body, got.Header)
		}
	}
}

// A gateway may quote the request.
func TestFetch_basicCredentialsAreRedacted(t *testing.T) {
	t.Parallel()
	const header = "bTJtOnMzJTNBY3JldA==" // m2m:s3%3Acret
	s := script(t, reply(
		401,
		`{"error":"access_denied","error_description":"no `+header+`, no s3:cret, no s3%3Acret"}`,
	))
	creds := Credentials{
		ClientID:     "m2m",
		ClientSecret: "s3:cret",
		AuthMethod:   "client_secret_basic",
	}
	_, err := client(t, s).Tokens.Fetch(t.Context(), TokenRequest{
		Credentials: creds,
		Audience:    "urn:orders",
	})
	if err == nil || !strings.Contains(err.Error(), "no [redacted], no [redacted], no [redacted]") {
		t.Error(err)
	}
}

func TestFetch_readsTheAnswer(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]Token{
		granted: {
			AccessToken: "a.b.c", TokenType: "Bearer", ExpiresIn: 3600,
			ExpiresAt: noon.Add(time.Hour),
			Scopes:    []string{"read:orders", "write:orders"},
		},
		`{"access_token":"opaque","expires_in":86400,"token_type":"Bearer"}`: {
			AccessToken: "opaque", TokenType: "Bearer", ExpiresIn: 86400,
			ExpiresAt: noon.Add(24 * time.Hour), Scopes: []string{},
		},
		// These seconds are one second less than the largest Duration.
		`{"access_token":"opaque","expires_in":-9223372037,"token_type":"Bearer"}`: {
			AccessToken: "opaque", TokenType: "Bearer", ExpiresIn: -9223372037, ExpiresAt: noon,
			Scopes: []string{},
		},
		`{"access_token":"opaque","expires_in":600000000000,"token_type":"Bearer"}`: {
			AccessToken: "opaque", TokenType: "Bearer", ExpiresIn: 600000000000,
			ExpiresAt: noon.Add(maxLifetime * time.Second), Scopes: []string{},
		},
	} {
		s := script(t, reply(200, answer))
		c := client(t, s, func(cfg *Config) {
			cfg.Now = func() time.Time { return noon.In(time.FixedZone("", 7200)) }
		})
		got, err := c.Tokens.Fetch(t.Context(), TokenRequest{
			Credentials: Credentials{ClientID: "a", ClientSecret: "b"},
			Audience:    "c",
		})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if got.ExpiresAt.Location() != time.UTC {
			t.Errorf("expires at %v", got.ExpiresAt)
		}
	}
}

// The time spent on retries is not part of the token's lifetime.
func TestFetch_expiryCountsFromTheLastAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent, started := 0, time.Now()
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			if sent == 1 {
				return answer(req, reply(
					429,
					`{"error":"too_many_requests","error_description":"Global limit has been reached"}`,
					"Retry-After",
					"40",
				))
			}
			return answer(req, reply(200, granted))
		}, func(cfg *Config) { cfg.Now = time.Now })
		got, err := c.Tokens.Fetch(t.Context(), TokenRequest{
			Credentials: Credentials{ClientID: "a", ClientSecret: "b"},
			Audience:    "c",
		})
		if want := time.Since(started) + time.Hour; err != nil ||
			got.ExpiresAt.Sub(started) != want {
			t.Errorf("%v, %v; want %v", got.ExpiresAt.Sub(started), err, want)
		}
	})
}

func TestFetch_answerWithoutTokenIsAnError(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		answer http.HandlerFunc
		want   string
	}{
		{reply(200, `{}`), "200 OK: the answer contains no object"},
		{reply(200, `{"access_token":""}`), "200 OK: the answer contains no object"},
		{reply(200, `null`), "200 OK: the answer contains no object"},
		{reply(200, `{"access_token":7}`), "200 OK: the answer does not have the expected form"},
		{html(404), "404 Not Found: the answer has text/html instead of JSON"},
	} {
		got, err := client(t, script(t, tc.answer)).Tokens.Fetch(t.Context(), TokenRequest{
			Credentials: Credentials{ClientID: "a", ClientSecret: "b"},
		})
		var answer *rest.Error
		if !errors.As(err, &answer) ||
			!strings.HasPrefix(err.Error(), "fetch access token: POST /oauth/token: "+tc.want) ||
			got.AccessToken != "" {
			t.Errorf("%+v, %v; want %s", got, err, tc.want)
		}
	}
}

// A token is held for the whole run, so a token that no API accepts is not accepted here either.
func TestFetch_answerSizeIsLimited(t *testing.T) {
	t.Parallel()
	answer := func(length int) http.HandlerFunc {
		return reply(
			200,
			`{"access_token":"`+strings.Repeat("x", length)+
				`","expires_in":60,"token_type":"Bearer"}`,
		)
	}
	request := TokenRequest{Credentials: Credentials{ClientID: "a", ClientSecret: "b"}}
	if got, err := client(t, script(t, answer(maxTokenAnswer-100))).Tokens.Fetch(
		t.Context(), request,
	); err != nil || got.AccessToken == "" {
		t.Error(err)
	}
	if _, err := client(t, script(t, answer(maxTokenAnswer))).Tokens.Fetch(
		t.Context(), request,
	); !errors.As(err, new(*bounded.LimitError)) {
		t.Error(err)
	}
}

func assertionOf(t *testing.T, a m2mtest.Arrival) string {
	t.Helper()
	form, err := url.ParseQuery(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := form.Get("client_assertion_type"); got != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		t.Errorf("client_assertion_type: %q", got)
	}
	if form.Has("client_secret") || form.Get("client_id") != "m2m" ||
		form.Get("audience") != "urn:orders" {
		t.Errorf("form: %s", a.Body)
	}
	return form.Get("client_assertion")
}

func TestFetch_assertionClaims(t *testing.T) {
	t.Parallel()
	for alg, want := range map[string]string{
		"": "RS256", "RS256": "RS256", "RS384": "RS384", "PS256": "PS256",
	} {
		for _, key := range []string{m2mtest.PKCS1(rsaKey()), m2mtest.PKCS8(t, rsaKey())} {
			s := script(t, reply(200, granted))
			creds := Credentials{ClientID: "m2m", PrivateKey: key, SigningAlg: alg}
			if _, err := client(t, s).Tokens.Fetch(t.Context(), TokenRequest{
				Credentials: creds,
				Audience:    "urn:orders",
			}); err != nil {
				t.Fatal(err)
			}
			text := assertionOf(t, s.Arrived()[0])
			if len(text) > 2048 {
				t.Errorf("%d bytes", len(text))
			}
			claims := jwt.MapClaims{}
			token, err := jwt.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) {
				return &rsaKey().PublicKey, nil
			},
				jwt.WithValidMethods([]string{want}), jwt.WithTimeFunc(atNoon), jwt.WithIssuedAt(),
				jwt.WithExpirationRequired())
			if err != nil {
				t.Errorf("%q: %v", alg, err)
				continue
			}
			if diff := cmp.Diff(
				map[string]any{"alg": want, "typ": "JWT"}, token.Header,
			); diff != "" {
				t.Error(diff)
			}
			jti, _ := claims["jti"].(string)
			if len(jti) < 20 || len(jti) > 64 {
				t.Errorf("jti %q", jti)
			}
			delete(claims, "jti")
			if diff := cmp.Diff(jwt.MapClaims{
				"iss": "m2m", "sub": "m2m", "aud": s.URL + "/",
				"iat": float64(noon.Unix()), "exp": float64(noon.Unix() + 120),
			}, claims); diff != "" {
				t.Errorf("%q:\n%s", alg, diff)
			}
		}
	}
}

func TestFetch_assertionIsNewForEachAttempt(t *testing.T) {
	t.Parallel()
	s := script(
		t, reply(503, "", "Retry-After", "0"), reset, reply(429, "{}", "Retry-After", "0"),
		reply(200, granted),
	)
	creds := Credentials{ClientID: "m2m", PrivateKey: m2mtest.PKCS1(rsaKey())}
	if _, err := client(t, s).Tokens.Fetch(t.Context(), TokenRequest{
		Credentials: creds,
		Audience:    "urn:orders",
	}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, a := range s.Arrived() {
		claims := jwt.MapClaims{}
		if _, err := jwt.ParseWithClaims(assertionOf(t, a), claims, func(*jwt.Token) (any, error) {
			return &rsaKey().PublicKey, nil
		},
			jwt.WithTimeFunc(atNoon)); err != nil {
			t.Errorf("attempt %d: %v", i, err)
		}
		seen[fmt.Sprint(claims["jti"])] = true
		if got := a.Header.Get("Content-Length"); got != strconv.Itoa(len(a.Body)) {
			t.Errorf("attempt %d: Content-Length %s of %d bytes", i, got, len(a.Body))
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d different jti in 4 attempts", len(seen))
	}
}

func TestFetch_unusableKeyIsNotSent(t *testing.T) {
	t.Parallel()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, creds := range map[string]Credentials{
		"this is not PEM": {PrivateKey: "MIIEsecret"},
		`the PEM block "CERTIFICATE" contains no private key`: {
			PrivateKey: "-----BEGIN CERTIFICATE-----\nTUlJRXNlY3JldA==\n-----END CERTIFICATE-----\n",
		},
		"this is not an RSA key": {
			PrivateKey: m2mtest.PKCS8(t, ec),
		},
		"the key has 1024 bits; at least 2048 are required": {
			PrivateKey: m2mtest.PKCS1(m2mtest.SmallRSAKey()),
		},
		`"HS256" is not one of RS256, RS384, PS256`: {
			PrivateKey: m2mtest.PKCS1(rsaKey()),
			SigningAlg: "HS256",
		},
		`"RS512" is not one of RS256, RS384, PS256`: {
			PrivateKey: m2mtest.PKCS1(rsaKey()),
			SigningAlg: "RS512",
		},
		`"none" is not one of`: {PrivateKey: m2mtest.PKCS1(rsaKey()), SigningAlg: "none"},
		`"private_key_jwt" is not one of client_secret_post, client_secret_basic`: {
			ClientSecret: "s3cret",
			AuthMethod:   "private_key_jwt",
		},
		`"client_secret_basic" sends a secret, but the client authenticates with a private key`: {
			PrivateKey: m2mtest.PKCS1(rsaKey()), AuthMethod: "client_secret_basic",
		},
	} {
		creds.ClientID = "m2m"
		s := script(t)
		_, err := client(t, s).Tokens.Fetch(t.Context(), TokenRequest{
			Credentials: creds,
			Audience:    "urn:orders",
		})
		if err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "MIIE") {
			t.Errorf("got %v; want %s", err, want)
		}
	}
}
