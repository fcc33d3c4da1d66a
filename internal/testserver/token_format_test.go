// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// publishedKeys reads the JWKS without any JOSE library.
func publishedKeys(t *testing.T, x *tenant) (keys map[string]*rsa.PublicKey, inOrder []map[string]any) {
	t.Helper()
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal([]byte(x.send("GET", "/.well-known/jwks.json", "").body), &set); err != nil {
		t.Fatal(err)
	}
	keys = map[string]*rsa.PublicKey{}
	for _, key := range set.Keys {
		modulus, err := base64.RawURLEncoding.DecodeString(key["n"].(string))
		if err != nil {
			t.Fatal(err)
		}
		keys[key["kid"].(string)] = &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537}
	}
	return keys, set.Keys
}

// parseWith lets golang-jwt, which the server does not use, judge a token.
func parseWith(t *testing.T, x *tenant, token, alg string, key any) *jwt.Token {
	t.Helper()
	parsed, err := jwt.Parse(token, func(token *jwt.Token) (any, error) {
		if key != nil {
			return key, nil
		}
		keys, _ := publishedKeys(t, x)
		return keys[token.Header["kid"].(string)], nil
	}, jwt.WithValidMethods([]string{alg}), jwt.WithIssuer(x.URL()+"/"), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(x.Clock().Now))
	if err != nil {
		t.Fatalf("golang-jwt: %v", err)
	}
	return parsed
}

func claimsOf(t *testing.T, x *tenant, token string) jwt.MapClaims {
	t.Helper()
	return parseWith(t, x, token, "RS256", nil).Claims.(jwt.MapClaims)
}

// sampleToken is a token of the machine client for the sample API after a change to that API.
func sampleToken(t *testing.T, settings string) (*tenant, string) {
	t.Helper()
	x := newTenant(t)
	x.sampleGrant(`,"scope":["write:orders","read:orders"]`)
	x.must("PATCH", "/resource-servers/"+url.PathEscape(testserver.SampleAPIAudience), settings)
	return x, tokenIn(t, x.askToken(sampleAudience))
}

// payloadOf is the literal payload with the times put aside.
func payloadOf(t *testing.T, token string) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var times struct{ IAT, EXP json.Number }
	if err := json.Unmarshal(payload, &times); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(times.IAT.String(), "IAT", times.EXP.String(), "EXP").Replace(string(payload))
}

func TestAccessToken_defaultDialect(t *testing.T) {
	t.Parallel()
	x, token := sampleToken(t, `{}`)
	parsed := parseWith(t, x, token, "RS256", nil)
	_, published := publishedKeys(t, x)
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": published[0]["kid"]}
	if diff := cmp.Diff(header, parsed.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	payload := x.expand(`{"iss":"$URL/","sub":"ReferenceMachineClient0000000001@clients","aud":"https://sample-api.example.com",` +
		`"iat":IAT,"exp":EXP,"scope":"write:orders read:orders","gty":"client-credentials","azp":"ReferenceMachineClient0000000001"}`)
	if diff := cmp.Diff(payload, payloadOf(t, token)); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestAccessToken_permissionsOfAuthorizationDialect(t *testing.T) {
	t.Parallel()
	x, token := sampleToken(t, `{"token_dialect":"access_token_authz","enforce_policies":true}`)
	if got := claimsOf(t, x, token)["permissions"]; !cmp.Equal(got, []any{"write:orders", "read:orders"}) {
		t.Errorf("permissions %v", got)
	}
	x.must("PATCH", "/resource-servers/"+url.PathEscape(testserver.SampleAPIAudience), `{"scopes":[]}`)
	if payload := payloadOf(t, tokenIn(t, x.askToken(sampleAudience))); !strings.Contains(payload, `"permissions":[]`) {
		t.Errorf("permissions are empty, not absent, when none are granted: %s", payload)
	}
	x.must("PATCH", "/resource-servers/"+url.PathEscape(testserver.SampleAPIAudience), `{"enforce_policies":false}`)
	if payload := payloadOf(t, tokenIn(t, x.askToken(sampleAudience))); strings.Contains(payload, "permissions") {
		t.Errorf("permissions without enforce_policies: %s", payload)
	}
}

func TestAccessToken_rfc9068Dialect(t *testing.T) {
	t.Parallel()
	for dialect, more := range map[string][]string{"rfc9068_profile": nil, "rfc9068_profile_authz": {"permissions"}} {
		x, token := sampleToken(t, `{"enforce_policies":true,"token_dialect":"`+dialect+`"}`)
		parsed := parseWith(t, x, token, "RS256", nil)
		if parsed.Header["typ"] != "at+jwt" {
			t.Errorf("%s: typ %v", dialect, parsed.Header["typ"])
		}
		claims := parsed.Claims.(jwt.MapClaims)
		names := append([]string{"aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"}, more...)
		slices.Sort(names)
		if diff := cmp.Diff(names, slices.Sorted(maps.Keys(claims))); diff != "" {
			t.Errorf("%s: claims (-want +got):\n%s", dialect, diff)
		}
		if claims["client_id"] != testserver.MachineClientID {
			t.Errorf("%s: client_id %v", dialect, claims["client_id"])
		}
		got := x.send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token)
		if got.status != 200 || field(t, got.body, "client_id") != testserver.MachineClientID {
			t.Errorf("%s: the sample API says %d %s", dialect, got.status, got.body)
		}
	}
}

func TestAccessToken_algorithmFollowsTheAPI(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		alg, settings string
		key           any
	}{
		{"PS256", `{"signing_alg":"PS256"}`, nil},
		{"RS512", `{"signing_alg":"RS512"}`, nil},
		{"HS256", `{"signing_alg":"HS256","signing_secret":"sixteen-chars-ok"}`, []byte("sixteen-chars-ok")},
		{"HS256", `{"signing_alg":"HS256","signing_secret":"forty characters are more than thirty-two"}`, []byte("forty characters are more than thirty-two")},
	} {
		x, token := sampleToken(t, test.settings)
		parsed := parseWith(t, x, token, test.alg, test.key)
		if _, hasKID := parsed.Header["kid"]; hasKID != (test.key == nil) {
			t.Errorf("%s: header %v", test.alg, parsed.Header)
		}
		if got := x.send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token); got.status != 200 {
			t.Errorf("%s: the sample API says %d %s", test.alg, got.status, got.body)
		}
	}
}

