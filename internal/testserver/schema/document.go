// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package schema

import (
	"encoding/json"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Document is a decoded and validated JSON object.
type Document map[string]any

// Text returns a string property, or "" if it is missing.
func (d Document) Text(name string) string {
	text, _ := d[name].(string)
	return text
}

// OptionalText returns a string property, or nil if it is missing.
func (d Document) OptionalText(name string) *string {
	text, given := d[name].(string)
	if !given {
		return nil
	}
	return &text
}

// Number returns an integer property, or fallback if it is missing.
func (d Document) Number(name string, fallback int) int {
	if number, given := d[name].(float64); given {
		return int(number)
	}
	return fallback
}

// IsTrue returns a boolean property, or false if it is missing.
func (d Document) IsTrue(name string) bool {
	value, _ := d[name].(bool)
	return value
}

// Texts returns the strings of an array property.
func (d Document) Texts(name string) []string {
	items, _ := d[name].([]any)
	out := make([]string, 0, len(items))
	for _, item := range items {
		text, _ := item.(string)
		out = append(out, text)
	}
	return out
}

// Object returns an object property, or nil if it is missing.
func (d Document) Object(name string) Document {
	object, _ := d[name].(map[string]any)
	return object
}

// List returns the objects of an array property.
func (d Document) List(name string) []Document {
	items, _ := d[name].([]any)
	out := make([]Document, 0, len(items))
	for _, item := range items {
		object, _ := item.(map[string]any)
		out = append(out, object)
	}
	return out
}

// Has reports whether the property was sent, even as null.
func (d Document) Has(name string) bool {
	_, given := d[name]
	return given
}

// Overlay sets the document's properties in target. Each replaces the old value as a whole, and
// null clears it (API contract 1.7). Setting all of them to null first discards old values that
// decoding would merge. It also gives slices and pointers new memory, so that the object that
// target was copied from does not change.
func (d Document) Overlay(target any) {
	blank := make(map[string]any, len(d))
	for name := range d {
		blank[name] = nil
	}
	for _, content := range []any{blank, map[string]any(d)} {
		if err := json.Unmarshal(wire.Encode(content), target); err != nil {
			panic(fmt.Sprintf("testserver: a valid document does not fit %T: %v", target, err))
		}
	}
}
