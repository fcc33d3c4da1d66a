// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// forge makes a token for an API by hand: a good one, unless change spoils it.
func forge(
	t *testing.T, x *tenant, audience string,
	change func(token *jwt.Token, claims jwt.MapClaims) any,
) string {
	t.Helper()
	_, published := publishedKeys(t, x)
	claims := jwt.MapClaims{
		"iss": x.URL() + "/", "sub": "forged@clients", "aud": audience, "azp": "forged",
		"scope": "read:client_grants read:orders",
		"iat":   time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = published[0]["kid"]
	key := change(token, claims)
	if key == nil {
		key = signingKeys()[0]
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// spoiled lists the ways in which a token can be unacceptable; each returns the key to sign with,
// nil for the right one.
var spoiled = map[string]func(token *jwt.Token, claims jwt.MapClaims) any{
	"alg none": func(token *jwt.Token, _ jwt.MapClaims) any {
		token.Method, token.Header["alg"] = jwt.SigningMethodNone, "none"
		return jwt.UnsafeAllowNoneSignatureType
	},
	"HS256 with the RSA public key": func(token *jwt.Token, _ jwt.MapClaims) any {
		token.Method, token.Header["alg"] = jwt.SigningMethodHS256, "HS256"
		der, _ := x509.MarshalPKIXPublicKey(signingKeys()[0].Public())
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	},
	"another algorithm with the right key": func(token *jwt.Token, _ jwt.MapClaims) any {
		token.Method, token.Header["alg"] = jwt.SigningMethodRS512, "RS512"
		return nil
	},
	"another key": func(*jwt.Token, jwt.MapClaims) any { return strangerKey() },
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

func TestManagementAPI_refusesSpoiledTokens(t *testing.T) {
	t.Parallel()
	const invalid, signature = "Invalid token", "Invalid signature received for JSON Web Token " +
		"validation"
	messages := map[string]string{
		"HS256 with the RSA public key":        invalid,
		"another algorithm with the right key": invalid,
		"unknown kid":                          signature,
		"no kid":                               signature,
		"no exp":                               invalid,
		"another issuer":                       invalid,
		"claims of the wrong type":             invalid,
	}
	x := newTenant(t)
	for name, message := range messages {
		t.Run(name, func(t *testing.T) {
			token := forge(t, x, x.URL()+"/api/v2/", spoiled[name])
			want(t, x.send(
				"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+token,
			), 401, `{"statusCode":401,`+
				`"error":"Unauthorized","message":"`+message+`","attributes":{"error":"`+message+
				`"}}`)
		})
	}
	good := forge(t, x, x.URL()+"/api/v2/", func(*jwt.Token, jwt.MapClaims) any { return nil })
	if got := x.send(
		"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+good,
	); got.status != 200 {
		t.Errorf("the token that is not spoiled: %d %s", got.status, got.body)
	}
	next := forge(t, x, x.URL()+"/api/v2/", func(token *jwt.Token, _ jwt.MapClaims) any {
		_, published := publishedKeys(t, x)
		token.Header["kid"] = published[1]["kid"]
		return signingKeys()[1]
	})
	if got := x.send(
		"GET", "/api/v2/client-grants", "", "authorization: bearer "+next,
	); got.status != 200 {
		t.Errorf("a token signed with the next key: %d %s", got.status, got.body)
	}
}

func TestManagementAPI_whatIsNoJWTIsABadRequest(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.api("GET", "/client-grants", "")
	for name, headers := range map[string][]string{
		"no scheme":    {"Authorization: " + x.token},
		"other scheme": {"Authorization: Basic dTpw"},
		"two headers":  {"Authorization: Bearer " + x.token, "Authorization: Bearer " + x.token},
		"encrypted":    {"Authorization: Bearer e30.e30.e30.e30.e30"},
		"array header": {"Authorization: Bearer W10.e30.e30"},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, x.send("GET", "/api/v2/client-grants", "", headers...), 400,
				`{"statusCode":400,"error":"Bad Request",`+
					`"message":"Bad HTTP authentication header format","errorCode":"Bearer"}`)
		})
	}
}

func TestManagementAPI_tokensExpireByTheServersClock(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.api("GET", "/client-grants", "")
	x.Clock().Advance(24*time.Hour - time.Minute)
	if got := x.api("GET", "/client-grants", ""); got.status != 200 {
		t.Errorf("a minute before the end: %d", got.status)
	}
	x.Clock().Advance(time.Minute)
	if got := x.api("GET", "/client-grants", ""); got.status != 401 {
		t.Errorf("at the end: %d", got.status)
	}
}

func TestManagementAPI_routesAreExact(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for name, route := range map[string]string{
		"wrong method":   "PUT /client-grants",
		"trailing slash": "GET /client-grants/",
	} {
		method, path, _ := strings.Cut(route, " ")
		if got := x.send(method, "/api/v2"+path, ""); got.status != 404 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}
