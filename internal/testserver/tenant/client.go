// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Client is an application of the tenant (API contract 6.1), as the server stores it. Replies omit
// pointers, maps and slices that are nil.
type Client struct {
	IsTokenEndpointIPHeaderTrusted bool   `json:"is_token_endpoint_ip_header_trusted"`
	Name                           string `json:"name"`
	IsFirstParty                   bool   `json:"is_first_party"`
	OIDCConformant                 bool   `json:"oidc_conformant"`
	SSODisabled                    bool   `json:"sso_disabled"`
	CrossOriginAuthentication      bool   `json:"cross_origin_authentication"`
	// The older name of the same setting.
	CrossOriginAuth             bool                  `json:"cross_origin_auth"`
	RefreshToken                *RefreshTokenSettings `json:"refresh_token,omitzero"`
	JWTConfiguration            *JWTConfiguration     `json:"jwt_configuration,omitzero"`
	ClientID                    string                `json:"client_id"`
	CustomLoginPageOn           bool                  `json:"custom_login_page_on"`
	AppType                     string                `json:"app_type,omitzero"`
	GrantTypes                  []string              `json:"grant_types"`
	TokenEndpointAuthMethod     *string               `json:"token_endpoint_auth_method,omitzero"`
	AuthenticationMethods       authenticationMethods `json:"client_authentication_methods,omitzero"`
	ResourceServerIdentifier    string                `json:"resource_server_identifier,omitzero"`
	Description                 *string               `json:"description,omitzero"`
	Metadata                    map[string]string     `json:"client_metadata,omitzero"`
	DefaultOrganization         *DefaultOrganization  `json:"default_organization,omitzero"`
	OrganizationUsage           *string               `json:"organization_usage,omitzero"`
	OrganizationRequireBehavior *string               `json:"organization_require_behavior,omitzero"`
	TokenQuota                  *TokenQuota           `json:"token_quota,omitzero"`

	userFlowSettings

	// Not shown in every reply, or to every caller.
	IsGlobal      bool              `json:"is_global,omitzero"`
	Secret        string            `json:"client_secret,omitzero"`
	EncryptionKey map[string]string `json:"encryption_key,omitzero"`
	Credentials   []Credential      `json:"credentials,omitzero"`
}

var clientKind = kind[Client]{
	name:   "clients",
	id:     func(c Client) string { return c.ClientID },
	groups: Client.groups,
	sound:  checkRestoredClient,
	ownIDs: true,
}

// RefreshTokenSettings are the settings of refresh tokens. Replies show only properties that were
// sent (API contract 6.1).
type RefreshTokenSettings struct {
	RotationType              string `json:"rotation_type"`
	ExpirationType            string `json:"expiration_type"`
	Leeway                    *int   `json:"leeway,omitzero"`
	TokenLifetime             *int   `json:"token_lifetime,omitzero"`
	IdleTokenLifetime         *int   `json:"idle_token_lifetime,omitzero"`
	InfiniteTokenLifetime     *bool  `json:"infinite_token_lifetime,omitzero"`
	InfiniteIdleTokenLifetime *bool  `json:"infinite_idle_token_lifetime,omitzero"`

	Policies []refreshTokenPolicy `json:"policies,omitzero"`
}

// refreshTokenPolicy lets refresh tokens be exchanged for access tokens of an API.
type refreshTokenPolicy struct {
	Audience string   `json:"audience"`
	Scope    []string `json:"scope"`
}

// JWTConfiguration is the format of ID tokens. Replies show only properties that were sent (API
// contract 6.1).
type JWTConfiguration struct {
	LifetimeInSeconds *int           `json:"lifetime_in_seconds,omitzero"`
	SecretEncoded     *bool          `json:"secret_encoded,omitzero"`
	Alg               string         `json:"alg,omitzero"`
	Scopes            map[string]any `json:"scopes,omitzero"`
}

// authenticationMethods attach credentials to a client. The key is the only authentication method
// of the client (API contract 7.3).
type authenticationMethods map[string]attachedCredentials

// PrivateKeyJWT is the authentication method with a signed assertion (API contract 9.3).
const PrivateKeyJWT = "private_key_jwt"

// Attachable maps authentication methods to the type of their credentials. The two mutual TLS
// methods are stored and shown, but clients cannot authenticate with them: the server ignores
// client certificates.
var Attachable = map[string]string{
	PrivateKeyJWT:                 PublicKeyType,
	"tls_client_auth":             CertificateSubjectType,
	"self_signed_tls_client_auth": CertificateType,
}

type attachedCredentials struct {
	Credentials []credentialReference `json:"credentials"`
}

type credentialReference struct {
	ID string `json:"id"`
}

// UsesSecret reports whether the client authenticates with its secret. While a method with
// credentials is configured, the secret is unusable and hidden (API contract 7.3).
func (c Client) UsesSecret() bool { return c.AuthenticationMethods == nil }

