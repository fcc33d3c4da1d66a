// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"maps"
	"slices"
	"time"
)

// Credential is what a client authenticates with in place of its secret (API contract 7.1).
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

// AttachKey lets a client authenticate with one more key, and with nothing but keys from then on.
func (c *Client) AttachKey(key Credential) {
	c.Credentials = append(slices.Clone(c.Credentials), key)
	attached := append(slices.Clone(c.AuthenticationMethods[PrivateKeyJWT].Credentials), credentialReference{key.ID})
	c.AuthenticationMethods = authenticationMethods{PrivateKeyJWT: {attached}}
	c.TokenEndpointAuthMethod = nil
}

// MaxCredentials is how many credentials a client can have (API contract 7.2).
const MaxCredentials = 2

// AddCredential keeps a credential for a client. It is of no use before it is attached.
func (c *Client) AddCredential(made Credential) error {
	if len(c.Credentials) >= MaxCredentials {
		return ErrTooManyCredentials
	}
	c.Credentials = append(slices.Clone(c.Credentials), made)
	return nil
}

// dropCredential forgets a credential, whether it is there and attached or not.
//
// ASSUMED: an attached one can be deleted, as the API's own description of the endpoint has it ("may be enabled or
// disabled"). A client that loses its last key that way does not get its secret back, which would let in those that the
// key was meant to keep out.
func (c *Client) dropCredential(id string) {
	c.Credentials = slices.DeleteFunc(slices.Clone(c.Credentials), func(one Credential) bool { return one.ID == id })
	c.AuthenticationMethods = maps.Clone(c.AuthenticationMethods)
	for method, attached := range c.AuthenticationMethods {
		left := slices.DeleteFunc(slices.Clone(attached.Credentials), func(one credentialReference) bool { return one.ID == id })
		c.AuthenticationMethods[method] = attachedCredentials{left}
	}
}
