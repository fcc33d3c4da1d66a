// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "net/http"

// What any request can meet with, whatever it asks for.
//
// ASSUMED: the texts about bodies that cannot be read and about a failure of the server, and that 415 is one of them: as the
// API's HTTP framework has it (of these, API contract 1.3 has malformed JSON).
var (
	errUnknownRoute  = missing("", "Not Found") // API contract 1.5.
	errMalformedJSON = badRequest("", "Invalid request payload JSON format")
	errMalformedForm = badRequest("", "Invalid request payload form format")
	errMediaType     = &refusal{status: http.StatusUnsupportedMediaType, text: "Unsupported Media Type"}
	errBodyTooLarge  = &refusal{
		status: http.StatusRequestEntityTooLarge, text: "Payload content length greater than maximum allowed: %d",
	}
	errGlobalLimit   = tooMany("Global limit has been reached")   // API contract 1.6.
	errEndpointLimit = tooMany("Endpoint limit has been reached") // API contract 1.6.
	errInternal      = &refusal{status: http.StatusInternalServerError, text: "An internal server error occurred"}
)

// refusalOf is what the API says with a status of its own accord.
//
// ASSUMED: the standard phrase where no words were observed, as the API's HTTP framework has it.
func refusalOf(status int) *refusal {
	switch status {
	case http.StatusTooManyRequests:
		return errGlobalLimit
	case http.StatusInternalServerError:
		return errInternal
	default:
		return &refusal{status: status, text: http.StatusText(status)}
	}
}

// What the Management API refuses about access tokens (API contract 1.4).
//
// ASSUMED: every 401 about a token that was sent has `attributes`, as was seen of two of them; the words about fields, of
// which the contract says only that they name fields and scopes.
var (
	errNoBearer = &refusal{
		status: http.StatusUnauthorized, text: "Missing authentication", header: http.Header{"Www-Authenticate": {"Bearer"}},
	}
	errBearerFormat    = badRequest("Bearer", "Bad HTTP authentication header format")
	errBearerInvalid   = bearerRefused("Invalid token")
	errBearerExpired   = bearerRefused("Expired token received for JSON Web Token validation")
	errBearerSignature = bearerRefused("Invalid signature received for JSON Web Token validation")
	errBearerAudience  = bearerRefused("Bad audience: %s")
	// There is a comma where the documentation prints a semicolon.
	errInsufficientScope = forbidden("insufficient_scope", "Insufficient scope, expected any of: %s")
	errFieldScope        = forbidden("insufficient_scope", "Insufficient scope, expected %s")
)

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
	errCheckpoint = badRequest("invalid_paging", "The checkpoint in `from` is unknown or has expired.")
	errPageTooFar = badRequest("invalid_paging", "Requesting page exceeds the allowed maximum of 1000 records.")
)

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
	// It lists the properties that the plan lacks (API contract 1.4).
	errFeatureNotEnabled = forbidden("feature_not_enabled", "Please upgrade your subscription to use %s.")
)

// What the rules about signing keys refuse (API contract 8).
//
// ASSUMED: a missing key has no code; the words about keys that are not previous; the limit on rotations is refused like
// that of any endpoint.
var (
	errNoSigningKey   = missing("", "Signing key not found.")
	errNotPreviousKey = ruleBroken("Only a previous signing key can be revoked.")
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
	errClientAndDefaultFor  = queryRefused("Query validation error: 'client_id and default_for cannot be provided together'.")
	errNotAnyOrganization   = queryRefused("Query validation error: 'No enum match for: false' on property allow_any_organization " +
		"(Optional filter on allow_any_organization).")
	errExpressClient      = badRequest("validation_error", "Client of type express_configuration cannot be used")
	errSystemGrantPatched = notSupported("System client grants cannot be patched.")
	errSystemGrantDeleted = notSupported("System client grants cannot be deleted.")
)

// What the rules about clients refuse (API contract 6).
//
// ASSUMED: all but the texts about the global client and about grant types: the contract says only that these are refused,
// and of grant types only how the text begins.
var (
	errGlobalClient   = notSupported("Global client cannot be deleted.")
	errGrantTypes     = ruleBroken("Invalid grant types: %s")
	errFirstParty     = ruleBroken("`is_first_party` cannot be changed")
	errLinkedAPI      = ruleBroken("`resource_server_identifier` can only be provided when `app_type` is resource_server")
	errTwoAuthMethods = ruleBroken(
		"`token_endpoint_auth_method` and `client_authentication_methods` cannot be provided together")
	errAttachedCredential = ruleBroken("`client_authentication_methods.%s` names no credential of the client that fits: %s")
	errQueryWithFilter    = queryRefused("Query validation error: '`q` cannot be combined with other filters'.")
	errQueryWithoutTake   = queryRefused("Query validation error: '`q` requires `take`'.")
	errQueryTerm          = queryRefused("Query validation error: 'Unsupported query: %s' on property q.")
)

// What the rules about credentials refuse (API contract 7).
//
// ASSUMED: the texts but the first, which has no code; the contract says only that these are refused (7.1 and 7.2).
var (
	errNoCredential       = missing("", "Credential does not exist") // API contract 1.5.
	errCredentialPEM      = ruleBroken("`pem` is not an RSA public key or certificate")
	errCredentialBits     = ruleBroken("`pem` must be an RSA key of 2048 to 4096 bits")
	errCredentialNeedsPEM = ruleBroken("`pem` is required for a credential of type %s")
	errCredentialSubject  = ruleBroken("`subject_dn` is for credentials of type cert_subject_dn without a `pem`")
	errTooManyCredentials = ruleBroken("A client can have 2 credentials at most")
)

func missing(code, text string) *refusal {
	return &refusal{status: http.StatusNotFound, code: code, text: text}
}

func conflict(code, text string) *refusal {
	return &refusal{status: http.StatusConflict, code: code, text: text}
}

func forbidden(code, text string) *refusal {
	return &refusal{status: http.StatusForbidden, code: code, text: text}
}

func badRequest(code, text string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, text: text}
}

func bearerRefused(text string) *refusal {
	return &refusal{status: http.StatusUnauthorized, text: text, echoed: true}
}

func tooMany(text string) *refusal {
	return &refusal{status: http.StatusTooManyRequests, code: "too_many_requests", text: text}
}

// ruleBroken is about a body, queryRefused about a query (API contract 1.3).
func ruleBroken(text string) *refusal   { return badRequest("invalid_body", text) }
func queryRefused(text string) *refusal { return badRequest("invalid_query_string", text) }

// notSupported is what objects of the system refuse (API contract 1.3).
func notSupported(text string) *refusal { return badRequest("operation_not_supported", text) }