// Keys returns the credentials that can sign an assertion of the client at the given time.
func (c Client) Keys(now time.Time) []Credential {
	var keys []Credential
	for _, reference := range c.AuthenticationMethods[PrivateKeyJWT].Credentials {
		if i := c.FindCredential(reference.ID); i >= 0 && !c.Credentials[i].expired(now) {
			keys = append(keys, c.Credentials[i])
		}
	}
	return keys
}

// FindCredential returns the index of a credential, or -1 if the client has none with this id.
func (c Client) FindCredential(id string) int {
	return slices.IndexFunc(c.Credentials, func(one Credential) bool { return one.ID == id })
}

// groups puts a client that represents an API into the group of that API.
func (c Client) groups() []string {
	if c.ResourceServerIdentifier == "" {
		return nil
	}
	return []string{ofResourceServer(c.ResourceServerIdentifier)}
}

func checkRestoredClient(_ finder, c Client) error {
	switch {
	case c.ClientID == "":
		return fmt.Errorf("the client %q has no id", c.Name)
	case c.GrantTypes == nil:
		return fmt.Errorf("the client %s has no list of grant types", c.ClientID)
	}
	return nil
}

// DefaultOrganization is the organization that a client uses if a grant requires one and the
// request names none (API contract 4.4 and 6.1).
type DefaultOrganization struct {
	OrganizationID string   `json:"organization_id"`
	Flows          []string `json:"flows"`
}

// DefaultOrganizationID returns the default organization for client credentials, or "" if the
// client has none.
func (c Client) DefaultOrganizationID() string {
	if c.DefaultOrganization == nil ||
		!slices.Contains(c.DefaultOrganization.Flows, ClientCredentials) {
		return ""
	}
	return c.DefaultOrganization.OrganizationID
}

// TokenQuota limits the number of tokens of one client, or of all clients for an organization (API
// contract 6.1 and 9.4).
type TokenQuota struct {
	ClientCredentials TokenLimits `json:"client_credentials"`
}

// TokenLimits are reported even if they are not enforced; 0 means unlimited.
type TokenLimits struct {
	Enforce *bool `json:"enforce,omitzero"`
	PerDay  int   `json:"per_day,omitzero"`
	PerHour int   `json:"per_hour,omitzero"`
}

// Application types that have their own rules.
const (
	ResourceServerType   = "resource_server"       // Represents an API (API contract 6.1).
	ExpressConfiguration = "express_configuration" // Cannot have grants (API contract 4.5).
)

// DefaultRefreshToken returns the refresh token settings of a client that sets none. The lifetimes
// are in seconds.
func DefaultRefreshToken(lifetime, idleLifetime int) *RefreshTokenSettings {
	return &RefreshTokenSettings{
		RotationType: "non-rotating", ExpirationType: "non-expiring", Leeway: new(0),
		TokenLifetime: &lifetime, IdleTokenLifetime: &idleLifetime,
		InfiniteTokenLifetime: new(true), InfiniteIdleTokenLifetime: new(true),
	}
}

// DefaultJWTConfiguration returns the ID token settings of a client that sets none.
func DefaultJWTConfiguration() *JWTConfiguration {
	return &JWTConfiguration{LifetimeInSeconds: new(36_000), SecretEncoded: new(false)}
}

// ClientCredentials is the grant type for machine-to-machine access.
const ClientCredentials = "client_credentials"

// AttachKey adds a key to a client, which from then on can authenticate only with keys.
func (c *Client) AttachKey(key Credential) {
	c.Credentials = append(slices.Clone(c.Credentials), key)
	attached := append(
		slices.Clone(c.AuthenticationMethods[PrivateKeyJWT].Credentials),
		credentialReference{key.ID},
	)
	c.AuthenticationMethods = authenticationMethods{PrivateKeyJWT: {attached}}
	c.TokenEndpointAuthMethod = nil
}

// MaxCredentials is the maximum number of credentials of a client (API contract 7.2).
const MaxCredentials = 2

// AddCredential stores a credential of a client. It has no effect until it is attached.
func (c *Client) AddCredential(made Credential) error {
	if len(c.Credentials) >= MaxCredentials {
		return ErrTooManyCredentials
	}
	c.Credentials = append(slices.Clone(c.Credentials), made)
	return nil
}

// dropCredential removes a credential, and detaches it if it is attached.
//
// ASSUMED: an attached credential can be deleted, because the API describes the endpoint's
// credentials as "may be enabled or disabled". A client that loses its last key does not get its
// secret back, which could admit callers that the key was meant to exclude.
func (c *Client) dropCredential(id string) {
	c.Credentials = slices.DeleteFunc(
		slices.Clone(c.Credentials), func(one Credential) bool { return one.ID == id },
	)
	c.AuthenticationMethods = maps.Clone(c.AuthenticationMethods)
	for method, attached := range c.AuthenticationMethods {
		left := slices.DeleteFunc(
			slices.Clone(attached.Credentials),
			func(one credentialReference) bool { return one.ID == id },
		)
		c.AuthenticationMethods[method] = attachedCredentials{left}
	}
}
