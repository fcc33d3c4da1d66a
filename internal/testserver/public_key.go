// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"

	"github.com/go-jose/go-jose/v4"
)

// publicKey is an RSA public key as callers hand it in, for encryption (API contract 3.6) or as a credential (7.1).
type publicKey struct {
	*rsa.PublicKey
	certificate *x509.Certificate // nil when the key came without one.
}

var errNoPublicKey = errors.New("not an RSA public key or certificate in PEM")

// parsePublicKey reads the first block of a PEM text: SPKI, PKCS #1 or an X.509 certificate.
func parsePublicKey(text string) (publicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return publicKey{}, errNoPublicKey
	}
	var key publicKey
	var parsed any
	var err error
	switch block.Type {
	case "CERTIFICATE":
		if key.certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			parsed = key.certificate.PublicKey
		}
	case "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return publicKey{}, errNoPublicKey
	}
	key.PublicKey = public
	return key, nil
}

// thumbprint names a key as RFC 7638 does.
func (k publicKey) thumbprint() (string, error) {
	sum, err := (&jose.JSONWebKey{Key: k.PublicKey}).Thumbprint(crypto.SHA256)
	return base64.RawURLEncoding.EncodeToString(sum), err
}

// encodePublicKey is the inverse of parsePublicKey.
func encodePublicKey(public *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}
