// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is SHA-1 by definition (RFC 7517); nothing relies on its strength.
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
)

// signingKey is a key of the tenant. All its APIs share it (API contract 10.5). When it went from one state to the
// next is all there is to its state, so the two cannot disagree.
type signingKey struct {
	KID          string     `json:"kid"`
	Private      privateKey `json:"private"`
	Certificate  []byte     `json:"certificate"` // DER.
	CurrentSince time.Time  `json:"current_since,omitzero"`
	CurrentUntil time.Time  `json:"current_until,omitzero"`
	RevokedAt    time.Time  `json:"revoked_at,omitzero"`
}

// keyState is where a signing key stands in its life, from next to revoked (API contract 8). The order here is that in
// which keys are listed.
type keyState int

const (
	currentKey keyState = iota
	nextKey
	previousKey
	revokedKey
)

func (k signingKey) state() keyState {
	switch {
	case k.CurrentSince.IsZero():
		return nextKey
	case k.CurrentUntil.IsZero():
		return currentKey
	case k.RevokedAt.IsZero():
		return previousKey
	default:
		return revokedKey
	}
}

// The natural keys that only one signing key at a time can have; a kid is longer.
const (
	theCurrentKey = "current"
	theNextKey    = "next"
)

// key makes the table see to it that no two keys are current, or next.
func (k signingKey) key() string {
	switch k.state() {
	case currentKey:
		return theCurrentKey
	case nextKey:
		return theNextKey
	default:
		return k.KID
	}
}

// privateKey is parsed once and not for each token. Snapshots and the journal hold it as PKCS#8.
type privateKey struct{ *rsa.PrivateKey }

// MarshalJSON writes the PKCS#8 form in base64.
func (k privateKey) MarshalJSON() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		return nil, err
	}
	return json.Marshal(der)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (k *privateKey) UnmarshalJSON(text []byte) error {
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

// makeSigningKeys gives the tenant its current and its next key. Those that are not given are made.
func (s *Server) makeSigningKeys(given []*rsa.PrivateKey) error {
	if len(given) > 2 {
		return errors.New("there are two signing keys at most, the current and the next one")
	}
	var keys [2]signingKey
	for i := range keys {
		var private *rsa.PrivateKey
		if i < len(given) {
			private = given[i]
		}
		key, err := newSigningKey(private, hostOf(s.tenant), s.clock.Now())
		if err != nil {
			return fmt.Errorf("signing key: %w", err)
		}
		keys[i] = key
	}
	if keys[0].KID == keys[1].KID {
		return errors.New("the current and the next signing key are the same")
	}
	return s.store.addSigningKeys(keys[0], keys[1])
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
	thumbprint, err := pki.PublicKey{PublicKey: &private.PublicKey}.Thumbprint()
	if err != nil {
		return signingKey{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes([]byte(thumbprint[:8])),
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
	return signingKey{KID: thumbprint[:kidLength], Private: privateKey{private}, Certificate: certificate}, nil
}

// sha1 is the hash of the certificate that names a key.
func (k signingKey) sha1() [sha1.Size]byte {
	return sha1.Sum(k.Certificate) //nolint:gosec // x5t is SHA-1 by definition (RFC 7517).
}
