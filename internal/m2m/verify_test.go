// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

const secret16 = "0123456789abcdef" // The shortest signing_secret that the API takes.

// jwk is a public RSA key as the tenant publishes it, certificate and all.
func jwk(t *testing.T, kid string, key *rsa.PrivateKey) map[string]any {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tenant.example"},
		NotBefore: noon, NotAfter: noon.AddDate(13, 0, 0), SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	thumbprint := sha1.Sum(der)
	return map[string]any{
		"alg": "RS256", "kty": "RSA", "use": "sig", "kid": kid, "e": "AQAB",
		"n":   base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		"x5t": base64.RawURLEncoding.EncodeToString(thumbprint[:]),
		"x5c": []string{base64.StdEncoding.EncodeToString(der)},
	}
}

// with is m with other values for some keys; nil removes a key.
func with(m map[string]any, pairs ...any) map[string]any {
	m = maps.Clone(m)
	for i := 0; i < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		if pairs[i+1] == nil {
			delete(m, key)
			continue
		}
		m[key] = pairs[i+1]
	}
	return m
}

// issuer is a tenant that publishes keys.
type issuer struct {
	*tenant
	keys      atomic.Pointer[[]any]
	discovery atomic.Pointer[string] // What is answered instead of the right document.
}

func newIssuer(t *testing.T, keys ...any) *issuer {
	t.Helper()
	is := &issuer{}
	is.keys.Store(&keys)
	is.tenant = serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			if text := is.discovery.Load(); text != nil {
				reply(200, *text)(w, r)
				return
			}
			reply(200, fmt.Sprintf(`{"issuer":"%s/","jwks_uri":"%s/.well-known/jwks.json"}`, is.URL, is.URL))(w, r)
		case "/.well-known/jwks.json":
			raw, _ := json.Marshal(map[string]any{"keys": *is.keys.Load()})
			reply(200, string(raw))(w, r)
		default:
			t.Errorf("%s was asked for", r.URL)
		}
	})
	return is
}

// claims are those of a token that is in order.
func (is *issuer) claims() map[string]any {
	return map[string]any{
		"iss": is.URL + "/", "sub": "m2m@clients", "aud": "urn:orders", "iat": noon.Unix(), "exp": noon.Unix() + 86400,
		"azp": "m2m", "gty": "client-credentials", "scope": "read:orders write:orders",
	}
}

func sign(t *testing.T, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, jwt.MapClaims(claims))
	maps.Copy(token.Header, header)
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var (
	kid1   = map[string]any{"kid": "key-1"}
	orders = Expected{Audience: "urn:orders", ClientID: "m2m"}
)

func TestVerify_acceptsEveryAlgorithmAndProfileOfTheTenant(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-0", otherRSAKey()), jwk(t, "key-1", rsaKey()))
	c := client(t, is.tenant)
	long := strings.Repeat("k", 64)
	for name, tc := range map[string]struct {
		token string
		want  Expected
	}{
		// The key says RS256 whatever it signs with (API contract 11.1).
		"RS256":                {sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims()), orders},
		"RS512":                {sign(t, jwt.SigningMethodRS512, rsaKey(), kid1, is.claims()), orders},
		"PS256":                {sign(t, jwt.SigningMethodPS256, rsaKey(), kid1, is.claims()), orders},
		"HS256":                {sign(t, jwt.SigningMethodHS256, []byte(long), nil, is.claims()), Expected{Audience: "urn:orders", ClientID: "m2m", SigningSecret: long}},
		"HS256, short secret":  {sign(t, jwt.SigningMethodHS256, []byte(secret16), nil, is.claims()), Expected{Audience: "urn:orders", ClientID: "m2m", SigningSecret: secret16}},
		"RS256 with a secret":  {sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims()), Expected{Audience: "urn:orders", ClientID: "m2m", SigningSecret: secret16}},
		"RFC 9068":             {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "at+jwt"), with(is.claims(), "azp", nil, "gty", nil, "client_id", "m2m", "jti", "x")), orders},
		"no typ":               {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", nil), is.claims()), orders},
		"typ in lower case":    {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "jwt"), is.claims()), orders},
		"typ in full":          {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "application/AT+JWT"), is.claims()), orders},
		"aud as an array":      {sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), "aud", []string{"urn:x", "urn:orders"})), orders},
		"the scopes asked for": {sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims()), Expected{Audience: "urn:orders", ClientID: "m2m", Scopes: []string{"write:orders", "read:orders", "x"}}},
		"clock a bit behind":   {sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), "iat", noon.Unix()+29, "nbf", noon.Unix()+29)), orders},
		"expired just now":     {sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), "exp", noon.Unix()-29)), orders},
	} {
		got, err := c.Tokens.Verify(t.Context(), tc.token, tc.want)
		payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(tc.token, ".")[1])
		if diff := cmp.Diff(Claims{JSON: string(payload), Scopes: []string{"read:orders", "write:orders"}}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	bare := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), "scope", nil))
	if got, err := c.Tokens.Verify(t.Context(), bare, orders); err != nil || len(got.Scopes) != 0 {
		t.Errorf("without scope: %v, %v", got.Scopes, err)
	}
	if n := len(is.lines()); n != 2 {
		t.Errorf("the keys took %d requests", n)
	}
}

