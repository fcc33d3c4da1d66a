// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"regexp"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// createClientSchema is the schema of POST (API contract 6.1): credentials come along as a whole.
var createClientSchema = schema.Schema{Properties: slices.Concat([]schema.Property{
	{
		Name: "name", Kind: schema.String, Required: true, Pattern: noAngles,
		Description: clientNameText,
	},
	{
		Name: "resource_server_identifier", Kind: schema.String, Min: 1, Max: 600,
		Description: "The identifier of the linked API",
	},
	authenticationMethodsProperty(credentialProperties),
}, fixedClientProperties, clearable(clearableClientProperties))}

// updateClientSchema is the schema of PATCH: credentials that are there already are attached by id
// (API contract 7.3). `is_first_party` passes because clients send it back unchanged; a change of
// it is refused later.
//
// ASSUMED: an empty body changes nothing, as with resource servers.
var updateClientSchema = schema.Schema{Properties: slices.Concat([]schema.Property{
	{Name: "name", Kind: schema.String, Pattern: noAngles, Description: clientNameText},
	{Name: "client_secret", Kind: schema.String, Min: 1, Description: "The client secret"},
	authenticationMethodsProperty([]schema.Property{{
		Name: "id", Kind: schema.String, Required: true, Description: "Credential ID",
	}}),
}, fixedClientProperties, clearable(clearableClientProperties))}

const clientNameText = "The name of the client"

// clearable lets null clear properties.
//
// ASSUMED: null clears all that can be absent from an answer, but for the application type; the
// contract says that it clears many (6.2).
func clearable(properties []schema.Property) []schema.Property {
	out := slices.Clone(properties)
	for i := range out {
		out[i].Nullable = true
	}
	return out
}

// fixedClientProperties always have a value, or keep the one that they have.
var fixedClientProperties = []schema.Property{
	{
		Name: "app_type", Kind: schema.String, Enum: appTypes,
		Description: "The type of application this client represents",
	},
	{
		Name:        "is_first_party",
		Kind:        schema.Boolean,
		Description: "Whether this client is a first-party client",
	},
	{
		Name:        "oidc_conformant",
		Kind:        schema.Boolean,
		Description: "Whether this client conforms to strict OIDC specifications",
	},
	{
		Name:        "is_token_endpoint_ip_header_trusted",
		Kind:        schema.Boolean,
		Description: "Whether token requests' IP header is trusted",
	},
	{Name: "sso_disabled", Kind: schema.Boolean, Description: "Whether single sign-on is disabled"},
	{
		Name:        "cross_origin_authentication",
		Kind:        schema.Boolean,
		Description: "Whether cross-origin requests are allowed",
	},
	{
		Name:        "custom_login_page_on",
		Kind:        schema.Boolean,
		Description: "Whether a custom login page is to be used",
	},
	{
		Name: "grant_types", Kind: schema.Array, Items: &schema.Property{Kind: schema.String},
		Description: "List of grant types of this client",
	},
}

// appTypes ends with the applications of vendors.
//
// ASSUMED: the list of vendors; the contract says only that there are some.
var appTypes = []string{
	"native", "spa", "regular_web", "non_interactive", tenant.ResourceServerType,
	tenant.ExpressConfiguration,
	"rms", "box", "cloudbees", "concur", "dropbox", "mscrm", "echosign", "egnyte", "newrelic",
	"office365", "salesforce",
	"sentry", "sharepoint", "slack", "springcm", "zendesk", "zoom", "sso_integration", "oag",
}

// clearableClientProperties end with the settings of user flows.
var clearableClientProperties = slices.Concat([]schema.Property{
	{
		Name: "description", Kind: schema.String, Max: 140,
		Description: "Free text description of this client",
	},
	{
		Name: "token_endpoint_auth_method", Kind: schema.String,
		Enum:        []string{"none", "client_secret_post", "client_secret_basic"},
		Description: "Defines the requested authentication method for the token endpoint",
	},
	jwtConfigurationProperty,
	refreshTokenProperty,
	{
		Name: "client_metadata", Kind: schema.Object, Open: true,
		Values: &schema.Property{Kind: schema.String, Nullable: true, Max: 255},
		Description: "Metadata associated with the client; a change leaves the keys that it does " +
			"not name",
	},
	{Name: "default_organization", Kind: schema.Object, Properties: []schema.Property{
		{
			Name: "organization_id", Kind: schema.String, Required: true,
			Pattern:     regexp.MustCompile(`^org_[A-Za-z0-9]{16}$`),
			Description: "The default Organization ID to be used",
		},
		{
			Name: "flows", Kind: schema.Array, Required: true, Min: 1,
			Description: "The default Organization usage",
			Items: &schema.Property{
				Kind: schema.String,
				Enum: []string{tenant.ClientCredentials},
			},
		},
	}},
	{Name: "organization_usage", Kind: schema.String, Enum: []string{"deny", "allow", "require"}},
	{
		Name: "organization_require_behavior", Kind: schema.String,
		Enum: []string{"no_prompt", "pre_login_prompt", "post_login_prompt"},
	},
	tokenQuotaProperty,
	{
		Name:       "encryption_key",
		Kind:       schema.Object,
		Properties: alike(schema.Property{Kind: schema.String}, "pub", "cert", "subject"),
	},
}, userFlowProperties)

