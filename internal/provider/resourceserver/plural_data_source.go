// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"

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

var _ datasource.DataSourceWithConfigure = (*serversDataSource)(nil)

// NewPluralDataSource returns the data source m2m_resource_servers.
func NewPluralDataSource() datasource.DataSource { return &serversDataSource{} }

type serversDataSource struct{ run *run.Run }

// listing is the operation of the data source and the list resource.
var listing = report.Operation{Verb: report.List, Kind: "resource servers", Object: "list of APIs"}

// anIdentifier validates an identifier to filter by.
var anIdentifier = stringvalidator.UTF8LengthBetween(1, attribute.MaxIdentifier)

type serversModel struct {
	Identifiers     types.Set  `tfsdk:"identifiers"`
	ResourceServers types.List `tfsdk:"resource_servers"`
}

func (d *serversDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_resource_servers"
}

func (d *serversDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *serversDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads APIs (*resource servers*) of the tenant, including system " +
			"APIs. Signing secrets are omitted; the data source `m2m_resource_server` can read " +
			"the secret of one API.",
		Attributes: map[string]schema.Attribute{
			"identifiers": schema.SetAttribute{
				CustomType:  attribute.Strings(),
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Identifiers of the APIs to read, in any number. " +
					"Identifiers that match no API are ignored. If omitted, all APIs are read. " +
					"An empty set returns none.",
				Validators: []validator.Set{
					setvalidator.NoNullValues(), setvalidator.ValueStringsAre(anIdentifier),
				},
			},
			"resource_servers": attribute.ShownList(
				"The APIs, sorted by identifier.", shownAttributes(),
			),
		},
	}
}

func (d *serversDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m serversModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var identifiers []string
	if !m.Identifiers.IsNull() {
		identifiers = attribute.StringsOf(ctx, m.Identifiers, &resp.Diagnostics)
	}
	found, err := d.run.API.ResourceServers.List(ctx, identifiers)
	if err != nil {
		d.run.Report(&resp.Diagnostics, listing, err)
		return
	}
	attribute.SortBy(found, func(s m2m.ResourceServer) []string { return []string{s.Identifier} })
	servers := make([]serverValues, len(found))
	for i, server := range found {
		servers[i].fromAPI(ctx, server, &resp.Diagnostics)
	}
	m.ResourceServers = attribute.ListOf(ctx, shownAttributes(), servers, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
