// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"mime"
	"net/url"
	"strconv"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// payload decodes and validates the body of a call.
func payload(c *call, s schema) (document, error) {
	decoded, err := decodeBody(c, s)
	if err != nil {
		return nil, err
	}
	if wrong := s.payloadViolations(decoded); wrong != "" {
		return nil, wire.InvalidBody(wrong)
	}
	object, _ := decoded.(map[string]any)
	return object, nil
}

// decodeBody reads JSON, and forms as far as flat properties go (API contract 1.1).
//
// ASSUMED: a body without a content type is JSON.
func decodeBody(c *call, s schema) (any, error) {
	mediaType := "application/json"
	if given := c.http.Header.Get("Content-Type"); given != "" {
		parsed, _, err := mime.ParseMediaType(given)
		if err != nil {
			parsed = given
		}
		mediaType = parsed
	}
	switch mediaType {
	case "application/x-www-form-urlencoded":
		values, err := wire.ParseForm(c.body)
		if err != nil {
			return nil, wire.ErrMalformedForm
		}
		return fromValues(values, s), nil
	case "application/json":
		if len(c.body) == 0 {
			return nil, nil
		}
		var decoded any
		if err := wire.ParseJSON(c.body, &decoded); err != nil {
			return nil, wire.ErrMalformedJSON
		}
		return decoded, nil
	default:
		return nil, wire.ErrMediaType
	}
}

// fromValues gives the values of a query or a form the types that the schema expects. What does not convert stays a
// string, and validation says so.
func fromValues(values url.Values, s schema) map[string]any {
	out := map[string]any{}
	for name, given := range values {
		p, _ := s.find(name)
		switch {
		case p.kind == arrayKind:
			items := make([]any, len(given))
			for i, text := range given {
				items[i] = fromText(text, p.items.kind)
			}
			out[name] = items
		case len(given) > 1:
			out[name] = []any{}
		default:
			out[name] = fromText(given[0], p.kind)
		}
	}
	return out
}

func fromText(text string, wanted kind) any {
	switch wanted {
	case integerKind:
		if number, err := strconv.ParseInt(text, 10, 32); err == nil {
			return float64(number)
		}
	case booleanKind:
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

// query decodes and validates the query of a call.
//
// ASSUMED: reads refuse parameters that they do not know; it was observed elsewhere in this API (API contract 1.1).
func query(c *call, s schema) (document, error) {
	v := violations{part: "Query"}
	values, err := url.ParseQuery(c.http.URL.RawQuery)
	if err != nil {
		v.add("", "", "Malformed query string")
	}
	given := fromValues(values, s)
	s.validate(&v, given)
	if len(v.found) > 0 {
		return nil, wire.InvalidQuery(v.message())
	}
	return given, nil
}
