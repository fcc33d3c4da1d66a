// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"net/url"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestSampleAPI_needsAToken(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	got := x.Send("GET", "/sample-api/orders", "")
	got.Want(t, 401, `{"message":"No access token was sent."}`)
	got.WantHeader(t, "WWW-Authenticate", `Bearer realm="sample-api"`)
}

func TestSampleAPI_needsAValidToken(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for name, spoil := range servertest.Spoils {
		t.Run(name, func(t *testing.T) {
			token := x.ForgeToken(testserver.SampleAPIAudience, spoil)
			got := x.Send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token)
			if name == "another algorithm with the right key" {
				got.Want(t, 200,
					`{"message":"GET orders: the access token is good.","client_id":"forged",`+
						`"audience":"https://sample-api.example.com","scopes":["read:client_grants","read:orders"]}`)
				return
			}
			if got.Status != 401 {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
		})
	}
	expired := x.ForgeToken(testserver.SampleAPIAudience, servertest.Spoils["expired"])
	got := x.Send("GET", "/sample-api/orders", "", "Authorization: Bearer "+expired)
	got.Want(t, 401, `{"message":"The access token is not valid: the token has expired."}`)
	got.WantHeader(
		t,
		"WWW-Authenticate",
		`Bearer realm="sample-api", error="invalid_token", error_description="the token has expired"`,
	)

	garbage := x.Send("GET", "/sample-api/orders", "", "Authorization: Bearer opaque")
	garbage.WantHeader(
		t,
		"WWW-Authenticate",
		`Bearer realm="sample-api", error="invalid_token", error_description="the token is not a JWT"`,
	)
}

func TestSampleAPI_requestsWithoutOneBearerToken(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const bare, malformed = `Bearer realm="sample-api"`, `Bearer realm="sample-api", error="invalid_request"`
	for name, test := range map[string]struct {
		headers   []string
		status    int
		challenge string
		message   string
	}{
		"another scheme": {
			[]string{"Authorization: Basic dTpw"}, 401, bare, "No access token was sent.",
		},
		"empty header": {[]string{"Authorization: "}, 401, bare, "No access token was sent."},
		"no token": {
			[]string{"Authorization: Bearer"},
			400, malformed,
			"The Authorization header holds no access token.",
		},
		"only spaces": {
			[]string{"Authorization: bearer  "},
			400, malformed,
			"The Authorization header holds no access token.",
		},
		"two headers": {
			[]string{"Authorization: Bearer a", "Authorization: Bearer a"},
			400, malformed,
			"There is more than one Authorization header.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := x.Send("GET", "/sample-api/orders", "", test.headers...)
			got.Want(t, test.status, `{"message":"`+test.message+`"}`)
			got.WantHeader(t, "WWW-Authenticate", test.challenge)
		})
	}
}

func TestSampleAPI_tokensStayValidAfterAlgorithmChange(t *testing.T) {
	t.Parallel()
	x, before := sampleToken(t, `{}`)
	path := "/resource-servers/" + url.PathEscape(testserver.SampleAPIAudience)
	bearers := map[string]string{"RS256": before}
	for _, alg := range []string{"RS512", "PS256", "HS256"} {
		x.Must("PATCH", path, `{"signing_alg":"`+alg+`"}`)
		bearers[alg] = x.AskToken(servertest.SampleAudience).Token(t)
	}
	for _, now := range []string{"HS256", "RS256"} {
		x.Must("PATCH", path, `{"signing_alg":"`+now+`"}`)
		for alg, token := range bearers {
			if got := x.Send(
				"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
			); got.Status != 200 {
				t.Errorf("%s after a change to %s: %d %s", alg, now, got.Status, got.Body)
			}
		}
		confused := x.ForgeToken(
			testserver.SampleAPIAudience,
			servertest.Spoils["HS256 with the RSA public key"],
		)
		if got := x.Send(
			"GET", "/sample-api/orders", "", "Authorization: Bearer "+confused,
		); got.Status != 401 {
			t.Errorf("%s: a public key is accepted as a secret: %d", now, got.Status)
		}
	}
}

