// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"net/http"
)

// tokenError is an error of the token endpoint, whose shape is its own (API contract 9.4).
func tokenError(status int, code, description string) Reply {
	return RespondToken(status, "private, no-store, no-cache, must-revalidate", struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}

// RespondToken is an answer of the token endpoint (API contract 9.2).
func RespondToken(status int, caching string, v any) Reply {
	return Reply{Status: status, Body: Encode(v), Header: http.Header{
		"Content-Type":      {"application/json"},
		"Cache-Control":     {caching},
		"Pragma":            {"no-cache"},
		"X-Auth0-Requestid": {RandomText(20)},
	}}
}

// TokenRefusal is about a token request; it has the shape of the token endpoint (API contract 9.4).
func TokenRefusal(status int, code, text string) *Refusal {
	return &Refusal{Status: status, Code: code, Text: text, tokens: true}
}
