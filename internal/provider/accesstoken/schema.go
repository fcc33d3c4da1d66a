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

// tokenAttributes are the arguments and results of the data source and of the ephemeral
// resource.
func tokenAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"audience": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Identifier of the API that the token is for.",
			Validators:          []validator.String{attribute.Audience()},
		},
		"client_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Client that asks for the token. Default: the provider's " +
				"`client_id`.",
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"client_secret": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Secret of the client. Default: the provider's `client_secret`, " +
				"where the client is the provider's own.",
			Validators: []validator.String{
				stringvalidator.LengthAtLeast(1),
			},
		},
		"client_assertion_private_key": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "RSA private key (PEM) of the client, which authenticates it " +
				"with a signed assertion (private_key_jwt) " +
				"instead of a secret. Default: the provider's `client_assertion_private_key`, " +
				"where the client is the provider's own.",
		},
		"client_assertion_signing_alg": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Algorithm of the assertion that `client_assertion_private_key` " +
				"signs: " + attribute.OrList(m2m.AssertionAlgs()) +
				". Default `RS256`; with the provider's key, the provider's " +
				"`client_assertion_signing_alg`.",
			Validators: []validator.String{
				stringvalidator.OneOf(m2m.AssertionAlgs()...),
				stringvalidator.AlsoRequires(path.MatchRoot("client_assertion_private_key")),
			},
		},
		"token_endpoint_auth_method": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "How the client's secret is sent to the token endpoint: " +
				"`client_secret_post`, in the body of the request " +
				"(the default), or `client_secret_basic`, in its header by HTTP Basic.",
			Validators: []validator.String{stringvalidator.OneOf(m2m.SecretAuthMethods()...)},
		},
		"scopes": schema.SetAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Scopes to ask for; left out, the token carries all that are " +
				"granted. One that is not granted is an error " +
				"that names it, even in a plan whose apply is to grant it.",
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1),
				setvalidator.NoNullValues(),
				attribute.ScopeSet(),
			},
		},
		"organization": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Organization, by id or name, that the token is for.",
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"client_grant_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Id of the grant that the token depends on, as in " +
				"`m2m_client_grant.example.id`, or of its association with " +
				"the `organization`, an `m2m_organization_client_grant`. It is not sent: it " +
				"makes Terraform ask for the token only once " +
				"that exists.",
		},
		"verify": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether the token is refused unless its signature, issuer, " +
				"audience, times, client and organization are " +
				"right. Default `true`. Opaque and encrypted tokens cannot be verified; they " +
				"come with a warning.",
		},
		"signing_secret": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: "Signing secret of an API that uses `HS256`, to verify the " +
				"token with.",
			Validators: []validator.String{attribute.Secret()},
		},

		"access_token": schema.StringAttribute{
			Computed:            true,
			Sensitive:           true,
			MarkdownDescription: "The access token.",
		},
		"token_type": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Type of the token, as a rule `Bearer`.",
		},
		"expires_in": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "Lifetime of the token, in seconds, when it was fetched.",
		},
		"expires_at": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "When the token expires (RFC 3339, UTC).",
		},
		"granted_scopes": schema.SetAttribute{
			Computed:            true,
			ElementType:         types.StringType,
			MarkdownDescription: "Scopes that the token carries.",
		},
		"verified": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether the token was verified.",
		},
		"claims_json": schema.StringAttribute{
			Computed:  true,
			Sensitive: true,
			MarkdownDescription: "Claims of the token, as JSON; null where the token is opaque " +
				"or encrypted.",
		},
	}
}
