// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// sampleClaims changes the sample API and returns the claims of a token for it.
func sampleClaims(t *testing.T, x *tenant, settings string) jwt.MapClaims {
	t.Helper()
	x.SampleGrant(`,"scope":["write:orders","read:orders"]`)
	x.Must("PATCH", samplePath, settings)
	return x.Claims(x.AskToken(servertest.SampleAudience).Token(t))
}

// wantClaims compares claims except for the times.
func wantClaims(t *testing.T, claims jwt.MapClaims, wanted jwt.MapClaims) {
	t.Helper()
	delete(claims, "iat")
	delete(claims, "exp")
	if diff := cmp.Diff(wanted, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestContract10Form(t *testing.T) {
	t.Parallel()
	observed(t, "10.2", "the header of a token has the algorithm, the type JWT and the key id",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			header := x.ParseToken(
				x.AskToken(servertest.SampleAudience).Token(t),
				"RS256",
				nil,
			).Header
			if diff := cmp.Diff(
				map[string]any{"alg": "RS256", "typ": "JWT", "kid": kidsIn(t, x)[0]}, header,
			); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	observed(t, "10.2", "a token has iss, sub, aud, iat, exp, scope, gty and azp and no other "+
		"claims",
		func(t *testing.T, x *tenant) {
			wantClaims(t, sampleClaims(t, x, `{}`), jwt.MapClaims{
				"iss": x.URL() + "/", "sub": "ReferenceMachineClient0000000001@clients",
				"aud":   "https://sample-api.example.com",
				"scope": "write:orders read:orders", "gty": "client-credentials",
				"azp": "ReferenceMachineClient0000000001",
			})
		})
	observed(t, "10.2", "the issuer of a token ends in a slash", func(t *testing.T, x *tenant) {
		if issuer := sampleClaims(t, x, `{}`)["iss"]; issuer != x.URL()+"/" {
			t.Errorf("iss %v", issuer)
		}
	})
	observed(t, "10.2", "the subject of a machine's token is its client id followed by @clients",
		func(t *testing.T, x *tenant) {
			if subject := sampleClaims(t, x, `{}`)["sub"]; subject != testserver.MachineClientID+
				"@clients" {
				t.Errorf("sub %v", subject)
			}
		})
	observed(t, "10.2", "the audience of a machine's token is a string, not an array",
		func(t *testing.T, x *tenant) {
			if audience := sampleClaims(t, x, `{}`)["aud"]; audience != testserver.SampleAPIAudience {
				t.Errorf("aud %v", audience)
			}
		})
	observed(t, "10.2", "a token expires after the API's token_lifetime; its times are Unix "+
		"seconds",
		func(t *testing.T, x *tenant) {
			before := x.Clock().Now().Unix()
			claims := sampleClaims(t, x, `{"token_lifetime":90}`)
			issued := int64(claims["iat"].(float64))
			if lifetime := int64(claims["exp"].(float64)) - issued; lifetime != 90 {
				t.Errorf("lifetime %d", lifetime)
			}
			if issued < before || issued > x.Clock().Now().Unix() {
				t.Errorf("iat %d, asked for at %d", issued, before)
			}
		})
	documented(t, "10.2", "a token has no scope claim if no scope was granted",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			wantClaims(t, x.Claims(x.AskToken(servertest.SampleAudience).Token(t)), jwt.MapClaims{
				"iss": x.URL() + "/", "sub": "ReferenceMachineClient0000000001@clients",
				"aud": "https://sample-api.example.com",
				"gty": "client-credentials", "azp": "ReferenceMachineClient0000000001",
			})
		})
	documented(t, "10.1", "tokens for an API with token_encryption are a JWE that contains the "+
		"signed token",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.Must(
				"PATCH",
				samplePath,
				`{"token_encryption":`+servertest.TokenEncryption(t, servertest.PublicPEM(t))+`}`,
			)
			encrypted, err := jose.ParseEncryptedCompact(
				x.AskToken(servertest.SampleAudience).Token(t),
				[]jose.KeyAlgorithm{jose.RSA_OAEP_256},
				[]jose.ContentEncryption{jose.A256GCM},
			)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := encrypted.Decrypt(servertest.StrangerKey())
			if err != nil {
				t.Fatal(err)
			}
			if scope := x.Claims(string(signed))["scope"]; scope != "read:orders" ||
				encrypted.Header.KeyID != "k" {
				t.Errorf("scope %v, kid %q", scope, encrypted.Header.KeyID)
			}
		})
}

func TestContract10Dialects(t *testing.T) {
	t.Parallel()
	documented(t, "10.2", "access_token_authz adds the scopes as permissions, which are an empty "+
		"array if no scope is granted",
		func(t *testing.T, x *tenant) {
			claims := sampleClaims(
				t, x, `{"token_dialect":"access_token_authz","enforce_policies":true}`,
			)
			wantClaims(t, claims, jwt.MapClaims{
				"iss": x.URL() + "/", "sub": "ReferenceMachineClient0000000001@clients",
				"aud":   "https://sample-api.example.com",
				"scope": "write:orders read:orders", "gty": "client-credentials",
				"azp":         "ReferenceMachineClient0000000001",
				"permissions": []any{"write:orders", "read:orders"},
			})
			x.Must("PATCH", samplePath, `{"scopes":[]}`)
			if none := x.Claims(x.AskToken(servertest.SampleAudience).Token(t))["permissions"]; !cmp.Equal(
				none,
				[]any{},
			) {
				t.Errorf("permissions %v", none)
			}
		})
	documented(t, "10.3", "a token of rfc9068_profile has the type at+jwt, client_id instead of "+
		"azp, a jti and no gty",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.Must("PATCH", samplePath, `{"token_dialect":"rfc9068_profile"}`)
			parsed := x.ParseToken(x.AskToken(servertest.SampleAudience).Token(t), "RS256", nil)
			if parsed.Header["typ"] != "at+jwt" {
				t.Errorf("typ %v", parsed.Header["typ"])
			}
			wantRFC9068Claims(
				t, x, parsed.Claims.(jwt.MapClaims), jwt.MapClaims{"scope": "read:orders"},
			)
		})
	documented(t, "10.3", "rfc9068_profile_authz adds the scopes as permissions",
		func(t *testing.T, x *tenant) {
			claims := sampleClaims(
				t, x, `{"token_dialect":"rfc9068_profile_authz","enforce_policies":true}`,
			)
			wantRFC9068Claims(t, x, claims,
				jwt.MapClaims{
					"scope":       "write:orders read:orders",
					"permissions": []any{"write:orders", "read:orders"},
				})
		})
	documented(t, "10.3", "every token of rfc9068_profile has a unique jti",
		func(t *testing.T, x *tenant) {
			first := sampleClaims(t, x, `{"token_dialect":"rfc9068_profile"}`)["jti"]
			second := x.Claims(x.AskToken(servertest.SampleAudience).Token(t))["jti"]
			if first == second {
				t.Errorf("both are %v", first)
			}
		})
	assumed(t, "10.2", "an authorization dialect without enforce_policies adds no permissions",
		func(t *testing.T, x *tenant) {
			if claims := sampleClaims(
				t, x, `{"token_dialect":"access_token_authz"}`,
			); claims["permissions"] != nil {
				t.Errorf("permissions %v", claims["permissions"])
			}
		})
	assumed(t, "10.2", "the permissions of a machine's token are the scopes of the token",
		func(t *testing.T, x *tenant) {
			sampleClaims(t, x, `{"token_dialect":"access_token_authz","enforce_policies":true}`)
			narrowed := x.Claims(x.AskToken(servertest.SampleAudience + "&scope=read:orders").Token(t))["permissions"]
			if !cmp.Equal(narrowed, []any{"read:orders"}) {
				t.Errorf("permissions %v", narrowed)
			}
		})
}

