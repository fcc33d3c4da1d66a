// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package verify

import (
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
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
)

const secret16 = "0123456789abcdef" // The shortest signing_secret that the API accepts.

// jwk is an RSA public key as the tenant publishes it, with its certificate.
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

// with returns m with other values for some keys; nil removes a key.
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
	discovery atomic.Pointer[string] // The answer instead of the right document.
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
			reply(200, fmt.Sprintf(
				`{"issuer":"%s/","jwks_uri":"%s/.well-known/jwks.json"}`, is.URL, is.URL,
			))(w, r)
		case "/.well-known/jwks.json":
			raw, _ := json.Marshal(map[string]any{"keys": *is.keys.Load()})
			reply(200, string(raw))(w, r)
		default:
			t.Errorf("%s was requested", r.URL)
		}
	})
	return is
}

// claims returns the claims of a valid token.
func (is *issuer) claims() map[string]any {
	return map[string]any{
		"iss": is.URL + "/", "sub": "m2m@clients", "aud": "urn:orders", "iat": noon.Unix(),
		"exp": noon.Unix() + 86400,
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

func TestVerify_acceptsEveryAlgorithmAndProfile(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-0", otherRSAKey()), jwk(t, "key-1", rsaKey()))
	v := verifierOf(is.tenant, atNoon)
	long := strings.Repeat("k", 64)
	for name, tc := range map[string]struct {
		token string
		want  Expected
	}{
		// The key says RS256 whatever algorithm it signs with (API contract 11.1).
		"RS256": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims()), orders,
		},
		"RS512": {
			sign(t, jwt.SigningMethodRS512, rsaKey(), kid1, is.claims()), orders,
		},
		"PS256": {
			sign(t, jwt.SigningMethodPS256, rsaKey(), kid1, is.claims()), orders,
		},
		"HS256": {
			sign(t, jwt.SigningMethodHS256, []byte(long), nil, is.claims()),
			Expected{Audience: "urn:orders", ClientID: "m2m", SigningSecret: long},
		},
		"HS256, short secret": {
			sign(t, jwt.SigningMethodHS256, []byte(secret16), nil, is.claims()),
			Expected{Audience: "urn:orders", ClientID: "m2m", SigningSecret: secret16},
		},
		"organization by id": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "org_id", "org_a", "org_name", "acme",
			)),
			Expected{Audience: "urn:orders", ClientID: "m2m", Organization: "org_a"},
		},
		"organization by name": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "org_id", "org_a", "org_name", "acme",
			)),
			Expected{Audience: "urn:orders", ClientID: "m2m", Organization: "Acme"},
		},
		"unnamed organization": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), "org_id", "org_a")),
			Expected{Audience: "urn:orders", ClientID: "m2m", Organization: "acme"},
		},
		"default organization": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "org_id", "org_a", "org_name", "acme",
			)),
			orders,
		},
		"RS256 with a secret": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims()),
			Expected{Audience: "urn:orders", ClientID: "m2m", SigningSecret: secret16},
		},
		"RFC 9068": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "at+jwt"), with(
				is.claims(), "azp", nil, "gty", nil, "client_id", "m2m", "jti", "x",
			)),
			orders,
		},
		"no typ": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", nil), is.claims()), orders,
		},
		"typ in lower case": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "jwt"), is.claims()),
			orders,
		},
		"typ in full": {
			sign(
				t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "application/AT+JWT"),
				is.claims(),
			),
			orders,
		},
		"aud as an array": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "aud", []string{"urn:x", "urn:orders"},
			)),
			orders,
		},
		"the requested scopes": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, is.claims()),
			Expected{
				Audience: "urn:orders",
				ClientID: "m2m",
				Scopes:   []string{"write:orders", "read:orders", "x"},
			},
		},
		"clock a bit behind": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "iat", noon.Unix()+29, "nbf", noon.Unix()+29,
			)),
			orders,
		},
		"exp as a fraction": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "exp", float64(noon.Unix())+0.5,
			)),
			orders,
		},
		"exp in an age": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), "exp", int64(1)<<40)),
			orders,
		},
		"header says more": {
			sign(
				t, jwt.SigningMethodRS256, rsaKey(),
				with(kid1, "x5t", "AAAA", "url", "https://evil.example/", "zip", "DEF"),
				is.claims(),
			),
			orders,
		},
		"claims say more": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "org_id", "org_1", "permissions", []string{"x"}, "https://ns/a",
				map[string]any{"b": nil},
			)),
			orders,
		},
		"expired just now": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(
				is.claims(), "exp", noon.Unix()-29,
			)),
			orders,
		},
	} {
		got, err := v.Verify(t.Context(), tc.token, tc.want)
		payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(tc.token, ".")[1])
		var said struct {
			Exp float64 `json:"exp"`
		}
		_ = json.Unmarshal(payload, &said)
		want := Claims{
			JSON:   string(payload),
			Scopes: []string{"read:orders", "write:orders"},
			Expiry: time.Unix(int64(said.Exp), 0).UTC(),
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
		if err := oracle(tc.token, is.URL+"/", tc.want); err != nil {
			t.Errorf("%s: the other library refuses it: %v", name, err)
		}
	}
	bare := sign(t, jwt.SigningMethodRS256, rsaKey(), kid1, with(is.claims(), "scope", nil))
	if got, err := v.Verify(t.Context(), bare, orders); err != nil || len(got.Scopes) != 0 {
		t.Errorf("without scope: %v, %v", got.Scopes, err)
	}
	if n := len(is.Lines()); n != 2 {
		t.Errorf("the keys took %d requests", n)
	}
}

