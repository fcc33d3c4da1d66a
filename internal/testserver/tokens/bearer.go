// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"errors"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Authenticate checks the bearer token of a Management API request (API contract 1.4).
func (s *Service) Authenticate(c *routing.Call) (routing.Caller, error) {
	credentials := c.HTTP.Header.Values("Authorization")
	if len(credentials) == 0 {
		return routing.Caller{}, errNoBearer
	}
	token, ok := bearerToken(credentials)
	if !ok {
		return routing.Caller{}, errBearerFormat
	}
	api, err := s.store.ResourceServerByIdentifier(s.store.ManagementIdentifier())
	if err != nil {
		panic(err) // The Management API cannot be deleted.
	}
	claims, err := s.verifyFor(c, token, api)
	if err != nil {
		return routing.Caller{}, refuseBearer(err, claims)
	}
	return routing.Caller{ClientID: claims.client(), Scopes: strings.Fields(claims.Scope)}, nil
}

// bearerToken extracts the token from the Authorization header.
//
// ASSUMED: a second Authorization header, or another scheme, counts as a malformed header.
func bearerToken(headers []string) (string, bool) {
	if len(headers) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// refuseBearer returns the refusal for a token that failed verification.
//
// ASSUMED: a token of another issuer, or one that is not valid yet, is an "Invalid token".
func refuseBearer(err error, claims Claims) *wire.Refusal {
	switch {
	case errors.Is(err, errTokenFormat):
		return errBearerFormat
	case errors.Is(err, errTokenExpired):
		return errBearerExpired
	case errors.Is(err, errTokenSignature):
		return errBearerSignature
	case errors.Is(err, errTokenAudience):
		return errBearerAudience.With(strings.Join(claims.Audience, ","))
	default:
		return errBearerInvalid
	}
}

// Refusals of access tokens by the Management API (API contract 1.4).
//
// ASSUMED: every 401 about a token has `attributes`; two such replies were observed.
var (
	errNoBearer = &wire.Refusal{
		Status: http.StatusUnauthorized, Text: "Missing authentication",
		Header: http.Header{"Www-Authenticate": {"Bearer"}},
	}
	errBearerFormat    = wire.BadRequest("Bearer", "Bad HTTP authentication header format")
	errBearerInvalid   = wire.InvalidBearer("Invalid token")
	errBearerExpired   = wire.InvalidBearer("Expired token received for JSON Web Token validation")
	errBearerSignature = wire.InvalidBearer("Invalid signature received for JSON Web Token " +
		"validation")
	errBearerAudience = wire.InvalidBearer("Bad audience: %s")
)

// BearerRefusals lists all refusals of access tokens, for SUPPORTED.md.
var BearerRefusals = []*wire.Refusal{
	errNoBearer, errBearerFormat, errBearerInvalid, errBearerExpired, errBearerSignature,
	errBearerAudience,
}