func TestVerify_refusesForgeries(t *testing.T) {
	t.Parallel()
	key := jwk(t, "key-1", rsaKey())
	is := newIssuer(
		t, key,
		jwk(t, "small", smallRSAKey()),
		map[string]any{"kty": "oct", "kid": "oct", "k": base64.RawURLEncoding.EncodeToString([]byte(secret16 + secret16))},
		with(jwk(t, "enc", otherRSAKey()), "use", "enc"),
	)
	c := client(t, is.tenant)
	spki, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
	good := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	parts := strings.Split(good, ".")
	enc := base64.RawURLEncoding.EncodeToString
	rs256 := func(pairs ...any) string {
		return sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), pairs...))
	}
	withSecret := Expected{Audience: "urn:orders", ClientID: "m2m", SigningSecret: secret16}
	narrow := Expected{Audience: "urn:orders", ClientID: "m2m", Scopes: []string{"read:orders"}}

	for name, tc := range map[string]struct {
		token  string
		want   Expected
		reason string
	}{
		"alg none":               {sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid1, is.claims()), orders, `the algorithm "none"`},
		"alg none, signed":       {enc([]byte(`{"alg":"none","kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders, `the algorithm "none"`},
		"alg None":               {enc([]byte(`{"alg":"None","kid":"key-1"}`)) + "." + parts[1] + ".", orders, `the algorithm "None"`},
		"no alg":                 {enc([]byte(`{"kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders, "algorithm"},
		"RS384":                  {sign(t, jwt.SigningMethodRS384, rsaKey(), kid1, is.claims()), orders, `the algorithm "RS384"`},
		"HS512":                  {sign(t, jwt.SigningMethodHS512, []byte(secret16), kid1, is.claims()), withSecret, `the algorithm "HS512"`},
		"confusion, PEM":         {sign(t, jwt.SigningMethodHS256, publicPEM, kid1, is.claims()), orders, "only the signing secret"},
		"confusion, DER":         {sign(t, jwt.SigningMethodHS256, spki, kid1, is.claims()), orders, "only the signing secret"},
		"confusion, modulus":     {sign(t, jwt.SigningMethodHS256, rsaKey().N.Bytes(), kid1, is.claims()), withSecret, "signature is wrong"},
		"confusion, with secret": {sign(t, jwt.SigningMethodHS256, publicPEM, kid1, is.claims()), withSecret, "signature is wrong"},
		"confusion, no secret":   {sign(t, jwt.SigningMethodHS256, []byte{}, kid1, is.claims()), orders, "only the signing secret"},
		"oct key of the set":     {sign(t, jwt.SigningMethodHS256, []byte(secret16+secret16), map[string]any{"kid": "oct"}, is.claims()), orders, "only the signing secret"},
		"oct key, RS256":         {sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": "oct"}, is.claims()), orders, `"oct" is not in the key set`},
		"wrong secret":           {sign(t, jwt.SigningMethodHS256, []byte("fedcba9876543210"), nil, is.claims()), withSecret, "signature is wrong"},
		"wrong key":              {sign(t, jwt.SigningMethodRS256, otherRSAKey(), kid1, is.claims()), orders, "signature is wrong"},
		"key in the header":      {sign(t, jwt.SigningMethodRS256, otherRSAKey(), with(kid1, "jwk", with(jwk(t, "key-1", otherRSAKey()), "x5c", nil, "x5t", nil)), is.claims()), orders, "signature is wrong"},
		"key by URL":             {sign(t, jwt.SigningMethodRS256, otherRSAKey(), with(kid1, "jku", is.URL+"/evil"), is.claims()), orders, "signature is wrong"},
		"claims exchanged":       {parts[0] + "." + enc([]byte(`{"iss":"x"}`)) + "." + parts[2], orders, "signature is wrong"},
		"signature cut":          {parts[0] + "." + parts[1] + ".", orders, "signature is wrong"},
		"PS256 over RS256":       {enc([]byte(`{"alg":"PS256","kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders, "signature is wrong"},
		"unknown kid":            {sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": "key-9"}, is.claims()), orders, `"key-9" is not in the key set`},
		"no kid":                 {sign(t, jwt.SigningMethodRS256, rsaKey(), nil, is.claims()), orders, "does not name the key"},
		"empty kid":              {sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": ""}, is.claims()), orders, "does not name the key"},
		"kid of another type":    {sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": 1}, is.claims()), orders, "malformed"},
		"small key":              {sign(t, jwt.SigningMethodRS256, smallRSAKey(), map[string]any{"kid": "small"}, is.claims()), orders, `"small" is not in the key set`},
		"encryption key":         {sign(t, jwt.SigningMethodRS256, otherRSAKey(), map[string]any{"kid": "enc"}, is.claims()), orders, `"enc" is not in the key set`},
		"logout token":           {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "logout+jwt"), is.claims()), orders, `of the type "logout+jwt", which is no access token`},
		"logout token, HS256":    {sign(t, jwt.SigningMethodHS256, []byte(secret16), map[string]any{"typ": "logout+jwt"}, is.claims()), withSecret, `of the type "logout+jwt"`},
		"id token":               {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "id+jwt"), is.claims()), orders, `of the type "id+jwt"`},
		"typ in another tree":    {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "text/jwt"), is.claims()), orders, `of the type "text/jwt"`},
		"empty typ":              {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", ""), is.claims()), orders, `of the type ""`},
		"typ of another type":    {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", []string{"JWT"}), is.claims()), orders, `of the type ""`},
		"unknown crit":           {sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "crit", []string{"exp"}, "exp", 1), is.claims()), orders, "unsupported critical header"},
		"expired":                {rs256("exp", noon.Unix()-31), orders, "it expired at 2026-03-04T11:59:29Z"},
		"no exp":                 {rs256("exp", nil), orders, "no expiry"},
		"exp is text":            {rs256("exp", "tomorrow"), orders, "malformed"},
		"exp beyond measure":     {rs256("exp", 1e300), orders, "malformed"},
		"nbf in the future":      {rs256("nbf", noon.Unix()+31), orders, "not valid yet"},
		"iat in the future":      {rs256("iat", noon.Unix()+31), orders, "not valid yet"},
		"wrong iss":              {rs256("iss", "https://evil.example/"), orders, `its issuer (iss) is "https://evil.example/", not "` + is.URL + `/"`},
		"iss without slash":      {rs256("iss", is.URL), orders, "its issuer"},
		"no iss":                 {rs256("iss", nil), orders, "its issuer"},
		"wrong aud":              {rs256("aud", "urn:orders/"), orders, `its audience (aud) is ["urn:orders/"], not "urn:orders"`},
		"wrong auds":             {rs256("aud", []string{"urn:x", "urn:y"}), orders, "its audience"},
		"empty auds":             {rs256("aud", []string{}), orders, "its audience"},
		"no aud":                 {rs256("aud", nil), orders, "its audience"},
		"other azp":              {rs256("azp", "other"), orders, `for the client "other", not for "m2m"`},
		"other client_id":        {rs256("azp", nil, "client_id", "other"), orders, `for the client "other"`},
		"azp right, client_id":   {rs256("client_id", "other"), orders, `for the client`},
		"neither":                {rs256("azp", nil), orders, "does not name the client"},
		"empty azp":              {rs256("azp", ""), orders, "does not name the client"},
		"other grant type":       {rs256("gty", "password"), orders, `grant type (gty): "password"`},
		"wider scope":            {rs256(), narrow, `the scope "write:orders", which was not asked for`},
		"scope as an array":      {rs256("scope", []string{"read:orders"}), orders, "malformed"},
		"not a JWT":              {"opaque", orders, "malformed"},
		"empty":                  {"", orders, "malformed"},
		"blanks":                 {" " + good, orders, "malformed"},
		"JSON serialization":     {`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, orders, "malformed"},
		"payload null":           {signRaw(t, `null`), orders, "no expiry"},
		"payload array":          {signRaw(t, `[]`), orders, "malformed"},
		"duplicate claims":       {signRaw(t, `{"aud":"urn:orders","aud":"urn:x"}`), orders, "malformed"},
	} {
		got, err := c.Tokens.Verify(t.Context(), tc.token, tc.want)
		var refused *VerifyError
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, tc.reason) || got.JSON != "" {
			t.Errorf("%s: %v, %v; want %q", name, got, err, tc.reason)
			continue
		}
		for part := range strings.SplitSeq(tc.token, ".") {
			if len(part) > 20 && strings.Contains(err.Error(), part) {
				t.Errorf("%s: the token is in %v", name, err)
			}
		}
	}
}

// signRaw signs a payload that need not be a set of claims.
func signRaw(t *testing.T, payload string) string {
	t.Helper()
	input := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"key-1"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	signature, err := jwt.SigningMethodRS256.Sign(input, rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// Whoever makes a token chooses its header.
func TestVerify_headerIsQuotedInPart(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-1", rsaKey()))
	c := client(t, is.tenant)
	long := strings.Repeat("x", 10_000)
	payload := base64.RawURLEncoding.EncodeToString([]byte("{}"))
	for name, header := range map[string]map[string]any{
		"kid": {"alg": "RS256", "kid": long}, "alg": {"alg": long, "kid": "key-1"}, "typ": {"alg": "RS256", "kid": "key-1", "typ": long},
		"kid of another type": {"alg": "RS256", "kid": []string{long}}, "alg of another type": {"alg": []string{long}, "kid": "key-1"},
		"crit": {"alg": "RS256", "kid": "key-1", "crit": []string{long}, long: 1},
	} {
		raw, _ := json.Marshal(header)
		_, err := c.Tokens.Verify(t.Context(), base64.RawURLEncoding.EncodeToString(raw)+"."+payload+".AAAA", orders)
		var refused *VerifyError
		if !errors.As(err, &refused) || len(refused.Reason) > 300 {
			t.Errorf("%s: %.400v", name, err)
		}
	}
}

func TestVerify_hs256NeedsNoKeysOfTheTenant(t *testing.T) {
	t.Parallel()
	s := script(t)
	is := &issuer{tenant: s}
	token := sign(t, jwt.SigningMethodHS256, []byte(secret16), map[string]any{"kid": "any"}, is.claims())
	want := orders
	want.SigningSecret = secret16
	if _, err := client(t, s).Tokens.Verify(t.Context(), token, want); err != nil {
		t.Error(err)
	}
}

func TestVerify_strangeKeysDoNotSpoilTheSet(t *testing.T) {
	t.Parallel()
	good := jwk(t, "key-1", rsaKey())
	is := newIssuer(
		t, map[string]any{"kty": "quantum", "kid": "q"}, map[string]any{}, "text", 7, nil,
		map[string]any{"kty": "RSA", "kid": "r", "n": "!", "e": "AQAB"},
		with(good, "kid", "x", "x5t", "AAAA"), good,
	)
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	if _, err := client(t, is.tenant).Tokens.Verify(t.Context(), token, orders); err != nil {
		t.Error(err)
	}
}

func TestVerify_unknownKeyIsLookedForOnceAMinute(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-0", otherRSAKey()))
	var now atomic.Pointer[time.Time]
	now.Store(new(noon))
	c := client(t, is.tenant, func(cfg *Config) { cfg.Now = func() time.Time { return *now.Load() } })
	old := sign(t, jwt.SigningMethodRS256, otherRSAKey(), map[string]any{"kid": "key-0"}, is.claims())
	rotated := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	for i, step := range []struct {
		at      time.Duration
		token   string
		rotate  bool
		ok      bool
		fetches int
	}{
		{0, old, false, true, 1},
		{0, rotated, true, false, 1},
		{59 * time.Second, rotated, false, false, 1},
		{60 * time.Second, rotated, false, true, 2},
		{2 * time.Hour, rotated, false, true, 2},
		{2 * time.Hour, old, false, false, 3},
		{2 * time.Hour, old, false, false, 3},
	} {
		now.Store(new(noon.Add(step.at)))
		if step.rotate {
			is.keys.Store(&[]any{jwk(t, "key-1", rsaKey())})
		}
		_, err := c.Tokens.Verify(t.Context(), step.token, orders)
		if n := strings.Count(strings.Join(is.lines(), "\n"), "jwks.json"); (err == nil) != step.ok || n != step.fetches {
			t.Errorf("step %d: %v, %d fetches", i, err, n)
		}
	}
}

func TestVerify_parallelTokensShareTheKeys(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-1", rsaKey()))
	c := client(t, is.tenant)
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.Tokens.Verify(t.Context(), token, orders); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want := []string{"GET /.well-known/openid-configuration", "GET /.well-known/jwks.json"}
	if got := is.lines(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := is.arrived()[0].Header.Get("Authorization"); got != "" {
		t.Errorf("a token was sent for public keys: %s", got)
	}
}

func TestVerify_goesOnForTheOthersWhenOneCallerGivesUp(t *testing.T) {
	t.Parallel()
	set, err := json.Marshal(map[string]any{"keys": []any{jwk(t, "key-1", rsaKey())}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			select {
			case <-req.Context().Done():
				return nil, req.Context().Err()
			case <-time.After(10 * time.Second):
			}
			if strings.HasSuffix(req.URL.Path, "jwks.json") {
				return answer(req, reply(200, string(set)))
			}
			return answer(req, reply(200, `{"issuer":"https://tenant.example/","jwks_uri":"https://tenant.example/jwks.json"}`))
		})
		token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, map[string]any{
			"iss": "https://tenant.example/", "aud": "urn:orders", "exp": noon.Unix() + 60, "azp": "m2m",
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		done := make(chan error, 1)
		go func() {
			_, err := c.Tokens.Verify(ctx, token, orders)
			done <- err
		}()
		synctest.Wait()
		go func() {
			_, err := c.Tokens.Verify(t.Context(), token, orders)
			done <- err
		}()
		started := time.Now()
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != time.Second {
			t.Errorf("the caller that gave up: %v after %v", err, time.Since(started))
		}
		if err := <-done; err != nil || sent != 2 {
			t.Errorf("the other: %v after %d requests", err, sent)
		}
	})
}

func TestVerify_trustsNoKeysButThoseOfTheIssuer(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ discovery, reason string }{
		"another issuer":       {`{"issuer":"https://evil.example/","jwks_uri":"ISSUER.well-known/jwks.json"}`, `is for the issuer "https://evil.example/"`},
		"issuer without slash": {`{"issuer":"ISSUERNOSLASH","jwks_uri":"ISSUER.well-known/jwks.json"}`, "is for the issuer"},
		"no issuer":            {`{"jwks_uri":"ISSUER.well-known/jwks.json"}`, `is for the issuer ""`},
		"keys over plain http": {`{"issuer":"ISSUER","jwks_uri":"http://keys.example/jwks.json"}`, `"http://keys.example/jwks.json", which is not https`},
		"keys in a file":       {`{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}`, "not https"},
		"keys nowhere":         {`{"issuer":"ISSUER"}`, "not https"},
		"keys at no URL":       {`{"issuer":"ISSUER","jwks_uri":"http://127.0.0.1:x/"}`, "not https"},
	} {
		is := newIssuer(t, jwk(t, "key-1", rsaKey()))
		is.discovery.Store(new(strings.NewReplacer("ISSUERNOSLASH", is.URL, "ISSUER", is.URL+"/").Replace(tc.discovery)))
		token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
		_, err := client(t, is.tenant).Tokens.Verify(t.Context(), token, orders)
		var refused *VerifyError
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, tc.reason) {
			t.Errorf("%s: %v", name, err)
		}
		if got := is.lines(); !slices.Equal(got, []string{"GET /.well-known/openid-configuration"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Plain http is for a tenant that is on this machine itself.
func TestVerify_keysOfATenantOverTLSComeOverTLS(t *testing.T) {
	t.Parallel()
	set, _ := json.Marshal(map[string]any{"keys": []any{jwk(t, "key-1", rsaKey())}})
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, map[string]any{
		"iss": "https://tenant.example/", "aud": "urn:orders", "exp": noon.Unix() + 60, "azp": "m2m",
	})
	for uri, ok := range map[string]bool{
		"https://tenant.example/jwks.json": true, "https://keys.example/jwks.json": true, "https://127.0.0.1/jwks.json": true,
		"http://127.0.0.1/jwks.json": false, "http://localhost/jwks.json": false, "http://[::1]/jwks.json": false, "http://tenant.example/jwks.json": false,
	} {
		var sent []string
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent = append(sent, req.URL.String())
			if strings.HasSuffix(req.URL.Path, "jwks.json") {
				return answer(req, reply(200, string(set)))
			}
			return answer(req, reply(200, `{"issuer":"https://tenant.example/","jwks_uri":"`+uri+`"}`))
		})
		_, err := c.Tokens.Verify(t.Context(), token, orders)
		var refused *VerifyError
		if ok && (err != nil || len(sent) != 2) ||
			!ok && (!errors.As(err, &refused) || !strings.Contains(refused.Reason, "not https") || len(sent) != 1) {
			t.Errorf("%s: %v after %q", uri, err, sent)
		}
	}
}

func TestVerify_keySetIsBoundedAndMustBeOne(t *testing.T) {
	t.Parallel()
	token := func(is *issuer) string { return sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims()) }

	is := newIssuer(t, jwk(t, "key-1", rsaKey()), strings.Repeat("x", 10<<20))
	_, err := client(t, is.tenant).Tokens.Verify(t.Context(), token(is), orders)
	var refused *VerifyError
	if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "larger than 1 MiB") {
		t.Errorf("10 MB: %v", err)
	}

	for body, reason := range map[string]string{`[]`: "cannot be read", `{}`: "not in the key set", `{"keys":{}}`: "cannot be read", `{"keys":[]}`: "not in the key set"} {
		var base string
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/jwks" {
				reply(200, body)(w, r)
				return
			}
			reply(200, fmt.Sprintf(`{"issuer":"%s/","jwks_uri":"%s/jwks"}`, base, base))(w, r)
		})
		base = s.URL
		_, err := client(t, s).Tokens.Verify(t.Context(), token(&issuer{tenant: s}), orders)
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, reason) {
			t.Errorf("%s: %v", body, err)
		}
	}

	s := serve(t, html(200))
	_, err = client(t, s).Tokens.Verify(t.Context(), token(&issuer{tenant: s}), orders)
	var answer *Error
	if errors.As(err, &refused) || !errors.As(err, &answer) || !answer.NotJSON {
		t.Errorf("HTML: %v", err)
	}
}

