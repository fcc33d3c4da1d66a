// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// assertion is a good client assertion of the machine client, unless claims are given over it; nil
// takes one out.
func assertion(t *testing.T, x *tenant, method jwt.SigningMethod, over jwt.MapClaims) string {
	t.Helper()
	return signAssertion(t, x, method, "the-key", over)
}

// signAssertion makes an assertion that names a key, or none if kid is empty.
func signAssertion(
	t *testing.T, x *tenant, method jwt.SigningMethod, kid string, over jwt.MapClaims,
) string {
	t.Helper()
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
	text, err := token.SignedString(strangerKey())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const assertionParams = sampleAudience + "&client_secret=&client_assertion_type=" +
	"urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="

// useKey grants the machine client the sample API and lets it use nothing but its key.
func (x *tenant) useKey(alg string) {
	x.t.Helper()
	x.sampleGrant("")
	x.SetPublicKey(testserver.MachineClientID, alg, "the-key", &strangerKey().PublicKey)
}

// accepts checks that an assertion with these claims gets a token.
func (x *tenant) accepts(over jwt.MapClaims) {
	x.t.Helper()
	wantJSON(
		x.t, x.askToken(assertionParams+assertion(x.t, x, jwt.SigningMethodRS256, over)), 200,
		tokenOfNone,
	)
}

// refuses checks that an assertion with these claims does not. What else the answer says is not
// known.
func (x *tenant) refuses(over jwt.MapClaims) {
	x.t.Helper()
	wantTokenError(
		x.t, x.askToken(assertionParams+assertion(x.t, x, jwt.SigningMethodRS256, over)), 401,
		"invalid_client",
	)
}

func (x *tenant) from(d time.Duration) int64 { return x.Clock().Now().Add(d).Unix() }

func TestContract9PrivateKeyJWT(t *testing.T) {
	t.Parallel()
	documented(t, "9.3", "an assertion signed with RS256, RS384 or PS256 gets a token",
		func(t *testing.T, _ *tenant) {
			for _, method := range []jwt.SigningMethod{
				jwt.SigningMethodRS256, jwt.SigningMethodRS384, jwt.SigningMethodPS256,
			} {
				x := newTenant(t)
				x.useKey(method.Alg())
				wantJSON(
					t, x.askToken(assertionParams+assertion(t, x, method, nil)), 200, tokenOfNone,
				)
			}
		})
	documented(t, "9.3", "the algorithm of an assertion is that of the credential",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			for _, method := range []jwt.SigningMethod{
				jwt.SigningMethodRS384, jwt.SigningMethodPS256, jwt.SigningMethodRS512,
			} {
				wantTokenError(
					t, x.askToken(assertionParams+assertion(t, x, method, nil)), 401,
					"invalid_client",
				)
			}
			x.accepts(nil)
		})
	documented(t, "9.3", "an assertion need not name its key", func(t *testing.T, x *tenant) {
		x.useKey("RS256")
		signed := signAssertion(t, x, jwt.SigningMethodRS256, "", nil)
		wantJSON(t, x.askToken(assertionParams+signed), 200, tokenOfNone)
	})
	documented(t, "9.3", "issuer and subject of an assertion are the client id",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			x.refuses(jwt.MapClaims{"iss": testserver.WebClientID})
			x.refuses(jwt.MapClaims{"sub": testserver.WebClientID})
			x.refuses(jwt.MapClaims{"iss": "nobody", "sub": "nobody"})
			x.refuses(jwt.MapClaims{"iss": nil, "sub": nil})
			x.accepts(nil)
		})
	documented(t, "9.3", "the audience of an assertion is the tenant's URL with the slash at its "+
		"end, as one string",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			x.refuses(jwt.MapClaims{"aud": x.URL()})
			x.refuses(jwt.MapClaims{"aud": x.URL() + "/oauth/token"})
			x.refuses(jwt.MapClaims{"aud": []string{x.URL() + "/", "https://other.example.com/"}})
			x.refuses(jwt.MapClaims{"aud": nil})
			x.accepts(jwt.MapClaims{"aud": x.URL() + "/"})
		})
	documented(t, "9.3", "an assertion expires, and no later than five minutes after it was issued",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			x.refuses(jwt.MapClaims{"exp": nil})
			x.refuses(jwt.MapClaims{"exp": x.from(-time.Minute)})
			x.refuses(jwt.MapClaims{"iat": x.from(0), "exp": x.from(5*time.Minute + 2*time.Second)})
			x.refuses(jwt.MapClaims{"iat": nil, "exp": x.from(6 * time.Minute)})
			x.accepts(jwt.MapClaims{"iat": x.from(0), "exp": x.from(5*time.Minute - time.Second)})
		})
	documented(t, "9.3", "the jti of an assertion is required and accepted once",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			x.refuses(jwt.MapClaims{"jti": nil})
			x.accepts(jwt.MapClaims{"jti": "one"})
			x.refuses(jwt.MapClaims{"jti": "one"})
			x.accepts(jwt.MapClaims{"jti": "two"})
		})
	documented(t, "9.3", "iat and nbf of an assertion are optional and may be ten seconds ahead",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			x.accepts(jwt.MapClaims{"iat": nil, "jti": "1"})
			x.accepts(jwt.MapClaims{
				"iat": x.from(8 * time.Second),
				"nbf": x.from(8 * time.Second),
				"jti": "2",
			})
			x.refuses(jwt.MapClaims{"iat": x.from(time.Minute), "jti": "3"})
			x.refuses(jwt.MapClaims{"nbf": x.from(time.Minute), "jti": "4"})
		})
	documented(t, "9.3", "an assertion has at most 2048 bytes and its jti at most 64 characters",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			x.refuses(jwt.MapClaims{"more": strings.Repeat("x", 2048)})
			x.refuses(jwt.MapClaims{"jti": strings.Repeat("j", 65)})
			x.accepts(jwt.MapClaims{
				"jti":  strings.Repeat("j", 64),
				"more": strings.Repeat("x", 800),
			})
		})
	documented(t, "9.3", "client_id beside an assertion is optional but must agree",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			other := "client_id=" + testserver.WebClientID + "&" + assertionParams
			wantTokenError(
				t, x.askToken(other+assertion(t, x, jwt.SigningMethodRS256, nil)), 401,
				"invalid_client",
			)
			wantJSON(
				t,
				x.askToken("client_id=&"+assertionParams+assertion(
					t, x, jwt.SigningMethodRS256, nil,
				)),
				200, tokenOfNone,
			)
		})
	documented(t, "9.1", "an assertion is announced by client_assertion_type",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			signed := assertion(t, x, jwt.SigningMethodRS256, nil)
			wantTokenError(
				t,
				x.askToken(sampleAudience+
					"&client_secret=&client_assertion_type=jwt&client_assertion="+signed),
				401, "invalid_client",
			)
		})
	documented(t, "9.3", "an assertion by another key is refused", func(t *testing.T, x *tenant) {
		x.sampleGrant("")
		x.SetPublicKey(testserver.MachineClientID, "RS256", "the-key", &signingKeys()[0].PublicKey)
		x.refuses(nil)
	})
	assumed(t, "9.4", "a bad client assertion is a 401 invalid_client",
		func(t *testing.T, x *tenant) {
			x.useKey("RS256")
			wantTokenError(t, x.askToken(assertionParams+"garbage"), 401, "invalid_client")
		})
}