// wantRFC9068Claims compares claims except for the times and the jti, which must be a string.
func wantRFC9068Claims(t *testing.T, x *tenant, claims, more jwt.MapClaims) {
	t.Helper()
	if id, _ := claims["jti"].(string); id == "" {
		t.Errorf("jti %v", claims["jti"])
	}
	delete(claims, "jti")
	more["iss"], more["sub"] = x.URL()+"/", "ReferenceMachineClient0000000001@clients"
	more["aud"], more["client_id"] = "https://sample-api.example.com", "ReferenceMachineClient0000000001"
	wantClaims(t, claims, more)
}

func TestContract10Scopes(t *testing.T) {
	t.Parallel()
	const allOfGrant = `,"scope":["write:orders","read:orders"]`
	observed(t, "10.4", "without the parameter scope, a token has all scopes of the grant",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(allOfGrant)
			got := x.AskToken(servertest.SampleAudience)
			got.WantJSON(t, 200, tokenOfBoth)
			if scope := x.Claims(got.Token(t))["scope"]; scope != "write:orders read:orders" {
				t.Errorf("scope %v", scope)
			}
		})
	observed(t, "10.4", "with the parameter scope, a token has exactly the requested scopes",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(allOfGrant)
			got := x.AskToken(servertest.SampleAudience + "&scope=read:orders")
			got.WantJSON(t, 200, tokenOfOne)
			if scope := x.Claims(got.Token(t))["scope"]; scope != "read:orders" {
				t.Errorf("scope %v", scope)
			}
		})
	documented(t, "10.4", "openid, profile and offline_access are refused like any other scope "+
		"that is not granted",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(allOfGrant)
			x.AskToken(servertest.SampleAudience+
				"&scope=read:orders+openid+profile+offline_access").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Client has not been granted scopes: openid, profile, offline_access"}`)
		})
	documented(t, "10.4", "allow_all_scopes grants the scopes that the API defines when the "+
		"token is issued",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"allow_all_scopes":true`)
			x.Must("PATCH", samplePath, `{"scopes":[{"value":"b"},{"value":"a"}]}`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200,
				`{"access_token":"TOKEN","scope":"b a","expires_in":86400,"token_type":"Bearer"}`)
			x.Must("PATCH", samplePath, `{"scopes":[{"value":"c"}]}`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200,
				`{"access_token":"TOKEN","scope":"c","expires_in":86400,"token_type":"Bearer"}`)
		})
	assumed(t, "10.4", "a granted scope that the API does not define is not issued; a request "+
		"that names it is refused",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["gone:orders","read:orders"]`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfOne)
			x.AskToken(servertest.SampleAudience+"&scope=gone:orders").WantJSON(t, 403,
				`{"error":"access_denied","error_description":"Client has not been granted scopes: gone:orders"}`)
		})
	assumed(t, "10.4", "enforce_policies does not reduce the scopes of machines",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(allOfGrant)
			x.Must("PATCH", samplePath, `{"enforce_policies":true}`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfBoth)
		})
	documented(t, "10.4", "changing a grant does not affect issued tokens",
		func(t *testing.T, x *tenant) {
			grant := x.SampleGrant(`,"scope":["read:orders"]`)
			bearer := "Authorization: Bearer " + x.AskToken(servertest.SampleAudience).Token(t)
			x.Must("PATCH", "/client-grants/"+grant, `{"scope":[]}`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfNone)
			x.Send("GET", "/sample-api/orders", "", bearer).WantJSON(t, 200,
				`{"message":"GET orders: the access token is good.",`+
					`"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com","scopes":["read:orders"]}`)
		})
}

