// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"net/http"
)

// RespondToken returns a reply of the token endpoint (API contract 9.2).
func RespondToken(status int, caching string, v any) Reply {
	return Reply{Status: status, Body: Encode(v), Header: http.Header{
		"Content-Type":      {"application/json"},
		"Cache-Control":     {caching},
		"Pragma":            {"no-cache"},
		"X-Auth0-Requestid": {RandomText(20)},
	}}
}
