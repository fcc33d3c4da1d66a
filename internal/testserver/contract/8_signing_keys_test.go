// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// publishedCertificates are the certificates of the JWKS in DER, in its order.
func publishedCertificates(t *testing.T, x *tenant) [][]byte {
	t.Helper()
	_, published := x.PublishedKeys()
	var certificates [][]byte
	for _, key := range published {
		der, err := base64.StdEncoding.DecodeString(key["x5c"].([]any)[0].(string))
		if err != nil {
			t.Fatal(err)
		}
		certificates = append(certificates, der)
	}
	return certificates
}

// kidsIn lists the ids in the JWKS.
func kidsIn(t *testing.T, x *tenant) []string {
	t.Helper()
	_, published := x.PublishedKeys()
	var kids []string
	for _, key := range published {
		kids = append(kids, key["kid"].(string))
	}
	return kids
}

// keysByRole maps current, next and previous to the ids of the keys with that role in the
// Management API.
func keysByRole(t *testing.T, x *tenant) map[string][]string {
	t.Helper()
	var keys []map[string]any
	if err := json.Unmarshal([]byte(x.Must("GET", "/keys/signing", "").Body), &keys); err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, key := range keys {
		for _, role := range []string{"current", "next", "previous", "revoked"} {
			if key[role] == true {
				found[role] = append(found[role], key["kid"].(string))
			}
		}
	}
	return found
}

// kidOf is the id in the header of a token.
func kidOf(t *testing.T, token string) string {
	t.Helper()
	header, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	return servertest.Properties(t, string(header))["kid"].(string)
}

// wantKey compares an answer with one key to the certificate that the JWKS has for it.
func wantKey(t *testing.T, got servertest.Answer, status int, kid string, certificate []byte) {
	t.Helper()
	shown := servertest.Properties(t, got.Body)
	block, _ := pem.Decode([]byte(got.Field(t, "cert")))
	if block == nil || !cmp.Equal(block.Bytes, certificate) {
		t.Errorf("certificate %v", shown["cert"])
	}
	shown["cert"] = "CERT"
	if diff := cmp.Diff(map[string]any{"kid": kid, "cert": "CERT"}, shown); diff != "" ||
		got.Status != status {
		t.Errorf("status %d, body (-want +got):\n%s", got.Status, diff)
	}
}

const noSigningKey = "Signing key not found."