func TestContract10Signing(t *testing.T) {
	t.Parallel()
	documented(t, "10.5", "RS256, PS256 and RS512 tokens are signed with the tenant's current "+
		"key, and kid names that key",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			for _, alg := range []string{"RS256", "PS256", "RS512"} {
				x.Must("PATCH", samplePath, `{"signing_alg":"`+alg+`"}`)
				parsed := x.ParseToken(x.AskToken(servertest.SampleAudience).Token(t), alg, nil)
				if kid := parsed.Header["kid"]; kid != kidsIn(t, x)[0] {
					t.Errorf("%s: kid %v", alg, kid)
				}
			}
		})
	documented(t, "10.5", "all APIs share the tenant's signing key", func(t *testing.T, x *tenant) {
		x.SampleGrant("")
		x.Must("POST", "/resource-servers", `{"identifier":"urn:b"}`)
		x.Must(
			"POST", "/client-grants",
			`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:b"}`,
		)
		first, second := x.AskToken(servertest.SampleAudience).
			Token(t),
			x.AskToken("audience=urn:b").
				Token(t)
		if kidOf(t, first) != kidOf(t, second) {
			t.Errorf("signed by %s and %s", kidOf(t, first), kidOf(t, second))
		}
	})
	assumed(t, "10.5", "HS256 tokens are signed with the bytes of the API's signing_secret and "+
		"have no kid",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			for _, secret := range []string{
				"sixteen-chars-ok", "forty characters are more than thirty-two",
			} {
				x.Must("PATCH", samplePath, `{"signing_alg":"HS256","signing_secret":"`+secret+`"}`)
				parsed := x.ParseToken(
					x.AskToken(servertest.SampleAudience).Token(t),
					"HS256",
					[]byte(secret),
				)
				if diff := cmp.Diff(
					map[string]any{"alg": "HS256", "typ": "JWT"}, parsed.Header,
				); diff != "" {
					t.Errorf("header (-want +got):\n%s", diff)
				}
			}
		})
}

func TestContract10ManagementTokens(t *testing.T) {
	t.Parallel()
	const ofManager = "client_id=" + testserver.ManagementClientID + "&client_secret=" +
		testserver.ManagementClientSecret +
		"&audience=$URL/api/v2/"
	observed(t, "10.6", "a token for the Management API is valid for a day by default",
		func(t *testing.T, x *tenant) {
			x.AskToken(ofManager+"&scope=read:clients").WantJSON(t, 200,
				`{"access_token":"TOKEN","scope":"read:clients","expires_in":86400,"token_type":"Bearer"}`)
			x.Must("PATCH", managementPath(x), `{"token_lifetime":120}`)
			x.AskToken(ofManager+"&scope=read:clients").WantJSON(t, 200,
				`{"access_token":"TOKEN","scope":"read:clients","expires_in":120,"token_type":"Bearer"}`)
		})
	observed(t, "10.6", "a token for the Management API has the scopes of the client's grant and "+
		"no permissions",
		func(t *testing.T, x *tenant) {
			x.Must(
				"POST",
				"/client-grants",
				`{"client_id":"ReferenceMachineClient0000000001","audience":"$URL/api/v2/","scope":["read:clients","read:client_grants"]}`,
			)
			wantClaims(t, x.Claims(x.AskToken("audience=$URL/api/v2/").Token(t)), jwt.MapClaims{
				"iss": x.URL() + "/", "sub": "ReferenceMachineClient0000000001@clients",
				"aud":   x.URL() + "/api/v2/",
				"scope": "read:clients read:client_grants", "gty": "client-credentials",
				"azp": "ReferenceMachineClient0000000001",
			})
		})
}