// oracle verifies a token with another library, so that no library checks only itself.
func oracle(token, issuer string, want Expected) error {
	_, err := jwt.Parse(token, func(parsed *jwt.Token) (any, error) {
		if parsed.Method == jwt.SigningMethodHS256 {
			return []byte(want.SigningSecret), nil
		}
		return &rsaKey().PublicKey, nil
	}, jwt.WithStrictDecoding(), jwt.WithValidMethods([]string{"RS256", "RS512", "PS256", "HS256"}),
		jwt.WithTimeFunc(atNoon),
		jwt.WithLeeway(30*time.Second), jwt.WithIssuedAt(), jwt.WithExpirationRequired(),
		jwt.WithIssuer(issuer), jwt.WithAudience(want.Audience))
	return err
}

func TestVerify_refusesForgeries(t *testing.T) {
	t.Parallel()
	key := jwk(t, "key-1", rsaKey())
	is := newIssuer(
		t, key,
		jwk(t, "small", m2mtest.SmallRSAKey()),
		map[string]any{
			"kty": "oct",
			"kid": "oct",
			"k":   base64.RawURLEncoding.EncodeToString([]byte(secret16 + secret16)),
		},
		with(jwk(t, "enc", otherRSAKey()), "use", "enc"),
	)
	v := verifierOf(is.tenant, atNoon)
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
	// It clears a screen.
	clears := enc([]byte(`{"alg":"HS256"}`)) + "." + enc([]byte(`{"\u001b[2J":1,"\u001b[2J":1}`))
	mac, err := jwt.SigningMethodHS256.Sign(clears, []byte(secret16))
	if err != nil {
		t.Fatal(err)
	}
	inOrg := Expected{Audience: "urn:orders", ClientID: "m2m", Organization: "org_a"}
	inNamed := Expected{Audience: "urn:orders", ClientID: "m2m", Organization: "acme"}

	for name, tc := range map[string]struct {
		token  string
		want   Expected
		reason string
	}{
		"alg none": {
			sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid1, is.claims()),
			orders, `the algorithm "none"`,
		},
		"alg none, signed": {
			enc([]byte(`{"alg":"none","kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders,
			`the algorithm "none"`,
		},
		"alg None": {
			enc([]byte(`{"alg":"None","kid":"key-1"}`)) + "." + parts[1] + ".", orders,
			`the algorithm "None"`,
		},
		"no alg": {
			enc([]byte(`{"kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders, "algorithm",
		},
		"RS384": {
			sign(t, jwt.SigningMethodRS384, rsaKey(), kid1, is.claims()), orders,
			`the algorithm "RS384"`,
		},
		"HS512": {
			sign(t, jwt.SigningMethodHS512, []byte(secret16), kid1, is.claims()), withSecret,
			`the algorithm "HS512"`,
		},
		"confusion, PEM": {
			sign(t, jwt.SigningMethodHS256, publicPEM, kid1, is.claims()), orders,
			"only the signing secret",
		},
		"confusion, DER": {
			sign(t, jwt.SigningMethodHS256, spki, kid1, is.claims()), orders,
			"only the signing secret",
		},
		"confusion, modulus": {
			sign(t, jwt.SigningMethodHS256, rsaKey().N.Bytes(), kid1, is.claims()), withSecret,
			"signature is wrong",
		},
		"confusion, with secret": {
			sign(t, jwt.SigningMethodHS256, publicPEM, kid1, is.claims()), withSecret,
			"signature is wrong",
		},
		"confusion, no secret": {
			sign(t, jwt.SigningMethodHS256, []byte{}, kid1, is.claims()), orders,
			"only the signing secret",
		},
		"oct key of the set": {
			sign(
				t, jwt.SigningMethodHS256, []byte(secret16+secret16), map[string]any{"kid": "oct"},
				is.claims(),
			),
			orders, "only the signing secret",
		},
		"oct key, RS256": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": "oct"}, is.claims()),
			orders, `"oct" cannot be used: it is not an RSA public key`,
		},
		"wrong secret": {
			sign(t, jwt.SigningMethodHS256, []byte("fedcba9876543210"), nil, is.claims()),
			withSecret, "signature is wrong",
		},
		"wrong key": {
			sign(t, jwt.SigningMethodRS256, otherRSAKey(), kid1, is.claims()), orders,
			"signature is wrong",
		},
		"key in the header": {
			sign(
				t, jwt.SigningMethodRS256, otherRSAKey(),
				with(kid1, "jwk", with(jwk(t, "key-1", otherRSAKey()), "x5c", nil, "x5t", nil)),
				is.claims(),
			),
			orders, "signature is wrong",
		},
		"key by URL": {
			sign(
				t, jwt.SigningMethodRS256, otherRSAKey(), with(kid1, "jku", is.URL+"/evil"),
				is.claims(),
			),
			orders, "signature is wrong",
		},
		"claims exchanged": {
			parts[0] + "." + enc([]byte(`{"iss":"x"}`)) + "." + parts[2], orders,
			"signature is wrong",
		},
		"signature cut": {parts[0] + "." + parts[1] + ".", orders, "signature is wrong"},
		"PS256 over RS256": {
			enc([]byte(`{"alg":"PS256","kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders,
			"signature is wrong",
		},
		"unknown kid": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": "key-9"}, is.claims()),
			orders, `"key-9" is not in the key set`,
		},
		"no kid": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), nil, is.claims()), orders,
			"does not name the key",
		},
		"empty kid": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": ""}, is.claims()),
			orders, "does not name the key",
		},
		"kid of another type": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), map[string]any{"kid": 1}, is.claims()),
			orders, "malformed",
		},
		"small key": {
			sign(
				t, jwt.SigningMethodRS256, m2mtest.SmallRSAKey(), map[string]any{"kid": "small"},
				is.claims(),
			),
			orders, `"small" cannot be used: it has 1024 bits; at least 2048 are required`,
		},
		"encryption key": {
			sign(
				t, jwt.SigningMethodRS256, otherRSAKey(), map[string]any{"kid": "enc"}, is.claims(),
			),
			orders, `"enc" cannot be used: it is not for signatures`,
		},
		"logout token": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "logout+jwt"), is.claims()),
			orders, `of the type "logout+jwt", which is not an access token`,
		},
		"logout token, HS256": {
			sign(
				t, jwt.SigningMethodHS256, []byte(secret16), map[string]any{"typ": "logout+jwt"},
				is.claims(),
			),
			withSecret, `of the type "logout+jwt"`,
		},
		"no organization":       {good, inOrg, `it is for the organization "", not for "org_a"`},
		"no named organization": {good, inNamed, `it is for the organization "", not for "acme"`},
		"another organization": {
			rs256("org_id", "org_b", "org_name", "b"), inOrg,
			`it is for the organization "org_b", not for "org_a"`,
		},
		"another name": {
			rs256("org_id", "org_b", "org_name", "b"), inNamed,
			`it is for the organization "org_b", not for "acme"`,
		},
		"id as a name": {
			rs256("org_id", "org_b"), inOrg, `it is for the organization "org_b", not for "org_a"`,
		},
		"control characters": {clears + "." + enc(mac), withSecret, "duplicate key '\ufffd[2J'"},
		"id token": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "id+jwt"), is.claims()),
			orders, `of the type "id+jwt"`,
		},
		"typ in another tree": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", "text/jwt"), is.claims()),
			orders, `of the type "text/jwt"`,
		},
		"empty typ": {
			sign(t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", ""), is.claims()), orders,
			`of the type ""`,
		},
		"typ of another type": {
			sign(
				t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "typ", []string{"JWT"}),
				is.claims(),
			),
			orders, `of the type ""`,
		},
		"unknown crit": {
			sign(
				t, jwt.SigningMethodRS256, rsaKey(), with(kid1, "crit", []string{"exp"}, "exp", 1),
				is.claims(),
			),
			orders, "it requires an extension that is not supported (crit)",
		},
		"expired": {
			rs256("exp", noon.Unix()-31), orders,
			"it expired at 2026-03-04T11:59:29Z, and the clock of this machine says " +
				"2026-03-04T12:00:00Z",
		},
		"no exp":             {rs256("exp", nil), orders, "no expiry"},
		"exp is text":        {rs256("exp", "tomorrow"), orders, "malformed"},
		"exp beyond measure": {rs256("exp", 1e300), orders, "malformed"},
		"nbf in the future":  {rs256("nbf", noon.Unix()+31), orders, "not valid yet"},
		"iat in the future":  {rs256("iat", noon.Unix()+31), orders, "not valid yet"},
		"wrong iss": {
			rs256("iss", "https://evil.example/"), orders,
			`its issuer (iss) is "https://evil.example/", not "` + is.URL + `/"`,
		},
		"iss without slash": {rs256("iss", is.URL), orders, "its issuer"},
		"no iss":            {rs256("iss", nil), orders, "its issuer"},
		"wrong aud": {
			rs256("aud", "urn:orders/"), orders,
			`its audience (aud) is ["urn:orders/"], not "urn:orders"`,
		},
		"wrong auds": {rs256("aud", []string{"urn:x", "urn:y"}), orders, "its audience"},
		"empty auds": {rs256("aud", []string{}), orders, "its audience"},
		"no aud":     {rs256("aud", nil), orders, "its audience"},
		"other azp": {
			rs256("azp", "other"), orders, `for the client "other", not for "m2m"`,
		},
		"other client_id": {
			rs256("azp", nil, "client_id", "other"), orders, `for the client "other"`,
		},
		"azp right, client_id": {rs256("client_id", "other"), orders, `for the client`},
		"neither":              {rs256("azp", nil), orders, "does not name the client"},
		"empty azp":            {rs256("azp", ""), orders, "does not name the client"},
		"other grant type":     {rs256("gty", "password"), orders, `grant type (gty): "password"`},
		"wider scope": {
			rs256(), narrow, `the scope "write:orders", which was not requested`,
		},
		"scope as an array": {rs256("scope", []string{"read:orders"}), orders, "malformed"},
		"not a JWT":         {"opaque", orders, "malformed"},
		"empty":             {"", orders, "malformed"},
		"blanks":            {" " + good, orders, "malformed"},
		"JSON serialization": {
			`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` +
				parts[2] + `"}`,
			orders, "malformed",
		},
		"payload null":  {signRaw(t, `null`), orders, "malformed"},
		"payload array": {signRaw(t, `[]`), orders, "malformed"},
		"duplicate claims": {
			signRaw(t, `{"aud":"urn:orders","aud":"urn:x"}`), orders, "malformed",
		},
		"duplicate unknown": {
			signRaw(t, `{"aud":"urn:orders","x":1,"x":2}`), orders, "malformed",
		},
		"duplicate header": {
			signHeader(t, `{"alg":"RS256","kid":"key-9","kid":"key-1"}`, is.claims()), orders,
			"malformed",
		},
		"duplicate alg": {
			signHeader(t, `{"alg":"none","alg":"RS256","kid":"key-1"}`, is.claims()), orders,
			"malformed",
		},
		"ALG": {
			signHeader(t, `{"ALG":"RS256","kid":"key-1"}`, is.claims()), orders, `the algorithm ""`,
		},
		"known crit": {
			signHeader(t, `{"alg":"RS256","kid":"key-1","crit":["b64"],"b64":true}`, is.claims()),
			orders, "not supported (crit)",
		},
		"empty crit": {
			signHeader(t, `{"alg":"RS256","kid":"key-1","crit":[]}`, is.claims()), orders,
			"not supported (crit)",
		},
		"crit null": {
			signHeader(t, `{"alg":"RS256","kid":"key-1","crit":null}`, is.claims()), orders,
			"not supported (crit)",
		},
		"b64 without crit": {
			signHeader(t, `{"alg":"RS256","kid":"key-1","b64":false}`, is.claims()), orders,
			"an unencoded payload (b64)",
		},
		"payload not encoded": {signPlain(t, is.claims()), orders, "an unencoded payload (b64)"},
		"alg NONE": {
			enc([]byte(`{"alg":"NONE","kid":"key-1"}`)) + "." + parts[1] + ".", orders,
			`the algorithm "NONE"`,
		},
		"alg nOnE": {
			enc([]byte(`{"alg":"nOnE","kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders,
			`the algorithm "nOnE"`,
		},
		"alg rs256": {
			enc([]byte(`{"alg":"rs256","kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders,
			`the algorithm "rs256"`,
		},
		"RS512 over RS256": {
			enc([]byte(`{"alg":"RS512","kid":"key-1"}`)) + "." + parts[1] + "." + parts[2], orders,
			"signature is wrong",
		},
		"confusion, PKCS 1": {
			sign(
				t, jwt.SigningMethodHS256, x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey), kid1,
				is.claims(),
			),
			withSecret, "signature is wrong",
		},
		"secret and no kid": {
			sign(t, jwt.SigningMethodHS256, []byte(secret16+"\n"), nil, is.claims()), withSecret,
			"signature is wrong",
		},
		"certificate in header": {
			sign(
				t, jwt.SigningMethodRS256, otherRSAKey(),
				with(kid1, "x5c", jwk(t, "", otherRSAKey())["x5c"]), is.claims(),
			),
			orders, "signature is wrong",
		},
		"certificate by URL": {
			sign(
				t, jwt.SigningMethodRS256, otherRSAKey(), with(kid1, "x5u", is.URL+"/evil"),
				is.claims(),
			),
			orders, "signature is wrong",
		},
		"trailing bits": {
			good[:len(good)-1] + twin(good[len(good)-1]), orders,
			"the signature of the token is not base64url",
		},
		"trailing bits, header": {
			parts[0][:len(parts[0])-1] + twin(parts[0][len(parts[0])-1]) + "." + parts[1] + "." +
				parts[2],
			orders, "the header of the token is not base64url",
		},
		"padding": {
			good + "==", orders, "the signature of the token is not base64url",
		},
		"line break at the end": {
			good + "\n", orders, "the signature of the token is not base64url",
		},
		"line break within": {
			parts[0][:10] + "\r\n" + parts[0][10:] + "." + parts[1] + "." + parts[2], orders,
			"the header of the token is not base64url",
		},
		"standard base64": {
			strings.NewReplacer("-", "+", "_", "/").Replace(good + "-_"), orders,
			"the signature of the token is not base64url",
		},
		"two tokens": {good + "." + good, orders, "malformed"},
		"beyond measure": {
			parts[0] + "." + strings.Repeat("A", maxJWT) + "." + parts[2], orders,
			"it is longer than 1048576 bytes",
		},
		"not UTF-8":    {signRaw(t, "{\"aud\":\"\xff\"}"), orders, "malformed"},
		"exp null":     {signRaw(t, `{"exp":null}`), orders, "no expiry"},
		"exp negative": {rs256("exp", -1), orders, "it expired at 1969-12-31T23:59:59Z"},
		"exp 0":        {rs256("exp", 0), orders, "it expired at 1970-01-01T00:00:00Z"},
		"exp beyond 64 bits": {
			rs256("exp", json.Number("9223372036854775808")), orders, "malformed",
		},
		"exp as digits": {rs256("exp", "9999999999"), orders, "malformed"},
		"exp true":      {rs256("exp", true), orders, "malformed"},
		"nbf beyond measure": {
			rs256("nbf", json.Number("9223372036854775807")), orders, "malformed",
		},
		"nbf as digits":     {rs256("nbf", "1"), orders, "malformed"},
		"empty aud":         {rs256("aud", ""), orders, "its audience"},
		"aud null":          {rs256("aud", map[string]any(nil)), orders, "malformed"},
		"aud as a number":   {rs256("aud", 1), orders, "malformed"},
		"aud in an aud":     {rs256("aud", []any{[]string{"urn:orders"}}), orders, "malformed"},
		"aud in upper case": {rs256("aud", "URN:orders"), orders, "its audience"},
		"azp as an array":   {rs256("azp", []string{"m2m"}), orders, "malformed"},
		"gty as an array":   {rs256("gty", []string{"client-credentials"}), orders, "malformed"},
		"gty of the endpoint": {
			rs256("gty", "client_credentials"), orders, `grant type (gty): "client_credentials"`,
		},
		"scope with a tab": {
			rs256("scope", "read:orders\tadmin"), narrow,
			`the scope "admin", which was not requested`,
		},
	} {
		got, err := v.Verify(t.Context(), tc.token, tc.want)
		var refused *Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, tc.reason) ||
			got.JSON != "" {
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

// signHeader signs a header that may be invalid.
func signHeader(t *testing.T, header string, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return signText(
		t,
		base64.RawURLEncoding.EncodeToString([]byte(header))+"."+
			base64.RawURLEncoding.EncodeToString(payload),
	)
}

// signPlain signs claims without encoding them (RFC 7797).
func signPlain(t *testing.T, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	header := base64.RawURLEncoding.EncodeToString([]byte(
		`{"alg":"RS256","kid":"key-1","b64":false}`,
	))
	_, signature, _ := strings.Cut(
		strings.TrimPrefix(signText(t, header+"."+string(payload)), header+"."+string(payload)),
		".",
	)
	return header + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + signature
}

// signText signs a text in place of header and payload.
func signText(t *testing.T, input string) string {
	t.Helper()
	signature, err := jwt.SigningMethodRS256.Sign(input, rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// twin returns another last base64 character for the same bytes: only unused bits differ.
func twin(last byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, last)^1])
}

// signRaw signs a payload that may not be a set of claims.
func signRaw(t *testing.T, payload string) string {
	t.Helper()
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"key-1"}`))
	return signText(t, header+"."+base64.RawURLEncoding.EncodeToString([]byte(payload)))
}

// A forger chooses the header of a token.
func TestVerify_quotesOfTheHeaderAreBounded(t *testing.T) {
	t.Parallel()
	is := newIssuer(t, jwk(t, "key-1", rsaKey()))
	v := verifierOf(is.tenant, atNoon)
	long := strings.Repeat("x", 10_000)
	payload := base64.RawURLEncoding.EncodeToString([]byte("{}"))
	for name, header := range map[string]map[string]any{
		"kid": {"alg": "RS256", "kid": long}, "alg": {"alg": long, "kid": "key-1"},
		"typ":                 {"alg": "RS256", "kid": "key-1", "typ": long},
		"kid of another type": {"alg": "RS256", "kid": []string{long}},
		"alg of another type": {"alg": []string{long}, "kid": "key-1"},
		"crit":                {"alg": "RS256", "kid": "key-1", "crit": []string{long}, long: 1},
	} {
		raw, _ := json.Marshal(header)
		_, err := v.Verify(
			t.Context(), base64.RawURLEncoding.EncodeToString(raw)+"."+payload+".AAAA", orders,
		)
		var refused *Error
		if !errors.As(err, &refused) || len(refused.Reason) > 300 {
			t.Errorf("%s: %.400v", name, err)
		}
	}
}

func TestVerify_hs256NeedsNoPublishedKeys(t *testing.T) {
	t.Parallel()
	s := script(t)
	is := &issuer{tenant: s}
	token := sign(
		t, jwt.SigningMethodHS256, []byte(secret16), map[string]any{"kid": "any"}, is.claims(),
	)
	want := orders
	want.SigningSecret = secret16
	if _, err := verifierOf(s, atNoon).Verify(t.Context(), token, want); err != nil {
		t.Error(err)
	}
}

func TestReadClaims_doesNotVerify(t *testing.T) {
	t.Parallel()
	for _, token := range []string{
		sign(t, jwt.SigningMethodHS256, []byte("whatever"), nil, map[string]any{
			"exp":   1,
			"scope": "a  b",
		}),
		sign(t, jwt.SigningMethodRS256, m2mtest.SmallRSAKey(), nil, map[string]any{
			"exp":   1,
			"scope": "a  b",
		}),
	} {
		got, err := ReadClaims(token)
		if diff := cmp.Diff(
			Claims{JSON: `{"exp":1,"scope":"a  b"}`, Scopes: []string{"a", "b"}}, got,
		); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	none := sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, map[string]any{})
	for _, token := range []string{
		"", "opaque", "a.b.c", "a.b.c.d.e", none, signRaw(t, "null"), signRaw(t, "[1]"),
		signRaw(t, "7"), signRaw(t, "{"),
	} {
		got, err := ReadClaims(token)
		var refused *Error
		if !errors.As(err, &refused) || got.JSON != "" {
			t.Errorf("%q: %v, %v", token, got, err)
		}
	}
}
