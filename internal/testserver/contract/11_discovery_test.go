// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestContract11JWKS(t *testing.T) {
	t.Parallel()
	observed(t, "11.1", "the JWKS has the current key first, then the next key",
		func(t *testing.T, x *tenant) {
			keys, _ := x.PublishedKeys()
			kids := kidsIn(t, x)
			if len(kids) != 2 {
				t.Fatalf("keys %v", kids)
			}
			for i, kid := range kids {
				if !keys[kid].Equal(&servertest.SigningKeys()[i].PublicKey) {
					t.Errorf("key %d is not the one configured", i)
				}
			}
		})
	documented(t, "11.1", "the JWKS includes the previous key until it is revoked",
		func(t *testing.T, x *tenant) {
			before := kidsIn(t, x)
			made := x.Must("POST", "/keys/signing/rotate", "").Field(t, "kid")
			if diff := cmp.Diff([]string{before[1], made, before[0]}, kidsIn(t, x)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
			x.Token = "" // The token is signed with the key that is about to be revoked.
			x.Must("PUT", "/keys/signing/"+before[0]+"/revoke", "")
			if diff := cmp.Diff([]string{before[1], made}, kidsIn(t, x)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	observed(t, "11.1", "a key in the JWKS is an RSA key for RS256 signatures with its certificate",
		func(t *testing.T, x *tenant) {
			_, published := x.PublishedKeys()
			for i, key := range published {
				der := publishedCertificates(t, x)[i]
				sum := sha1.Sum(der)
				wanted := map[string]any{
					"alg": "RS256", "kty": "RSA", "use": "sig", "kid": key["kid"],
					"n": base64.RawURLEncoding.EncodeToString(
						servertest.SigningKeys()[i].N.Bytes(),
					),
					"e":   "AQAB",
					"x5t": base64.RawURLEncoding.EncodeToString(sum[:]),
					"x5c": []any{base64.StdEncoding.EncodeToString(der)},
				}
				if diff := cmp.Diff(wanted, key); diff != "" {
					t.Errorf("key %d (-want +got):\n%s", i, diff)
				}
			}
		})
	documented(t, "11.1", "the keys of a tenant have 2048 bits and an id of 21 characters",
		func(t *testing.T, x *tenant) {
			made := x.Must("POST", "/keys/signing/rotate", "").Field(t, "kid")
			keys, _ := x.PublishedKeys()
			if keys[made] == nil || keys[made].N.BitLen() != 2048 || len(made) != 21 {
				t.Errorf("key %q: %v", made, keys[made])
			}
		})
	documented(t, "11.1", "the certificate of a key is self-signed, names the tenant's host and "+
		"is valid for about 13.7 years",
		func(t *testing.T, x *tenant) {
			for i, der := range publishedCertificates(t, x) {
				certificate, err := x509.ParseCertificate(der)
				if err != nil {
					t.Fatal(err)
				}
				if err := certificate.CheckSignatureFrom(certificate); err != nil {
					t.Error(err)
				}
				if !servertest.SigningKeys()[i].PublicKey.Equal(certificate.PublicKey) ||
					certificate.Subject.CommonName != "127.0.0.1" {
					t.Errorf("key %d has the certificate of another: %v", i, certificate.Subject)
				}
				valid := certificate.NotAfter.Sub(certificate.NotBefore)
				if years := valid.Hours() / 24 / 365.25; math.Abs(years-13.7) > 0.05 {
					t.Errorf("key %d: %v years", i, years)
				}
			}
		})
	documented(t, "11.1", "the JWKS needs no authentication and may be cached",
		func(t *testing.T, x *tenant) {
			got := x.Send("GET", "/.well-known/jwks.json", "")
			if caching := got.Header.Get("Cache-Control"); got.Status != 200 ||
				!strings.Contains(caching, "max-age=") {
				t.Errorf("status %d, Cache-Control %q", got.Status, caching)
			}
		})
	assumed(t, "11.1", "the JWKS states RS256 even for a key that also signs with PS256",
		func(t *testing.T, x *tenant) {
			x.Must("PATCH", samplePath, `{"signing_alg":"PS256"}`)
			_, published := x.PublishedKeys()
			for _, key := range published {
				if key["alg"] != "RS256" {
					t.Errorf("alg %v", key["alg"])
				}
			}
		})
}

func TestContract11Discovery(t *testing.T) {
	t.Parallel()
	// wantFields compares only the given fields, because newer tenants have more.
	wantFields := func(t *testing.T, x *tenant, fields string) {
		t.Helper()
		got := x.Send("GET", "/.well-known/openid-configuration", "")
		shown := servertest.Properties(t, got.Body)
		for name, wanted := range servertest.Properties(t, x.Expand(fields)) {
			if diff := cmp.Diff(wanted, shown[name]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
	observed(t, "11.2", "the discovery document's issuer ends in a slash",
		func(t *testing.T, x *tenant) {
			wantFields(t, x, `{"issuer":"$URL/"}`)
		})
	observed(t, "11.2", "the discovery document names the endpoints of the tenant",
		func(t *testing.T, x *tenant) {
			wantFields(t, x,
				`{"authorization_endpoint":"$URL/authorize","token_endpoint":"$URL/oauth/token",`+
					`"device_authorization_endpoint":"$URL/oauth/device/code","userinfo_endpoint":"$URL/userinfo",`+
					`"mfa_challenge_endpoint":"$URL/mfa/challenge","jwks_uri":"$URL/.well-known/jwks.json",`+
					`"registration_endpoint":"$URL/oidc/register","revocation_endpoint":"$URL/oauth/revoke"}`)
		})
	observed(t, "11.2", "the discovery document lists what the tenant supports",
		func(t *testing.T, x *tenant) {
			wantFields(
				t,
				x,
				`{"scopes_supported":["openid","profile","offline_access","name","given_name","family_name","nickname","email",`+
					`"email_verified","picture","created_at","identities","phone","address"],`+
					`"code_challenge_methods_supported":["S256","plain"],"response_modes_supported":["query","fragment","form_post"],`+
					`"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["HS256","RS256","PS256"],`+
					`"claims_supported":["aud","auth_time","created_at","email","email_verified","exp","family_name","given_name","iat","identities",`+
					`"iss","name","nickname","phone_number","picture","sub"],`+
					`"request_uri_parameter_supported":false,"request_parameter_supported":false}`,
			)
		})
	observed(t, "11.2", "the discovery document lists code, token, id_token and their "+
		"combinations as response types",
		func(t *testing.T, x *tenant) {
			listed, _ := servertest.Properties(
				t, x.Send("GET", "/.well-known/openid-configuration", "").Body,
			)["response_types_supported"].([]any)
			var found []string
			for _, one := range listed {
				words := strings.Fields(one.(string))
				slices.Sort(words)
				found = append(found, strings.Join(words, " "))
			}
			slices.Sort(found)
			wanted := []string{
				"code", "code id_token", "code id_token token", "code token", "id_token",
				"id_token token", "token",
			}
			if diff := cmp.Diff(wanted, found); diff != "" {
				t.Errorf("response types (-want +got):\n%s", diff)
			}
		})
	observed(t, "11.2", "the discovery document lists the authentication methods of clients and "+
		"the algorithms of assertions",
		func(t *testing.T, x *tenant) {
			wantFields(
				t,
				x,
				`{"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","private_key_jwt"],`+
					`"token_endpoint_auth_signing_alg_values_supported":["RS256","RS384","PS256"]}`,
			)
		})
}
