// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// stored is the content of a snapshot: its objects by kind.
type stored map[string][]map[string]any

func storedIn(snapshot string) stored {
	var taken struct {
		Records []struct {
			Table  string         `json:"table"`
			Number float64        `json:"number"`
			Value  map[string]any `json:"value"`
		} `json:"records"`
	}
	if err := json.Unmarshal([]byte(snapshot), &taken); err != nil {
		panic(err)
	}
	held := stored{}
	for _, one := range taken.Records {
		held[one.Table] = append(held[one.Table], one.Value)
	}
	return held
}

// sound checks what must hold for every tenant.
func (s stored) sound() error {
	for table, properties := range map[string][]string{
		"resource_servers": {"id", "identifier"}, "clients": {"client_id"},
		"client_grants": {"id", "client_id default_for audience subject_type"},
		"organizations": {"id", "name"}, "organization_grants": {"organization_id grant_id"},
		"signing_keys": {"kid"},
	} {
		for _, key := range properties {
			if values := s.values(table, key); len(values) != len(slices.Compact(slices.Sorted(
				slices.Values(values),
			))) {
				return fmt.Errorf("the %s of %s are not unique: %q", key, table, values)
			}
		}
	}
	for _, grant := range s["client_grants"] {
		if !s.has("resource_servers", "identifier", grant["audience"]) {
			return fmt.Errorf("the API of a grant is missing: %v", grant)
		}
		if (grant["default_for"] == nil) == (grant["client_id"] == nil) ||
			(grant["client_id"] != nil && !s.has("clients", "client_id", grant["client_id"])) {
			return fmt.Errorf("the client of a grant is missing: %v", grant)
		}
	}
	for _, one := range s["organization_grants"] {
		if !s.has("organizations", "id", one["organization_id"]) ||
			!s.has("client_grants", "id", one["grant_id"]) {
			return fmt.Errorf("the grant or organization of an association is missing: %v", one)
		}
	}
	return s.soundKeys()
}

// soundKeys checks that there is one current key and one next key (API contract 8).
func (s stored) soundKeys() error {
	current, next := 0, 0
	for _, key := range s["signing_keys"] {
		switch {
		case key["current_since"] == nil:
			next++
		case key["current_until"] == nil:
			current++
		}
	}
	if current != 1 || next != 1 {
		return fmt.Errorf("%d current and %d next signing keys", current, next)
	}
	return nil
}

// values lists the values of one property, or of several as one, in all objects of a kind.
func (s stored) values(table, properties string) (found []string) {
	for _, one := range s[table] {
		var parts []string
		for name := range strings.FieldsSeq(properties) {
			parts = append(parts, fmt.Sprint(one[name]))
		}
		found = append(found, strings.Join(parts, " "))
	}
	return found
}

func (s stored) has(table, property string, value any) bool {
	return slices.ContainsFunc(s[table], func(one map[string]any) bool {
		return one[property] == value
	})
}

// ids lists the objects of all kinds except signing keys.
func (s stored) ids() map[string][]string {
	found := map[string][]string{"organization_grants": s.values(
		"organization_grants", "organization_id grant_id",
	)}
	for _, k := range kinds {
		found[k.name] = s.values(k.name, k.id)
	}
	for name, values := range found {
		if len(values) == 0 {
			delete(found, name)
		}
	}
	return found
}
