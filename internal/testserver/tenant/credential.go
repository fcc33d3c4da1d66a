// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"time"
)

// Credential lets a client authenticate without its secret (API contract 7.1).
type Credential struct {
	ID        string  `json:"id"`
	Type      string  `json:"credential_type"`
	Name      string  `json:"name,omitzero"`
	SubjectDN string  `json:"subject_dn,omitzero"`
	KID       string  `json:"kid,omitzero"`
	Alg       string  `json:"alg,omitzero"`
	PEM       string  `json:"pem,omitzero"`
	CreatedAt Moment  `json:"created_at"`
	UpdatedAt Moment  `json:"updated_at"`
	ExpiresAt *Moment `json:"expires_at,omitzero"`

	ThumbprintSHA256 string `json:"thumbprint_sha256,omitzero"`
}

// The types of credentials. The last two are for mutual TLS.
const (
	PublicKeyType          = "public_key"
	CertificateSubjectType = "cert_subject_dn"
	CertificateType        = "x509_cert"
)

func (one Credential) expired(now time.Time) bool {
	return one.ExpiresAt != nil && !now.Before(one.ExpiresAt.Time)
}
