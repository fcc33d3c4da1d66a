// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Scopes are the planned scopes of an API or a grant.
type Scopes struct {
	Values []string // Sorted.
	// Known is false if some scopes are known only after apply.
	Known bool
}

// SetScopes returns the scopes in a set.
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

// MapScopes returns the scopes that are keys of a map. Keys are known if the map is known.
func MapScopes(scopes types.Map) Scopes {
	out := Scopes{Known: !scopes.IsUnknown()}
	for value := range scopes.Elements() {
		out.Values = append(out.Values, value)
	}
	slices.Sort(out.Values)
	return out
}

// Has reports whether the scopes include a scope.
func (s Scopes) Has(scope string) bool {
	_, found := slices.BinarySearch(s.Values, scope)
	return found
}

// Without returns the scopes that others does not include.
func (s Scopes) Without(others Scopes) []string {
	return slices.DeleteFunc(slices.Clone(s.Values), others.Has)
}
