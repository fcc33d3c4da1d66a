// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package testkeys has key pairs for tests, which take a while to make. It knows nothing of the
// provider.
package testkeys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"sync"
)

// Signing are the signing keys of all tenants, since making a pair takes a while.
var Signing = sync.OnceValue(func() []*rsa.PrivateKey {
	return []*rsa.PrivateKey{NewRSA(), NewRSA()}
})

// NewRSA makes a key pair.
func NewRSA() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// PrivatePEM is the first of the signing keys, which is also the key of clients.
var PrivatePEM = sync.OnceValue(func() string {
	return string(pem.EncodeToMemory(&pem.Block{
		Type:  "RSA PRIVATE KEY",
		Bytes: x509.MarshalPKCS1PrivateKey(Signing()[0]),
	}))
})

// PublicPEM is the public key of a new pair.
func PublicPEM() string { return keyPEM(NewRSA()) }

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
	key := Signing()[0]
	template := x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// TenantPEM is the public key of tenants.
func TenantPEM() []byte { return []byte(keyPEM(Signing()[0])) }

// SomePEMs are two forms of one key, and another key.
var SomePEMs = sync.OnceValue(func() []string {
	return []string{certificatePEM(), keyPEM(Signing()[0]), keyPEM(Signing()[1])}
})
