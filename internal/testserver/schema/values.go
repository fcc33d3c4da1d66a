// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package schema

import (
	"net/url"
	"strconv"
)

// FromValues converts the values of a query or form to the types in the schema. A value that cannot
// be converted stays a string, which validation then reports.
func FromValues(values url.Values, s Schema) map[string]any {
	out := map[string]any{}
	for name, given := range values {
		p, _ := s.find(name)
		switch {
		case p.Kind == Array:
			items := make([]any, len(given))
			for i, text := range given {
				items[i] = fromText(text, p.Items.Kind)
			}
			out[name] = items
		case len(given) > 1:
			out[name] = []any{}
		default:
			out[name] = fromText(given[0], p.Kind)
		}
	}
	return out
}

func fromText(text string, wanted Kind) any {
	switch wanted {
	case Integer:
		if number, err := strconv.ParseInt(text, 10, 32); err == nil {
			return float64(number)
		}
	case Boolean:
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}
