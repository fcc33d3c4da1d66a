// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// publishedKeys reads the JWKS without any JOSE library.
func publishedKeys(t *testing.T, x *tenant) (keys map[string]*rsa.PublicKey, inOrder []map[string]any) {
	t.Helper()
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(
		[]byte(x.send("GET", "/.well-known/jwks.json", "").body), &set,
	); err != nil {
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
	}, jwt.WithValidMethods([]string{alg}), jwt.WithIssuer(x.URL()+"/"),
		jwt.WithExpirationRequired(),
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
	return pemOf(t, &strangerKey().PublicKey)
}

func pemOf(t *testing.T, key *rsa.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func certificatePEM(t *testing.T) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(
		nil, template, template, strangerKey().Public(), strangerKey(),
	)
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
	for name, content := range map[string]string{
		"public key":  publicPEM(t),
		"certificate": certificatePEM(t),
	} {
		x := newTenant(t)
		body := `{"identifier":"https://a","token_encryption":` + encryptionWith(t, content) + `}`
		want(t, x.api("POST", "/resource-servers", body), 201,
			`{"id":"RS_ID","identifier":"https://a",`+strings.TrimSuffix(minimal, "}")+","+shown+
				"}")
		if got := x.api("GET", aPath, ""); !strings.Contains(got.body, shown) {
			t.Errorf("%s: read %s", name, got.body)
		}
		want(t, x.api(
			"PATCH", aPath, `{"token_encryption":`+encryptionWith(t, "no PEM")+`}`,
		), 400, `{"statusCode":400,"error":"Bad Request",`+
			`"message":"`+
			"`token_encryption.encryption_key.pem` is not an RSA public key or certificate"+
			`","errorCode":"invalid_body"}`)
	}
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
	return strings.NewReplacer(
		times.IAT.String(), "IAT", times.EXP.String(), "EXP",
	).Replace(string(payload))
}
