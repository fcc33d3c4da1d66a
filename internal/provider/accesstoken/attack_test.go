// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// attack is a token that must not be returned.
type attack struct {
	token  func(x *forger) string
	secret string   // The signing_secret of the configuration.
	scopes []string // The requested scopes.
	org    string   // The requested organization.
	want   string   // Why it is refused; $ stands for the tenant.
}

func always(x *forger) string { return x.token }

func attacks() map[string]attack {
	const (
		none       = `it is signed with the algorithm %q; RS256, RS512, PS256 and HS256 are accepted.`
		noSecret   = `it is signed with HS256, which only the signing secret of the API can verify. Set signing_secret to the signing secret of the API`
		wrong      = `its signature is wrong. The token was not returned, because it is not what was requested.`
		withSecret = `its signature is wrong. Check that signing_secret is the signing secret of this API.`
		malformed  = `it is malformed (`
	)
	unsigned := func(alg string) attack {
		return attack{want: fmt.Sprintf(none, alg), token: func(x *forger) string {
			return x.underHeader(fmt.Sprintf(`{"alg":%q,"kid":%q}`, alg, x.kid()), "-")
		}}
	}
	hs256 := func(key func() []byte, secret, want string) attack {
		return attack{secret: secret, want: want, token: func(x *forger) string {
			return x.sign(jwt.SigningMethodHS256, key(), x.header, x.claims)
		}}
	}
	own := func(want string, pairs ...any) attack {
		return attack{want: want, token: func(x *forger) string { return x.own(pairs...) }}
	}
	header := func(want string, pairs ...any) attack {
		return attack{want: want, token: func(x *forger) string { return x.ownHeader(pairs...) }}
	}
	evil := func(pairs ...any) attack {
		return attack{want: wrong, token: func(x *forger) string { return x.evil(pairs...) }}
	}
	keys := func(want string, prepare func(x *forger)) attack {
		return attack{want: want, token: func(x *forger) string { prepare(x); return x.token }}
	}
	soon := time.Now().Add(time.Hour).Unix()
	return map[string]attack{
		"none": unsigned("none"), "None": unsigned("None"), "NONE": unsigned("NONE"),
		"none, but signed": {want: fmt.Sprintf(none, "none"), token: func(x *forger) string {
			return x.underHeader(fmt.Sprintf(`{"alg":"none","kid":%q}`, x.kid()), "")
		}},
		"ES256": {want: fmt.Sprintf(none, "ES256"), token: func(x *forger) string {
			return x.underHeader(fmt.Sprintf(`{"alg":"ES256","kid":%q}`, x.kid()), "")
		}},

		"HS256 with the public key": hs256(testkeys.TenantPEM, "", noSecret),
		"HS256 with the public key, secret known": hs256(
			testkeys.TenantPEM, apiSecret, withSecret,
		),
		"HS256 with the modulus, secret known": hs256(
			testkeys.Signing()[0].N.Bytes, apiSecret, withSecret,
		),
		"HS256 with nothing": hs256(
			func() []byte { return []byte{} }, "", noSecret,
		),
		"HS256 with another secret": hs256(
			func() []byte { return []byte("another-secret-16") }, apiSecret, withSecret,
		),
		"PS256 over RS256": {
			want:  wrong,
			token: func(x *forger) string { return x.ownHeader("alg", "PS256") },
		},
		"RS512 over RS256": {
			want:  wrong,
			token: func(x *forger) string { return x.ownHeader("alg", "RS512") },
		},
		"another key":                evil(),
		"another key, in the header": evil("jwk", rsaJWK("", evilKey())),
		"another key, by URL": evil(
			"jku", "https://evil.example.com/jwks.json",
		),
		"another key, by the URL of a certificate": evil(
			"x5u", "https://evil.example.com/cert.pem",
		),
		"claims exchanged": {want: wrong, token: func(x *forger) string {
			forged, signed := strings.Split(x.evil(), "."), strings.Split(
				x.own("scope", "admin"), ".",
			)
			return forged[0] + "." + signed[1] + "." + strings.Split(x.token, ".")[2]
		}},

		"unknown crit": header(
			"it requires an extension that is not supported (crit).", "crit", []string{"exp"}, "exp",
			1,
		),
		"b64": header("it requires an unencoded payload (b64).", "b64", false),
		"logout token": header(
			`it is of the type "logout+jwt", which is not an access token.`, "typ", "logout+jwt",
		),
		"no kid": header("it does not name the key it is signed with (kid).", "kid", nil),
		"unknown kid": header(
			`its key "other" is not in the key set of the tenant.`, "kid", "other",
		),
		"duplicate claims": {
			want: malformed,
			token: func(x *forger) string {
				return x.ownText(`{"aud":"x","aud":"https://sample-api.example.com"}`)
			},
		},
		"line break": {want: malformed, token: func(x *forger) string { return x.token + "\n" }},
		"trailing bits": {want: malformed, token: func(x *forger) string {
			const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
			last := len(x.token) - 1
			return x.token[:last] + string(alphabet[strings.IndexByte(alphabet, x.token[last])^1])
		}},

		"expired": own(
			"it expired at 2001-09-09T01:46:40Z, and the clock of this machine says 20", "exp",
			1_000_000_000,
		),
		"no exp":             own("it has no expiry (exp).", "exp", nil),
		"exp negative":       own("it expired at 1969-12-31T23:59:59Z", "exp", -1),
		"exp as text":        own(malformed, "exp", "9999999999"),
		"exp beyond measure": own(malformed, "exp", 1e300),
		"nbf in the future": own(
			"it is not valid yet (nbf, iat); check the clock of this machine.", "nbf", soon,
		),
		"iat in the future": own(
			"it is not valid yet (nbf, iat); check the clock of this machine.", "iat", soon,
		),
		"another issuer": own(
			`its issuer (iss) is "https://evil.example.com/", not "$/".`, "iss",
			"https://evil.example.com/",
		),
		"another API": own(
			`its audience (aud) is ["https://sample-api.example.com/"], not "https://sample-api.example.com".`,
			"aud", testserver.SampleAPIAudience+"/",
		),
		"several other APIs": own(
			`its audience (aud) is ["a" "b"], not "https://sample-api.example.com".`, "aud",
			[]string{"a", "b"},
		),
		"no API": own(
			`its audience (aud) is [], not "https://sample-api.example.com".`, "aud", []string{},
		),
		"another client": own(
			`it is for the client "other", not for "`+testserver.MachineClientID+`".`, "azp",
			"other",
		),
		"no client": own(
			"it does not name the client it is for (azp or client_id).", "azp", nil,
		),
		"another grant type": own(
			`it was issued for another grant type (gty): "password".`, "gty", "password",
		),
		"a wider scope": {
			want:   `it has the scope "write:orders", which was not requested.`,
			scopes: []string{"read:orders"},
			token:  always,
		},
		"a scope of no grant": {
			want:   `it has the scope "admin", which was not requested.`,
			scopes: []string{"read:orders"},
			token:  func(x *forger) string { return x.own("scope", "read:orders admin") },
		},

		"no organization": {
			want:  `it is for the organization "", not for "org_1".`,
			org:   "org_1",
			token: always,
		},
		"another organization": {want: `it is for the organization "org_2", not for "acme".`, org: "acme", token: func(x *forger) string {
			return x.own("org_id", "org_2", "org_name", "other")
		}},

		"key set over plain http": keys(`the key set is at "http://keys.example.com/jwks.json", which is not https.`, func(x *forger) {
			x.discovers(x.URL()+"/", "http://keys.example.com/jwks.json")
		}),
		"key set in a file": keys(`the key set is at "file:///etc/passwd", which is not https.`,
			func(x *forger) {
				x.discovers(x.URL()+"/", "file:///etc/passwd")
			}),
		"discovery of another issuer": keys(`the discovery document is for the issuer "https://evil.example.com/", not for "$/".`, func(x *forger) {
			x.discovers("https://evil.example.com/", x.URL()+"/.well-known/jwks.json")
		}),
		"key set of 10 MB": keys("the key set of the tenant is larger than 1 MiB.",
			func(x *forger) {
				x.answers("GET /.well-known/jwks.json", `{"keys":[]}`+strings.Repeat(" ", 10<<20))
			}),
		"empty key set": keys(
			"is not in the key set of the tenant.", func(x *forger) { x.hasKeys() },
		),
		"elliptic key": keys("cannot be used: it is not an RSA public key.", func(x *forger) {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				x.T.Fatal(err)
			}
			point, err := key.PublicKey.Bytes() // 4, then x and y.
			if err != nil {
				x.T.Fatal(err)
			}
			x.hasKeys(map[string]any{
				"kty": "EC", "crv": "P-256", "kid": x.kid(), "x": base64url(point[1:33]),
				"y": base64url(point[33:]),
			})
		}),
		"encryption key": keys("cannot be used: it is not for signatures.", func(x *forger) {
			x.hasKeys(rsaJWK(x.kid(), testkeys.Signing()[0], "use", "enc"))
		}),
		"key for another algorithm": keys(`cannot be used: it is for the algorithm "RSA-OAEP".`,
			func(x *forger) {
				x.hasKeys(rsaJWK(x.kid(), testkeys.Signing()[0], "alg", "RSA-OAEP"))
			}),
		"small key": {want: "cannot be used: it has 1024 bits; at least 2048 are required.", token: func(x *forger) string {
			x.hasKeys(rsaJWK(x.kid(), smallKey()))
			return x.sign(jwt.SigningMethodRS256, smallKey(), x.header, x.claims)
		}},
		"secret in the key set": {want: noSecret, token: func(x *forger) string {
			x.hasKeys(map[string]any{
				"kty": "oct",
				"kid": x.kid(),
				"k":   base64url([]byte(apiSecret + apiSecret)),
			})
			return x.sign(jwt.SigningMethodHS256, []byte(apiSecret+apiSecret), x.header, x.claims)
		}},
	}
}

