// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// What the Management API refuses about access tokens (API contract 1.4).
//
// ASSUMED: every 401 about a token that was sent has `attributes`, as was seen of two of them.
var (
	errNoBearer = &wire.Refusal{
		Status: http.StatusUnauthorized, Text: "Missing authentication", Header: http.Header{"Www-Authenticate": {"Bearer"}},
	}
	errBearerFormat    = wire.BadRequest("Bearer", "Bad HTTP authentication header format")
	errBearerInvalid   = wire.InvalidBearer("Invalid token")
	errBearerExpired   = wire.InvalidBearer("Expired token received for JSON Web Token validation")
	errBearerSignature = wire.InvalidBearer("Invalid signature received for JSON Web Token validation")
	errBearerAudience  = wire.InvalidBearer("Bad audience: %s")
)

// bearerRefusals are all that can be wrong with the token of a request, for SUPPORTED.md.
var bearerRefusals = []*wire.Refusal{
	errNoBearer, errBearerFormat, errBearerInvalid, errBearerExpired, errBearerSignature, errBearerAudience,
}
