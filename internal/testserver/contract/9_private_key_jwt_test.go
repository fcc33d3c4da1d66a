// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// accepts checks that an assertion with these claims gets a token.
func accepts(x *tenant, over jwt.MapClaims) {
	x.T.Helper()
	assertion := x.Assertion(jwt.SigningMethodRS256, over)
	x.AskToken(servertest.AssertionParams+assertion).WantJSON(x.T, 200,
		tokenOfNone)
}

// refuses checks that an assertion with these claims gets no token. The rest of the answer is not
// known.
func refuses(x *tenant, over jwt.MapClaims) {
	x.T.Helper()
	wantTokenError(
		x.T, x.AskToken(servertest.AssertionParams+x.Assertion(jwt.SigningMethodRS256, over)), 401,
		"invalid_client",
	)
}

func inUnix(x *tenant, d time.Duration) int64 { return x.Clock().Now().Add(d).Unix() }

func TestContract9PrivateKeyJWT(t *testing.T) {
	t.Parallel()
	documented(t, "9.3", "an assertion signed with RS256, RS384 or PS256 gets a token",
		func(t *testing.T, _ *tenant) {
			for _, method := range []jwt.SigningMethod{
				jwt.SigningMethodRS256, jwt.SigningMethodRS384, jwt.SigningMethodPS256,
			} {
				x := servertest.New(t)
				x.UseKey(method.Alg())
				got := x.AskToken(servertest.AssertionParams + x.Assertion(method, nil))
				got.WantJSON(t, 200, tokenOfNone)
			}
		})
	documented(t, "9.3", "an assertion must use the algorithm of the credential",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			for _, method := range []jwt.SigningMethod{
				jwt.SigningMethodRS384, jwt.SigningMethodPS256, jwt.SigningMethodRS512,
			} {
				wantTokenError(
					t, x.AskToken(servertest.AssertionParams+x.Assertion(method, nil)), 401,
					"invalid_client",
				)
			}
			accepts(x, nil)
		})
	documented(t, "9.3", "an assertion need not name its key", func(t *testing.T, x *tenant) {
		x.UseKey("RS256")
		signed := x.SignAssertion(jwt.SigningMethodRS256, "", nil)
		x.AskToken(servertest.AssertionParams+signed).WantJSON(t, 200, tokenOfNone)
	})
	documented(t, "9.3", "the issuer and subject of an assertion are the client id",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			refuses(x, jwt.MapClaims{"iss": testserver.WebClientID})
			refuses(x, jwt.MapClaims{"sub": testserver.WebClientID})
			refuses(x, jwt.MapClaims{"iss": "nobody", "sub": "nobody"})
			refuses(x, jwt.MapClaims{"iss": nil, "sub": nil})
			accepts(x, nil)
		})
	documented(t, "9.3", "the audience of an assertion is one string: the tenant's URL with a "+
		"trailing slash",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			refuses(x, jwt.MapClaims{"aud": x.URL()})
			refuses(x, jwt.MapClaims{"aud": x.URL() + "/oauth/token"})
			refuses(x, jwt.MapClaims{"aud": []string{x.URL() + "/", "https://other.example.com/"}})
			refuses(x, jwt.MapClaims{"aud": nil})
			accepts(x, jwt.MapClaims{"aud": x.URL() + "/"})
		})
	documented(t, "9.3", "an assertion must expire at most five minutes after it was issued",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			refuses(x, jwt.MapClaims{"exp": nil})
			refuses(x, jwt.MapClaims{"exp": inUnix(x, -time.Minute)})
			refuses(
				x,
				jwt.MapClaims{"iat": inUnix(x, 0), "exp": inUnix(x, 5*time.Minute+2*time.Second)},
			)
			refuses(x, jwt.MapClaims{"iat": nil, "exp": inUnix(x, 6*time.Minute)})
			accepts(
				x,
				jwt.MapClaims{"iat": inUnix(x, 0), "exp": inUnix(x, 5*time.Minute-time.Second)},
			)
		})
	documented(t, "9.3", "the jti of an assertion is required and can be used only once",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			refuses(x, jwt.MapClaims{"jti": nil})
			accepts(x, jwt.MapClaims{"jti": "one"})
			refuses(x, jwt.MapClaims{"jti": "one"})
			accepts(x, jwt.MapClaims{"jti": "two"})
		})
	documented(t, "9.3", "the iat and nbf of an assertion are optional and may be ten seconds in "+
		"the future",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			accepts(x, jwt.MapClaims{"iat": nil, "jti": "1"})
			accepts(x, jwt.MapClaims{
				"iat": inUnix(x, 8*time.Second),
				"nbf": inUnix(x, 8*time.Second),
				"jti": "2",
			})
			refuses(x, jwt.MapClaims{"iat": inUnix(x, time.Minute), "jti": "3"})
			refuses(x, jwt.MapClaims{"nbf": inUnix(x, time.Minute), "jti": "4"})
		})
	documented(t, "9.3", "an assertion has at most 2048 bytes and its jti at most 64 characters",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			refuses(x, jwt.MapClaims{"more": strings.Repeat("x", 2048)})
			refuses(x, jwt.MapClaims{"jti": strings.Repeat("j", 65)})
			accepts(x, jwt.MapClaims{
				"jti":  strings.Repeat("j", 64),
				"more": strings.Repeat("x", 800),
			})
		})
	documented(t, "9.3", "client_id is optional with an assertion but must match it",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			other := "client_id=" + testserver.WebClientID + "&" + servertest.AssertionParams
			wantTokenError(
				t, x.AskToken(other+x.Assertion(jwt.SigningMethodRS256, nil)), 401,
				"invalid_client",
			)
			x.AskToken("client_id=&"+servertest.AssertionParams+x.Assertion(jwt.SigningMethodRS256, nil)).
				WantJSON(t, 200, tokenOfNone)
		})
	documented(t, "9.1", "an assertion requires client_assertion_type",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			signed := x.Assertion(jwt.SigningMethodRS256, nil)
			wantTokenError(
				t,
				x.AskToken(servertest.SampleAudience+
					"&client_secret=&client_assertion_type=jwt&client_assertion="+signed),
				401, "invalid_client",
			)
		})
	documented(t, "9.3", "an assertion that another key signed is refused",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.SetPublicKey(
				testserver.MachineClientID,
				"RS256",
				"the-key",
				&servertest.SigningKeys()[0].PublicKey,
			)
			refuses(x, nil)
		})
	assumed(t, "9.4", "a bad client assertion is a 401 invalid_client",
		func(t *testing.T, x *tenant) {
			x.UseKey("RS256")
			wantTokenError(
				t,
				x.AskToken(servertest.AssertionParams+"garbage"),
				401,
				"invalid_client",
			)
		})
}
