// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestSampleAPI_wantsAToken(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	got := x.send("GET", "/sample-api/orders", "")
	want(t, got, 401, `{"message":"No access token was sent."}`)
	wantHeader(t, got, "WWW-Authenticate", "Bearer")
}

func TestSampleAPI_wantsAValidToken(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for name, spoil := range spoiled {
		t.Run(name, func(t *testing.T) {
			token := forge(t, x, testserver.SampleAPIAudience, spoil)
			got := x.send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token)
			if got.status != 401 {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
	expired := forge(t, x, testserver.SampleAPIAudience, spoiled["expired"])
	got := x.send("GET", "/sample-api/orders", "", "Authorization: Bearer "+expired)
	want(t, got, 401, `{"message":"The access token is not valid: the token has expired."}`)
	wantHeader(t, got, "WWW-Authenticate", `Bearer error="invalid_token", error_description="the token has expired"`)

	garbage := x.send("GET", "/sample-api/orders", "", "Authorization: Bearer opaque")
	wantHeader(t, garbage, "WWW-Authenticate", `Bearer error="invalid_token", error_description="the token is not a JWT"`)
	scheme := x.send("GET", "/sample-api/orders", "", "Authorization: Basic dTpw")
	want(t, scheme, 401, `{"message":"The Authorization header holds no bearer token."}`)
}

func TestSampleAPI_eachMethodNeedsItsScope(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for method, needed := range map[string]string{"GET": "read:orders", "POST": "write:orders", "DELETE": "delete:orders"} {
		for _, held := range []string{"read:orders", "write:orders", "delete:orders"} {
			t.Run(method+" with "+held, func(t *testing.T) {
				token := forge(t, x, testserver.SampleAPIAudience, func(_ *jwt.Token, claims jwt.MapClaims) any {
					claims["scope"] = held
					return nil
				})
				got := x.send(method, "/sample-api/orders", "", "Authorization: Bearer "+token)
				if held == needed {
					want(t, got, 200, `{"message":"`+method+` orders: the access token is good.","client_id":"forged",`+
						`"audience":"https://sample-api.example.com","scopes":["`+held+`"]}`)
					return
				}
				want(t, got, 403, `{"message":"The access token lacks the scope `+needed+`."}`)
				wantHeader(t, got, "WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+needed+`"`)
			})
		}
	}
}

func TestSampleAPI_playsTheAPIThatIsNamed(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.must("POST", "/resource-servers", `{"identifier":"urn:b","signing_alg":"HS256","signing_secret":"sixteen-chars-ok","scopes":[{"value":"read:things"}]}`)
	x.must("POST", "/client-grants", `{"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scope":["read:things"]}`)
	bearer := "Authorization: Bearer " + x.fetchToken(testserver.MachineClientID, testserver.MachineClientSecret, "urn:b", "")
	want(t, x.send("GET", "/sample-api/things?audience=urn:b", "", bearer), 200, `{"message":"GET things: the access token is good.",`+
		`"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scopes":["read:things"]}`)
	if got := x.send("GET", "/sample-api/things", "", bearer); got.status != 401 {
		t.Errorf("the default API takes the token of another: %d", got.status)
	}
	const notFound = `{"statusCode":404,"error":"Not Found","message":"Not Found"}`
	want(t, x.send("GET", "/sample-api/things?audience=urn:none", "", bearer), 404, notFound)
	want(t, x.send("GET", "/sample-api/a%22%0d%0ab", "", bearer), 404, notFound)
	want(t, x.send("PUT", "/sample-api/things", "", bearer), 404, notFound)
}
