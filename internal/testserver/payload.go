// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
)

// document is a JSON object as it was decoded and found valid.
type document map[string]any

// payload decodes and validates the body of a call.
func payload(c *call, s schema) (document, error) {
	decoded, err := decodeBody(c, s)
	if err != nil {
		return nil, err
	}
	v := violations{part: "Payload"}
	s.validate(&v, decoded)
	if len(v.found) > 0 {
		return nil, ruleBroken(v.message())
	}
	object, _ := decoded.(map[string]any)
	return object, nil
}

// What every route with a body refuses.
//
// ASSUMED: the text about forms and 415 for other types, as the API's HTTP framework has them; the message for malformed
// JSON is that of API contract 1.3.
var (
	errMalformedJSON = &refusal{status: http.StatusBadRequest, text: "Invalid request payload JSON format"}
	errMalformedForm = &refusal{status: http.StatusBadRequest, text: "Invalid request payload form format"}
	errMediaType     = &refusal{status: http.StatusUnsupportedMediaType, text: "Unsupported Media Type"}
)

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
		values, err := parseForm(c.body)
		if err != nil {
			return nil, errMalformedForm
		}
		return fromValues(values, s), nil
	case "application/json":
		if len(c.body) == 0 {
			return nil, nil
		}
		var decoded any
		if err := parseJSON(c.body, &decoded); err != nil {
			return nil, errMalformedJSON
		}
		return decoded, nil
	default:
		return nil, errMediaType
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
		return nil, &refusal{status: http.StatusBadRequest, code: "invalid_query_string", text: v.message()}
	}
	return given, nil
}

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
		if err := json.Unmarshal(encode(content), target); err != nil {
			panic(fmt.Sprintf("testserver: a valid document does not fit %T: %v", target, err))
		}
	}
}

func isTrue(flag *bool) bool {
	return flag != nil && *flag
}
