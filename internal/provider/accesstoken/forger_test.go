// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// evilKey is the attacker's key.
var evilKey = sync.OnceValue(testkeys.NewRSA)

var smallKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return key
})

const apiSecret = "a-signing-secret"

// forger makes tokens from a token that a tenant issued to the machine client for the sample
// API.
type forger struct {
	*acctest.Tenant
	token  string
	header map[string]any
	claims map[string]any
}

func newForger(t *testing.T) *forger {
	n := acctest.NewTenant(t).Granted()
	x := &forger{
		Tenant: n,
		token: n.TokenOf(
			testserver.MachineClientID, testserver.MachineClientSecret,
			testserver.SampleAPIAudience,
		),
	}
	claims := jwt.MapClaims{}
	parsed, _, err := jwt.NewParser().ParseUnverified(x.token, claims)
	if err != nil {
		t.Fatal(err)
	}
	x.header, x.claims = parsed.Header, claims
	return x
}

// altered returns a copy of m with the given pairs of keys and values; nil removes a key.
func altered(m map[string]any, pairs ...any) map[string]any {
	m = maps.Clone(m)
	for pair := range slices.Chunk(pairs, 2) {
		m[pair[0].(string)] = pair[1]
		if pair[1] == nil {
			delete(m, pair[0].(string))
		}
	}
	return m
}

func (x *forger) sign(method jwt.SigningMethod, key any, header, claims map[string]any) string {
	token := jwt.NewWithClaims(method, jwt.MapClaims(claims))
	maps.Copy(token.Header, header)
	token.Header["alg"] = method.Alg()
	text, err := token.SignedString(key)
	if err != nil {
		x.T.Fatal(err)
	}
	return text
}

// own returns a token signed with the tenant's own key: only its claims are wrong.
func (x *forger) own(pairs ...any) string {
	return x.sign(
		jwt.SigningMethodRS256, testkeys.Signing()[0], x.header, altered(x.claims, pairs...),
	)
}

// ownHeader returns a token signed with the tenant's own key, with other values in the header.
func (x *forger) ownHeader(pairs ...any) string {
	header := altered(x.header, pairs...)
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(x.claims))
	token.Header = header
	text, err := token.SignedString(testkeys.Signing()[0])
	if err != nil {
		x.T.Fatal(err)
	}
	return text
}

// evil returns a token signed with a key that the tenant does not have.
func (x *forger) evil(pairs ...any) string {
	return x.sign(jwt.SigningMethodRS256, evilKey(), altered(x.header, pairs...), x.claims)
}

// underHeader returns the issued token with another header, and another signature if one is
// given.
func (x *forger) underHeader(header, signature string) string {
	parts := strings.Split(x.token, ".")
	if signature == "" {
		signature = parts[2]
	}
	return base64url([]byte(header)) + "." + parts[1] + "." + strings.TrimPrefix(signature, "-")
}

func (x *forger) kid() string { return x.header["kid"].(string) }

func base64url(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func rsaJWK(kid string, key *rsa.PrivateKey, pairs ...any) map[string]any {
	return altered(
		map[string]any{
			"kty": "RSA", "use": "sig", "kid": kid, "e": "AQAB", "n": base64url(key.N.Bytes()),
		},
		pairs...,
	)
}

// answers makes a route of the tenant return the given document.
func (x *forger) answers(route string, document any) {
	text, ok := document.(string)
	if !ok {
		raw, err := json.Marshal(document)
		if err != nil {
			x.T.Fatal(err)
		}
		text = string(raw)
	}
	// Terraform sends the request several times.
	x.Next(route, slices.Repeat(
		[]testserver.Fault{testserver.Respond(http.StatusOK, "application/json", text)}, 20,
	)...)
}

func (x *forger) hasKeys(keys ...any) {
	x.answers("GET /.well-known/jwks.json", map[string]any{"keys": keys})
}

func (x *forger) discovers(issuer, keys string) {
	x.answers("GET /.well-known/openid-configuration", map[string]any{
		"issuer":   issuer,
		"jwks_uri": keys,
	})
}

// ownText returns a token with any payload, even an invalid one, signed with the tenant's own
// key.
func (x *forger) ownText(payload string) string {
	content := strings.Split(x.own(), ".")[0] + "." + base64url([]byte(payload))
	signature, err := jwt.SigningMethodRS256.Sign(content, testkeys.Signing()[0])
	if err != nil {
		x.T.Fatal(err)
	}
	return content + "." + base64url(signature)
}
