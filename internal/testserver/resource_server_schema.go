// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "regexp"

// noAngles keeps names from being read as markup.
var noAngles = regexp.MustCompile(`^[^<>]+$`)

// createResourceServerSchema is that of POST (API contract 3.1).
var createResourceServerSchema = schema{properties: append([]property{
	{name: "identifier", kind: stringKind, required: true, min: 1, max: 600, description: "Unique identifier for this API"},
}, writableResourceServerProperties...)}

// updateResourceServerSchema is that of PATCH. It does not know `id` and `identifier`, so sending them is refused, even
// unchanged (API contract 3.11).
var updateResourceServerSchema = schema{properties: writableResourceServerProperties}

const (
	maxTokenLifetime  = 2_592_000
	minSigningSecret  = 16
	tokenLifetimeText = "Expiration value (in seconds) for access tokens issued for this API"
	skipConsentText   = "Whether to skip user consent for applications flagged as first party"
)

var signingAlgorithms = []string{"HS256", "RS256", "RS512", "PS256"}

var writableResourceServerProperties = []property{
	{name: "name", kind: stringKind, max: 200, pattern: noAngles, description: "Friendly name for this resource server"},
	scopesProperty,
	{
		name: "signing_alg", kind: stringKind, enum: signingAlgorithms,
		description: "Algorithm used to sign JWTs",
	},
	{name: "signing_secret", kind: stringKind, min: minSigningSecret, description: "Secret used to sign tokens when using symmetric algorithms"},
	{name: "allow_offline_access", kind: booleanKind, description: "Whether refresh tokens can be issued for this API"},
	{name: "allow_online_access", kind: booleanKind, description: "Whether online refresh tokens can be issued for this API"},
	{name: "allow_online_access_with_ephemeral_sessions", kind: booleanKind},
	{name: "token_lifetime", kind: integerKind, max: maxTokenLifetime, description: tokenLifetimeText},
	{
		name: "token_lifetime_for_web", kind: integerKind, max: maxTokenLifetime,
		description: "Expiration value (in seconds) for access tokens issued for this API via implicit or hybrid flows",
	},
	{
		// Of the official Node SDK 7.1 and the official provider, kept and shown: it is about users without an account.
		name: "token_lifetime_for_anonymous_access_tokens", kind: integerKind, nullable: true, max: maxTokenLifetime,
		description: "Expiration value (in seconds) for access tokens of anonymous sessions",
	},
	{
		name: "token_dialect", kind: stringKind, description: "Dialect of access tokens",
		enum: []string{"access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"},
	},
	{name: "enforce_policies", kind: booleanKind, description: "Whether authorization policies are enforced"},
	{name: "skip_consent_for_verifiable_first_party_clients", kind: booleanKind, description: skipConsentText},
	{name: "subject_type_authorization", kind: objectKind, open: true, properties: []property{
		userPolicy, clientPolicy, anonymousUserPolicy,
	}},
	tokenEncryptionProperty,
	{name: "consent_policy", kind: stringKind, nullable: true, enum: []string{"transactional-authorization-with-mfa"}},
	{name: "authorization_details", kind: arrayKind, nullable: true, items: &property{kind: objectKind, open: true}},
	proofOfPossessionProperty,
	{name: "authorization_policy", kind: objectKind, nullable: true, properties: []property{
		{name: "policy_id", kind: stringKind, required: true, min: 1, max: 1024},
	}},
}

// scopesProperty refuses two scopes of one value.
//
// ASSUMED: with the message for duplicate items (API contract 3.2), and the limit of 1,000 with that for long arrays.
var scopesProperty = property{
	name: "scopes", kind: arrayKind, max: 1000, unique: "value", description: "List of permissions (scopes) that this API uses",
	items: &property{kind: objectKind, properties: []property{
		{name: "value", kind: stringKind, required: true, min: 1, max: 280, description: "Value of this scope"},
		{name: "description", kind: stringKind, max: 500, description: "User-friendly description of this scope"},
	}},
}

var userPolicy = property{name: "user", kind: objectKind, open: true, properties: []property{
	{name: "policy", kind: stringKind, enum: []string{"allow_all", "deny_all", "require_client_grant"}},
}}

var clientPolicy = property{name: "client", kind: objectKind, open: true, properties: []property{
	{name: "policy", kind: stringKind, enum: []string{"deny_all", "require_client_grant"}},
}}

// anonymousUserPolicy is of the official Node SDK 7.1 and the official provider, and kept and shown like that for users.
var anonymousUserPolicy = property{name: "anonymous_user", kind: objectKind, open: true, properties: []property{
	{name: "policy", kind: stringKind, enum: []string{"deny_all", "require_client_grant"}},
}}

var tokenEncryptionProperty = property{name: "token_encryption", kind: objectKind, nullable: true, properties: []property{
	{
		name: "format", kind: stringKind, required: true, enum: []string{"compact-nested-jwe"},
		description: "Format of the encrypted JWT payload",
	},
	{name: "encryption_key", kind: objectKind, required: true, properties: []property{
		{name: "name", kind: stringKind, min: 1, max: 128, description: "Name of the encryption key"},
		{
			name: "alg", kind: stringKind, required: true, enum: []string{"RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"},
			description: "Algorithm used to encrypt the token",
		},
		{name: "kid", kind: stringKind, min: 1, max: 128, description: "Key ID"},
		{name: "pem", kind: stringKind, required: true, min: 1, max: 4096, description: "PEM-formatted public key"},
	}},
}}

var proofOfPossessionProperty = property{name: "proof_of_possession", kind: objectKind, nullable: true, properties: []property{
	{name: "mechanism", kind: stringKind, required: true, enum: []string{"mtls", "dpop"}},
	{name: "required", kind: booleanKind, required: true},
	{name: "required_for", kind: stringKind, enum: []string{"public_clients", "all_clients"}},
}}

// listResourceServersSchema is the query of the list: offset paging only (API contract 3.9).
var listResourceServersSchema = schema{properties: append([]property{
	{name: "identifiers", kind: arrayKind, max: 10, items: &property{kind: stringKind}, description: "Identifiers to filter by"},
}, append(offsetParameters(1), fieldParameters...)...)}

// readResourceServerSchema is the query of a single read (API contract 3.10).
var readResourceServerSchema = schema{properties: fieldParameters}