// A token endpoint that returns something else must not be trusted: each token is refused with
// a reason, and appears in no diagnostic, state or log.
func TestAccessToken_forgedTokens(t *testing.T) {
	t.Parallel()
	for name, a := range attacks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newForger(t)
			token := x.forge(a)
			values := map[string]tftypes.Value{}
			if a.secret != "" {
				values["signing_secret"] = protocol.Text(a.secret)
			}
			if a.scopes != nil {
				values["scopes"] = tftypes.NewValue(
					tftypes.Set{ElementType: tftypes.String},
					[]tftypes.Value{protocol.Text(a.scopes[0])},
				)
			}
			if a.org != "" {
				values["organization"] = protocol.Text(a.org)
			}
			p := protocol.ConfiguredProtocol(t, x.Env())
			read := p.ReadToken(values)
			p.Say(read.Diagnostics, nil)
			state := ""
			if read.State != nil {
				state = string(read.State.MsgPack)
			}
			if want := x.refusal(a); !text.Says(want).MatchString(p.Said.String()) {
				t.Errorf("got %s\nwant %s", &p.Said, want)
			}
			x.Expect(acctest.Writes()).Now()
			for where, output := range map[string]string{
				"diagnostics": p.Said.String(), "log": p.Log.String(), "state": state,
			} {
				x.appearsNot(token, where, output)
			}
		})
	}
}

