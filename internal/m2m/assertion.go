// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionLifetime is well below the five minutes that are accepted (API
	// contract 9.3), to leave room for clocks that differ.
	assertionLifetime = 2 * time.Minute
	minRSABits        = 2048
)

// AssertionAlgs are the algorithms that a client assertion can be signed with
// (API contract 9.3).
func AssertionAlgs() []string { return []string{"RS256", "RS384", "PS256"} }

// ParsePrivateKey reads an RSA private key of at least 2048 bits from PEM, in
// PKCS #1 or PKCS #8. Its errors hold nothing of the key.
func ParsePrivateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("this is not PEM")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the PEM block %q holds no private key in PKCS #1 or PKCS #8", block.Type)
		}
		var ok bool
		if key, ok = parsed.(*rsa.PrivateKey); !ok {
			return nil, fmt.Errorf("this is a %T; an RSA key is needed", parsed)
		}
	}
	if bits := key.N.BitLen(); bits < minRSABits {
		return nil, fmt.Errorf("the key has %d bits; at least %d are needed", bits, minRSABits)
	}
	return key, nil
}

// signAssertion makes a client assertion (RFC 7523 2.2) with a fresh jti.
func signAssertion(creds Credentials, audience string, now time.Time) (string, error) {
	key, err := ParsePrivateKey(creds.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("client assertion key: %w", err)
	}
	alg := jose.RS256
	if creds.SigningAlg != "" {
		if !slices.Contains(AssertionAlgs(), creds.SigningAlg) {
			return "", fmt.Errorf("client assertion: %q is not one of %s",
				creds.SigningAlg, strings.Join(AssertionAlgs(), ", "))
		}
		alg = jose.SignatureAlgorithm(creds.SigningAlg)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("client assertion: %w", err)
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer:   creds.ClientID,
		Subject:  creds.ClientID,
		Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now),
		Expiry:   jwt.NewNumericDate(now.Add(assertionLifetime)),
		ID:       rand.Text(),
	}).Serialize()
}
