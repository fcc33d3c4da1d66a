// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// tokenAttributes returns the attributes of the data source, which the ephemeral resource
// shares.
func tokenAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"audience": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Identifier of the API that the token is for.",
			Validators:          []validator.String{attribute.Audience()},
		},
		"client_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Client that requests the token. Default: the provider's " +
				"`client_id`.",
			Validators: []validator.String{attribute.ClientID(), attribute.Trimmed()},
		},
		"client_secret": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Secret of the client. Default: the provider's `client_secret`, " +
				"if the client is the provider's own.",
			Validators: []validator.String{
				stringvalidator.LengthAtLeast(1), attribute.TrimmedSecret(),
			},
		},
		"client_assertion_private_key": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "RSA private key (PEM) of the client, used to sign an assertion " +
				"(private_key_jwt) instead of sending a secret. Default: the provider's " +
				"`client_assertion_private_key`, if the client is the provider's own.",
		},
		"client_assertion_signing_alg": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Algorithm of the assertion that `client_assertion_private_key` " +
				"signs: " + attribute.OrList(m2m.AssertionAlgs()) +
				". Default `RS256`; with the provider's key, the provider's " +
				"`client_assertion_signing_alg`.",
			Validators: []validator.String{
				attribute.OneOf(m2m.AssertionAlgs()...),
				stringvalidator.AlsoRequires(path.MatchRoot("client_assertion_private_key")),
			},
		},
		"token_endpoint_auth_method": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "How the client's secret is sent to the token endpoint: " +
				"`client_secret_post` (the default) sends it in the request body, " +
				"`client_secret_basic` in an HTTP Basic header.",
			Validators: []validator.String{attribute.OneOf(m2m.SecretAuthMethods()...)},
		},
		"scopes": schema.SetAttribute{
			CustomType:  attribute.Strings(),
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Scopes to request. If omitted, the token contains all granted " +
				"scopes. Fails if a scope is not granted.",
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1),
				setvalidator.NoNullValues(),
				attribute.ScopeSet(),
			},
		},
		"organization": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Id or name of the organization that the token is for. If " +
				"omitted, the request names no organization.",
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"client_grant_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Id of the grant that the token depends on, such as " +
				"`m2m_client_grant.example.id`, or of the grant's association with the " +
				"`organization` (`m2m_organization_client_grant`). It is not sent. It makes " +
				"Terraform request the token only after that object exists, and lets the token " +
				"wait for changes of the grant and its API.",
		},
		"verify": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to verify the signature, issuer, audience, times, " +
				"client and organization of the token, and fail if any of them is wrong. Default " +
				"`true`. Opaque and encrypted tokens cannot be verified; they are returned with " +
				"a warning.",
		},
		"signing_secret": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Signing secret of the API, needed to verify the token if the " +
				"API uses `HS256`.",
			Validators: []validator.String{attribute.Secret()},
		},

		"access_token": schema.StringAttribute{
			Computed:            true,
			Sensitive:           true,
			MarkdownDescription: "The access token.",
		},
		"token_type": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Type of the token, usually `Bearer`.",
		},
		"expires_in": schema.Int64Attribute{
			Computed: true,
			MarkdownDescription: "Lifetime of the token in seconds, counted from when it was " +
				"fetched.",
		},
		"expires_at": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "When the token expires (RFC 3339, UTC).",
		},
		"granted_scopes": schema.SetAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "Scopes of the token.",
		},
		"verified": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the token was verified.",
		},
		"claims_json": schema.StringAttribute{
			Computed:  true,
			Sensitive: true,
			MarkdownDescription: "Claims of the token as JSON; null if the token is opaque or " +
				"encrypted.",
		},
	}
}
