// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// Changed returns the field to send in an update from prior to plan, for a property that the
// API cannot clear. The field is empty if nothing changes.
func Changed[T any](plan, prior attr.Value, value func() T) m2m.Field[T] {
	if plan.IsNull() || plan.IsUnknown() || plan.Equal(prior) {
		return m2m.Field[T]{}
	}
	return m2m.Set(value())
}

// ChangedOrCleared is Changed for a property that null clears (API contract 1.7).
func ChangedOrCleared[T any](plan, prior attr.Value, value func() T) m2m.Field[T] {
	if plan.IsNull() && !prior.IsNull() {
		return m2m.Null[T]()
	}
	return Changed(plan, prior, value)
}

// NamesOf lists the attributes that the body of an update changes.
func NamesOf(update any) []string {
	raw, err := json.Marshal(update)
	if err != nil {
		return nil
	}
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(raw, &properties); err != nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(properties))
	for i, name := range names {
		names[i] = NameOf(name)
	}
	return names
}

// NameOf returns the name of the attribute for a property of the API.
func NameOf(property string) string {
	if property == "scope" {
		return "scopes"
	}
	return property
}
