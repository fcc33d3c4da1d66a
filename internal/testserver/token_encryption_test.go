// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestTokenEncryption_keysThatCannotEncryptAreRefused(t *testing.T) {
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
