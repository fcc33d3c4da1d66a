// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// refusal is what the tenant refuses, in its own words: an error inside the server, an answer outside. The route table
// lists which route refuses what.
type refusal struct {
	status  int
	code    string // Empty when the API gives none.
	text    string // A format where it names something.
	tokens  bool   // In the shape of the token endpoint (API contract 9.4) instead of that of the Management API (1.2).
	header  http.Header
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

// until says when a limit lets something through again, in the headers that tell it of every limit (API contract 12.1).
func (r *refusal) until(reset time.Time, limit int) *refusal {
	filled := r.with()
	filled.header = http.Header{
		"X-Ratelimit-Limit":     {strconv.Itoa(limit)},
		"X-Ratelimit-Remaining": {"0"},
		"X-Ratelimit-Reset":     {strconv.FormatInt(reset.Unix()+1, 10)}, // Whoever comes in that second gets through.
	}
	return filled
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
	answer := problem(r.status, r.code, "%s", r.text)
	maps.Copy(answer.header, r.header)
	return answer
}

// asRefusal tells what the tenant refuses from what goes wrong inside the server.
func asRefusal(err error) (*refusal, bool) {
	return errors.AsType[*refusal](err)
}

// What the Management API refuses about objects that are missing or there already (API contract 1.5).
//
// ASSUMED: the codes of the conflicts or that there are none, the missing full stop of the first and the words about an
// unknown audience (API contract 15).
var (
	errNoResourceServer  = missing("inexistent_resource_server", "The resource server does not exist")
	errNoClientGrant     = missing("inexistent_client_grant", "The grant does not exist.")
	errNoClient          = missing("inexistent_client", "The client does not exist")
	errNoOrganization    = missing("", "No organization found by that id or name")
	errNoOrganizationID  = missing("", "No organization found by that id")
	errNoAudience        = missing("inexistent_resource_server", "No resource with identifier %s")
	errIdentifierTaken   = conflict("resource_server_conflict", "A resource server with the same identifier already exists")
	errClientGrantExists = conflict("client_grant_conflict", "client_grant already exists")
	errOrganizationTaken = conflict("organization_conflict", "An organization with this name already exists.")
	errGrantAssociated   = conflict("", "The client grant has already been added to this organization.")
	errTooManyGrants     = conflict("", "Quota exceeded; cannot add more than 100 client grants to a single organization")
)

// What lists refuse.
//
// ASSUMED: all about checkpoints; the contract says only that they expire (1.8).
var (
	errCheckpoint = &refusal{
		status: http.StatusBadRequest, code: "invalid_paging", text: "The checkpoint in `from` is unknown or has expired.",
	}
	errPageTooFar = &refusal{
		status: http.StatusBadRequest, code: "invalid_paging", text: "Requesting page exceeds the allowed maximum of 1000 records.",
	}
)

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

// notSupported is what system objects refuse (API contract 1.3).
func notSupported(text string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "operation_not_supported", text: text}
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
	errSystemResourceServer      = notSupported("System resource servers cannot be deleted.")
)

// errFeatureNotEnabled lists the properties that the plan lacks (API contract 1.4).
var errFeatureNotEnabled = &refusal{
	status: http.StatusForbidden, code: "feature_not_enabled", text: "Please upgrade your subscription to use %s.",
}

// What the rules about signing keys refuse (API contract 8).
//
// ASSUMED: a missing key has no code; the words about keys that are not previous; those about the limit, which were
// observed of other endpoints (1.6).
var (
	errNoSigningKey   = missing("", "Signing key not found.")
	errNotPreviousKey = ruleBroken("Only a previous signing key can be revoked.")
	errRotationLimit  = &refusal{
		status: http.StatusTooManyRequests, code: "too_many_requests", text: "Endpoint limit has been reached",
	}
)

// What the rules about client grants refuse (API contract 4).
//
// ASSUMED: the texts but those of system APIs and of Express clients; the contract says only that these are refused (4.1,
// 4.3, 4.5 and 4.7).
var (
	errAllScopesOfSystemAPI = ruleBroken("`allow_all_scopes` cannot be provided when `audience` is a system API")
	errAllScopesAndScope    = ruleBroken("`scope` cannot be provided when `allow_all_scopes` is true")
	errDefaultForSystemAPI  = ruleBroken("`default_for` cannot be provided when `audience` is a system API")
	errThirdPartySystemAPI  = ruleBroken("Third-party clients cannot be granted a system API")
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
	errExpressClient = &refusal{
		status: http.StatusBadRequest, code: "validation_error", text: "Client of type express_configuration cannot be used",
	}
	errSystemGrantPatched = notSupported("System client grants cannot be patched.")
	errSystemGrantDeleted = notSupported("System client grants cannot be deleted.")
)

// What the token endpoint refuses (API contract 9.4).
//
// ASSUMED: 403 for an unknown grant type, and its text; the texts about organizations, taken from user flows; a missing
// organization is a malformed request, hence 400; 401 and the descriptions for a bad assertion; all about bodies that
// cannot be read; 403 for third-party clients without a grant, and the text that others get; an organization's quota is
// worded as a client's.
var (
	errTokenBodyJSON       = tokenRefusal(http.StatusBadRequest, "invalid_request", "Invalid request payload JSON format")
	errTokenBodyForm       = tokenRefusal(http.StatusBadRequest, "invalid_request", "Invalid request payload form format")
	errTokenParameterTwice = tokenRefusal(http.StatusBadRequest, "invalid_request", "Parameter %s is there more than once")
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
	errThirdPartyNotGranted   = tokenRefusal(http.StatusForbidden, "unauthorized_client", errNotGranted.text)
	errScopesNotGranted       = tokenRefusal(http.StatusForbidden, "access_denied", "Client has not been granted scopes: %s")
	errOrganizationRequired   = tokenRefusal(http.StatusBadRequest, "invalid_request", "parameter organization is required for this client")
	errOrganizationNotAllowed = tokenRefusal(http.StatusForbidden, "access_denied", "parameter organization is not allowed for this client")
	errOrganizationInvalid    = tokenRefusal(http.StatusForbidden, "access_denied", "parameter organization is invalid: %s")
	errQuotaExceeded          = tokenRefusal(http.StatusTooManyRequests, "too_many_requests", "Client quota exceeded")
)

// What the machine-to-machine action makes the token endpoint refuse (API contract 9.4 and 9.5). The first three are in the
// action's own words.
//
// ASSUMED: custom claims that are too large fail the request, with this text.
var (
	errDeniedInvalidScope   = tokenRefusal(http.StatusBadRequest, "invalid_scope", "%s")
	errDeniedInvalidRequest = tokenRefusal(http.StatusBadRequest, "invalid_request", "%s")
	errDeniedServerError    = tokenRefusal(http.StatusInternalServerError, "server_error", "%s")
	errActionFailed         = tokenRefusal(http.StatusInternalServerError, "server_error",
		"Script generated an unhandled asynchronous exception.")
	errClaimsTooLarge = tokenRefusal(http.StatusInternalServerError, "server_error", "Custom claims exceed the maximum of 100KB.")
)

func tokenRefusal(status int, code, text string) *refusal {
	return &refusal{status: status, code: code, text: text, tokens: true}
}
