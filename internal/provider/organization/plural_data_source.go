// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organization

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*organizationsDataSource)(nil)

// NewPluralDataSource returns data.m2m_organizations.
func NewPluralDataSource() datasource.DataSource { return &organizationsDataSource{} }

type organizationsDataSource struct{ run *run.Run }

type organizationsModel struct {
	Organizations types.List `tfsdk:"organizations"`
}

func (d *organizationsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_organizations"
}

func (d *organizationsDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *organizationsDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads all organizations of the tenant. It takes one request per " +
			"100 organizations. Needs the management scope `read:organizations`.",
		Attributes: map[string]schema.Attribute{
			"organizations": attribute.ShownList(
				"The organizations, sorted by name. Empty if the tenant has none.",
				organizationAttributes(),
			),
		},
	}
}

func (d *organizationsDataSource) Read(
	ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	found, err := d.run.API.Organizations.List(ctx)
	if err != nil {
		d.run.Report(&resp.Diagnostics, report.Operation{
			Verb: report.List, Kind: "organizations", Object: "list of organizations",
		}, err)
		return
	}
	attribute.SortBy(found, func(o m2m.Organization) []string { return []string{o.Name} })
	models := make([]organizationModel, len(found))
	for i, one := range found {
		models[i].fromAPI(ctx, one, &resp.Diagnostics)
	}
	m := organizationsModel{attribute.ListOf(
		ctx, organizationAttributes(), models, &resp.Diagnostics,
	)}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
