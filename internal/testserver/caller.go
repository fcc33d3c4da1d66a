// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"

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

// errInsufficientScope is what a token without one of the scopes that a route asks for meets with (API contract 1.4).
// There is a comma where the documentation prints a semicolon.
var errInsufficientScope = wire.Forbidden("insufficient_scope", "Insufficient scope, expected any of: %s")
