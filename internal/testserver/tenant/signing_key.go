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

// SigningKey is a key of the tenant. All its APIs share it (API contract 10.5). When it went from
// one state to the next is all there is to its state, so the two cannot disagree.
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
	sound: func(_ *tables, key SigningKey) error {
		if key.Private.PrivateKey == nil {
			return fmt.Errorf("the signing key %s has no private key", key.KID)
		}
		return nil
	},
}

// KeyState is where a signing key stands in its life, from next to revoked (API contract 8). The
// order here is that in which keys are listed.
type KeyState int

// The states of a signing key, in the order in which keys are listed.
const (
	CurrentKey KeyState = iota
	NextKey
	PreviousKey
	RevokedKey
)

// State is where the key stands in its life.
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

// The natural keys that only one signing key at a time can have; a kid is longer.
const (
	theCurrentKey = "current"
	theNextKey    = "next"
)

// key makes the table see to it that no two keys are current, or next.
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

// PrivateKey is parsed once and not for each token. Snapshots and the journal hold it as PKCS#8.
type PrivateKey struct{ *rsa.PrivateKey }

// MarshalJSON writes the PKCS#8 form in base64.
func (k PrivateKey) MarshalJSON() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		return nil, err
	}
	return json.Marshal(der)
}

// UnmarshalJSON reads what MarshalJSON writes.
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
		return fmt.Errorf("a signing key is an RSA key, not %T", parsed)
	}
	k.PrivateKey = private
	return nil
}

// newSigningKey makes the self-signed certificate that goes with a key, and the key itself when
// there is none. The kid follows from the key, so that a pair of keys that tests share has the same
// ids in all of them.
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
		// About 13.7 years, as real ones (API contract 11.1).
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

// SHA1 is the hash of the certificate that names a key.
func (k SigningKey) SHA1() [sha1.Size]byte {
	return sha1.Sum(k.Certificate) //nolint:gosec // x5t is SHA-1 by definition (RFC 7517).
}

// IsRevoked reports whether the key is out of use for good.
func (k SigningKey) IsRevoked() bool { return k.State() == RevokedKey }

// CertificatePEM is the certificate in PEM.
func (k SigningKey) CertificatePEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate}))
}
