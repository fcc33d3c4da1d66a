// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"net/http"
	"strconv"
)

// LimitHeader returns the headers that describe a rate limit; reset is in Unix seconds (API
// contract 12.1).
func LimitHeader(limit, remaining int, reset int64) http.Header {
	return http.Header{
		"X-Ratelimit-Limit":     {strconv.Itoa(limit)},
		"X-Ratelimit-Remaining": {strconv.Itoa(remaining)},
		"X-Ratelimit-Reset":     {strconv.FormatInt(reset, 10)},
	}
}
