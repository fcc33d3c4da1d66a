// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*clientsDataSource)(nil)

// NewPluralDataSource returns data.m2m_clients.
func NewPluralDataSource() datasource.DataSource { return &clientsDataSource{} }

type clientsDataSource struct{ run *run.Run }

type clientsModel struct {
	AppTypes     types.Set  `tfsdk:"app_types"`
	IsFirstParty types.Bool `tfsdk:"is_first_party"`
	IsGlobal     types.Bool `tfsdk:"is_global"`
	Clients      types.List `tfsdk:"clients"`
}

func (d *clientsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_clients"
}

func (d *clientsDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *clientsDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the clients (*applications*) of the tenant that match all " +
			"filters. Secrets are not read; the data source `m2m_client` can read the secret of " +
			"one client.",
		Attributes: map[string]schema.Attribute{
			"app_types": schema.SetAttribute{
				CustomType:  attribute.Strings(),
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Only clients of one of these types, such as " +
					"`non_interactive` (machine to machine), `regular_web`, `spa` or `native`. " +
					"If omitted, clients of all types, and clients without a type, are read. An " +
					"empty set returns none.",
				Validators: []validator.Set{
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.RegexMatches(regexp.MustCompile(
						`^[^,\s]+$`,
					),
						"must be one type, without commas or white space")),
				},
			},
			"is_first_party": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "`true` reads only first-party clients, `false` only " +
					"third-party clients. If omitted, both are read.",
			},
			"is_global": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "`true` reads only the global client, which represents all " +
					"applications of the tenant; `false` reads all other clients. Default " +
					"`false`.",
			},
			"clients": attribute.ShownList(
				"The clients, sorted by name.", clientAttributes(),
			),
		},
	}
}

func (d *clientsDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m clientsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	filter := m2m.OAuthClientFilter{
		IsFirstParty: m.IsFirstParty.ValueBoolPointer(),
		IsGlobal:     m.IsGlobal.ValueBool(),
	}
	if !m.AppTypes.IsNull() {
		filter.AppTypes = attribute.StringsOf(ctx, m.AppTypes, &resp.Diagnostics)
	}
	found, err := d.run.API.Clients.List(ctx, filter)
	if err != nil {
		d.run.Report(
			&resp.Diagnostics,
			report.Operation{Verb: report.List, Kind: "clients", Object: "list of clients"}, err,
		)
		return
	}
	models := make([]clientModel, len(found))
	for i, one := range found {
		models[i].fromAPI(ctx, one, &resp.Diagnostics)
	}
	attribute.SortBy(models, func(c clientModel) []string {
		return []string{c.Name.ValueString(), c.ClientID.ValueString()}
	})
	m.Clients = attribute.ListOf(ctx, clientAttributes(), models, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
