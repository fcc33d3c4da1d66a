// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Client is an application of the tenant (API contract 6.1): what the server keeps of it. Pointers,
// maps and slices that are nil are left out of answers.
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

	// What answers hide from some or all: see showClient.
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

// RefreshTokenSettings and JWTConfiguration show what was sent and nothing else (API contract 6.1).
type RefreshTokenSettings struct {
	RotationType              string `json:"rotation_type"`
	ExpirationType            string `json:"expiration_type"`
	Leeway                    *int   `json:"leeway,omitzero"`
	TokenLifetime             *int   `json:"token_lifetime,omitzero"`
	IdleTokenLifetime         *int   `json:"idle_token_lifetime,omitzero"`
	InfiniteTokenLifetime     *bool  `json:"infinite_token_lifetime,omitzero"`
	InfiniteIdleTokenLifetime *bool  `json:"infinite_idle_token_lifetime,omitzero"`
}

// JWTConfiguration is how ID tokens are made.
type JWTConfiguration struct {
	LifetimeInSeconds *int           `json:"lifetime_in_seconds,omitzero"`
	SecretEncoded     *bool          `json:"secret_encoded,omitzero"`
	Alg               string         `json:"alg,omitzero"`
	Scopes            map[string]any `json:"scopes,omitzero"`
}

// authenticationMethods attach credentials to a client, under the name of the one method it has
// (API contract 7.3).
type authenticationMethods map[string]attachedCredentials

// PrivateKeyJWT is the method by which a client signs an assertion (API contract 9.3).
const PrivateKeyJWT = "private_key_jwt"

// Attachable says which type of credential is for which method. The two that are mutual TLS are
// kept and shown, but nobody can authenticate by them: the server does not look at client
// certificates.
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

// UsesSecret is false while a method with credentials is configured; the secret is unusable and
// hidden until that ends (API contract 7.3).
func (c Client) UsesSecret() bool { return c.AuthenticationMethods == nil }

// Keys lists the credentials that can sign an assertion of the client at a time.
func (c Client) Keys(now time.Time) []Credential {
	var keys []Credential
	for _, reference := range c.AuthenticationMethods[PrivateKeyJWT].Credentials {
		if i := c.FindCredential(reference.ID); i >= 0 && !c.Credentials[i].expired(now) {
			keys = append(keys, c.Credentials[i])
		}
	}
	return keys
}

// FindCredential returns -1 when the client has no credential with this id.
func (c Client) FindCredential(id string) int {
	return slices.IndexFunc(c.Credentials, func(one Credential) bool { return one.ID == id })
}

// groups lets the client that plays an API be found.
func (c Client) groups() []string {
	if c.ResourceServerIdentifier == "" {
		return nil
	}
	return []string{ofResourceServer(c.ResourceServerIdentifier)}
}

func checkRestoredClient(_ *tables, c Client) error {
	switch {
	case c.ClientID == "":
		return fmt.Errorf("the client %q has no id", c.Name)
	case c.GrantTypes == nil:
		return fmt.Errorf("the client %s has no list of grant types", c.ClientID)
	}
	return nil
}

// DefaultOrganization is the organization that a client uses where a grant requires one and the
// request names none (API contract 4.4 and 6.1).
type DefaultOrganization struct {
	OrganizationID string   `json:"organization_id"`
	Flows          []string `json:"flows"`
}

// DefaultOrganizationID is empty when the client has none for this flow.
func (c Client) DefaultOrganizationID() string {
	if c.DefaultOrganization == nil ||
		!slices.Contains(c.DefaultOrganization.Flows, ClientCredentials) {
		return ""
	}
	return c.DefaultOrganization.OrganizationID
}

// TokenQuota limits how many tokens a client, or all clients for an organization, get (API contract
// 6.1 and 9.4).
type TokenQuota struct {
	ClientCredentials TokenLimits `json:"client_credentials"`
}

// TokenLimits are reported even if they are not enforced; 0 is no limit.
type TokenLimits struct {
	Enforce *bool `json:"enforce,omitzero"`
	PerDay  int   `json:"per_day,omitzero"`
	PerHour int   `json:"per_hour,omitzero"`
}

// The types of applications that rules are about.
const (
	ResourceServerType   = "resource_server"       // Plays an API (API contract 6.1).
	ExpressConfiguration = "express_configuration" // Cannot have grants (API contract 4.5).
)

// DefaultRefreshToken is what a client has that sets nothing about refresh tokens; lifetimes are in
// seconds.
func DefaultRefreshToken(lifetime, idleLifetime int) *RefreshTokenSettings {
	return &RefreshTokenSettings{
		RotationType: "non-rotating", ExpirationType: "non-expiring", Leeway: new(0),
		TokenLifetime: &lifetime, IdleTokenLifetime: &idleLifetime,
		InfiniteTokenLifetime: new(true), InfiniteIdleTokenLifetime: new(true),
	}
}

// DefaultJWTConfiguration is what a client has that sets nothing about ID tokens.
func DefaultJWTConfiguration() *JWTConfiguration {
	return &JWTConfiguration{LifetimeInSeconds: new(36_000), SecretEncoded: new(false)}
}

// ClientCredentials is the grant type of machines.
const ClientCredentials = "client_credentials"

// AttachKey lets a client authenticate with one more key, and with nothing but keys from then on.
func (c *Client) AttachKey(key Credential) {
	c.Credentials = append(slices.Clone(c.Credentials), key)
	attached := append(
		slices.Clone(c.AuthenticationMethods[PrivateKeyJWT].Credentials),
		credentialReference{key.ID},
	)
	c.AuthenticationMethods = authenticationMethods{PrivateKeyJWT: {attached}}
	c.TokenEndpointAuthMethod = nil
}

// MaxCredentials is how many credentials a client can have (API contract 7.2).
const MaxCredentials = 2

// AddCredential keeps a credential for a client. It is of no use before it is attached.
func (c *Client) AddCredential(made Credential) error {
	if len(c.Credentials) >= MaxCredentials {
		return ErrTooManyCredentials
	}
	c.Credentials = append(slices.Clone(c.Credentials), made)
	return nil
}

// dropCredential forgets a credential, whether it is there and attached or not.
//
// ASSUMED: an attached one can be deleted, as the API's own description of the endpoint has it
// ("may be enabled or disabled"). A client that loses its last key that way does not get its secret
// back, which would let in those that the key was meant to keep out.
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
