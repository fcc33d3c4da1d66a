// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// userFlowSettings are what a client has for the sake of users. They are kept and shown and have no effect here: tools
// that manage a client as a whole send them along.
type userFlowSettings struct {
	Callbacks              []string       `json:"callbacks,omitzero"`
	AllowedOrigins         []string       `json:"allowed_origins,omitzero"`
	WebOrigins             []string       `json:"web_origins,omitzero"`
	AllowedLogoutURLs      []string       `json:"allowed_logout_urls,omitzero"`
	ClientAliases          []string       `json:"client_aliases,omitzero"`
	AllowedClients         []string       `json:"allowed_clients,omitzero"`
	LogoURI                *string        `json:"logo_uri,omitzero"`
	InitiateLoginURI       *string        `json:"initiate_login_uri,omitzero"`
	CrossOriginLoc         *string        `json:"cross_origin_loc,omitzero"`
	CustomLoginPage        *string        `json:"custom_login_page,omitzero"`
	CustomLoginPagePreview *string        `json:"custom_login_page_preview,omitzero"`
	FormTemplate           *string        `json:"form_template,omitzero"`
	Addons                 map[string]any `json:"addons,omitzero"`
	Mobile                 map[string]any `json:"mobile,omitzero"`

	SSO                          *bool          `json:"sso,omitzero"`
	RequirePushedRequests        *bool          `json:"require_pushed_authorization_requests,omitzero"`
	RequireProofOfPossession     *bool          `json:"require_proof_of_possession,omitzero"`
	SkipCallbackConfirmation     *bool          `json:"skip_non_verifiable_callback_uri_confirmation_prompt,omitzero"`
	PushedRequestExpiry          *int           `json:"par_request_expiry,omitzero"`
	ComplianceLevel              *string        `json:"compliance_level,omitzero"`
	ThirdPartySecurityMode       *string        `json:"third_party_security_mode,omitzero"`
	RedirectionPolicy            *string        `json:"redirection_policy,omitzero"`
	OrganizationDiscoveryMethods []string       `json:"organization_discovery_methods,omitzero"`
	AsyncApprovalChannels        []string       `json:"async_approval_notification_channels,omitzero"`
	OIDCLogout                   map[string]any `json:"oidc_logout,omitzero"`
	OIDCBackchannelLogout        map[string]any `json:"oidc_backchannel_logout,omitzero"`
	SessionTransfer              map[string]any `json:"session_transfer,omitzero"`
	NativeSocialLogin            map[string]any `json:"native_social_login,omitzero"`
	FedCMLogin                   map[string]any `json:"fedcm_login,omitzero"`
	SignedRequestObject          map[string]any `json:"signed_request_object,omitzero"`
	TokenVaultPrivilegedAccess   map[string]any `json:"token_vault_privileged_access,omitzero"`
	TokenExchange                map[string]any `json:"token_exchange,omitzero"`
	IdentityAssertionGrant       map[string]any `json:"identity_assertion_authorization_grant,omitzero"`
	AnonymousSessions            map[string]any `json:"anonymous_sessions,omitzero"`
	ExpressConfiguration         map[string]any `json:"express_configuration,omitzero"`
	B2BIntegration               map[string]any `json:"b2b_integration_configuration,omitzero"`
	MyOrganization               map[string]any `json:"my_organization_configuration,omitzero"`
}

// userFlowProperties are those of the request types of the official Node SDK 7.1.
//
// ASSUMED: their insides are not looked at, since the contract has none of them.
var userFlowProperties = slices.Concat(alike(schema.Property{Kind: schema.Array, Items: &schema.Property{Kind: schema.String}},
	"callbacks", "allowed_origins", "web_origins", "allowed_logout_urls", "client_aliases", "allowed_clients",
	"organization_discovery_methods", "async_approval_notification_channels",
), alike(schema.Property{Kind: schema.String},
	"logo_uri", "initiate_login_uri", "cross_origin_loc", "custom_login_page", "custom_login_page_preview", "form_template",
	"compliance_level", "third_party_security_mode", "redirection_policy",
), alike(schema.Property{Kind: schema.Boolean},
	"sso", "require_pushed_authorization_requests", "require_proof_of_possession",
	"skip_non_verifiable_callback_uri_confirmation_prompt",
), alike(schema.Property{Kind: schema.Integer}, "par_request_expiry"), alike(schema.Property{Kind: schema.Object, Open: true},
	"addons", "mobile", "oidc_logout", "oidc_backchannel_logout", "session_transfer", "native_social_login", "fedcm_login",
	"signed_request_object", "token_vault_privileged_access", "token_exchange", "identity_assertion_authorization_grant",
	"anonymous_sessions", "express_configuration", "b2b_integration_configuration", "my_organization_configuration",
))
