// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"mime"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// The text is what the schema says.
var (
	errInvalidBody  = wire.InvalidBody("%s")
	errInvalidQuery = wire.InvalidQuery("%s")
)

// payload decodes and validates the body of a call.
func payload(c *routing.Call, s schema.Schema) (schema.Document, error) {
	decoded, err := decodeBody(c, s)
	if err != nil {
		return nil, err
	}
	if wrong := s.PayloadViolations(decoded); wrong.Any() {
		warnOfUnknown(c, wrong)
		return nil, errInvalidBody.With(wrong.String())
	}
	object, _ := decoded.(map[string]any)
	return object, nil
}

// decodeBody reads JSON, and forms as far as flat properties go (API contract 1.1).
//
// ASSUMED: a body without a content type is JSON.
func decodeBody(c *routing.Call, s schema.Schema) (any, error) {
	mediaType := "application/json"
	if given := c.HTTP.Header.Get("Content-Type"); given != "" {
		parsed, _, err := mime.ParseMediaType(given)
		if err != nil {
			parsed = given
		}
		mediaType = parsed
	}
	switch mediaType {
	case "application/x-www-form-urlencoded":
		values, err := wire.ParseForm(c.Body)
		if err != nil {
			return nil, wire.ErrMalformedForm
		}
		return schema.FromValues(values, s), nil
	case "application/json":
		if len(c.Body) == 0 {
			return nil, nil
		}
		var decoded any
		if err := wire.ParseJSON(c.Body, &decoded); err != nil {
			return nil, wire.ErrMalformedJSON
		}
		return decoded, nil
	default:
		return nil, wire.ErrMediaType
	}
}

// query decodes and validates the query of a call.
//
// ASSUMED: reads refuse parameters that they do not know; it was observed elsewhere in this API
// (API contract 1.1).
func query(c *routing.Call, s schema.Schema) (schema.Document, error) {
	given, wrong := s.QueryViolations(c.HTTP.URL.RawQuery)
	if missing := s.NotImplementedIn(given); missing != "" {
		return nil, c.NotImplemented("The query parameter " + missing)
	}
	if wrong.Any() {
		warnOfUnknown(c, wrong)
		return nil, errInvalidQuery.With(wrong.String())
	}
	return given, nil
}

// warnOfUnknown has the names of unknown properties logged. The answer is the same as of the API,
// but if the API has got a new property, the client is right.
func warnOfUnknown(c *routing.Call, wrong *schema.Violations) {
	if len(wrong.Unknown) > 0 {
		names := strings.Join(wrong.Unknown, ",")
		c.Warning = "unknown to m2m-testserver, which refuses it as the API would, " +
			"see SUPPORTED.md: " + names[:min(len(names), maxLogged)]
	}
}