var jwtConfigurationProperty = schema.Property{
	Name: "jwt_configuration", Kind: schema.Object, Description: "Configuration of ID tokens",
	Properties: []schema.Property{
		{
			Name: "alg", Kind: schema.String, Enum: []string{"HS256", "RS256", "RS512", "PS256"},
			Description: "Algorithm of ID tokens",
		},
		{
			Name:        "lifetime_in_seconds",
			Kind:        schema.Integer,
			Description: "Number of seconds the ID token is valid for",
		},
		{
			Name:        "secret_encoded",
			Kind:        schema.Boolean,
			Description: "Whether the client secret is base64 encoded",
		},
		{Name: "scopes", Kind: schema.Object, Open: true},
	},
}

var refreshTokenProperty = schema.Property{
	Name: "refresh_token", Kind: schema.Object, Description: "Refresh token configuration",
	Properties: []schema.Property{
		{
			Name: "rotation_type", Kind: schema.String, Required: true,
			Enum: []string{"rotating", "non-rotating"},
		},
		{
			Name: "expiration_type", Kind: schema.String, Required: true,
			Enum: []string{"expiring", "non-expiring"},
		},
		{
			Name:        "leeway",
			Kind:        schema.Integer,
			Description: "Seconds in which a previous refresh token can be used again",
		},
		{
			Name: "token_lifetime", Kind: schema.Integer, Min: 1, Max: 157_788_000,
			Description: "Seconds that tokens are valid for",
		},
		{
			Name: "idle_token_lifetime", Kind: schema.Integer, Min: 1,
			Description: "Seconds that unused tokens are valid for",
		},
		{
			Name:        "infinite_token_lifetime",
			Kind:        schema.Boolean,
			Description: "Whether tokens never expire",
		},
		{
			Name:        "infinite_idle_token_lifetime",
			Kind:        schema.Boolean,
			Description: "Whether tokens never expire when unused",
		},
		{
			Name: "policies", Kind: schema.Array,
			Description: "APIs that refresh tokens can be exchanged for access tokens of",
			Items: &schema.Property{Kind: schema.Object, Properties: []schema.Property{
				{
					Name: "audience", Kind: schema.String, Required: true, Min: 1,
					Description: "The identifier of the API",
				},
				{
					Name: "scope", Kind: schema.Array, Required: true,
					Items:       &schema.Property{Kind: schema.String},
					Description: "Scopes of the API",
				},
			}},
		},
	},
}

// authenticationMethodsProperty takes credentials in one form or another.
func authenticationMethodsProperty(credentials []schema.Property) schema.Property {
	methods := alike(schema.Property{Kind: schema.Object, Properties: []schema.Property{{
		Name: "credentials", Kind: schema.Array, Required: true, Max: tenant.MaxCredentials,
		Items: &schema.Property{Kind: schema.Object, Properties: credentials},
	}}}, tenant.PrivateKeyJWT, "tls_client_auth", "self_signed_tls_client_auth")
	return schema.Property{
		Name: "client_authentication_methods", Kind: schema.Object, Nullable: true, Min: 1, Max: 1,
		Properties:  methods,
		Description: "Defines client authentication methods",
	}
}

// listClientsSchema is the query of the list (API contract 6.2). Its schema allows pages of
// nothing.
var listClientsSchema = schema.Schema{Properties: slices.Concat(clientFilters, []schema.Property{
	{Name: "q", Kind: schema.String, Description: "Query in Lucene query string syntax"},
}, offsetParameters(0), checkpointParameters, fieldParameters)}

// clientFilters cannot be used together with `q`.
//
// ASSUMED: no client has an external id, since nothing in the API that is covered here gives it
// one.
var clientFilters = []schema.Property{
	{
		Name:        "is_global",
		Kind:        schema.Boolean,
		Description: "Optional filter on the global client parameter",
	},
	{
		Name:        "is_first_party",
		Kind:        schema.Boolean,
		Description: "Optional filter on whether or not a client is a first-party client",
	},
	{
		Name:        "app_type",
		Kind:        schema.String,
		Description: "Optional filter by a comma-separated list of application types",
	},
	{
		Name:        "external_client_id",
		Kind:        schema.String,
		Description: "Optional filter by the external client id",
	},
}

var readClientSchema = schema.Schema{Properties: fieldParameters}

var tokenQuotaProperty = schema.Property{
	Name: "token_quota", Kind: schema.Object, Nullable: true,
	Properties: []schema.Property{
		{
			Name: "client_credentials", Kind: schema.Object, Required: true, Min: 1,
			Description: "The token quota configuration",
			Properties: []schema.Property{
				{
					Name:        "enforce",
					Kind:        schema.Boolean,
					Description: "Whether requests in excess of the quota fail",
				},
				{
					Name: "per_day", Kind: schema.Integer, Min: 1,
					Description: "Maximum number of issued tokens per day",
				},
				{
					Name: "per_hour", Kind: schema.Integer, Min: 1,
					Description: "Maximum number of issued tokens per hour",
				},
			},
		},
	},
}
