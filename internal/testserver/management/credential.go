// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"maps"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// The limits of the keys (API contract 7.2).
const (
	minCredentialBits = 2048
	maxCredentialBits = 4096
)

// credentialRules are the reasons to refuse a new credential, for the route table.
var credentialRules = []*wire.Refusal{
	errCredentialPEM, errCredentialBits, errCredentialNeedsPEM, errCredentialSubject,
	tenant.ErrTooManyCredentials,
}

// newCredential makes a credential of a valid body.
//
// ASSUMED: an `expires_at` that is sent wins over the certificate's; a key without a certificate
// has no expiry to read.
func newCredential(given schema.Document, now time.Time) (tenant.Credential, error) {
	made := tenant.Credential{
		ID:        tenant.NewCredentialID(),
		CreatedAt: tenant.Moment{Time: now},
		UpdatedAt: tenant.Moment{Time: now},
	}
	given.Overlay(&made)
	switch {
	case made.SubjectDN != "" && (made.PEM != "" || made.Type != tenant.CertificateSubjectType):
		return made, errCredentialSubject
	case made.SubjectDN != "":
		return made, nil
	case made.PEM == "":
		return made, errCredentialNeedsPEM.With(made.Type)
	}
	key, err := pki.ParsePublicKey(made.PEM)
	switch {
	case err != nil, made.Type != tenant.PublicKeyType && key.Certificate == nil:
		return made, errCredentialPEM
	case key.N.BitLen() < minCredentialBits, key.N.BitLen() > maxCredentialBits:
		return made, errCredentialBits
	}
	if made.ExpiresAt == nil && key.Certificate != nil &&
		(made.Type == tenant.CertificateType || given.IsTrue("parse_expiry_from_cert")) {
		made.ExpiresAt = &tenant.Moment{Time: key.Certificate.NotAfter}
	}
	err = describeKey(&made, key)
	return made, err
}

// describeKey fills in what follows from the key (API contract 7.1).
//
// ASSUMED: `kid` and `alg` are filled in for public keys only, and the subject of a certificate
// only for the credential type that is named after it.
func describeKey(one *tenant.Credential, key pki.PublicKey) error {
	switch one.Type {
	case tenant.CertificateSubjectType:
		one.SubjectDN = pki.SubjectLines(key.Certificate)
		return nil
	case tenant.CertificateType:
		one.ThumbprintSHA256 = pki.CertificateThumbprint(key.Certificate)
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

// showCredential is the credential as answers show it: the PEM goes in and never comes out (API
// contract 7.1).
func showCredential(one tenant.Credential) any {
	one.PEM = ""
	return one
}

// addInlineCredentials makes the credentials that a body brings along, and returns the body with
// their ids in place of them (API contract 7.3).
func addInlineCredentials(
	c *tenant.Client, given schema.Document, now time.Time,
) (schema.Document, error) {
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
				err = c.AddCredential(made)
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
