// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// The limits of an assertion (API contract 9.3).
const (
	maxAssertionBytes    = 2048
	maxAssertionClaim    = 64
	maxAssertionLifetime = 5 * time.Minute
	assertionSkew        = 10 * time.Second
)

// assertionClaims has a plain string as `aud`, because an assertion has one audience.
type assertionClaims struct {
	Issuer    string           `json:"iss"`
	Subject   string           `json:"sub"`
	Audience  string           `json:"aud"`
	Expires   *jwt.NumericDate `json:"exp"`
	IssuedAt  *jwt.NumericDate `json:"iat"`
	NotBefore *jwt.NumericDate `json:"nbf"`
	ID        string           `json:"jti"`
}

// authenticateByAssertion implements private_key_jwt. In the real API, the descriptions of the
// errors vary (API contract 9.3).
func (s *Service) authenticateByAssertion(params tokenParams) (tenant.Client, error) {
	if params["client_assertion_type"] != assertionType {
		return tenant.Client{}, errAssertion.With("client_assertion_type must be " + assertionType)
	}
	assertion := params["client_assertion"]
	if len(assertion) > maxAssertionBytes {
		return tenant.Client{}, errAssertion.With("client_assertion is too long")
	}
	parsed, err := parseSigned(assertion, []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.PS256,
	})
	if err != nil {
		return tenant.Client{}, errAssertion.With("client_assertion is malformed")
	}
	var claims assertionClaims
	if err := json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &claims); err != nil {
		return tenant.Client{}, errAssertion.With("client_assertion has malformed claims")
	}
	who, err := s.store.Client(tenant.Present, claims.Subject)
	if err != nil || !signedBy(who, parsed, s.store.Now()) {
		return tenant.Client{}, errAssertion.With("client_assertion has an invalid signature")
	}
	if given := params["client_id"]; given != "" && given != who.ClientID {
		return tenant.Client{}, errAssertion.With("client_id does not match the client_assertion")
	}
	if err := s.checkAssertion(claims); err != nil {
		return tenant.Client{}, errAssertion.With(err.Error())
	}
	return who, nil
}

// signedBy reports whether an unexpired key of the client made the signature with the algorithm of
// that key.
func signedBy(c tenant.Client, assertion *jose.JSONWebSignature, now time.Time) bool {
	header := assertion.Signatures[0].Protected
	for _, one := range c.Keys(now) {
		if one.Alg != header.Algorithm || (header.KeyID != "" && header.KeyID != one.KID) {
			continue
		}
		key, err := pki.ParsePublicKey(one.PEM)
		if err != nil {
			continue
		}
		if _, err := assertion.Verify(key.PublicKey); err == nil {
			return true
		}
	}
	return false
}

func (s *Service) checkAssertion(claims assertionClaims) error {
	now := s.store.Now()
	start := now
	if claims.IssuedAt != nil {
		start = claims.IssuedAt.Time()
	}
	switch {
	case claims.Issuer != claims.Subject, len(claims.Subject) > maxAssertionClaim:
		return errors.New("iss and sub of the client_assertion must be the client_id")
	case claims.Audience != s.store.Issuer():
		return errors.New("aud of the client_assertion must be " + s.store.Issuer())
	case claims.Expires == nil, !now.Before(claims.Expires.Time().Add(assertionSkew)):
		return errors.New("the client_assertion has expired")
	case start.After(now.Add(assertionSkew)):
		return errors.New("iat of the client_assertion is in the future")
	case claims.Expires.Time().Sub(start) > maxAssertionLifetime:
		return errors.New("exp of the client_assertion must be no more than 5 minutes after iat")
	case claims.NotBefore != nil && claims.NotBefore.Time().After(now.Add(assertionSkew)):
		return errors.New("the client_assertion is not valid yet")
	case claims.ID == "", len(claims.ID) > maxAssertionClaim:
		return errors.New("jti of the client_assertion must have 1 to 64 characters")
	case !s.replays.admit(
		claims.Subject+" "+claims.ID, claims.Expires.Time().Add(assertionSkew), now,
	):
		return errors.New("jti of the client_assertion has been used")
	}
	return nil
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
