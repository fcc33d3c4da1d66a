// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"net/http"
)

// refusal is what the tenant refuses, in its own words: an error inside the server, an answer outside. The route table
// lists which route refuses what.
type refusal struct {
	status  int
	code    string // Empty when the API gives none.
	text    string // A format where it names something.
	tokens  bool   // In the shape of the token endpoint (API contract 9.4) instead of that of the Management API (1.2).
	general *refusal
}

func (r *refusal) Error() string { return r.text }

// with fills in what the text names.
func (r *refusal) with(args ...any) *refusal {
	filled := *r
	filled.text = fmt.Sprintf(r.text, args...)
	filled.general = r
	return &filled
}

// Is lets errors.Is find the refusal that was filled in.
func (r *refusal) Is(target error) bool { return r.general != nil && r.general == target }

// listed is the refusal as the route table lists it.
func (r *refusal) listed() *refusal {
	if r.general != nil {
		return r.general
	}
	return r
}

func (r *refusal) reply() reply {
	if r.tokens {
		return tokenError(r.status, r.code, r.text)
	}
	return problem(r.status, r.code, "%s", r.text)
}

// asRefusal tells what the tenant refuses from what goes wrong inside the server.
func asRefusal(err error) (*refusal, bool) {
	return errors.AsType[*refusal](err)
}

// What the Management API refuses about objects that are missing or there already (API contract 1.5).
//
// ASSUMED: the codes of the conflicts, the missing full stop of the first and the words about an unknown audience (API
// contract 15).
var (
	errNoResourceServer  = missing("inexistent_resource_server", "The resource server does not exist")
	errNoClientGrant     = missing("inexistent_client_grant", "The grant does not exist.")
	errNoClient          = missing("inexistent_client", "The client does not exist")
	errNoOrganization    = missing("", "No organization found by that id or name")
	errNoAudience        = missing("inexistent_resource_server", "No resource with identifier %s")
	errIdentifierTaken   = conflict("resource_server_conflict", "A resource server with the same identifier already exists")
	errClientGrantExists = conflict("client_grant_conflict", "client_grant already exists")
	errOrganizationTaken = conflict("organization_conflict", "An organization with this name already exists.")
)

// errCheckpoint is what lists refuse.
//
// ASSUMED: all of it; the contract says only that a checkpoint expires (1.8).
var errCheckpoint = &refusal{
	status: http.StatusBadRequest, code: "invalid_paging", text: "The checkpoint in `from` is unknown or has expired.",
}

func missing(code, text string) *refusal {
	return &refusal{status: http.StatusNotFound, code: code, text: text}
}

func conflict(code, text string) *refusal {
	return &refusal{status: http.StatusConflict, code: code, text: text}
}

// ruleBroken is a violation that no schema can express (API contract 1.3).
func ruleBroken(text string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "invalid_body", text: text}
}

// What the rules about resource servers refuse (API contract 3).
//
// ASSUMED: the code of a reserved identifier and of a system API that cannot be deleted; the texts about lifetimes and about
// encryption keys.
var (
	errReservedIdentifier    = ruleBroken("The selected identifier is reserved.")
	errWebLifetime           = ruleBroken("`token_lifetime_for_web` cannot be greater than `token_lifetime`")
	errEncryptionKey         = ruleBroken("`token_encryption.encryption_key.pem` is not an RSA public key or certificate")
	errEncryptionKeyTooShort = ruleBroken("`token_encryption.encryption_key.pem` must be an RSA key of at least 2048 bits")
	// The text is that of a violation of the schema that system APIs have.
	errSystemResourceServerRules = ruleBroken("%s")
	errSystemResourceServer      = &refusal{
		status: http.StatusBadRequest, code: "operation_not_supported", text: "System resource servers cannot be deleted.",
	}
)

// What the rules about client grants refuse (API contract 4).
//
// ASSUMED: the texts but the first; the contract says only that these are refused (4.1, 4.3 and 4.5).
var (
	errAllScopesOfSystemAPI = ruleBroken("`allow_all_scopes` cannot be provided when `audience` is a system API")
	errAllScopesAndScope    = ruleBroken("`scope` cannot be provided when `allow_all_scopes` is true")
	errDefaultForSystemAPI  = ruleBroken("`default_for` cannot be provided when `audience` is a system API")
	errDefaultForAnyOrg     = ruleBroken("`allow_any_organization` cannot be true when `default_for` is provided")
	errClientOrDefaultFor   = ruleBroken("Payload validation error: 'Exactly one of client_id and default_for must be provided'.")
	errClientAndDefaultFor  = &refusal{
		status: http.StatusBadRequest, code: "invalid_query_string",
		text: "Query validation error: 'client_id and default_for cannot be provided together'.",
	}
	errNotAnyOrganization = &refusal{
		status: http.StatusBadRequest, code: "invalid_query_string",
		text: "Query validation error: 'No enum match for: false' on property allow_any_organization (Optional filter on allow_any_organization).",
	}
)

// What the token endpoint refuses (API contract 9.4).
//
// ASSUMED: 403 for an unknown grant type, and its text; the texts about organizations, taken from user flows; a missing
// organization is a malformed request, hence 400; 401 and the descriptions for a bad assertion; all about bodies that
// cannot be read.
var (
	errTokenBodyJSON       = tokenRefusal(http.StatusBadRequest, "invalid_request", "Invalid request payload JSON format")
	errTokenBodyForm       = tokenRefusal(http.StatusBadRequest, "invalid_request", "Invalid request payload form format")
	errTokenParameterType  = tokenRefusal(http.StatusBadRequest, "invalid_request", "Parameter %s must be a string")
	errNoGrantType         = tokenRefusal(http.StatusBadRequest, "invalid_request", "Missing required parameter: grant_type")
	errUnknownGrantType    = tokenRefusal(http.StatusForbidden, "unsupported_grant_type", "Unsupported grant type: %s")
	errNoClientID          = tokenRefusal(http.StatusUnauthorized, "invalid_client", "Missing client_id")
	errWrongCredentials    = tokenRefusal(http.StatusUnauthorized, "access_denied", "Unauthorized")
	errAssertion           = tokenRefusal(http.StatusUnauthorized, "invalid_client", "%s")
	errGrantTypeNotAllowed = tokenRefusal(http.StatusForbidden, "unauthorized_client",
		"Grant type 'client_credentials' not allowed for the client.")
	errAudienceMissing = tokenRefusal(http.StatusForbidden, "access_denied", "Non-global clients are not allowed access to APIv1")
	errAudienceUnknown = tokenRefusal(http.StatusForbidden, "access_denied", "Service not enabled within domain: %s")
	errNotGranted      = tokenRefusal(http.StatusForbidden, "access_denied", `Client "%s" is not authorized to access resource server "%s". `+
		`You need to create a "client-grant" associated to this API.`)
	errScopesNotGranted       = tokenRefusal(http.StatusForbidden, "access_denied", "Client has not been granted scopes: %s")
	errOrganizationRequired   = tokenRefusal(http.StatusBadRequest, "invalid_request", "parameter organization is required for this client")
	errOrganizationNotAllowed = tokenRefusal(http.StatusForbidden, "access_denied", "parameter organization is not allowed for this client")
	errOrganizationInvalid    = tokenRefusal(http.StatusForbidden, "access_denied", "parameter organization is invalid: %s")
)

func tokenRefusal(status int, code, text string) *refusal {
	return &refusal{status: status, code: code, text: text, tokens: true}
}
