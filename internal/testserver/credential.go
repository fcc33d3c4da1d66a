// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"maps"
	"slices"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// credential is what a client authenticates with in place of its secret (API contract 7.1).
type credential struct {
	ID        string  `json:"id"`
	Type      string  `json:"credential_type"`
	Name      string  `json:"name,omitzero"`
	SubjectDN string  `json:"subject_dn,omitzero"`
	KID       string  `json:"kid,omitzero"`
	Alg       string  `json:"alg,omitzero"`
	PEM       string  `json:"pem,omitzero"`
	CreatedAt moment  `json:"created_at"`
	UpdatedAt moment  `json:"updated_at"`
	ExpiresAt *moment `json:"expires_at,omitzero"`
}

// The types of credentials. The last two are for mutual TLS.
const (
	publicKeyType          = "public_key"
	certificateSubjectType = "cert_subject_dn"
	certificateType        = "x509_cert"
)

// The limits of API contract 7.2.
const (
	minCredentialBits = 2048
	maxCredentialBits = 4096
	maxCredentials    = 2
)

// credentialRules are what newCredential and addCredential refuse, for the route table.
var credentialRules = []*wire.Refusal{
	errCredentialPEM, errCredentialBits, errCredentialNeedsPEM, errCredentialSubject, errTooManyCredentials,
}

// newCredential makes a credential of a valid body.
//
// ASSUMED: an `expires_at` that is sent wins over the certificate's; a key without a certificate has no expiry to read.
func newCredential(given schema.Document, now time.Time) (credential, error) {
	made := credential{ID: newCredentialID(), CreatedAt: moment{now}, UpdatedAt: moment{now}}
	given.Overlay(&made)
	switch {
	case made.SubjectDN != "" && (made.PEM != "" || made.Type != certificateSubjectType):
		return made, errCredentialSubject
	case made.SubjectDN != "":
		return made, nil
	case made.PEM == "":
		return made, errCredentialNeedsPEM.With(made.Type)
	}
	key, err := pki.ParsePublicKey(made.PEM)
	switch {
	case err != nil, made.Type != publicKeyType && key.Certificate == nil:
		return made, errCredentialPEM
	case key.N.BitLen() < minCredentialBits, key.N.BitLen() > maxCredentialBits:
		return made, errCredentialBits
	}
	if made.ExpiresAt == nil && key.Certificate != nil && given.IsTrue("parse_expiry_from_cert") {
		made.ExpiresAt = &moment{key.Certificate.NotAfter}
	}
	return made, made.describe(key)
}

// describe fills in what follows from the key.
//
// ASSUMED: `kid` and `alg` are filled in for public keys only, and the subject of a certificate for the type named after it.
func (one *credential) describe(key pki.PublicKey) error {
	switch one.Type {
	case certificateSubjectType:
		one.SubjectDN = key.Certificate.Subject.String()
		return nil
	case certificateType:
		return nil
	}
	if one.Alg == "" {
		one.Alg = "RS256"
	}
	if one.KID != "" {
		return nil
	}
	var err error
	one.KID, err = key.Thumbprint()
	return err
}

// shown is the credential as answers show it: the PEM goes in and never comes out (API contract 7.1).
func (one credential) shown() any {
	one.PEM = ""
	return one
}

func (one credential) expired(now time.Time) bool {
	return one.ExpiresAt != nil && !now.Before(one.ExpiresAt.Time)
}

// attachKey lets a client authenticate with one more key, and with nothing but keys from then on.
func (c *client) attachKey(key credential) {
	c.Credentials = append(slices.Clone(c.Credentials), key)
	attached := append(slices.Clone(c.AuthenticationMethods[privateKeyJWT].Credentials), credentialReference{key.ID})
	c.AuthenticationMethods = authenticationMethods{privateKeyJWT: {attached}}
	c.TokenEndpointAuthMethod = nil
}

// addCredential keeps a credential for a client. It is of no use before it is attached.
func (c *client) addCredential(made credential) error {
	if len(c.Credentials) >= maxCredentials {
		return errTooManyCredentials
	}
	c.Credentials = append(slices.Clone(c.Credentials), made)
	return nil
}

// dropCredential forgets a credential, whether it is there and attached or not.
//
// ASSUMED: an attached one can be deleted, as the API's own description of the endpoint has it ("may be enabled or
// disabled"). A client that loses its last key that way does not get its secret back, which would let in those that the
// key was meant to keep out.
func (c *client) dropCredential(id string) {
	c.Credentials = slices.DeleteFunc(slices.Clone(c.Credentials), func(one credential) bool { return one.ID == id })
	c.AuthenticationMethods = maps.Clone(c.AuthenticationMethods)
	for method, attached := range c.AuthenticationMethods {
		left := slices.DeleteFunc(slices.Clone(attached.Credentials), func(one credentialReference) bool { return one.ID == id })
		c.AuthenticationMethods[method] = attachedCredentials{left}
	}
}

// addInlineCredentials makes the credentials that a body brings along, and returns the body with their ids in place of them (API
// contract 7.3).
func (c *client) addInlineCredentials(given schema.Document, now time.Time) (schema.Document, error) {
	methods := given.Object("client_authentication_methods")
	if methods == nil {
		return given, nil
	}
	attached := map[string]any{}
	for method := range methods {
		ids := []any{}
		for _, item := range methods.Object(method).List("credentials") {
			made, err := newCredential(item, now)
			if err == nil {
				err = c.addCredential(made)
			}
			if err != nil {
				return nil, err
			}
			ids = append(ids, map[string]any{"id": made.ID})
		}
		attached[method] = map[string]any{"credentials": ids}
	}
	rest := maps.Clone(given)
	rest["client_authentication_methods"] = attached
	return rest, nil
}
