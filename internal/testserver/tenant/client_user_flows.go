// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

// userFlowSettings are the settings of a client for user flows. The server stores and shows them,
// but they have no effect: tools that manage whole clients send them.
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
