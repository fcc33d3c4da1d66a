// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"regexp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// noAngles keeps names from being read as markup.
var noAngles = regexp.MustCompile(`^[^<>]+$`)

// createResourceServerSchema is the schema of POST (API contract 3.1).
var createResourceServerSchema = schema.Schema{Properties: append([]schema.Property{
	{
		Name: "identifier", Kind: schema.String, Required: true, Min: 1, Max: 600,
		Description: "Unique identifier for this API",
	},
}, writableResourceServerProperties...)}

// updateResourceServerSchema is the schema of PATCH. It does not know `id` and `identifier`, so
// sending them is refused, even unchanged (API contract 3.11).
var updateResourceServerSchema = schema.Schema{Properties: writableResourceServerProperties}

const (
	tokenLifetimeText = "Expiration value (in seconds) for access tokens issued for this API"
	skipConsentText   = "Whether to skip user consent for applications flagged as first party"
)

var writableResourceServerProperties = []schema.Property{
	{
		Name: "name", Kind: schema.String, Max: 200, Pattern: noAngles,
		Description: "Friendly name for this resource server",
	},
	scopesProperty,
	{
		Name: "signing_alg", Kind: schema.String, Enum: tenant.SigningAlgorithms,
		Description: "Algorithm used to sign JWTs",
	},
	{
		Name: "signing_secret", Kind: schema.String, Min: tenant.MinSigningSecret,
		Description: "Secret used to sign tokens when using symmetric algorithms",
	},
	{
		Name:        "allow_offline_access",
		Kind:        schema.Boolean,
		Description: "Whether refresh tokens can be issued for this API",
	},
	{
		Name:        "allow_online_access",
		Kind:        schema.Boolean,
		Description: "Whether online refresh tokens can be issued for this API",
	},
	{Name: "allow_online_access_with_ephemeral_sessions", Kind: schema.Boolean},
	{
		Name: "token_lifetime", Kind: schema.Integer, Max: tenant.MaxTokenLifetime,
		Description: tokenLifetimeText,
	},
	{
		Name: "token_lifetime_for_web", Kind: schema.Integer, Max: tenant.MaxTokenLifetime,
		Description: "Expiration value (in seconds) for access tokens issued for this API via " +
			"implicit or hybrid flows",
	},
	{
		// Of the official Node SDK 7.1 and the official provider, kept and shown: it is about users
		// without an account.
		Name: "token_lifetime_for_anonymous_access_tokens", Kind: schema.Integer, Nullable: true,
		Max:         tenant.MaxTokenLifetime,
		Description: "Expiration value (in seconds) for access tokens of anonymous sessions",
	},
	{
		Name: "token_dialect", Kind: schema.String, Description: "Dialect of access tokens",
		Enum: []string{
			"access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz",
		},
	},
	{
		Name:        "enforce_policies",
		Kind:        schema.Boolean,
		Description: "Whether authorization policies are enforced",
	},
	{
		Name:        "skip_consent_for_verifiable_first_party_clients",
		Kind:        schema.Boolean,
		Description: skipConsentText,
	},
	{
		Name: "subject_type_authorization", Kind: schema.Object, Open: true,
		Properties: []schema.Property{
			userPolicy, clientPolicy, anonymousUserPolicy,
		},
	},
	tokenEncryptionProperty,
	{
		Name: "consent_policy", Kind: schema.String, Nullable: true,
		Enum: []string{"transactional-authorization-with-mfa"},
	},
	{
		Name: "authorization_details", Kind: schema.Array, Nullable: true,
		Items: &schema.Property{Kind: schema.Object, Open: true},
	},
	proofOfPossessionProperty,
	{
		Name: "authorization_policy", Kind: schema.Object, Nullable: true,
		Properties: []schema.Property{
			{Name: "policy_id", Kind: schema.String, Required: true, Min: 1, Max: 1024},
		},
	},
}

// scopesProperty refuses two scopes of one value.
//
// ASSUMED: with the message for duplicate items (API contract 3.2), and the limit of 1,000 with
// that for long arrays.
var scopesProperty = schema.Property{
	Name: "scopes", Kind: schema.Array, Max: 1000, Unique: "value",
	Description: "List of permissions (scopes) that this API uses",
	Items: &schema.Property{Kind: schema.Object, Properties: []schema.Property{
		{
			Name: "value", Kind: schema.String, Required: true, Min: 1, Max: 280,
			Description: "Value of this scope",
		},
		{
			Name: "description", Kind: schema.String, Max: 500,
			Description: "User-friendly description of this scope",
		},
	}},
}

var userPolicy = schema.Property{
	Name: "user", Kind: schema.Object, Open: true,
	Properties: []schema.Property{
		{
			Name: "policy",
			Kind: schema.String,
			Enum: []string{"allow_all", "deny_all", "require_client_grant"},
		},
	},
}

var clientPolicy = schema.Property{
	Name: "client", Kind: schema.Object, Open: true,
	Properties: []schema.Property{
		{Name: "policy", Kind: schema.String, Enum: []string{"deny_all", "require_client_grant"}},
	},
}

// anonymousUserPolicy is of the official Node SDK 7.1 and the official provider, and kept and shown
// like that for users.
var anonymousUserPolicy = schema.Property{
	Name: "anonymous_user", Kind: schema.Object, Open: true,
	Properties: []schema.Property{
		{Name: "policy", Kind: schema.String, Enum: []string{"deny_all", "require_client_grant"}},
	},
}

var tokenEncryptionProperty = schema.Property{
	Name: "token_encryption", Kind: schema.Object, Nullable: true,
	Properties: []schema.Property{
		{
			Name: "format", Kind: schema.String, Required: true,
			Enum:        []string{"compact-nested-jwe"},
			Description: "Format of the encrypted JWT payload",
		},
		{Name: "encryption_key", Kind: schema.Object, Required: true, Properties: []schema.Property{
			{
				Name: "name", Kind: schema.String, Min: 1, Max: 128,
				Description: "Name of the encryption key",
			},
			{
				Name: "alg", Kind: schema.String, Required: true,
				Enum:        []string{"RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"},
				Description: "Algorithm used to encrypt the token",
			},
			{Name: "kid", Kind: schema.String, Min: 1, Max: 128, Description: "Key ID"},
			{
				Name: "pem", Kind: schema.String, Required: true, Min: 1, Max: 4096,
				Description: "PEM-formatted public key",
			},
		}},
	},
}

var proofOfPossessionProperty = schema.Property{
	Name: "proof_of_possession", Kind: schema.Object, Nullable: true,
	Properties: []schema.Property{
		{Name: "mechanism", Kind: schema.String, Required: true, Enum: []string{"mtls", "dpop"}},
		{Name: "required", Kind: schema.Boolean, Required: true},
		{
			Name: "required_for", Kind: schema.String,
			Enum: []string{"public_clients", "all_clients"},
		},
	},
}

// listResourceServersSchema is the query of the list: offset paging only (API contract 3.9).
var listResourceServersSchema = schema.Schema{Properties: append([]schema.Property{
	{
		Name: "identifiers", Kind: schema.Array, Max: 10,
		Items: &schema.Property{Kind: schema.String}, Description: "Identifiers to filter by",
	},
}, append(offsetParameters(1), fieldParameters...)...)}

// readResourceServerSchema is the query of a single read (API contract 3.10).
var readResourceServerSchema = schema.Schema{Properties: fieldParameters}
