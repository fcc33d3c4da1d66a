// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package routing

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Caller is who a request comes from. The zero value is somebody who has not said.
type Caller struct {
	ClientID     string   // Whose token or credentials came along.
	Scopes       []string // Of a Management API token.
	Unrestricted bool     // A person at the dashboard.
}

// HasAny reports whether the caller has one of the scopes.
func (who Caller) HasAny(scopes []string) bool {
	return who.Unrestricted ||
		slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(who.Scopes, s) })
}

// Lacks returns the scopes that would let a caller in who is not: each of them, or the missing ones
// where all are needed.
//
// ASSUMED: the latter; the contract shows a refusal only where any scope would do (1.4).
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

// ErrInsufficientScope is what a token without one of the scopes that a route asks for meets with
// (API contract 1.4). There is a comma where the documentation prints a semicolon.
var ErrInsufficientScope = wire.Forbidden(
	"insufficient_scope", "Insufficient scope, expected any of: %s",
)
