// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// userFlowProperties are the properties of the request types of the official Node SDK 7.1.
//
// ASSUMED: their insides are not looked at, since the contract has none of them.
var userFlowProperties = slices.Concat(alike(schema.Property{
	Kind:  schema.Array,
	Items: &schema.Property{Kind: schema.String},
},
	"callbacks", "allowed_origins", "web_origins", "allowed_logout_urls", "client_aliases",
	"allowed_clients",
	"organization_discovery_methods", "async_approval_notification_channels",
), alike(schema.Property{Kind: schema.String},
	"logo_uri", "initiate_login_uri", "cross_origin_loc", "custom_login_page",
	"custom_login_page_preview", "form_template",
	"compliance_level", "third_party_security_mode", "redirection_policy",
), alike(schema.Property{Kind: schema.Boolean},
	"sso", "require_pushed_authorization_requests", "require_proof_of_possession",
	"skip_non_verifiable_callback_uri_confirmation_prompt",
), alike(schema.Property{Kind: schema.Integer}, "par_request_expiry"),
	alike(schema.Property{Kind: schema.Object, Open: true},
		"addons", "mobile", "oidc_logout", "oidc_backchannel_logout", "session_transfer",
		"native_social_login", "fedcm_login",
		"signed_request_object", "token_vault_privileged_access", "token_exchange",
		"identity_assertion_authorization_grant",
		"anonymous_sessions", "express_configuration", "b2b_integration_configuration",
		"my_organization_configuration",
	))

// alike makes properties that differ in name only.
func alike(p schema.Property, names ...string) []schema.Property {
	out := make([]schema.Property, len(names))
	for i, name := range names {
		out[i] = p
		out[i].Name = name
	}
	return out
}
