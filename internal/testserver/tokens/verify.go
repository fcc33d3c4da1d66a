// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/go-jose/go-jose/v4"
	// Tells names apart by case: an action may add a claim `Scope`.
	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Why an API does not accept an access token.
var (
	errTokenFormat    = errors.New("the token is not a JWT")
	errTokenRefused   = errors.New("the token is not acceptable")
	errTokenSignature = errors.New("the signature does not fit")
	errTokenExpired   = errors.New("the token has expired")
	errTokenAudience  = errors.New("the token is for another audience")
	errTokenIssuer    = errors.New("the token is of another issuer")
)

// Claims is what APIs read from an access token, in either dialect.
type Claims struct {
	Issuer          string           `json:"iss"`
	Audience        jwt.Audience     `json:"aud"`
	Expires         *jwt.NumericDate `json:"exp"`
	Scope           string           `json:"scope"`
	AuthorizedParty string           `json:"azp"`
	ClientID        string           `json:"client_id"`
}

// client is in `azp`, and in `client_id` in the RFC 9068 dialect (API contract 10.3).
func (c Claims) client() string {
	if c.AuthorizedParty != "" {
		return c.AuthorizedParty
	}
	return c.ClientID
}

// Verify checks an access token as the API does that it should be for: an algorithm of the API's,
// the signature, expiry, audience and issuer. The claims come back with the last three errors too.
func (s *Service) Verify(token string, api tenant.ResourceServer) (Claims, error) {
	parsed, err := jose.ParseSignedCompact(token, acceptedAlgorithms(api))
	switch {
	case err != nil && !looksLikeJWT(token):
		return Claims{}, errTokenFormat
	case err != nil:
		return Claims{}, errTokenRefused
	}
	key, ok := s.verificationKey(parsed.Signatures[0].Protected, api)
	if !ok {
		return Claims{}, errTokenSignature
	}
	content, err := parsed.Verify(key)
	if err != nil {
		return Claims{}, errTokenSignature
	}
	var claims Claims
	if err := json.Unmarshal(content, &claims); err != nil || claims.Expires == nil {
		return Claims{}, errTokenRefused
	}
	switch {
	case !s.store.Now().Before(claims.Expires.Time()):
		return claims, errTokenExpired
	case !claims.Audience.Contains(api.Identifier):
		return claims, errTokenAudience
	case claims.Issuer != s.store.Issuer():
		return claims, errTokenIssuer
	}
	return claims, nil
}

// verifyFor checks the token that came with a call, which a fault can make a token that has
// expired.
func (s *Service) verifyFor(
	c *routing.Call, token string, api tenant.ResourceServer,
) (Claims, error) {
	claims, err := s.Verify(token, api)
	if err == nil && c.TokenExpired {
		err = errTokenExpired
	}
	return claims, err
}

// acceptedAlgorithms lists more than the one that new tokens are signed with: those that were
// issued before a change of signing_alg stay valid. That of a system API does not change.
//
// ASSUMED: issued tokens are not recalled (API contract 14).
func acceptedAlgorithms(api tenant.ResourceServer) []jose.SignatureAlgorithm {
	if api.IsSystem {
		return []jose.SignatureAlgorithm{jose.SignatureAlgorithm(api.SigningAlg)}
	}
	accepted := []jose.SignatureAlgorithm{jose.RS256, jose.RS512, jose.PS256}
	if api.SigningSecret != "" {
		accepted = append(accepted, jose.HS256)
	}
	return accepted
}

// verificationKey picks the API's own secret for HS256, and never a public key, which everybody
// knows. For the others it picks a key of the tenant by its id, unless it has been revoked (API
// contract 8); a token that names none is not one of ours.
func (s *Service) verificationKey(header jose.Header, api tenant.ResourceServer) (any, bool) {
	if header.Algorithm == string(jose.HS256) {
		return hmacKey(api.SigningSecret), true
	}
	return s.store.VerificationKey(header.KeyID)
}

// looksLikeJWT tells what is no JWT at all from what is one that cannot be accepted (API contract
// 1.4).
func looksLikeJWT(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	var fields map[string]any
	return err == nil && json.Unmarshal(header, &fields) == nil
}