// Terraform shows no part of a refused token either, although an output would.
func TestAccAccessToken_forgedToken(t *testing.T) {
	t.Parallel()
	a, x := attacks()["none"], newForger(t)
	token := x.forge(a)
	said := x.ErrorOf(acctest.TokenConfig() + "output \"token\" {\n  value = " +
		"nonsensitive(data.m2m_access_token.orders.access_token)\n}\n")
	if want := "Error: " + x.refusal(a); !text.Says(want).MatchString(said) {
		t.Errorf("got %s\nwant %s", said, want)
	}
	x.appearsNot(token, "error", said)
	x.Expect(acctest.Writes()).Now()
}

// forge makes the token endpoint return the token of an attack.
func (x *forger) forge(a attack) (token string) {
	x.T.Helper()
	token = a.token(x)
	x.answers("POST /oauth/token", map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": 86400, "scope": "read:orders",
	})
	return token
}

// refusal is the error for the token of an attack.
func (x *forger) refusal(a attack) string {
	want := `Access token for the API "https://sample-api.example.com" refused … The token ` +
		`endpoint returned a token for the API "https://sample-api.example.com" that failed ` +
		`verification: `
	if strings.Contains(a.want, "cannot be used") || strings.HasPrefix(a.want, "is not in") {
		want += fmt.Sprintf("its key %q ", x.kid())
	}
	return want + strings.ReplaceAll(a.want, "$", x.URL())
}

