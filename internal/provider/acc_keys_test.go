// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"sync"
)

// signingKeys are shared by all servers, as making a pair takes a while.
var signingKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	return []*rsa.PrivateKey{newRSAKey(), newRSAKey()}
})

func newRSAKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// privateKey is the first of the signing keys, which clients authenticate with, too.
var privateKey = sync.OnceValue(func() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(signingKeys()[0])}))
})

// publicPEM is the public key of a new pair.
func publicPEM() string { return keyPEM(newRSAKey()) }

// keyPEM is the public key of a pair.
func keyPEM(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// certificatePEM is a certificate of the first of the signing keys.
func certificatePEM() string {
	key := signingKeys()[0]
	template := x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// tenantPEM is the tenant's public key as anyone may have it.
func tenantPEM() []byte { return []byte(keyPEM(signingKeys()[0])) }