func TestContract8Reading(t *testing.T) {
	t.Parallel()
	documented(t, "8", "a tenant has one current and one next signing key, listed as an array",
		func(t *testing.T, x *tenant) {
			kids := kidsIn(t, x)
			wanted := map[string][]string{"current": {kids[0]}, "next": {kids[1]}}
			if diff := cmp.Diff(wanted, keysByRole(t, x)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	documented(t, "8", "a signing key has its certificate and the SHA-1 fingerprint with and "+
		"without colons",
		func(t *testing.T, x *tenant) {
			for i, kid := range kidsIn(t, x) {
				got := x.Must("GET", "/keys/signing/"+kid, "")
				certificate := publishedCertificates(t, x)[i]
				block, _ := pem.Decode([]byte(got.Field(t, "cert")))
				if block == nil || !cmp.Equal(block.Bytes, certificate) {
					t.Errorf("%s: certificate %s", kid, got.Field(t, "cert"))
				}
				sum := sha1.Sum(certificate)
				thumbprint, fingerprint := got.Field(t, "thumbprint"), got.Field(t, "fingerprint")
				if !strings.EqualFold(thumbprint, hex.EncodeToString(sum[:])) {
					t.Errorf("%s: thumbprint %s", kid, thumbprint)
				}
				if strings.ReplaceAll(fingerprint, ":", "") != thumbprint ||
					strings.Count(fingerprint, ":") != len(sum)-1 {
					t.Errorf("%s: fingerprint %s", kid, fingerprint)
				}
				if got.Field(t, "kid") != kid || !has(t, got.Body, "pkcs7") {
					t.Errorf("%s: got %s", kid, got.Body)
				}
			}
		})
	documented(t, "8", "a signing key that does not exist is a 404", func(t *testing.T, x *tenant) {
		wantProblem(t, x.API("GET", "/keys/signing/none", ""), 404, noSigningKey)
		wantProblem(t, x.API("PUT", "/keys/signing/none/revoke", ""), 404, noSigningKey)
	})
}

func TestContract8Rotating(t *testing.T) {
	t.Parallel()
	documented(t, "8", "rotating the signing keys answers 201 with the kid and certificate of "+
		"the new next key",
		func(t *testing.T, x *tenant) {
			before := kidsIn(t, x)
			got := x.API("POST", "/keys/signing/rotate", "")
			next := keysByRole(t, x)["next"]
			if len(next) != 1 || cmp.Equal(next, before[1:]) {
				t.Fatalf("next %v, before %v", next, before)
			}
			wantKey(t, got, 201, next[0], publishedCertificates(t, x)[1])
		})
	documented(t, "8", "a rotation makes the next key current and the current key previous",
		func(t *testing.T, x *tenant) {
			before := kidsIn(t, x)
			made := x.Must("POST", "/keys/signing/rotate", "").Field(t, "kid")
			wanted := map[string][]string{
				"current":  {before[1]},
				"next":     {made},
				"previous": {before[0]},
			}
			if diff := cmp.Diff(wanted, keysByRole(t, x)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	documented(t, "8", "a tenant can have several previous keys", func(t *testing.T, x *tenant) {
		before := kidsIn(t, x)
		first := x.Must("POST", "/keys/signing/rotate", "").Field(t, "kid")
		second := x.Must("POST", "/keys/signing/rotate", "").Field(t, "kid")
		found := keysByRole(t, x)
		slices.Sort(found["previous"])
		slices.Sort(before)
		wanted := map[string][]string{"current": {first}, "next": {second}, "previous": before}
		if diff := cmp.Diff(wanted, found); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
	})
	documented(t, "8", "after a rotation, tokens are signed with the new current key, and older "+
		"tokens stay valid",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			before := kidsIn(t, x)
			older := x.AskToken(servertest.SampleAudience).Token(t)
			x.Must("POST", "/keys/signing/rotate", "")
			newer := x.AskToken(servertest.SampleAudience).Token(t)
			if kidOf(t, older) != before[0] || kidOf(t, newer) != before[1] {
				t.Errorf(
					"signed by %s and %s, the keys were %v", kidOf(t, older), kidOf(t, newer),
					before,
				)
			}
			for _, token := range []string{older, newer} {
				x.Claims(token)
				if got := x.Send(
					"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
				); got.Status != 200 {
					t.Errorf("got %d %s", got.Status, got.Body)
				}
			}
		})
	documented(t, "8", "signing keys can be rotated five times a day",
		func(t *testing.T, x *tenant) {
			for range 5 {
				x.Must("POST", "/keys/signing/rotate", "")
			}
			before := kidsIn(t, x)
			if got := x.API("POST", "/keys/signing/rotate", ""); got.Status != 429 ||
				got.Field(t, "errorCode") != "too_many_requests" {
				t.Errorf("the sixth rotation: %d %s", got.Status, got.Body)
			}
			if diff := cmp.Diff(before, kidsIn(t, x)); diff != "" {
				t.Errorf("the sixth rotation changed the keys (-before +after):\n%s", diff)
			}
			x.Clock().Advance(24 * time.Hour)
			x.Token = "" // The token has expired.
			x.Must("POST", "/keys/signing/rotate", "")
		})
}

func TestContract8Revoking(t *testing.T) {
	t.Parallel()
	documented(t, "8", "revoking a previous key answers 200 with its kid and certificate and "+
		"removes it from the JWKS",
		func(t *testing.T, x *tenant) {
			before, certificates := kidsIn(t, x), publishedCertificates(t, x)
			x.Must("POST", "/keys/signing/rotate", "")
			after := kidsIn(t, x)
			x.Token = "" // The token is signed with the key that is about to be revoked.
			wantKey(
				t, x.API("PUT", "/keys/signing/"+before[0]+"/revoke", ""), 200, before[0],
				certificates[0],
			)
			if diff := cmp.Diff(after[:2], kidsIn(t, x)); diff != "" {
				t.Errorf("published keys (-want +got):\n%s", diff)
			}
		})
	documented(t, "8", "tokens that were signed with a revoked key are no longer valid",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			bearer := "Authorization: Bearer " + x.AskToken(servertest.SampleAudience).Token(t)
			old := kidsIn(t, x)[0]
			management := x.Token
			x.Must("POST", "/keys/signing/rotate", "")
			x.Token = ""
			x.Must("PUT", "/keys/signing/"+old+"/revoke", "")
			if got := x.Send("GET", "/sample-api/orders", "", bearer); got.Status != 401 {
				t.Errorf("sample API: %d %s", got.Status, got.Body)
			}
			if got := x.Send(
				"GET", "/api/v2/client-grants", "", "Authorization: Bearer "+management,
			); got.Status != 401 {
				t.Errorf("Management API: %d %s", got.Status, got.Body)
			}
		})
	documented(t, "8", "a revoked key is still listed, as revoked", func(t *testing.T, x *tenant) {
		before := kidsIn(t, x)
		made := x.Must("POST", "/keys/signing/rotate", "").Field(t, "kid")
		x.Token = ""
		x.Must("PUT", "/keys/signing/"+before[0]+"/revoke", "")
		found := keysByRole(t, x)
		delete(found, "previous") // It is not known whether a revoked key still counts as previous.
		wanted := map[string][]string{
			"current": {before[1]},
			"next":    {made},
			"revoked": {before[0]},
		}
		if diff := cmp.Diff(wanted, found); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
	})
	documented(t, "8", "the current key and the next key cannot be revoked",
		func(t *testing.T, x *tenant) {
			before := keysByRole(t, x)
			for _, kid := range kidsIn(t, x) {
				wantRefusal(t, x.API("PUT", "/keys/signing/"+kid+"/revoke", ""))
			}
			if diff := cmp.Diff(before, keysByRole(t, x)); diff != "" {
				t.Errorf("keys (-before +after):\n%s", diff)
			}
		})
	assumed(t, "8", "the refusal to revoke the current or the next key is a 400",
		func(t *testing.T, x *tenant) {
			for _, kid := range kidsIn(t, x) {
				if got := x.API("PUT", "/keys/signing/"+kid+"/revoke", ""); got.Status != 400 {
					t.Errorf("got %d %s", got.Status, got.Body)
				}
			}
		})
}
