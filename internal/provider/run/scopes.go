// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Scopes are the scopes of an API or of a grant as they are planned.
type Scopes struct {
	Values []string // In order.
	// Known is false if some are known only after apply.
	Known bool
}

// SetScopes returns the known elements of a set.
func SetScopes(set types.Set) Scopes {
	out := Scopes{Known: !set.IsUnknown()}
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() && !text.IsNull() {
			out.Values = append(out.Values, text.ValueString())
		} else {
			out.Known = false
		}
	}
	slices.Sort(out.Values)
	return out
}

// MapScopes returns the keys of a map, which are known if the map is.
func MapScopes(scopes types.Map) Scopes {
	out := Scopes{Known: !scopes.IsUnknown()}
	for value := range scopes.Elements() {
		out.Values = append(out.Values, value)
	}
	slices.Sort(out.Values)
	return out
}

// Has reports whether a scope is among them.
func (s Scopes) Has(scope string) bool {
	_, found := slices.BinarySearch(s.Values, scope)
	return found
}

// Without returns the scopes that are not among the others.
func (s Scopes) Without(others Scopes) []string {
	return slices.DeleteFunc(slices.Clone(s.Values), others.Has)
}

// PlannedAPI is what this run plans for a resource server.
type PlannedAPI struct {
	Scopes
	// Complete says that the configuration sets the scopes, so that nobody else adds to them.
	Complete bool
	// Changing says that the API exists and is going to be changed.
	Changing bool
}

// PlannedGrant is what this run plans for a client grant that exists.
type PlannedGrant struct {
	Scopes
	// Leaving says that the grant is going to be destroyed.
	Leaving bool
}
