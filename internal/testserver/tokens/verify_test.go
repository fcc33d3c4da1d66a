// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// respelled returns a text that lenient base64url decodes to the same bytes: it changes the unused
// bits of the last character. The signatures of these tests have two or four such bits.
func respelled(t *testing.T, token string) string {
	t.Helper()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[len(token)-1])
	if last%4 != 0 {
		t.Fatalf("the signature ends in %q, which has no unused bits", token[len(token)-1])
	}
	return token[:len(token)-1] + alphabet[last+1:last+2]
}

func TestToken_onlyCanonicalTextIsAccepted(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant(`,"scope":["read:orders"]`)
	path := "/resource-servers/" + url.PathEscape(testserver.SampleAPIAudience)
	for _, alg := range []string{"RS256", "HS256"} {
		x.Must("PATCH", path, `{"signing_alg":"`+alg+`"}`)
		token := x.AskToken(servertest.SampleAudience).Token(t)
		call := func(token string) servertest.Answer {
			return x.Send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token)
		}
		if got := call(token); got.Status != 200 {
			t.Errorf("%s: %d %s", alg, got.Status, got.Body)
		}
		call(respelled(t, token)).Want(
			t, 401, `{"message":"The access token is not valid: the token is not acceptable."}`,
		)
	}
	x.API("GET", "/client-grants", "")
	got := x.Send(
		"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+respelled(t, x.Token),
	)
	got.WantProperties(t, 401, `{"message":"Invalid token"}`)
}

func TestAssertion_onlyCanonicalTextIsAccepted(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.UseKey("RS256")
	good := x.Assertion(jwt.SigningMethodRS256, nil)
	for name, text := range map[string]string{
		"unused bits": respelled(t, good),
		"line break":  good[:len(good)-4] + "%0A" + good[len(good)-4:],
		"padding":     good + "%3D%3D",
	} {
		if got := x.AskToken(servertest.AssertionParams + text); got.Status != 401 ||
			!strings.Contains(got.Body, "client_assertion is malformed") {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	x.AskToken(servertest.AssertionParams + good).Token(t)
}

func TestToken_isValidFromNotBefore(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	start := x.Clock().Now().Add(10 * time.Minute).Truncate(time.Second)
	token := x.ForgeToken(testserver.SampleAPIAudience, func(_ *jwt.Token, c jwt.MapClaims) any {
		c["nbf"] = start.Unix()
		return nil
	})
	call := func() servertest.Answer {
		return x.Send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token)
	}
	early := call()
	early.Want(t, 401, `{"message":"The access token is not valid: the token is not valid yet."}`)
	early.WantHeader(
		t, "WWW-Authenticate",
		`Bearer realm="sample-api", error="invalid_token", `+
			`error_description="the token is not valid yet"`,
	)
	x.Clock().Advance(10 * time.Minute)
	if got := call(); got.Status != 200 {
		t.Errorf("at the time of nbf: %d %s", got.Status, got.Body)
	}
}
