// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var (
	_ datasource.DataSourceWithConfigure      = (*accessTokenDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*accessTokenDataSource)(nil)
)

func newAccessTokenDataSource() datasource.DataSource { return &accessTokenDataSource{} }

type accessTokenDataSource struct{ run *run.Run }

func (d *accessTokenDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_token"
}

func (d *accessTokenDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *accessTokenDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An access token for an API, fetched with the client credentials flow and verified before it is handed out.\n\n" +
			"~> **The token is stored in the state**, like every result of a data source. Protect the state as you would the secret of the " +
			"client. With Terraform 1.10 or OpenTofu 1.11 and later, use the ephemeral resource " +
			"[`m2m_access_token`](../ephemeral-resources/access_token.md) instead, which takes the same arguments and leaves nothing in plan or " +
			"state, wherever an ephemeral value is accepted. [Use a token in a plan](../guides/use-a-token-in-a-plan.md) compares the two.\n\n" +
			"Each plan fetches a new token, which counts against the token quota of the tenant. Blocks that ask for the same share one. It " +
			"asks before an apply changes anything, so a token that needs a change of its grant first has to be an ephemeral one, or wait by `depends_on`.",
		Attributes: map[string]schema.Attribute{
			"audience": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Identifier of the API that the token is for.",
				Validators:          []validator.String{attribute.Audience()},
			},
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Client that asks for the token. Default: the provider's `client_id`.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"client_secret": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "Secret of the client. Default: the provider's `client_secret`, where the client is the provider's own.",
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
				},
			},
			"client_assertion_private_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "RSA private key (PEM) of the client, which authenticates it with a signed assertion (private_key_jwt) " +
					"instead of a secret. Default: the provider's `client_assertion_private_key`, where the client is the provider's own.",
			},
			"client_assertion_signing_alg": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Algorithm of the assertion that `client_assertion_private_key` signs: " + attribute.OrList(m2m.AssertionAlgs()) +
					". Default `RS256`; with the provider's key, the provider's `client_assertion_signing_alg`.",
				Validators: []validator.String{
					stringvalidator.OneOf(m2m.AssertionAlgs()...),
					stringvalidator.AlsoRequires(path.MatchRoot("client_assertion_private_key")),
				},
			},
			"token_endpoint_auth_method": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How the client's secret is sent to the token endpoint: `client_secret_post`, in the body of the request " +
					"(the default), or `client_secret_basic`, in its header by HTTP Basic.",
				Validators: []validator.String{stringvalidator.OneOf(m2m.SecretAuthMethods()...)},
			},
			"scopes": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Scopes to ask for; left out, the token carries all that are granted. One that is not granted is an error " +
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
				MarkdownDescription: "Id of the grant that the token depends on, as in `m2m_client_grant.example.id`, or of its association with " +
					"the `organization`, an `m2m_organization_client_grant`. It is not sent: it makes Terraform ask for the token only once " +
					"that exists.",
			},
			"verify": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the token is refused unless its signature, issuer, audience, times, client and organization are " +
					"right. Default `true`. Opaque and encrypted tokens cannot be verified; they come with a warning.",
			},
			"signing_secret": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "Signing secret of an API that uses `HS256`, to verify the token with.",
				Validators:          []validator.String{attribute.Secret()},
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
				Computed:            true,
				Sensitive:           true,
				MarkdownDescription: "Claims of the token, as JSON; null where the token is opaque or encrypted.",
			},
		},
	}
}

func (d *accessTokenDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config accessTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	config.validate(&resp.Diagnostics)
}

// validate checks the credentials. Its errors are on none of them, as Terraform
// would print the lines that hold them.
func (m *accessTokenModel) validate(diags *diag.Diagnostics) {
	if attribute.IsUnset(m.ClientAssertionPrivateKey) {
		return
	}
	if !attribute.IsUnset(m.ClientSecret) {
		diags.AddError("Two ways to authenticate",
			"client_secret and client_assertion_private_key are both set. Take one of them out of the configuration.")
	}
	if !attribute.IsUnset(m.TokenEndpointAuthMethod) {
		diags.AddAttributeError(path.Root("token_endpoint_auth_method"), "No secret to send",
			m.TokenEndpointAuthMethod.ValueString()+" is how a secret is sent, but client_assertion_private_key authenticates the "+
				"client. Take one of them out of the configuration.")
	}
	if _, err := m2m.ParsePrivateKey(m.ClientAssertionPrivateKey.ValueString()); err != nil {
		diags.AddError("Invalid private key", "client_assertion_private_key: "+err.Error()+".")
	}
}

func (d *accessTokenDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m accessTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// It is never released: the state has it anyway, and no one says when it is done
	// with. So what reads it later in the run does not ask for another.
	m.fetch(ctx, d.run, 0, false, &resp.Diagnostics) // Terraform takes no unknown results here.
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
