// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/go-jose/go-jose/v4"
	// Unlike encoding/json, it compares names by case: an action may add a claim `Scope`.
	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Reasons why an API does not accept an access token.
var (
	errTokenFormat    = errors.New("the token is not a JWT")
	errTokenRefused   = errors.New("the token is not acceptable")
	errTokenSignature = errors.New("the signature does not fit")
	errTokenExpired   = errors.New("the token has expired")
	errTokenEarly     = errors.New("the token is not valid yet")
	errTokenAudience  = errors.New("the token is for another audience")
	errTokenIssuer    = errors.New("the token is of another issuer")
	errTokenScope     = errors.New("the token lacks the scope")
)

// Claims are the claims of an access token that APIs read, in either dialect.
type Claims struct {
	Issuer          string           `json:"iss"`
	Audience        jwt.Audience     `json:"aud"`
	Expires         *jwt.NumericDate `json:"exp"`
	NotBefore       *jwt.NumericDate `json:"nbf"`
	Scope           string           `json:"scope"`
	AuthorizedParty string           `json:"azp"`
	ClientID        string           `json:"client_id"`
}

// client returns the client id, which is in `azp`, or in `client_id` in the RFC 9068 dialect (API
// contract 10.3).
func (c Claims) client() string {
	if c.AuthorizedParty != "" {
		return c.AuthorizedParty
	}
	return c.ClientID
}

// verification is a token on its way through the checks. Each check adds what it has found.
type verification struct {
	token   string
	api     tenant.ResourceServer
	parsed  *jose.JSONWebSignature
	key     any
	content []byte
	claims  Claims
}

// check is one check of an access token.
type check struct {
	name string
	run  func(*Service, *verification) error
}

// checks are what an API checks, in order.
var checks = []check{
	{"format", (*Service).checkFormat},
	{"key", (*Service).findKey},
	{"signature", (*Service).checkSignature},
	{"claims", (*Service).readClaims},
	{"expiry", (*Service).checkExpiry},
	{"not_before", (*Service).checkNotBefore},
	{"audience", (*Service).checkAudience},
	{"issuer", (*Service).checkIssuer},
}

// Verify checks an access token as its API does: algorithm, signature, time, audience and issuer.
// It returns the claims also if time, audience or issuer is wrong.
func (s *Service) Verify(token string, api tenant.ResourceServer) (Claims, error) {
	v := &verification{token: token, api: api}
	for _, next := range checks {
		if err := next.run(s, v); err != nil {
			return v.claims, err
		}
	}
	return v.claims, nil
}

func (*Service) checkFormat(v *verification) (err error) {
	v.parsed, err = parseSigned(v.token, acceptedAlgorithms(v.api))
	switch {
	case err != nil && !looksLikeJWT(v.token):
		return errTokenFormat
	case err != nil:
		return errTokenRefused
	}
	return nil
}

func (s *Service) findKey(v *verification) error {
	var found bool
	if v.key, found = s.verificationKey(v.parsed.Signatures[0].Protected, v.api); !found {
		return errTokenSignature
	}
	return nil
}

func (*Service) checkSignature(v *verification) (err error) {
	if v.content, err = v.parsed.Verify(v.key); err != nil {
		return errTokenSignature
	}
	return nil
}

func (*Service) readClaims(v *verification) error {
	var claims Claims
	if err := json.Unmarshal(v.content, &claims); err != nil || claims.Expires == nil {
		return errTokenRefused
	}
	v.claims = claims
	return nil
}

func (s *Service) checkExpiry(v *verification) error {
	if !s.store.Now().Before(v.claims.Expires.Time()) {
		return errTokenExpired
	}
	return nil
}

func (s *Service) checkNotBefore(v *verification) error {
	if v.claims.NotBefore != nil && s.store.Now().Before(v.claims.NotBefore.Time()) {
		return errTokenEarly
	}
	return nil
}

func (*Service) checkAudience(v *verification) error {
	if !v.claims.Audience.Contains(v.api.Identifier) {
		return errTokenAudience
	}
	return nil
}

func (s *Service) checkIssuer(v *verification) error {
	if v.claims.Issuer != s.store.Issuer() {
		return errTokenIssuer
	}
	return nil
}

// verifyFor checks the token of a call. A fault can make it count as expired.
func (s *Service) verifyFor(
	c *routing.Call, token string, api tenant.ResourceServer,
) (Claims, error) {
	claims, err := s.Verify(token, api)
	if err == nil && c.TokenExpired {
		err = errTokenExpired
	}
	return claims, err
}

// acceptedAlgorithms lists all algorithms that tokens of an API can have: tokens issued before a
// change of signing_alg stay valid. The algorithm of a system API never changes.
//
// ASSUMED: issued tokens are not revoked (API contract 14).
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

// verificationKey returns the API's own secret for HS256, never a public key, which everybody
// knows. For other algorithms it returns the tenant's key with the token's kid, unless that key is
// revoked (API contract 8). A token without a kid is refused.
func (s *Service) verificationKey(header jose.Header, api tenant.ResourceServer) (any, bool) {
	if header.Algorithm == string(jose.HS256) {
		return hmacKey(api.SigningSecret), true
	}
	return s.store.VerificationKey(header.KeyID)
}

// parseSigned reads a signed token or a client assertion without verifying it. It refuses texts
// that are not the canonical encoding: the library ignores the unused bits at the end of a part and
// skips line breaks, so many texts would be the same token.
func parseSigned(text string, accepted []jose.SignatureAlgorithm) (*jose.JSONWebSignature, error) {
	if !isCanonical(text) {
		return nil, errTokenFormat
	}
	return jose.ParseSignedCompact(text, accepted)
}

func isCanonical(text string) bool {
	parts := strings.Split(text, ".")
	for _, part := range parts {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return false
		}
	}
	return len(parts) == 3 && !strings.ContainsAny(text, "\r\n")
}

// looksLikeJWT distinguishes a JWT that is not acceptable from text that is not a JWT at all (API
// contract 1.4).
func looksLikeJWT(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	var fields map[string]any
	return err == nil && json.Unmarshal(header, &fields) == nil
}
