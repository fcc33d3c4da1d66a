// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Thumbprint returns the RFC 7638 thumbprint, in base64url, of the RSA public key in a PEM with a
// key or a certificate. The API returns it instead of the PEM (API contract 3.6).
func Thumbprint(text string) (string, error) {
	key, err := rsaPublicKey(text)
	if err != nil {
		return "", err
	}
	sum, err := (&jose.JSONWebKey{Key: key}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// PublicKeyBits returns the length of the RSA public key in a PEM with a key or a certificate.
func PublicKeyBits(text string) (int, error) {
	key, err := rsaPublicKey(text)
	if err != nil {
		return 0, err
	}
	return key.N.BitLen(), nil
}

func rsaPublicKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New(cmp.Or(PEMFault(text), notPEM))
	}
	var public any
	var err error
	switch block.Type {
	case "CERTIFICATE":
		var cert *x509.Certificate
		if cert, err = x509.ParseCertificate(block.Bytes); err == nil {
			public = cert.PublicKey
		}
	case "PUBLIC KEY":
		public, err = x509.ParsePKIXPublicKey(block.Bytes)
	default:
		return nil, fmt.Errorf(
			"the PEM block is a %q; a PUBLIC KEY or a CERTIFICATE is required", block.Type,
		)
	}
	if err != nil {
		return nil, fmt.Errorf("the PEM block %q cannot be read: %w", block.Type, err)
	}
	if strings.Contains(text, "PRIVATE KEY-----") {
		return nil, fmt.Errorf(
			"the value contains a private key in addition to the PEM block %q; use only the "+
				"public part", block.Type,
		)
	}
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the key is not an RSA key")
	}
	return key, nil
}
