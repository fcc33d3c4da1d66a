// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// caller is who a request comes from. The zero value is somebody who has not said.
type caller struct {
	clientID     string   // Whose token or credentials came along.
	scopes       []string // Of a Management API token.
	unrestricted bool     // A person at the dashboard.
}

func (who caller) hasAny(scopes []string) bool {
	return who.unrestricted || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(who.scopes, s) })
}

// lacks returns the scopes that would let a caller in who is not: each of them, or the missing ones where all are needed.
//
// ASSUMED: the latter; the contract shows a refusal only where any scope would do (1.4).
func (who caller) lacks(r *route) []string {
	switch {
	case r.allScopes:
		return slices.DeleteFunc(slices.Clone(r.scopes), func(s string) bool { return who.hasAny([]string{s}) })
	case who.hasAny(r.scopes):
		return nil
	default:
		return r.scopes
	}
}

// authenticate checks the bearer token of a request to the Management API (API contract 1.4).
func (s *Server) authenticate(c *call) (caller, error) {
	credentials := c.http.Header.Values("Authorization")
	if len(credentials) == 0 {
		return caller{}, errNoBearer
	}
	token, ok := bearerToken(credentials)
	if !ok {
		return caller{}, errBearerFormat
	}
	api, err := s.store.resourceServerByIdentifier(s.managementIdentifier())
	if err != nil {
		panic(err) // The Management API cannot be deleted.
	}
	claims, err := s.verifyFor(c, token, api)
	if err != nil {
		return caller{}, refuseBearer(err, claims)
	}
	return caller{clientID: claims.client(), scopes: strings.Fields(claims.Scope)}, nil
}

// bearerToken takes the token from the one Authorization header.
//
// ASSUMED: two such headers, or another scheme, are a header in bad format.
func bearerToken(headers []string) (string, bool) {
	if len(headers) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// refuseBearer says why a token is not accepted.
//
// ASSUMED: a wrong issuer is an "Invalid token".
func refuseBearer(err error, claims tokenClaims) *wire.Refusal {
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

// errInsufficientScope is what a token without one of the scopes that a route asks for meets with (API contract 1.4).
// There is a comma where the documentation prints a semicolon.
var errInsufficientScope = wire.Forbidden("insufficient_scope", "Insufficient scope, expected any of: %s")
