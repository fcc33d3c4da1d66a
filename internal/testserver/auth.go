// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// caller is who a request to the Management API comes from.
type caller struct {
	clientID     string
	scopes       []string
	unrestricted bool // A person at the dashboard.
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

// authenticate checks the bearer token of a request to the Management API and words its refusals as API contract 1.4.
func (s *Server) authenticate(c *call) (caller, *reply) {
	credentials := c.http.Header.Values("Authorization")
	if len(credentials) == 0 {
		refusal := problem(http.StatusUnauthorized, "", "Missing authentication")
		refusal.header["Www-Authenticate"] = []string{"Bearer"}
		return caller{}, &refusal
	}
	token, ok := bearerToken(credentials)
	if !ok {
		refusal := malformedBearer()
		return caller{}, &refusal
	}
	api, err := s.store.resourceServerByIdentifier(s.managementIdentifier())
	if err != nil {
		panic(err) // The Management API cannot be deleted.
	}
	claims, err := s.verifyFor(c, token, api)
	if err != nil {
		refusal := refuseBearer(err, claims)
		return caller{}, &refusal
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

func malformedBearer() reply {
	return problem(http.StatusBadRequest, "Bearer", "Bad HTTP authentication header format")
}

// refuseBearer words why a token is not accepted.
//
// ASSUMED: a wrong issuer is an "Invalid token", and every 401 of this kind carries `attributes` with the same text, as
// was seen for two of them.
func refuseBearer(err error, claims tokenClaims) reply {
	text := "Invalid token"
	switch {
	case errors.Is(err, errTokenFormat):
		return malformedBearer()
	case errors.Is(err, errTokenExpired):
		text = "Expired token received for JSON Web Token validation"
	case errors.Is(err, errTokenSignature):
		text = "Invalid signature received for JSON Web Token validation"
	case errors.Is(err, errTokenAudience):
		text = "Bad audience: " + strings.Join(claims.Audience, ",")
	}
	return respond(http.StatusUnauthorized, problemBody{
		StatusCode: http.StatusUnauthorized, Error: http.StatusText(http.StatusUnauthorized),
		Message: text, Attributes: map[string]string{"error": text},
	})
}
