// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Differences describes how a plan changes an object in the tenant, given as a model. update is the
// request body that makes the changes. There is a line for each value, in the form of Terraform's
// own plans:
//
//	~ name: "Theirs" -> "Ours"
//	~ scopes:
//	    + "read:orders"
//	    - "write:orders"
//
// A value of a sensitive attribute is not shown.
func Differences(
	ctx context.Context, planned tfsdk.Plan, tenant, update any, diags *diag.Diagnostics,
) []string {
	prior := tfsdk.State{
		Schema: planned.Schema, Raw: tftypes.NewValue(planned.Raw.Type(), nil),
	}
	diags.Append(prior.Set(ctx, tenant)...)
	before, after := ValuesOf(prior.Raw), ValuesOf(planned.Raw)
	attributes := planned.Schema.GetAttributes()
	var lines []string
	for _, name := range NamesOf(update) {
		if attributes[name].IsSensitive() {
			lines = append(lines, fmt.Sprintf("~ %s: (sensitive value)", name))
		} else {
			lines = append(lines, difference(name, before[name], after[name])...)
		}
	}
	return lines
}

func difference(name string, before, after tftypes.Value) []string {
	var parts []string
	switch kind := after.Type(); {
	case !before.IsKnown() || !after.IsKnown() || before.IsNull() || after.IsNull():
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		parts = differentParts(ValuesOf(before), ValuesOf(after), kind.Is(tftypes.Map{}))
	case kind.Is(tftypes.Set{}):
		parts = differentParts(byText(before), byText(after), true)
	}
	if parts == nil {
		return []string{fmt.Sprintf("~ %s: %s -> %s", name, Shown(before), Shown(after))}
	}
	lines := []string{fmt.Sprintf("~ %s:", name)}
	for _, part := range parts {
		lines = append(lines, "    "+part)
	}
	return lines
}

// differentParts describes how parts of a map, a set or an object differ.
func differentParts(before, after map[string]tftypes.Value, quoted bool) []string {
	all := maps.Clone(before)
	maps.Copy(all, after)
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		was, had := before[key]
		is, has := after[key]
		name := key
		if quoted {
			name = fmt.Sprintf("%q", key)
		}
		switch {
		case !had:
			lines = append(lines, "+ "+name)
		case !has:
			lines = append(lines, "- "+name)
		case !was.Equal(is):
			lines = append(lines, difference(name, was, is)...)
		}
	}
	return lines
}

// byText returns the elements of a set of strings by their text.
func byText(set tftypes.Value) map[string]tftypes.Value {
	var elements []tftypes.Value
	_ = set.As(&elements) // The caller checks the type.
	out := make(map[string]tftypes.Value, len(elements))
	for _, element := range elements {
		text := "(known after apply)"
		if element.IsKnown() {
			_ = element.As(&text)
		}
		out[text] = element
	}
	return out
}

// maxShown is the maximum length of a text in a message. A key in PEM is longer.
const maxShown = 80

// Shown returns a value as it would be written in a configuration.
func Shown(value tftypes.Value) string {
	switch kind := value.Type(); {
	case !value.IsKnown():
		return "(known after apply)"
	case value.IsNull():
		return "null"
	case kind.Is(tftypes.String):
		var text string
		_ = value.As(&text)
		if letters := []rune(text); len(letters) > maxShown {
			return fmt.Sprintf("%q…", string(letters[:maxShown]))
		}
		return fmt.Sprintf("%q", text)
	case kind.Is(tftypes.Number):
		var number big.Float
		_ = value.As(&number)
		return number.Text('f', -1)
	case kind.Is(tftypes.Bool):
		var yes bool
		_ = value.As(&yes)
		return fmt.Sprint(yes)
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		parts := ValuesOf(value)
		var texts []string
		for _, key := range slices.Sorted(maps.Keys(parts)) {
			if !parts[key].IsNull() {
				texts = append(texts, key+" = "+Shown(parts[key]))
			}
		}
		if len(texts) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(texts, ", ") + " }"
	default:
		var elements []tftypes.Value
		_ = value.As(&elements)
		var texts []string
		for _, element := range elements {
			texts = append(texts, Shown(element))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
}
