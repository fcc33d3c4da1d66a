// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

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
		"not valid yet":                        invalid,
		"nbf of the wrong type":                invalid,
		"claims of the wrong type":             invalid,
	}
	x := servertest.New(t)
	for name, message := range messages {
		t.Run(name, func(t *testing.T) {
			token := x.ForgeToken(x.URL()+"/api/v2/", servertest.Spoils[name])
			x.Send(
				"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+token,
			).Want(t, 401, `{"statusCode":401,`+
				`"error":"Unauthorized","message":"`+message+`","attributes":{"error":"`+message+
				`"}}`)
		})
	}
	good := x.ForgeToken(x.URL()+"/api/v2/", func(*jwt.Token, jwt.MapClaims) any { return nil })
	if got := x.Send(
		"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+good,
	); got.Status != 200 {
		t.Errorf("the token that is not spoiled: %d %s", got.Status, got.Body)
	}
	next := x.ForgeToken(x.URL()+"/api/v2/", func(token *jwt.Token, _ jwt.MapClaims) any {
		_, published := x.PublishedKeys()
		token.Header["kid"] = published[1]["kid"]
		return servertest.SigningKeys()[1]
	})
	if got := x.Send(
		"GET", "/api/v2/client-grants", "", "authorization: bearer "+next,
	); got.Status != 200 {
		t.Errorf("a token signed with the next key: %d %s", got.Status, got.Body)
	}
}

func TestManagementAPI_tokenThatIsNotAJWTIsABadRequest(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	for name, headers := range map[string][]string{
		"no scheme":    {"Authorization: " + x.Token},
		"other scheme": {"Authorization: Basic dTpw"},
		"two headers":  {"Authorization: Bearer " + x.Token, "Authorization: Bearer " + x.Token},
		"encrypted":    {"Authorization: Bearer e30.e30.e30.e30.e30"},
		"array header": {"Authorization: Bearer W10.e30.e30"},
	} {
		t.Run(name, func(t *testing.T) {
			x.Send("GET", "/api/v2/client-grants", "", headers...).Want(t, 400,
				`{"statusCode":400,"error":"Bad Request",`+
					`"message":"Bad HTTP authentication header format","errorCode":"Bearer"}`)
		})
	}
}

func TestManagementAPI_tokensExpireByServerClock(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Clock().Advance(24*time.Hour - time.Minute)
	if got := x.API("GET", "/client-grants", ""); got.Status != 200 {
		t.Errorf("a minute before the end: %d", got.Status)
	}
	x.Clock().Advance(time.Minute)
	if got := x.API("GET", "/client-grants", ""); got.Status != 401 {
		t.Errorf("at the end: %d", got.Status)
	}
}

func TestManagementAPI_routesAreExact(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for name, route := range map[string]string{
		"wrong method":   "PUT /client-grants",
		"trailing slash": "GET /client-grants/",
	} {
		method, path, _ := strings.Cut(route, " ")
		if got := x.Send(method, "/api/v2"+path, ""); got.Status != 404 {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}
