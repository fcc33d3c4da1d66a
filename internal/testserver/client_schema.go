// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"regexp"
	"slices"
)

// createClientSchema is that of POST (API contract 6.1): credentials come along as a whole.
var createClientSchema = schema{properties: slices.Concat([]property{
	{name: "name", kind: stringKind, required: true, pattern: noAngles, description: clientNameText},
	{name: "resource_server_identifier", kind: stringKind, min: 1, max: 600, description: "The identifier of the linked API"},
	authenticationMethodsProperty(credentialProperties),
}, fixedClientProperties, clearable(clearableClientProperties))}

// updateClientSchema is that of PATCH: credentials that are there already are attached by id (API contract 7.3).
// `is_first_party` passes because clients send it back unchanged; a change of it is refused later.
//
// ASSUMED: an empty body changes nothing, as with resource servers.
var updateClientSchema = schema{properties: slices.Concat([]property{
	{name: "name", kind: stringKind, pattern: noAngles, description: clientNameText},
	{name: "client_secret", kind: stringKind, min: 1, description: "The client secret"},
	authenticationMethodsProperty([]property{{name: "id", kind: stringKind, required: true, description: "Credential ID"}}),
}, fixedClientProperties, clearable(clearableClientProperties))}

const clientNameText = "The name of the client"

// clearable lets null clear properties.
//
// ASSUMED: null clears all that can be absent from an answer, but for the application type; the contract says that it
// clears many (6.2).
func clearable(properties []property) []property {
	out := slices.Clone(properties)
	for i := range out {
		out[i].nullable = true
	}
	return out
}

// fixedClientProperties always have a value, or keep the one that they have.
var fixedClientProperties = []property{
	{name: "app_type", kind: stringKind, enum: appTypes, description: "The type of application this client represents"},
	{name: "is_first_party", kind: booleanKind, description: "Whether this client is a first-party client"},
	{name: "oidc_conformant", kind: booleanKind, description: "Whether this client conforms to strict OIDC specifications"},
	{name: "is_token_endpoint_ip_header_trusted", kind: booleanKind, description: "Whether token requests' IP header is trusted"},
	{name: "sso_disabled", kind: booleanKind, description: "Whether single sign-on is disabled"},
	{name: "cross_origin_authentication", kind: booleanKind, description: "Whether cross-origin requests are allowed"},
	{name: "custom_login_page_on", kind: booleanKind, description: "Whether a custom login page is to be used"},
	{name: "grant_types", kind: arrayKind, items: &property{kind: stringKind}, description: "List of grant types of this client"},
}

// appTypes ends with the applications of vendors.
//
// ASSUMED: the list of vendors; the contract says only that there are some.
var appTypes = []string{
	"native", "spa", "regular_web", "non_interactive", resourceServerType, expressConfiguration,
	"rms", "box", "cloudbees", "concur", "dropbox", "mscrm", "echosign", "egnyte", "newrelic", "office365", "salesforce",
	"sentry", "sharepoint", "slack", "springcm", "zendesk", "zoom", "sso_integration", "oag",
}

// clearableClientProperties end with the settings of user flows.
var clearableClientProperties = slices.Concat([]property{
	{name: "description", kind: stringKind, max: 140, description: "Free text description of this client"},
	{
		name: "token_endpoint_auth_method", kind: stringKind, enum: []string{"none", "client_secret_post", "client_secret_basic"},
		description: "Defines the requested authentication method for the token endpoint",
	},
	jwtConfigurationProperty,
	refreshTokenProperty,
	{
		name: "client_metadata", kind: objectKind, open: true, values: &property{kind: stringKind, nullable: true, max: 255},
		description: "Metadata associated with the client; a change leaves the keys that it does not name",
	},
	{name: "default_organization", kind: objectKind, properties: []property{
		{
			name: "organization_id", kind: stringKind, required: true, pattern: regexp.MustCompile(`^org_[A-Za-z0-9]{16}$`),
			description: "The default Organization ID to be used",
		},
		{
			name: "flows", kind: arrayKind, required: true, min: 1, description: "The default Organization usage",
			items: &property{kind: stringKind, enum: []string{clientCredentials}},
		},
	}},
	{name: "organization_usage", kind: stringKind, enum: []string{"deny", "allow", "require"}},
	{
		name: "organization_require_behavior", kind: stringKind,
		enum: []string{"no_prompt", "pre_login_prompt", "post_login_prompt"},
	},
	tokenQuotaProperty,
	{name: "encryption_key", kind: objectKind, properties: alike(property{kind: stringKind}, "pub", "cert", "subject")},
}, userFlowProperties)

