// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// accessTokenClaims are the claims of both dialects, in the observed order (API contract 10.2,
// 10.3).
type accessTokenClaims struct {
	Issuer           string   `json:"iss"`
	Subject          string   `json:"sub"`
	Audience         string   `json:"aud"`
	IssuedAt         int64    `json:"iat"`
	Expires          int64    `json:"exp"`
	Scope            string   `json:"scope,omitzero"`
	OrganizationID   string   `json:"org_id,omitzero"`
	OrganizationName string   `json:"org_name,omitzero"`
	GrantType        string   `json:"gty,omitzero"`
	AuthorizedParty  string   `json:"azp,omitzero"`
	ID               string   `json:"jti,omitzero"`
	ClientID         string   `json:"client_id,omitzero"`
	Permissions      []string `json:"permissions,omitzero"`
}

// claims returns the claims of a token in the API's dialect.
//
// ASSUMED: an authorization dialect has no effect without enforce_policies (API contract 3.4), and
// `permissions` equals the issued scopes (API contract 15).
func (s *Service) claims(e entitlement) accessTokenClaims {
	now := s.store.Now().Unix()
	if e.expired {
		// An hour is more than the clock skew that any API tolerates.
		now -= int64(e.api.TokenLifetime) + 3600
	}
	claims := accessTokenClaims{
		Issuer:           s.store.Issuer(),
		Subject:          e.clientID + "@clients",
		Audience:         e.api.Identifier,
		IssuedAt:         now,
		Expires:          now + int64(e.api.TokenLifetime),
		Scope:            strings.Join(e.scopes, " "),
		OrganizationID:   e.organization.ID,
		OrganizationName: e.organization.Name,
	}
	if usesRFC9068(e.api) {
		claims.ID, claims.ClientID = wire.RandomText(22), e.clientID
	} else {
		claims.GrantType, claims.AuthorizedParty = "client-credentials", e.clientID
	}
	if strings.HasSuffix(e.api.TokenDialect, "_authz") && e.api.EnforcePolicies != nil &&
		*e.api.EnforcePolicies {
		claims.Permissions = append([]string{}, e.scopes...)
	}
	return claims
}

func usesRFC9068(api tenant.ResourceServer) bool {
	return strings.HasPrefix(api.TokenDialect, "rfc9068_profile")
}

// mint makes an access token, encrypted if the API requires it (API contract 10.1).
func (s *Service) mint(e entitlement) (string, error) {
	kind := jose.ContentType("JWT")
	if usesRFC9068(e.api) {
		kind = "at+jwt"
	}
	signer, err := jose.NewSigner(s.signingKeyOf(e.api), (&jose.SignerOptions{}).WithType(kind))
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(e.custom.before(wire.Encode(s.claims(e))))
	if err != nil {
		return "", err
	}
	token, err := signed.CompactSerialize()
	if err != nil || e.api.TokenEncryption == nil {
		return token, err
	}
	return e.api.TokenEncryption.EncryptionKey.Encrypt(token)
}

// signingKeyOf returns the tenant's current key, or the API's own secret for HS256 (API contract
// 10.5).
//
// ASSUMED: tokens signed with a secret have no kid.
func (s *Service) signingKeyOf(api tenant.ResourceServer) jose.SigningKey {
	algorithm := jose.SignatureAlgorithm(api.SigningAlg)
	if api.SigningAlg == "HS256" {
		return jose.SigningKey{Algorithm: algorithm, Key: hmacKey(api.SigningSecret)}
	}
	current := s.store.CurrentSigningKey()
	return jose.SigningKey{
		Algorithm: algorithm,
		Key:       jose.JSONWebKey{Key: current.Private.PrivateKey, KeyID: current.KID},
	}
}

// hmacKey returns the secret as an HMAC key. The API accepts secrets of 16 characters, but go-jose
// requires 32 bytes for HS256. Padding a key with zeros up to the block size does not change the
// HMAC (RFC 2104).
//
// ASSUMED: the secret's bytes are used without base64 decoding (API contract 10.5).
func hmacKey(secret string) []byte {
	key := []byte(secret)
	for len(key) < 32 {
		key = append(key, 0)
	}
	return key
}