// appearsNot checks that no long part of a token is in an output.
func (x *forger) appearsNot(token, where, output string) {
	x.T.Helper()
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 16 && strings.Contains(output, part) {
			x.T.Errorf("the token is in the %s: %s", where, output)
		}
	}
}

// Only the API can read these tokens, so they are returned unverified, with a warning.
func TestAccAccessToken_unreadableTokenWarns(t *testing.T) {
	t.Parallel()
	for form, token := range map[string]string{
		"opaque": "opaque", "encrypted": base64url([]byte(
			`{"alg":"RSA-OAEP-256","enc":"A256GCM"}`,
		)) + ".a.b.c.d",
	} {
		t.Run(form, func(t *testing.T) {
			x := newForger(t)
			x.answers("POST /oauth/token", map[string]any{
				"access_token": token, "token_type": "Bearer", "expires_in": 86400,
				"scope": "read:orders",
			})
			x.Test(resource.TestStep{Config: acctest.TokenConfig(), ConfigStateChecks: []statecheck.StateCheck{
				x.Expect(acctest.Writes()),
				acctest.TokenValue("access_token", knownvalue.StringExact(token)),
				acctest.TokenValue("verified", knownvalue.Bool(false)),
				acctest.TokenValue("claims_json", knownvalue.Null()),
				acctest.TokenValue("granted_scopes", acctest.Exactly("read:orders")),
			}})
			for verify, want := range map[bool]string{
				true: `Access token for the API "https://sample-api.example.com" not verified It is ` + form +
					", so only the API can read it. It was returned unverified. Set verify = " +
					"false to accept this.",
				false: "",
			} {
				p := protocol.ConfiguredProtocol(t, x.Env())
				p.Say(
					p.ReadToken(map[string]tftypes.Value{"verify": tftypes.NewValue(
						tftypes.Bool, verify,
					)}).Diagnostics,
					nil,
				)
				if got := strings.TrimSpace(strings.TrimSuffix(
					strings.TrimSpace(p.Said.String()), "<nil>",
				)); got != want {
					t.Errorf("verify = %t: said %q, want %q", verify, got, want)
				}
			}
		})
	}
}

// Many bad tokens cause only two requests for the tenant's keys, not one each.
func TestAccessToken_badTokensAreNotRepeated(t *testing.T) {
	t.Parallel()
	x := newForger(t)
	p := protocol.ConfiguredProtocol(t, x.Env())
	x.ForgetRequests()
	for i := range 20 {
		body := fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":1}`, x.ownHeader(
			"kid", fmt.Sprint("random-", i),
		))
		x.Next("POST /oauth/token", testserver.Respond(http.StatusOK, "application/json", body))
		read := p.ReadToken(nil)
		if len(read.Diagnostics) != 1 ||
			!strings.Contains(read.Diagnostics[0].Detail, "is not in the key set") {
			t.Fatalf("%d: %v", i, read.Diagnostics)
		}
	}
	sent := map[string]int{}
	for _, r := range x.Requests() {
		sent[r.Route]++
	}
	want := map[string]int{
		"POST /oauth/token":                     20,
		"GET /.well-known/openid-configuration": 2,
		"GET /.well-known/jwks.json":            2,
	}
	if !maps.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
}
