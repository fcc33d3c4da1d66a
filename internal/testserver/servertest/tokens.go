// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package servertest

import (
	"crypto/x509"
	"encoding/pem"
	"maps"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// ParseToken verifies a token with golang-jwt, which the server does not use. If key is nil, it
// uses the published keys.
func (x *Tenant) ParseToken(token, alg string, key any) *jwt.Token {
	x.T.Helper()
	parsed, err := jwt.Parse(token, func(token *jwt.Token) (any, error) {
		if key != nil {
			return key, nil
		}
		keys, _ := x.PublishedKeys()
		return keys[token.Header["kid"].(string)], nil
	}, jwt.WithValidMethods([]string{alg}), jwt.WithIssuer(x.URL()+"/"),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(x.Clock().Now))
	if err != nil {
		x.T.Fatalf("golang-jwt: %v", err)
	}
	return parsed
}

// Claims verifies an RS256 token with the published keys and returns its claims.
func (x *Tenant) Claims(token string) jwt.MapClaims {
	x.T.Helper()
	return x.ParseToken(token, "RS256", nil).Claims.(jwt.MapClaims)
}

// Spoil makes a token unacceptable. It returns the key to sign it with, or nil for the right key.
type Spoil func(token *jwt.Token, claims jwt.MapClaims) any

// ForgeToken makes a token for an API that is good unless spoil changes it.
func (x *Tenant) ForgeToken(audience string, spoil Spoil) string {
	x.T.Helper()
	_, published := x.PublishedKeys()
	claims := jwt.MapClaims{
		"iss": x.URL() + "/", "sub": "forged@clients", "aud": audience, "azp": "forged",
		"scope": "read:client_grants read:orders",
		"iat":   time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = published[0]["kid"]
	key := spoil(token, claims)
	if key == nil {
		key = SigningKeys()[0]
	}
	text, err := token.SignedString(key)
	if err != nil {
		x.T.Fatal(err)
	}
	return text
}

// Spoils lists ways to make a token unacceptable.
var Spoils = map[string]Spoil{
	"alg none": func(token *jwt.Token, _ jwt.MapClaims) any {
		token.Method, token.Header["alg"] = jwt.SigningMethodNone, "none"
		return jwt.UnsafeAllowNoneSignatureType
	},
	"HS256 with the RSA public key": func(token *jwt.Token, _ jwt.MapClaims) any {
		token.Method, token.Header["alg"] = jwt.SigningMethodHS256, "HS256"
		der, _ := x509.MarshalPKIXPublicKey(SigningKeys()[0].Public())
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	},
	"another algorithm with the right key": func(token *jwt.Token, _ jwt.MapClaims) any {
		token.Method, token.Header["alg"] = jwt.SigningMethodRS512, "RS512"
		return nil
	},
	"another key": func(*jwt.Token, jwt.MapClaims) any { return StrangerKey() },
	"unknown kid": func(token *jwt.Token, _ jwt.MapClaims) any {
		token.Header["kid"] = "unknown"
		return nil
	},
	"no kid": func(token *jwt.Token, _ jwt.MapClaims) any {
		delete(token.Header, "kid")
		return nil
	},
	"expired": func(_ *jwt.Token, claims jwt.MapClaims) any {
		claims["exp"] = time.Now().Add(-time.Second).Unix()
		return nil
	},
	"not valid yet": func(_ *jwt.Token, claims jwt.MapClaims) any {
		claims["nbf"] = time.Now().Add(time.Minute).Unix()
		return nil
	},
	"nbf of the wrong type": func(_ *jwt.Token, claims jwt.MapClaims) any {
		claims["nbf"] = "yesterday"
		return nil
	},
	"no exp": func(_ *jwt.Token, claims jwt.MapClaims) any {
		delete(claims, "exp")
		return nil
	},
	"another audience": func(_ *jwt.Token, claims jwt.MapClaims) any {
		claims["aud"] = "https://other.example.com"
		return nil
	},
	"another issuer": func(_ *jwt.Token, claims jwt.MapClaims) any {
		claims["iss"] = "https://evil.example.com/"
		return nil
	},
	"claims of the wrong type": func(_ *jwt.Token, claims jwt.MapClaims) any {
		claims["scope"] = []string{"read:client_grants"}
		return nil
	},
}

// UseKey grants the machine client the sample API and lets it authenticate with StrangerKey only.
func (x *Tenant) UseKey(alg string) {
	x.T.Helper()
	x.SampleGrant("")
	x.SetPublicKey(testserver.MachineClientID, alg, "the-key", &StrangerKey().PublicKey)
}

// AssertionParams are the parameters of a token request with a client assertion, which follows.
const AssertionParams = SampleAudience + "&client_secret=&client_assertion_type=" +
	"urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="

// Assertion makes a client assertion of the machine client. Claims in over replace the defaults;
// nil removes one.
func (x *Tenant) Assertion(method jwt.SigningMethod, over jwt.MapClaims) string {
	x.T.Helper()
	return x.SignAssertion(method, "the-key", over)
}

// SignAssertion makes an assertion as Assertion does. It names the key kid unless kid is empty.
func (x *Tenant) SignAssertion(method jwt.SigningMethod, kid string, over jwt.MapClaims) string {
	x.T.Helper()
	now := x.Clock().Now()
	claims := jwt.MapClaims{
		"iss": testserver.MachineClientID, "sub": testserver.MachineClientID, "aud": x.URL() + "/",
		"iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": "first",
	}
	maps.Copy(claims, over)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	token := jwt.NewWithClaims(method, claims)
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(StrangerKey())
	if err != nil {
		x.T.Fatal(err)
	}
	return text
}
