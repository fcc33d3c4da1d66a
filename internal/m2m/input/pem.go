// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package input

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// MinRSABits is the minimum length of an RSA key, in bits (RFC 7518 3.3).
const MinRSABits = 2048

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

// ParsePrivateKey reads an RSA private key of at least 2048 bits from PEM, in PKCS #1 or PKCS #8.
// Its errors reveal nothing about the key.
func ParsePrivateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New(cmp.Or(PEMFault(text), notPEM))
	}
	if block.Type == "ENCRYPTED PRIVATE KEY" ||
		strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return nil, errors.New("the key is encrypted; decrypt it first, for example with " +
			"openssl pkey")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the PEM block %q contains no private key in PKCS #1 or PKCS #8",
				block.Type)
		}
		var ok bool
		if key, ok = parsed.(*rsa.PrivateKey); !ok {
			return nil, errors.New("this is not an RSA key")
		}
	}
	if bits := key.N.BitLen(); bits < MinRSABits {
		return nil, fmt.Errorf("the key has %d bits; at least %d are required", bits, MinRSABits)
	}
	return key, nil
}

var indentedPEM = regexp.MustCompile(`(?m)^[ \t]+-----(BEGIN|END) `)

const notPEM = "this is not PEM"

// PEMFault says why no PEM block is found in a text that was meant to be PEM, or returns "" if it
// does not know. It reveals nothing about the text.
func PEMFault(text string) string {
	trimmed := strings.TrimSpace(text)
	block, _ := pem.Decode([]byte(text))
	switch {
	case block != nil:
		return ""
	case strings.HasPrefix(trimmed, byteOrderMark):
		return "the text " + startsWithMark
	case !strings.Contains(text, "-----BEGIN "):
		return ""
	case strings.Contains(text, `\n`):
		return `the line breaks are written as \n, which is two characters each; they must be ` +
			"real line breaks"
	case !strings.Contains(trimmed, "\n"):
		return "the line breaks are missing"
	case !strings.Contains(text, "-----END "):
		return "the line with -----END is missing"
	case indentedPEM.MatchString(text):
		return "the lines are indented; remove the white space at their beginnings"
	default:
		return ""
	}
}
