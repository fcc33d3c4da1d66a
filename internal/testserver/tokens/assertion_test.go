// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// The texts of the real endpoint are not known. These tell a developer what to fix.
func TestPrivateKeyJWT_refusalsNameTheProblem(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.UseKey("RS256")
	now := time.Now()
	for name, test := range map[string]struct {
		over        jwt.MapClaims
		description string
	}{
		"audience without its slash": {
			jwt.MapClaims{"aud": x.URL()}, "aud of the client_assertion must be $URL/",
		},
		"audience of the endpoint": {
			jwt.MapClaims{"aud": x.URL() + "/oauth/token"},
			"aud of the client_assertion must be $URL/",
		},
		"two audiences": {
			jwt.MapClaims{"aud": []string{x.URL() + "/", "x"}},
			"client_assertion has malformed claims",
		},
		"another issuer": {
			jwt.MapClaims{"iss": "x"}, "iss and sub of the client_assertion must be the client_id",
		},
		"unknown client": {
			jwt.MapClaims{"iss": "x", "sub": "x"}, "client_assertion has an invalid signature",
		},
		"no exp": {jwt.MapClaims{"exp": nil}, "the client_assertion has expired"},
		"expired": {
			jwt.MapClaims{"exp": now.Add(-11 * time.Second).Unix()},
			"the client_assertion has expired",
		},
		"too long-lived": {
			jwt.MapClaims{"exp": now.Add(5*time.Minute + 2*time.Second).Unix()},
			"exp of the client_assertion must be no more than 5 minutes after iat",
		},
		"too long-lived, without iat": {
			jwt.MapClaims{"exp": now.Add(6 * time.Minute).Unix(), "iat": nil},
			"exp of the client_assertion must be no more than 5 minutes after iat",
		},
		"iat ahead": {
			jwt.MapClaims{"iat": now.Add(time.Minute).Unix()},
			"iat of the client_assertion is in the future",
		},
		"nbf ahead": {
			jwt.MapClaims{"nbf": now.Add(time.Minute).Unix()},
			"the client_assertion is not valid yet",
		},
		"no jti": {
			jwt.MapClaims{"jti": nil}, "jti of the client_assertion must have 1 to 64 characters",
		},
		"long jti": {
			jwt.MapClaims{"jti": strings.Repeat("x", 65)},
			"jti of the client_assertion must have 1 to 64 characters",
		},
		"too big": {
			jwt.MapClaims{"more": strings.Repeat("x", 2048)}, "client_assertion is too long",
		},
		"other type": {jwt.MapClaims{"jti": 7}, "client_assertion has malformed claims"},
	} {
		t.Run(name, func(t *testing.T) {
			assertion := x.Assertion(jwt.SigningMethodRS256, test.over)
			x.AskToken(servertest.AssertionParams+assertion).Want(t, 401,
				`{"error":"invalid_client","error_description":"`+x.Expand(test.description)+`"}`)
		})
	}
	good := x.Assertion(jwt.SigningMethodRS256, nil)
	for name, test := range map[string]struct{ params, description string }{
		"another algorithm": {
			servertest.AssertionParams + x.Assertion(jwt.SigningMethodPS256, nil),
			"client_assertion has an invalid signature",
		},
		"unknown algorithm": {
			servertest.AssertionParams + x.Assertion(jwt.SigningMethodRS512, nil),
			"client_assertion is malformed",
		},
		"no JWT": {servertest.AssertionParams + "x", "client_assertion is malformed"},
		"another client": {
			"client_id=" + testserver.WebClientID + "&" + servertest.AssertionParams + good,
			"client_id does not match the client_assertion",
		},
		"unknown type": {
			servertest.SampleAudience + "&client_assertion_type=x&client_assertion=" + good,
			"client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		},
		"spoiled signature": {
			servertest.AssertionParams + good[:len(good)-8] + "AAAAAAAA",
			"client_assertion has an invalid signature",
		},
		"assertion is empty": {servertest.AssertionParams, "client_assertion is malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			params := test.params
			if !strings.Contains(params, "client_id=") {
				params += "&client_id=" + testserver.MachineClientID
			}
			x.AskToken(params).Want(t, 401,
				`{"error":"invalid_client","error_description":"`+test.description+`"}`)
		})
	}
	// None of the refused assertions used up the jti.
	x.AskToken(servertest.AssertionParams + good).Token(t)
}