func TestSampleAPI_missingSecretIsNotEmptySecret(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	token := x.ForgeToken(
		testserver.SampleAPIAudience,
		func(token *jwt.Token, _ jwt.MapClaims) any {
			token.Method, token.Header["alg"] = jwt.SigningMethodHS256, "HS256"
			return make([]byte, 32)
		},
	)
	if got := x.Send(
		"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
	); got.Status != 401 {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestHead_answersLikeGetWithoutBody(t *testing.T) {
	t.Parallel()
	x, token := sampleToken(t, `{}`)
	x.API("GET", "/client-grants", "")
	for path, bearer := range map[string]string{
		"/sample-api/orders":              token,
		"/sample-api/others":              token,
		"/api/v2/client-grants":           x.Token,
		"/api/v2/resource-servers/none":   x.Token,
		"/.well-known/jwks.json":          "",
		"/oauth/token":                    "",
		"/api/v2/clients?fields=a&page=b": x.Token,
	} {
		get := x.Send("GET", path, "", "Authorization: Bearer "+bearer, "Accept-Encoding: gzip")
		head := x.Send("HEAD", path, "", "Authorization: Bearer "+bearer, "Accept-Encoding: gzip")
		get.Header.Del("Date")
		head.Header.Del("Date")
		if diff := cmp.Diff(get.Header, head.Header); diff != "" || head.Status != get.Status ||
			head.Body != "" {
			t.Errorf(
				"%s: status %d and %d, body %q, headers (-GET +HEAD):\n%s", path, get.Status,
				head.Status, head.Body, diff,
			)
		}
	}
}

func TestSampleAPI_eachMethodNeedsItsScope(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for method, needed := range map[string]string{
		"GET":    "read:orders",
		"POST":   "write:orders",
		"DELETE": "delete:orders",
	} {
		for _, held := range []string{"read:orders", "write:orders", "delete:orders"} {
			t.Run(method+" with "+held, func(t *testing.T) {
				token := x.ForgeToken(testserver.SampleAPIAudience,
					func(_ *jwt.Token, claims jwt.MapClaims) any {
						claims["scope"] = held
						return nil
					})
				got := x.Send(method, "/sample-api/orders", "", "Authorization: Bearer "+token)
				if held == needed {
					got.Want(t, 200, `{"message":"`+method+
						` orders: the access token is good.","client_id":"forged",`+
						`"audience":"https://sample-api.example.com","scopes":["`+held+`"]}`)
					return
				}
				got.Want(t, 403, `{"message":"The access token lacks the scope `+needed+`."}`)
				got.WantHeader(t, "WWW-Authenticate",
					`Bearer realm="sample-api", error="insufficient_scope", scope="`+needed+`"`)
			})
		}
	}
}

func TestSampleAPI_standsInForNamedAPI(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Must(
		"POST",
		"/resource-servers",
		`{"identifier":"urn:b","signing_alg":"HS256","signing_secret":"sixteen-chars-ok","scopes":[{"value":"read:things"}]}`,
	)
	x.Must(
		"POST",
		"/client-grants",
		`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scope":["read:things"]}`,
	)
	bearer := "Authorization: Bearer " + x.FetchToken(
		testserver.MachineClientID, testserver.MachineClientSecret, "urn:b", "",
	)
	x.Send("GET", "/sample-api/things?audience=urn:b", "", bearer).Want(t, 200,
		`{"message":"GET things: the access token is good.",`+
			`"client_id":"ReferenceMachineClient0000000001","audience":"urn:b","scopes":["read:things"]}`)
	if got := x.Send("GET", "/sample-api/things", "", bearer); got.Status != 401 {
		t.Errorf("the default API takes the token of another: %d", got.Status)
	}
	const notFound = `{"statusCode":404,"error":"Not Found","message":"Not Found"}`
	x.Send("GET", "/sample-api/things?audience=urn:none", "", bearer).Want(t, 404, notFound)
	x.Send("GET", "/sample-api/a%22%0d%0ab", "", bearer).Want(t, 404, notFound)
	x.Send("PUT", "/sample-api/things", "", bearer).Want(t, 404, notFound)
}

// sampleToken changes the sample API and returns a token of the machine client for it.
func sampleToken(t *testing.T, settings string) (*servertest.Tenant, string) {
	t.Helper()
	x := servertest.New(t)
	x.SampleGrant(`,"scope":["write:orders","read:orders"]`)
	x.Must("PATCH", "/resource-servers/"+url.PathEscape(testserver.SampleAPIAudience), settings)
	return x, x.AskToken(servertest.SampleAudience).Token(t)
}
