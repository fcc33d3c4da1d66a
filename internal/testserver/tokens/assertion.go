// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"encoding/json"
	"errors"
	"fmt"
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
func (s *Service) authenticateByAssertion(d *decision) (tenant.Client, error) {
	if d.params["client_assertion_type"] != assertionType {
		return tenant.Client{}, badAssertion("client_assertion_type must be "+assertionType,
			"Send this client_assertion_type.")
	}
	assertion := d.params["client_assertion"]
	if len(assertion) > maxAssertionBytes {
		return tenant.Client{}, badAssertion("client_assertion is too long",
			fmt.Sprintf("Send at most %d bytes.", maxAssertionBytes))
	}
	parsed, err := parseSigned(assertion, []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.PS256,
	})
	if err != nil {
		return tenant.Client{}, badAssertion("client_assertion is malformed",
			"Send a JWT that is signed with RS256, RS384 or PS256.")
	}
	var claims assertionClaims
	if err := json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &claims); err != nil {
		return tenant.Client{}, badAssertion("client_assertion has malformed claims",
			"Send iss, sub, aud and jti as strings, and times as numbers.")
	}
	who, err := s.store.Client(tenant.Present, claims.Subject)
	if err != nil || !signedBy(who, parsed, s.store.Now()) {
		return tenant.Client{}, badAssertion("client_assertion has an invalid signature",
			"Sign with a key of the client whose id is sub. The key must be named in its "+
				"client_authentication_methods, and must not have expired.")
	}
	if given := d.params["client_id"]; given != "" && given != who.ClientID {
		return tenant.Client{}, badAssertion("client_id does not match the client_assertion",
			"Send the client_id that is sub of the assertion, or none.")
	}
	if err := s.checkAssertion(claims, !d.rehearsal); err != nil {
		return tenant.Client{}, badAssertion(err.Error(),
			"Correct the claims, and make a new assertion for each request.")
	}
	return who, nil
}

// badAssertion refuses an assertion. The client gets the whole reason.
func badAssertion(why, change string) error {
	return because(errAssertion.With(why), "The assertion is refused: "+why+".", change)
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

// checkAssertion checks the claims. If remember is true, the assertion cannot be used again.
func (s *Service) checkAssertion(claims assertionClaims, remember bool) error {
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
		claims.Subject+" "+claims.ID, claims.Expires.Time().Add(assertionSkew), now, remember,
	):
		return errors.New("jti of the client_assertion has been used")
	}
	return nil
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
