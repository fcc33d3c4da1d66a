// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is SHA-1 by definition (RFC 7517); nothing relies on its strength.
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
)

// SigningKey is a signing key of the tenant, which all of its APIs share (API contract 10.5). Its
// state follows from the times of its transitions, so the two cannot disagree.
type SigningKey struct {
	KID          string     `json:"kid"`
	Private      PrivateKey `json:"private"`
	Certificate  []byte     `json:"certificate"` // DER.
	CurrentSince time.Time  `json:"current_since,omitzero"`
	CurrentUntil time.Time  `json:"current_until,omitzero"`
	RevokedAt    time.Time  `json:"revoked_at,omitzero"`
}

var signingKeyKind = kind[SigningKey]{
	name: "signing_keys",
	id:   func(k SigningKey) string { return k.KID },
	key:  SigningKey.key,
	sound: func(_ finder, key SigningKey) error {
		if key.Private.PrivateKey == nil {
			return fmt.Errorf("the signing key %s has no private key", key.KID)
		}
		return nil
	},
}

// KeyState is the state of a signing key (API contract 8). The values are in the order in which
// keys are listed.
type KeyState int

// The states of a signing key.
const (
	CurrentKey KeyState = iota
	NextKey
	PreviousKey
	RevokedKey
)

// State returns the state of the key.
func (k SigningKey) State() KeyState {
	switch {
	case k.CurrentSince.IsZero():
		return NextKey
	case k.CurrentUntil.IsZero():
		return CurrentKey
	case k.RevokedAt.IsZero():
		return PreviousKey
	default:
		return RevokedKey
	}
}

// Natural keys that only one signing key at a time can have. They cannot be a kid, which is longer.
const (
	theCurrentKey = "current"
	theNextKey    = "next"
)

// key returns a natural key that lets the table hold only one current key and one next key.
func (k SigningKey) key() string {
	switch k.State() {
	case CurrentKey:
		return theCurrentKey
	case NextKey:
		return theNextKey
	default:
		return k.KID
	}
}

// PrivateKey is an RSA key that is parsed once, not for each token. Snapshots and the journal
// contain it as PKCS #8.
type PrivateKey struct{ *rsa.PrivateKey }

// MarshalJSON encodes the key as PKCS #8 in base64.
func (k PrivateKey) MarshalJSON() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		return nil, err
	}
	return json.Marshal(der)
}

// UnmarshalJSON decodes the output of MarshalJSON.
func (k *PrivateKey) UnmarshalJSON(text []byte) error {
	var der []byte
	if err := json.Unmarshal(text, &der); err != nil {
		return err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return err
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return fmt.Errorf("a signing key must be an RSA key, not %T", parsed)
	}
	k.PrivateKey = private
	return nil
}

// newSigningKey makes a self-signed certificate for a key, and the key itself if private is nil.
// The kid is derived from the key, so a key that several tests share has the same kid in all of
// them.
func newSigningKey(private *rsa.PrivateKey, host string, now time.Time) (SigningKey, error) {
	if private == nil {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return SigningKey{}, err
		}
		private = made
	}
	thumbprint, err := pki.PublicKey{PublicKey: &private.PublicKey}.Thumbprint()
	if err != nil {
		return SigningKey{}, err
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte(thumbprint[:8])),
		Subject:      pkix.Name{CommonName: host},
		NotBefore:    now,
		// About 13.7 years, as for real tenants (API contract 11.1).
		NotAfter:              now.AddDate(0, 0, 5000),
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	certificate, err := x509.CreateCertificate(
		rand.Reader, template, template, private.Public(), private,
	)
	if err != nil {
		return SigningKey{}, err
	}
	const kidLength = 21 // API contract 1.9.
	return SigningKey{
		KID:         thumbprint[:kidLength],
		Private:     PrivateKey{private},
		Certificate: certificate,
	}, nil
}

// SHA1 returns the hash of the certificate, which is the x5t of the key.
func (k SigningKey) SHA1() [sha1.Size]byte {
	return sha1.Sum(k.Certificate) //nolint:gosec // x5t is SHA-1 by definition (RFC 7517).
}

// IsRevoked reports whether the key has been revoked, which is permanent.
func (k SigningKey) IsRevoked() bool { return k.State() == RevokedKey }

// CertificatePEM returns the certificate as PEM.
func (k SigningKey) CertificatePEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate}))
}