func TestJWKS_currentKeyFirstThenNext(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	_, published := publishedKeys(t, x)
	if len(published) != 2 {
		t.Fatalf("%d keys", len(published))
	}
	for i, key := range published {
		certificateDER, err := base64.StdEncoding.DecodeString(key["x5c"].([]any)[0].(string))
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(certificateDER)
		if err != nil {
			t.Fatal(err)
		}
		if err := certificate.CheckSignatureFrom(certificate); err != nil {
			t.Error(err)
		}
		if !signingKeys()[i].PublicKey.Equal(certificate.PublicKey) || certificate.Subject.CommonName != "127.0.0.1" {
			t.Errorf("key %d has the certificate of another: %v", i, certificate.Subject)
		}
		if lifetime := certificate.NotAfter.Sub(certificate.NotBefore); lifetime != 5000*24*time.Hour {
			t.Errorf("key %d: lifetime %v", i, lifetime)
		}
		sum := sha1.Sum(certificateDER)
		fixed := map[string]any{
			"alg": "RS256", "kty": "RSA", "use": "sig", "e": "AQAB",
			"x5t": base64.RawURLEncoding.EncodeToString(sum[:]),
		}
		for name, value := range fixed {
			if key[name] != value {
				t.Errorf("key %d: %s is %v, want %v", i, name, key[name], value)
			}
		}
		if kid := key["kid"].(string); len(kid) != 21 {
			t.Errorf("kid %q", kid)
		}
	}
}

func TestDiscovery_issuerEndsInASlash(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	got := x.send("GET", "/.well-known/openid-configuration", "").body
	for name, value := range map[string]string{
		"issuer": "$URL/", "token_endpoint": "$URL/oauth/token", "jwks_uri": "$URL/.well-known/jwks.json",
		"authorization_endpoint": "$URL/authorize", "registration_endpoint": "$URL/oidc/register",
	} {
		if found := field(t, got, name); found != x.expand(value) {
			t.Errorf("%s is %s", name, found)
		}
	}
	if !strings.Contains(got, `"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","private_key_jwt"]`) {
		t.Errorf("got %s", got)
	}
}

// encryptionWith is a token_encryption for a PEM.
func encryptionWith(t *testing.T, content string) string {
	t.Helper()
	quoted, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return `{"format":"compact-nested-jwe","encryption_key":{"name":"n","alg":"RSA-OAEP-256","kid":"k","pem":` + string(quoted) + `}}`
}

func publicPEM(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(strangerKey().Public())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func certificatePEM(t *testing.T) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(nil, template, template, strangerKey().Public(), strangerKey())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestTokenEncryption_showsTheThumbprintOfTheKeyInPlaceOfThePEM(t *testing.T) {
	t.Parallel()
	key := jose.JSONWebKey{Key: strangerKey().Public()}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	shown := `"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"name":"n","alg":"RSA-OAEP-256","kid":"k",` +
		`"thumbprint_sha256":"` + base64.RawURLEncoding.EncodeToString(sum) + `"}}`
	for name, content := range map[string]string{"public key": publicPEM(t), "certificate": certificatePEM(t)} {
		x := newTenant(t)
		body := `{"identifier":"https://a","token_encryption":` + encryptionWith(t, content) + `}`
		want(t, x.api("POST", "/resource-servers", body), 201,
			`{"id":"RS_ID","identifier":"https://a",`+strings.TrimSuffix(minimal, "}")+","+shown+"}")
		if got := x.api("GET", aPath, ""); !strings.Contains(got.body, shown) {
			t.Errorf("%s: read %s", name, got.body)
		}
		want(t, x.api("PATCH", aPath, `{"token_encryption":`+encryptionWith(t, "no PEM")+`}`), 400, `{"statusCode":400,"error":"Bad Request",`+
			`"message":"`+"`token_encryption.encryption_key.pem` is not an RSA public key or certificate"+`","errorCode":"invalid_body"}`)
	}
}

func TestTokenEncryption_tokensAreNestedJWEs(t *testing.T) {
	t.Parallel()
	x, token := sampleToken(t, `{"token_encryption":`+encryptionWith(t, publicPEM(t))+`}`)
	encrypted, err := jose.ParseEncryptedCompact(token, []jose.KeyAlgorithm{jose.RSA_OAEP_256}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := encrypted.Decrypt(strangerKey())
	if err != nil {
		t.Fatal(err)
	}
	if got := claimsOf(t, x, string(signed))["scope"]; got != "write:orders read:orders" {
		t.Errorf("scope %v", got)
	}
	if encrypted.Header.KeyID != "k" {
		t.Errorf("kid %q", encrypted.Header.KeyID)
	}
}
