// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package servertest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
)

// SigningKeys are the keys that all tests share, because they take a while to make: the two keys of
// every server, and StrangerKey.
var SigningKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	var keys []*rsa.PrivateKey
	for range 3 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys = append(keys, key)
	}
	return keys
})

// StrangerKey is an RSA key that no server uses.
func StrangerKey() *rsa.PrivateKey { return SigningKeys()[2] }

// PublicPEM is the public key of StrangerKey.
func PublicPEM(t *testing.T) string {
	t.Helper()
	return PEMOf(t, &StrangerKey().PublicKey)
}

// PEMOf encodes a public key.
func PEMOf(t *testing.T, key *rsa.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// CertificatePEM is a certificate of StrangerKey.
func CertificatePEM(t *testing.T) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(
		nil, template, template, StrangerKey().Public(), StrangerKey(),
	)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TokenEncryption is the property token_encryption of an API with a PEM.
func TokenEncryption(t *testing.T, content string) string {
	t.Helper()
	quoted, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return `{"format":"compact-nested-jwe","encryption_key":{"name":"n","alg":"RSA-OAEP-256","kid":"k","pem":` + string(
		quoted,
	) + `}}`
}

// PublishedKeys reads the JWKS without any JOSE library.
func (x *Tenant) PublishedKeys() (keys map[string]*rsa.PublicKey, inOrder []map[string]any) {
	x.T.Helper()
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(
		[]byte(x.Send("GET", "/.well-known/jwks.json", "").Body), &set,
	); err != nil {
		x.T.Fatal(err)
	}
	keys = map[string]*rsa.PublicKey{}
	for _, key := range set.Keys {
		modulus, err := base64.RawURLEncoding.DecodeString(key["n"].(string))
		if err != nil {
			x.T.Fatal(err)
		}
		keys[key["kid"].(string)] = &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537}
	}
	return keys, set.Keys
}
