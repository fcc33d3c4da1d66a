// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package text is for the texts that tests compare: JSON, and what Terraform says. It knows nothing
// of the provider.
package text

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// Canonical returns JSON in a canonical form, and any other text unchanged.
func Canonical(body string) string {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return body
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Encoded returns a value in JSON.
func Encoded(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Decoded returns the value of a JSON text.
func Decoded(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(fmt.Sprintf("%v in %s", err, text))
	}
	return value
}

// Patched returns a JSON object with the properties of a patch. Null removes a property.
func Patched(object, patch string) string {
	properties := Decoded(object).(map[string]any)
	maps.Copy(properties, Decoded(patch).(map[string]any))
	maps.DeleteFunc(properties, func(_ string, value any) bool { return value == nil })
	return Encoded(properties)
}

// Part returns a part of a JSON text, or null. In a path, a list stands for its first item. A part
// of true is true, because a plan has true for an unknown object.
func Part(text, path string) string { return Encoded(part(Decoded(text), path)) }

func part(value any, path string) any {
	if path == "" {
		return value
	}
	name, rest, _ := strings.Cut(path, ".")
	switch value := value.(type) {
	case map[string]any:
		return part(value[name], rest)
	case []any:
		if len(value) > 0 {
			return part(value[0], path)
		}
	case bool:
		return value
	}
	return nil
}
