// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Refusals of the token endpoint (API contract 9.4).
//
// ASSUMED: 403 and the text for an unknown grant type; the texts about organizations, which come
// from user flows; 400 for a missing organization, as a malformed request; 401 and the descriptions
// for an invalid assertion; everything about unreadable bodies; 403 for third-party clients without
// a grant, with the text for other clients; the client's text for an organization's quota.
var (
	errTokenBodyJSON = wire.TokenRefusal(
		http.StatusBadRequest, "invalid_request", "Invalid request payload JSON format",
	)
	errTokenBodyForm = wire.TokenRefusal(
		http.StatusBadRequest, "invalid_request", "Invalid request payload form format",
	)
	errBodyTooLarge = wire.TokenRefusal(
		http.StatusRequestEntityTooLarge, "invalid_request", "request entity too large",
	)
	errTokenParameterTwice = wire.TokenRefusal(
		http.StatusBadRequest, "invalid_request", "Parameter %s is there more than once",
	)
	errTokenParameterType = wire.TokenRefusal(
		http.StatusBadRequest, "invalid_request", "Parameter %s must be a string",
	)
	errNoGrantType = wire.TokenRefusal(
		http.StatusBadRequest, "invalid_request", "Missing required parameter: grant_type",
	)
	errUnknownGrantType = wire.TokenRefusal(
		http.StatusForbidden, "unsupported_grant_type", "Unsupported grant type: %s",
	)
	errGrantTypeNotImplemented = wire.TokenRefusal(
		http.StatusNotImplemented, "unsupported_grant_type",
		"The grant type %s is not implemented by m2m-testserver, see SUPPORTED.md",
	)
	errNoClientID = wire.TokenRefusal(
		http.StatusUnauthorized, "invalid_client", "Missing client_id",
	)
	errWrongCredentials = wire.TokenRefusal(
		http.StatusUnauthorized, "access_denied", "Unauthorized",
	)
	errAssertion           = wire.TokenRefusal(http.StatusUnauthorized, "invalid_client", "%s")
	errGrantTypeNotAllowed = wire.TokenRefusal(http.StatusForbidden, "unauthorized_client",
		"Grant type 'client_credentials' not allowed for the client.")
	errAudienceMissing = wire.TokenRefusal(
		http.StatusForbidden, "access_denied", "Non-global clients are not allowed access to APIv1",
	)
	errAudienceUnknown = wire.TokenRefusal(
		http.StatusForbidden, "access_denied", "Service not enabled within domain: %s",
	)
	errNotGranted = wire.TokenRefusal(http.StatusForbidden, "access_denied",
		`Client "%s" is not authorized to access resource server "%s". `+
			`You need to create a "client-grant" associated to this API.`)
	errThirdPartyNotGranted = wire.TokenRefusal(
		http.StatusForbidden, "unauthorized_client", errNotGranted.Text,
	)
	errScopesNotGranted = wire.TokenRefusal(
		http.StatusForbidden, "access_denied", "Client has not been granted scopes: %s",
	)
	errOrganizationRequired = wire.TokenRefusal(
		http.StatusBadRequest, "invalid_request",
		"parameter organization is required for this client",
	)
	errOrganizationNotAllowed = wire.TokenRefusal(
		http.StatusForbidden, "access_denied",
		"parameter organization is not allowed for this client",
	)
	errOrganizationInvalid = wire.TokenRefusal(
		http.StatusForbidden, "access_denied", "parameter organization is invalid: %s",
	)
	errQuotaExceeded = wire.TokenRefusal(
		http.StatusTooManyRequests, "too_many_requests", "Client quota exceeded",
	)
)

// Refusals caused by the machine-to-machine action (API contract 9.4 and 9.5). The action sets the
// text of the first three.
//
// ASSUMED: custom claims that are too large fail the request, with this text.
var (
	errDeniedInvalidScope   = wire.TokenRefusal(http.StatusBadRequest, "invalid_scope", "%s")
	errDeniedInvalidRequest = wire.TokenRefusal(http.StatusBadRequest, "invalid_request", "%s")
	errDeniedServerError    = wire.TokenRefusal(
		http.StatusInternalServerError, "server_error", "%s",
	)
	errActionFailed = wire.TokenRefusal(http.StatusInternalServerError, "server_error",
		"Script generated an unhandled asynchronous exception.")
	errClaimsTooLarge = wire.TokenRefusal(
		http.StatusInternalServerError, "server_error",
		"Custom claims exceed the maximum of 100KB.",
	)
)
