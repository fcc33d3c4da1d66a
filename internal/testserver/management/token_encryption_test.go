// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestTokenEncryption_unusableKeysAreRefused(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	even := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537}
	for message, public := range map[string]*rsa.PublicKey{
		"must be an RSA key of at least 2048 bits": &short.PublicKey,
		"is not an RSA public key or certificate":  even,
	} {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		encryption := servertest.TokenEncryption(
			t, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		)
		servertest.New(t).API(
			"POST", "/resource-servers",
			`{"identifier":"https://a","token_encryption":`+encryption+`}`,
		).Want(t, 400,
			`{"statusCode":400,"error":"Bad Request","message":"`+
				"`token_encryption.encryption_key.pem` "+message+`","errorCode":"invalid_body"}`)
	}
}

func TestTokenEncryption_showsThumbprintNotPEM(t *testing.T) {
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
		if got := x.API("GET", apiPath, ""); !strings.Contains(got.Body, shown) {
			t.Errorf("%s: read %s", name, got.Body)
		}
		x.API(
			"PATCH", apiPath, `{"token_encryption":`+servertest.TokenEncryption(t, "no PEM")+`}`,
		).Want(t, 400, `{"statusCode":400,"error":"Bad Request",`+
			`"message":"`+
			"`token_encryption.encryption_key.pem` is not an RSA public key or certificate"+
			`","errorCode":"invalid_body"}`)
	}
}
