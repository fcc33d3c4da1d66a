// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// changed returns the field to send so that prior becomes plan, for properties
// that the API cannot clear: it is left out where there is nothing to change.
func changed[T any](plan, prior attr.Value, value func() T) m2m.Field[T] {
	if plan.IsNull() || plan.IsUnknown() || plan.Equal(prior) {
		return m2m.Field[T]{}
	}
	return m2m.Set(value())
}

// changedOrCleared is changed for properties that null clears (API contract 1.7).
func changedOrCleared[T any](plan, prior attr.Value, value func() T) m2m.Field[T] {
	if plan.IsNull() && !prior.IsNull() {
		return m2m.Null[T]()
	}
	return changed(plan, prior, value)
}

// namesOf lists the properties that a request body sends, in the words of the
// schema.
func namesOf(settings any) []string {
	raw, err := json.Marshal(settings)
	if err != nil {
		return nil
	}
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(raw, &properties); err != nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(properties))
	for i, name := range names {
		names[i] = attributeName(name)
	}
	return names
}

// attributeName translates the API's name of a property into the schema's.
func attributeName(property string) string {
	if property == "scope" {
		return "scopes"
	}
	return property
}

// adoptionWarning tells what use_existing did.
func adoptionWarning(diags *diag.Diagnostics, op operation, id string, changes []string) {
	what := "It already matched the configuration; nothing was changed."
	if len(changes) > 0 {
		what = "Brought to the configuration: " + strings.Join(changes, ", ") + "."
	}
	diags.AddWarning("Adopted an existing "+op.kind,
		fmt.Sprintf("The %s existed already (id %s) and is managed here from now on. %s", op.object, id, what))
}

// destroy deletes an object of the state, unless another resource has adopted it in
// this run: it stays then, and that is said.
func (s *session) destroy(op operation, id string, diags *diag.Diagnostics, del func() error) error {
	done, ok := s.claims.destroy(id)
	if !ok {
		diags.AddWarning("Adopted "+op.kind+" kept",
			fmt.Sprintf("The %s was to be destroyed, but another resource has adopted it in this run (use_existing), so it stays.", op.object))
		return nil
	}
	err := del()
	done(err == nil)
	return err
}

// orList words alternatives: `a`, `b` or `c`.
func orList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`" + v + "`"
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
