// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"
	"time"
)

// client is an application of the tenant (API contract 6.1): what the server keeps of it. Pointers, maps and slices that
// are nil are left out of answers.
type client struct {
	IsTokenEndpointIPHeaderTrusted bool                  `json:"is_token_endpoint_ip_header_trusted"`
	Name                           string                `json:"name"`
	IsFirstParty                   bool                  `json:"is_first_party"`
	OIDCConformant                 bool                  `json:"oidc_conformant"`
	SSODisabled                    bool                  `json:"sso_disabled"`
	CrossOriginAuthentication      bool                  `json:"cross_origin_authentication"`
	CrossOriginAuth                bool                  `json:"cross_origin_auth"` // The older name of the same setting.
	RefreshToken                   *refreshTokenSettings `json:"refresh_token,omitzero"`
	JWTConfiguration               *jwtConfiguration     `json:"jwt_configuration,omitzero"`
	ClientID                       string                `json:"client_id"`
	CustomLoginPageOn              bool                  `json:"custom_login_page_on"`
	AppType                        string                `json:"app_type,omitzero"`
	GrantTypes                     []string              `json:"grant_types"`
	TokenEndpointAuthMethod        *string               `json:"token_endpoint_auth_method,omitzero"`
	AuthenticationMethods          authenticationMethods `json:"client_authentication_methods,omitzero"`
	ResourceServerIdentifier       string                `json:"resource_server_identifier,omitzero"`
	Description                    *string               `json:"description,omitzero"`
	Metadata                       map[string]string     `json:"client_metadata,omitzero"`
	DefaultOrganization            *defaultOrganization  `json:"default_organization,omitzero"`
	OrganizationUsage              *string               `json:"organization_usage,omitzero"`
	OrganizationRequireBehavior    *string               `json:"organization_require_behavior,omitzero"`
	TokenQuota                     *tokenQuota           `json:"token_quota,omitzero"`

	userFlowSettings

	// What answers hide from some or all: see showClient.
	IsGlobal      bool              `json:"is_global,omitzero"`
	Secret        string            `json:"client_secret,omitzero"`
	EncryptionKey map[string]string `json:"encryption_key,omitzero"`
	Credentials   []credential      `json:"credentials,omitzero"`
}

// refreshTokenSettings and jwtConfiguration show what was sent and nothing else (API contract 6.1).
type refreshTokenSettings struct {
	RotationType              string `json:"rotation_type"`
	ExpirationType            string `json:"expiration_type"`
	Leeway                    *int   `json:"leeway,omitzero"`
	TokenLifetime             *int   `json:"token_lifetime,omitzero"`
	IdleTokenLifetime         *int   `json:"idle_token_lifetime,omitzero"`
	InfiniteTokenLifetime     *bool  `json:"infinite_token_lifetime,omitzero"`
	InfiniteIdleTokenLifetime *bool  `json:"infinite_idle_token_lifetime,omitzero"`
}

type jwtConfiguration struct {
	LifetimeInSeconds *int           `json:"lifetime_in_seconds,omitzero"`
	SecretEncoded     *bool          `json:"secret_encoded,omitzero"`
	Alg               string         `json:"alg,omitzero"`
	Scopes            map[string]any `json:"scopes,omitzero"`
}

// authenticationMethods attach credentials to a client, under the name of the one method it has (API contract 7.3).
type authenticationMethods map[string]attachedCredentials

const privateKeyJWT = "private_key_jwt"

// attachable says which type of credential is for which method. The two that are mutual TLS are kept and shown, but
// nobody can authenticate by them: the server does not look at client certificates.
var attachable = map[string]string{
	privateKeyJWT:                 publicKeyType,
	"tls_client_auth":             certificateSubjectType,
	"self_signed_tls_client_auth": certificateType,
}

type attachedCredentials struct {
	Credentials []credentialReference `json:"credentials"`
}

type credentialReference struct {
	ID string `json:"id"`
}

// usesSecret is false while a method with credentials is configured; the secret is unusable and hidden until that ends
// (API contract 7.3).
func (c client) usesSecret() bool { return c.AuthenticationMethods == nil }

// keys lists the credentials that can sign an assertion of the client at a time.
func (c client) keys(now time.Time) []credential {
	var keys []credential
	for _, reference := range c.AuthenticationMethods[privateKeyJWT].Credentials {
		if i := c.findCredential(reference.ID); i >= 0 && !c.Credentials[i].expired(now) {
			keys = append(keys, c.Credentials[i])
		}
	}
	return keys
}

// findCredential returns -1 when the client has no credential with this id.
func (c client) findCredential(id string) int {
	return slices.IndexFunc(c.Credentials, func(one credential) bool { return one.ID == id })
}
