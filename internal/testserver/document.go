// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/json"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// document is a JSON object as it was decoded and found valid.
type document map[string]any

func (d document) text(name string) string {
	text, _ := d[name].(string)
	return text
}

// optionalText tells a parameter that is empty from one that was not sent.
func (d document) optionalText(name string) *string {
	text, given := d[name].(string)
	if !given {
		return nil
	}
	return &text
}

func (d document) number(name string, fallback int) int {
	if number, given := d[name].(float64); given {
		return int(number)
	}
	return fallback
}

func (d document) isTrue(name string) bool {
	value, _ := d[name].(bool)
	return value
}

func (d document) texts(name string) []string {
	items, _ := d[name].([]any)
	out := make([]string, 0, len(items))
	for _, item := range items {
		text, _ := item.(string)
		out = append(out, text)
	}
	return out
}

func (d document) object(name string) document {
	object, _ := d[name].(map[string]any)
	return object
}

// list returns the objects of an array of objects.
func (d document) list(name string) []document {
	items, _ := d[name].([]any)
	out := make([]document, 0, len(items))
	for _, item := range items {
		object, _ := item.(map[string]any)
		out = append(out, object)
	}
	return out
}

func (d document) has(name string) bool {
	_, given := d[name]
	return given
}

// overlay puts the properties of a valid document in place of those in target. Each is replaced as a whole, and null
// clears it (API contract 1.7). Setting all of them to null first does away with what decoding would keep of the old
// values, and gives slices and pointers new memory, so that the object that target was copied from stays as it is.
func (d document) overlay(target any) {
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

func isTrue(flag *bool) bool {
	return flag != nil && *flag
}
