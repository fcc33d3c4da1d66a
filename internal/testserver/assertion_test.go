// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// assertion is a good client assertion of the machine client, unless claims are given over it; nil takes one out.
func assertion(t *testing.T, x *tenant, method jwt.SigningMethod, over jwt.MapClaims) string {
	t.Helper()
	now := x.Clock().Now()
	claims := jwt.MapClaims{
		"iss": testserver.MachineClientID, "sub": testserver.MachineClientID, "aud": x.URL() + "/",
		"iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": t.Name(),
	}
	maps.Copy(claims, over)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = "the-key"
	text, err := token.SignedString(strangerKey())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const assertionParams = sampleAudience + "&client_secret=&client_assertion_type=" +
	"urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="

func newKeyTenant(t *testing.T, alg string) *tenant {
	t.Helper()
	x := newTenant(t)
	x.sampleGrant("")
	x.SetPublicKey(testserver.MachineClientID, alg, "the-key", &strangerKey().PublicKey)
	return x
}

func TestPrivateKeyJWT_isAccepted(t *testing.T) {
	t.Parallel()
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodRS256, jwt.SigningMethodRS384, jwt.SigningMethodPS256} {
		x := newKeyTenant(t, method.Alg())
		signed := assertion(t, x, method, nil)
		tokenIn(t, x.askToken(assertionParams+signed))
		want(t, x.askToken(assertionParams+signed), 401,
			`{"error":"invalid_client","error_description":"jti of the client_assertion has been used"}`)
		tokenIn(t, x.askToken("client_id=&"+assertionParams+assertion(t, x, method, jwt.MapClaims{"jti": "2", "iat": nil})))
	}
}

func TestPrivateKeyJWT_badAssertionsAreRefused(t *testing.T) {
	t.Parallel()
	x := newKeyTenant(t, "RS256")
	now := time.Now()
	for name, test := range map[string]struct {
		over        jwt.MapClaims
		description string
	}{
		"audience without its slash": {jwt.MapClaims{"aud": x.URL()}, "aud of the client_assertion must be $URL/"},
		"audience of the endpoint":   {jwt.MapClaims{"aud": x.URL() + "/oauth/token"}, "aud of the client_assertion must be $URL/"},
		"two audiences":              {jwt.MapClaims{"aud": []string{x.URL() + "/", "x"}}, "client_assertion has malformed claims"},
		"another issuer":             {jwt.MapClaims{"iss": "x"}, "iss and sub of the client_assertion must be the client_id"},
		"unknown client":             {jwt.MapClaims{"iss": "x", "sub": "x"}, "client_assertion has an invalid signature"},
		"no exp":                     {jwt.MapClaims{"exp": nil}, "the client_assertion has expired"},
		"expired":                    {jwt.MapClaims{"exp": now.Add(-11 * time.Second).Unix()}, "the client_assertion has expired"},
		"too long-lived": {
			jwt.MapClaims{"exp": now.Add(5*time.Minute + 2*time.Second).Unix()},
			"exp of the client_assertion must be no more than 5 minutes after iat",
		},
		"too long-lived, without iat": {
			jwt.MapClaims{"exp": now.Add(6 * time.Minute).Unix(), "iat": nil},
			"exp of the client_assertion must be no more than 5 minutes after iat",
		},
		"iat ahead":  {jwt.MapClaims{"iat": now.Add(time.Minute).Unix()}, "iat of the client_assertion is in the future"},
		"nbf ahead":  {jwt.MapClaims{"nbf": now.Add(time.Minute).Unix()}, "the client_assertion is not valid yet"},
		"no jti":     {jwt.MapClaims{"jti": nil}, "jti of the client_assertion must have 1 to 64 characters"},
		"long jti":   {jwt.MapClaims{"jti": strings.Repeat("x", 65)}, "jti of the client_assertion must have 1 to 64 characters"},
		"too big":    {jwt.MapClaims{"more": strings.Repeat("x", 2048)}, "client_assertion is too long"},
		"other type": {jwt.MapClaims{"jti": 7}, "client_assertion has malformed claims"},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, x.askToken(assertionParams+assertion(t, x, jwt.SigningMethodRS256, test.over)), 401,
				`{"error":"invalid_client","error_description":"`+x.expand(test.description)+`"}`)
		})
	}
	good := assertion(t, x, jwt.SigningMethodRS256, nil)
	for name, test := range map[string]struct{ params, description string }{
		"another algorithm":  {assertionParams + assertion(t, x, jwt.SigningMethodPS256, nil), "client_assertion has an invalid signature"},
		"unknown algorithm":  {assertionParams + assertion(t, x, jwt.SigningMethodRS512, nil), "client_assertion is malformed"},
		"no JWT":             {assertionParams + "x", "client_assertion is malformed"},
		"another client":     {"client_id=" + testserver.WebClientID + "&" + assertionParams + good, "client_id does not match the client_assertion"},
		"unknown type":       {sampleAudience + "&client_assertion_type=x&client_assertion=" + good, "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"spoiled signature":  {assertionParams + good[:len(good)-8] + "AAAAAAAA", "client_assertion has an invalid signature"},
		"assertion is empty": {assertionParams, "client_assertion is malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			params := test.params
			if !strings.Contains(params, "client_id=") {
				params += "&client_id=" + testserver.MachineClientID
			}
			want(t, x.askToken(params), 401, `{"error":"invalid_client","error_description":"`+test.description+`"}`)
		})
	}
	tokenIn(t, x.askToken(assertionParams+good)) // None of the refused ones used up the jti.
}

func TestPrivateKeyJWT_secretIsUnusableAndHidden(t *testing.T) {
	t.Parallel()
	x := newKeyTenant(t, "RS256")
	want(t, x.askToken(sampleAudience), 401, `{"error":"access_denied","error_description":"Unauthorized"}`)
	got := x.api("GET", "/clients/"+testserver.MachineClientID+"?fields=client_secret,client_authentication_methods,token_endpoint_auth_method", "")
	shown := regexp.MustCompile(`"cred_[A-Za-z0-9]{22}"`).ReplaceAllString(got.body, `"CRED_ID"`)
	if shown != `{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"CRED_ID"}]}}}` {
		t.Errorf("got %d %s", got.status, got.body)
	}
}
