// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure      = (*tokenDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*tokenDataSource)(nil)
)

// NewDataSource returns data.m2m_access_token.
func NewDataSource() datasource.DataSource { return &tokenDataSource{} }

type tokenDataSource struct{ run *run.Run }

func (d *tokenDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_access_token"
}

func (d *tokenDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *tokenDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Fetches an access token for an API with the client credentials " +
			"flow, and verifies it.\n\n~> **The token is stored in the state**, like every " +
			"result of a data source. Protect the state as carefully as the secret of the " +
			"client. With Terraform 1.10 or OpenTofu 1.11, or later, prefer the ephemeral " +
			"resource [`m2m_access_token`](../ephemeral-resources/access_token.md) wherever an " +
			"ephemeral " +
			"value is accepted. It takes the same arguments and stores nothing in the plan or " +
			"the state. [Use a token in a plan](../guides/use-a-token-in-a-plan.md) compares the " +
			"two.\n\nEach plan fetches a new token, which counts against the token quota of the " +
			"tenant. Blocks that request the same token share it. The plan fetches the token, " +
			"unless an argument or `depends_on` refers to a resource that the run changes; then " +
			"the apply fetches it after that change. So set `client_grant_id` to the id of the " +
			"grant if the same configuration manages it.\n\nA refused token stops " +
			"`terraform destroy` too, which reads data sources before it destroys anything. To " +
			"destroy without the token, run `terraform destroy -refresh=false`.",
		Attributes: tokenAttributes(),
	}
}

func (d *tokenDataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	var config tokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	config.validate(&resp.Diagnostics)
}

func (d *tokenDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m tokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// The token is never released: it is in the state anyway, and the provider cannot know when
	// it is no longer used. So later reads in this run get the same token.
	m.fetch(ctx, d.run, 0, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
