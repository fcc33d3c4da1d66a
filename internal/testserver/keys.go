// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is SHA-1 by definition (RFC 7517); nothing relies on its strength.
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// signingKey is a key of the tenant. All its APIs share it (API contract 10.5).
type signingKey struct {
	kid         string
	private     *rsa.PrivateKey
	certificate []byte // DER.
}

// keyring holds the keys that tokens are signed with, now and next (API contract 8).
type keyring struct {
	current, next signingKey
}

func newKeyring(given []*rsa.PrivateKey, host string, now time.Time) (*keyring, error) {
	if len(given) > 2 {
		return nil, errors.New("there are two signing keys at most, the current and the next one")
	}
	var keys [2]signingKey
	for i := range keys {
		var private *rsa.PrivateKey
		if i < len(given) {
			private = given[i]
		}
		key, err := newSigningKey(private, host, now)
		if err != nil {
			return nil, fmt.Errorf("signing key: %w", err)
		}
		keys[i] = key
	}
	return &keyring{current: keys[0], next: keys[1]}, nil
}

// newSigningKey makes the self-signed certificate that goes with a key, and the key itself when there is none. The kid
// follows from the key, so that a pair of keys that tests share has the same ids in all of them.
func newSigningKey(private *rsa.PrivateKey, host string, now time.Time) (signingKey, error) {
	if private == nil {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return signingKey{}, err
		}
		private = made
	}
	thumbprint, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return signingKey{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(thumbprint[:8]),
		Subject:               pkix.Name{CommonName: host},
		NotBefore:             now,
		NotAfter:              now.AddDate(0, 0, 5000), // About 13.7 years, as real ones (API contract 11.1).
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return signingKey{}, err
	}
	const kidLength = 21 // API contract 1.9.
	kid := base64.RawURLEncoding.EncodeToString(thumbprint)[:kidLength]
	return signingKey{kid: kid, private: private, certificate: certificate}, nil
}

// published lists the keys of the JWKS, the current one first (API contract 11.1).
func (k *keyring) published() []signingKey {
	return []signingKey{k.current, k.next}
}

func (k *keyring) public(kid string) (*rsa.PublicKey, bool) {
	for _, key := range k.published() {
		if key.kid == kid {
			return &key.private.PublicKey, true
		}
	}
	return nil, false
}

// publishedKey is an entry of the JWKS. `alg` says RS256 also where PS256 APIs are signed with the key.
//
// ASSUMED: API contract 11.1 found no source for the latter.
type publishedKey struct {
	KTY string   `json:"kty"`
	Use string   `json:"use"`
	N   string   `json:"n"`
	E   string   `json:"e"`
	KID string   `json:"kid"`
	X5T string   `json:"x5t"`
	X5C []string `json:"x5c"`
	Alg string   `json:"alg"`
}

func (k signingKey) publish() publishedKey {
	x5t := sha1.Sum(k.certificate) //nolint:gosec // x5t is SHA-1 by definition (RFC 7517).
	return publishedKey{
		KTY: "RSA",
		Use: "sig",
		N:   base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
		E:   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes()),
		KID: k.kid,
		X5T: base64.RawURLEncoding.EncodeToString(x5t[:]),
		X5C: []string{base64.StdEncoding.EncodeToString(k.certificate)},
		Alg: "RS256",
	}
}

func hostOf(rawURL string) string {
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return rawURL
	}
	return parsed.Hostname()
}
