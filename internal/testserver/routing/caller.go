// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package routing

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Caller is the sender of a request. The zero value is an unauthenticated caller.
type Caller struct {
	ClientID     string   // The client of the token or credentials.
	Scopes       []string // The scopes of a Management API token.
	Unrestricted bool     // A person using the dashboard.
}

// HasAny reports whether the caller has at least one of the scopes.
func (who Caller) HasAny(scopes []string) bool {
	return who.Unrestricted ||
		slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(who.Scopes, s) })
}

// Lacks returns the scopes that the caller needs for a route but does not have: the missing ones if
// the route needs all of its scopes, or all of them if one would be enough.
//
// ASSUMED: the former; API contract 1.4 shows only a refusal by a route where any scope is enough.
func (who Caller) Lacks(r *Route) []string {
	switch {
	case r.AllScopes:
		return slices.DeleteFunc(slices.Clone(r.Scopes), func(s string) bool {
			return who.HasAny([]string{s})
		})
	case who.HasAny(r.Scopes):
		return nil
	default:
		return r.Scopes
	}
}

// ErrInsufficientScope refuses a token that lacks the scopes of a route (API contract 1.4). The
// text has a comma where the documentation has a semicolon.
var ErrInsufficientScope = wire.Forbidden(
	"insufficient_scope", "Insufficient scope, expected any of: %s",
)