// alike makes properties that differ in name only.
func alike(p property, names ...string) []property {
	out := make([]property, len(names))
	for i, name := range names {
		out[i] = p
		out[i].name = name
	}
	return out
}

var jwtConfigurationProperty = property{
	name: "jwt_configuration", kind: objectKind, description: "Configuration of ID tokens", properties: []property{
		{name: "alg", kind: stringKind, enum: []string{"HS256", "RS256", "RS512", "PS256"}, description: "Algorithm of ID tokens"},
		{name: "lifetime_in_seconds", kind: integerKind, description: "Number of seconds the ID token is valid for"},
		{name: "secret_encoded", kind: booleanKind, description: "Whether the client secret is base64 encoded"},
		{name: "scopes", kind: objectKind, open: true},
	},
}

var refreshTokenProperty = property{
	name: "refresh_token", kind: objectKind, description: "Refresh token configuration", properties: []property{
		{name: "rotation_type", kind: stringKind, required: true, enum: []string{"rotating", "non-rotating"}},
		{name: "expiration_type", kind: stringKind, required: true, enum: []string{"expiring", "non-expiring"}},
		{name: "leeway", kind: integerKind, description: "Seconds in which a previous refresh token can be used again"},
		{name: "token_lifetime", kind: integerKind, min: 1, max: 157_788_000, description: "Seconds that tokens are valid for"},
		{name: "idle_token_lifetime", kind: integerKind, min: 1, description: "Seconds that unused tokens are valid for"},
		{name: "infinite_token_lifetime", kind: booleanKind, description: "Whether tokens never expire"},
		{name: "infinite_idle_token_lifetime", kind: booleanKind, description: "Whether tokens never expire when unused"},
	},
}

// authenticationMethodsProperty takes credentials in one form or another.
func authenticationMethodsProperty(credentials []property) property {
	methods := alike(property{kind: objectKind, properties: []property{{
		name: "credentials", kind: arrayKind, required: true, max: maxCredentials,
		items: &property{kind: objectKind, properties: credentials},
	}}}, privateKeyJWT, "tls_client_auth", "self_signed_tls_client_auth")
	return property{
		name: "client_authentication_methods", kind: objectKind, nullable: true, min: 1, max: 1, properties: methods,
		description: "Defines client authentication methods",
	}
}

// listClientsSchema is the query of the list (API contract 6.2). Its schema allows pages of nothing.
var listClientsSchema = schema{properties: slices.Concat(clientFilters, []property{
	{name: "q", kind: stringKind, description: "Query in Lucene query string syntax"},
}, offsetParameters(0), checkpointParameters, fieldParameters)}

// clientFilters cannot be used together with `q`.
//
// ASSUMED: no client has an external id, since nothing in the API that is covered here gives it one.
var clientFilters = []property{
	{name: "is_global", kind: booleanKind, description: "Optional filter on the global client parameter"},
	{name: "is_first_party", kind: booleanKind, description: "Optional filter on whether or not a client is a first-party client"},
	{name: "app_type", kind: stringKind, description: "Optional filter by a comma-separated list of application types"},
	{name: "external_client_id", kind: stringKind, description: "Optional filter by the external client id"},
}

var readClientSchema = schema{properties: fieldParameters}
