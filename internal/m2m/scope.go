// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"slices"
	"strings"
)

// ResourceServerScope is one scope of the API with an identifier.
type ResourceServerScope struct {
	Identifier string
	Scope
}

// ID returns an id for the scope. The API has none.
func (s ResourceServerScope) ID() string { return s.Identifier + idSeparator + s.Value }

// ParseResourceServerScopeID is the inverse of ID. Identifiers and scopes may both contain the
// separator, so one id may stand for several scopes. The scope with the longest identifier comes
// first.
func ParseResourceServerScopeID(id string) []ResourceServerScope {
	var all []ResourceServerScope
	for at := len(id) - 1; at > 0; at-- {
		if value, ok := strings.CutPrefix(id[at:], idSeparator); ok && value != "" {
			all = append(all, ResourceServerScope{id[:at], Scope{Value: value}})
		}
	}
	return all
}

// scopeIn returns the scope of a list with a value, or the zero Scope.
func scopeIn(list []Scope, value string) Scope {
	for _, scope := range list {
		if scope.Value == value {
			return scope
		}
	}
	return Scope{}
}

func sameScope(a, b Scope) bool {
	return a.Value == b.Value && (a.Description == nil) == (b.Description == nil) &&
		(a.Description == nil || *a.Description == *b.Description)
}

// sameScopes compares lists regardless of order, which not every answer keeps.
func sameScopes(a, b []Scope) bool {
	if len(a) != len(b) {
		return false
	}
	byValue := make(map[string]Scope, len(a))
	for _, scope := range a {
		byValue[scope.Value] = scope
	}
	return !slices.ContainsFunc(b, func(scope Scope) bool {
		return !sameScope(scope, byValue[scope.Value])
	})
}