func TestVerify_failedFetchOfTheKeysIsTriedAgain(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-1", rsaKey()))
	c := client(t, is.tenant)
	token := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims())
	is.discovery.Store(new("<html>"))
	if _, err := c.Tokens.Verify(t.Context(), token, orders); err == nil {
		t.Error("no error")
	}
	is.discovery.Store(nil)
	if _, err := c.Tokens.Verify(t.Context(), token, orders); err != nil {
		t.Error(err)
	}
}

func TestFormOf_countsTheParts(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]TokenForm{
		"": OpaqueToken, "opaque": OpaqueToken, "a.b": OpaqueToken, "a.b.c.d": OpaqueToken, "a.b.c.d.e.f": OpaqueToken,
		"a.b.c": SignedToken, "a.b.": SignedToken, "a.b.c.d.e": EncryptedToken, "a..c.d.e": EncryptedToken,
	} {
		if got := FormOf(token); got != want {
			t.Errorf("FormOf(%q) = %s", token, got)
		}
	}
}

func TestReadClaims_readsAndVerifiesNothing(t *testing.T) {
	t.Parallel()
	for _, token := range []string{
		sign(t, jwt.SigningMethodHS256, []byte("whatever"), nil, map[string]any{"exp": 1, "scope": "a  b"}),
		sign(t, jwt.SigningMethodRS256, smallRSAKey(), nil, map[string]any{"exp": 1, "scope": "a  b"}),
	} {
		got, err := ReadClaims(token)
		if diff := cmp.Diff(Claims{JSON: `{"exp":1,"scope":"a  b"}`, Scopes: []string{"a", "b"}}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	none := sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, map[string]any{})
	for _, token := range []string{"", "opaque", "a.b.c", "a.b.c.d.e", none, signRaw(t, "null"), signRaw(t, "[1]"), signRaw(t, "7"), signRaw(t, "{")} {
		got, err := ReadClaims(token)
		var refused *VerifyError
		if !errors.As(err, &refused) || got.JSON != "" {
			t.Errorf("%q: %v, %v", token, got, err)
		}
	}
}
