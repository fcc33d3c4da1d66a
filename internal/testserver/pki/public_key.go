// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package pki

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"

	"github.com/go-jose/go-jose/v4"
)

// PublicKey is an RSA public key that a caller has sent, for encryption (API contract 3.6) or as a
// credential (7.1).
type PublicKey struct {
	*rsa.PublicKey
	Certificate *x509.Certificate // nil if the key was sent without one.
}

var errNoPublicKey = errors.New("not an RSA public key or certificate in PEM")

// ParsePublicKey reads the first block of a PEM text: SPKI, PKCS #1 or an X.509 certificate.
func ParsePublicKey(text string) (PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return PublicKey{}, errNoPublicKey
	}
	var key PublicKey
	var parsed any
	var err error
	switch block.Type {
	case "CERTIFICATE":
		if key.Certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			parsed = key.Certificate.PublicKey
		}
	case "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return PublicKey{}, errNoPublicKey
	}
	key.PublicKey = public
	return key, nil
}

// Thumbprint returns the thumbprint of the key (RFC 7638), base64url-encoded.
func (k PublicKey) Thumbprint() (string, error) {
	sum, err := (&jose.JSONWebKey{Key: k.PublicKey}).Thumbprint(crypto.SHA256)
	return base64.RawURLEncoding.EncodeToString(sum), err
}

// EncodePublicKey is the inverse of ParsePublicKey.
func EncodePublicKey(public *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}
