// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// sampleToken is a token of the machine client for the sample API after a change to that API.
func sampleToken(t *testing.T, settings string) (*servertest.Tenant, string) {
	t.Helper()
	x := servertest.New(t)
	x.SampleGrant(`,"scope":["write:orders","read:orders"]`)
	x.Must("PATCH", "/resource-servers/"+url.PathEscape(testserver.SampleAPIAudience), settings)
	return x, x.AskToken(servertest.SampleAudience).Token(t)
}

func TestTokenEncryption_showsTheThumbprintOfTheKeyInPlaceOfThePEM(t *testing.T) {
	t.Parallel()
	key := jose.JSONWebKey{Key: servertest.StrangerKey().Public()}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	shown := `"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"name":"n","alg":"RSA-OAEP-256","kid":"k",` +
		`"thumbprint_sha256":"` + base64.RawURLEncoding.EncodeToString(
		sum,
	) + `"}}`
	for name, content := range map[string]string{
		"public key":  servertest.PublicPEM(t),
		"certificate": servertest.CertificatePEM(t),
	} {
		x := servertest.New(t)
		body := `{"identifier":"https://a","token_encryption":` + servertest.TokenEncryption(
			t,
			content,
		) + `}`
		x.API("POST", "/resource-servers", body).Want(t, 201,
			`{"id":"RS_ID","identifier":"https://a",`+strings.TrimSuffix(servertest.MinimalAPI, "}")+
				","+shown+
				"}")
		if got := x.API("GET", aPath, ""); !strings.Contains(got.Body, shown) {
			t.Errorf("%s: read %s", name, got.Body)
		}
		x.API(
			"PATCH", aPath, `{"token_encryption":`+servertest.TokenEncryption(t, "no PEM")+`}`,
		).Want(t, 400, `{"statusCode":400,"error":"Bad Request",`+
			`"message":"`+
			"`token_encryption.encryption_key.pem` is not an RSA public key or certificate"+
			`","errorCode":"invalid_body"}`)
	}
}

// payloadOf is the literal payload with the times put aside.
func payloadOf(t *testing.T, token string) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var times struct{ IAT, EXP json.Number }
	if err := json.Unmarshal(payload, &times); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(
		times.IAT.String(), "IAT", times.EXP.String(), "EXP",
	).Replace(string(payload))
}
