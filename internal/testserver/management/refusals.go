// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

// errFieldScope names fields and scopes.
//
// ASSUMED: the words; the contract says only that they name fields and scopes (API contract 1.4).
var errFieldScope = wire.Forbidden("insufficient_scope", "Insufficient scope, expected %s")

// What lists refuse.
//
// ASSUMED: all about checkpoints; the contract says only that they expire (1.8).
var (
	errCheckpoint = wire.BadRequest(
		"invalid_paging", "The checkpoint in `from` is unknown or has expired.",
	)
	errPageTooFar = wire.BadRequest(
		"invalid_paging", "Requesting page exceeds the allowed maximum of 1000 records.",
	)
)

// What the rules about resource servers refuse (API contract 3).
//
// ASSUMED: the code of a reserved identifier; the texts about lifetimes and about encryption keys.
var (
	errReservedIdentifier = wire.InvalidBody("The selected identifier is reserved.")
	errWebLifetime        = wire.InvalidBody("`token_lifetime_for_web` cannot be greater than " +
		"`token_lifetime`")
	errEncryptionKey = wire.InvalidBody("`token_encryption.encryption_key.pem` is not an " +
		"RSA public key or certificate")
	errEncryptionKeyTooShort = wire.InvalidBody("`token_encryption.encryption_key.pem` must be " +
		"an RSA key of at least 2048 bits")
	// The text is that of a violation of the schema that system APIs have.
	errSystemResourceServerRules = wire.InvalidBody("%s")
	// It lists the properties that the plan lacks (API contract 1.4).
	errFeatureNotEnabled = wire.Forbidden(
		"feature_not_enabled", "Please upgrade your subscription to use %s.",
	)
)

// What the rules about client grants refuse (API contract 4).
//
// ASSUMED: the texts but those of system APIs; the contract says only that these are refused (4.1,
// 4.3 and 4.7).
var (
	errAllScopesOfSystemAPI = wire.InvalidBody("`allow_all_scopes` cannot be provided when " +
		"`audience` is a system API")
	errAllScopesAndScope = wire.InvalidBody("`scope` cannot be provided when " +
		"`allow_all_scopes` is true")
	errDefaultForSystemAPI = wire.InvalidBody("`default_for` cannot be provided when `audience` " +
		"is a system API")
	errDefaultForAnyOrg = wire.InvalidBody("`allow_any_organization` cannot be true when " +
		"`default_for` is provided")
	errClientOrDefaultFor = wire.InvalidBody("Payload validation error: 'Exactly one of " +
		"client_id and default_for must be provided'.")
	errClientAndDefaultFor = wire.InvalidQuery("Query validation error: 'client_id and " +
		"default_for cannot be provided together'.")
	errNotAnyOrganization = wire.InvalidQuery("Query validation error: 'No enum match for: " +
		"false' on property allow_any_organization " +
		"(Optional filter on allow_any_organization).")
)

// What the rules about clients refuse (API contract 6).
//
// ASSUMED: all but the text about grant types: the contract says only that these are refused, and
// of grant types only how the text begins.
var (
	errGrantTypes = wire.InvalidBody("Invalid grant types: %s")
	errFirstParty = wire.InvalidBody("`is_first_party` cannot be changed")
	errLinkedAPI  = wire.InvalidBody("`resource_server_identifier` can only be provided when " +
		"`app_type` is resource_server")
	errTwoAuthMethods = wire.InvalidBody(
		"`token_endpoint_auth_method` and `client_authentication_methods` cannot be provided " +
			"together")
	errAttachedCredential = wire.InvalidBody("`client_authentication_methods.%s` names no " +
		"credential of the client that fits: %s")
	errQueryWithFilter = wire.InvalidQuery("Query validation error: '`q` cannot be combined " +
		"with other filters'.")
	errQueryWithoutTake = wire.InvalidQuery("Query validation error: '`q` requires `take`'.")
	errQueryTerm        = wire.InvalidQuery("Query validation error: 'Unsupported query: %s' on " +
		"property q.")
)

// What the rules about credentials refuse (API contract 7).
//
// ASSUMED: the texts but the first, which has no code; the contract says only that these are
// refused (7.1 and 7.2).
var (
	errNoCredential       = wire.Missing("", "Credential does not exist") // API contract 1.5.
	errCredentialPEM      = wire.InvalidBody("`pem` is not an RSA public key or certificate")
	errCredentialBits     = wire.InvalidBody("`pem` must be an RSA key of 2048 to 4096 bits")
	errCredentialNeedsPEM = wire.InvalidBody("`pem` is required for a credential of type %s")
	errCredentialSubject  = wire.InvalidBody("`subject_dn` is for credentials of type " +
		"cert_subject_dn without a `pem`")
)
