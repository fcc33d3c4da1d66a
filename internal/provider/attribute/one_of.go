// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// OneOf accepts the given strings. Its error lists them, and names the one that was probably meant.
func OneOf(values ...string) validator.String {
	return oneOfValidator{Described(Alternatives(values)), values}
}

type oneOfValidator struct {
	Described

	values []string
}

func (v oneOfValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	if IsUnset(req.ConfigValue) || slices.Contains(v.values, req.ConfigValue.ValueString()) {
		return
	}
	given, hint := req.ConfigValue.ValueString(), ""
	for _, value := range v.values {
		if letters(value) == letters(given) {
			hint = fmt.Sprintf(" (did you mean %q?)", value)
		}
	}
	known := "known"
	if len(req.Path.Steps()) > 1 { // Terraform does not show which part of an object it is.
		known = "known for " + req.Path.String()
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Unknown value",
		fmt.Sprintf("%q is not %s; use %s%s.", given, known, v.Described, hint))
}

// Alternatives lists values in a sentence: a, b or c.
func Alternatives(values []string) string {
	last := len(values) - 1
	if last == 0 {
		return values[0]
	}
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// letters returns the letters and digits of a text, in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
