// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure      = (*grantsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*grantsDataSource)(nil)
)

// NewPluralDataSource returns the data source m2m_client_grants.
func NewPluralDataSource() datasource.DataSource { return &grantsDataSource{} }

type grantsDataSource struct{ run *run.Run }

type grantsModel struct {
	filterModel

	ClientGrants types.List `tfsdk:"client_grants"`
}

func (d *grantsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_client_grants"
}

func (d *grantsDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *grantsDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	attributes := filters()
	attributes["client_grants"] = attribute.ShownList(
		"The grants, sorted by audience, client and subject type.", shownAttributes(),
	)
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the client grants of the tenant that match all filters. " +
			"Without filters, reads all grants, including grants for system APIs.",
		Attributes: attributes,
	}
}

// shownAttributes returns the attributes that data sources show of a grant. They have the names and
// types of the resource's attributes.
func shownAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": attribute.ShownString("Id of the grant in the tenant."),
		"client_id": attribute.ShownString("Client that is granted access; null if `default_for` " +
			"is set."),
		"default_for": attribute.ShownString("Group of clients for which this is the default " +
			"grant; null if `client_id` is set."),
		"audience": attribute.ShownString("Identifier of the API."),
		"scopes":   attribute.ShownSet("Granted scopes; null if all scopes are granted."),
		"allow_all_scopes": attribute.ShownBool("Whether all scopes of the API are granted, " +
			"including scopes added later."),
		"subject_type": attribute.ShownString("The subject that tokens represent: `client`, " +
			"`user` or `anonymous_user`."),
		"organization_usage": attribute.ShownString("Whether tokens may (`allow`), must " +
			"(`require`) or must not (`deny` or null) be for an organization."),
		"allow_any_organization": attribute.ShownBool("Whether any organization may use the " +
			"grant. Null means `false`."),
		"authorization_details_types": attribute.ShownSet("Types of rich authorization requests " +
			"(RFC 9396) that the grant allows; empty if there are none."),
		"is_system": attribute.ShownBool("Whether this is a system grant."),
	}
}

func (d *grantsDataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	var config grantsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	config.check("filter the grants with a for expression: [for grant in "+
		"data.m2m_client_grants.NAME.client_grants : grant if grant.allow_any_organization != "+
		"true]", &resp.Diagnostics)
}

func (d *grantsDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m grantsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := d.run.API.FreshReads.ClientGrants(ctx, m.filter())
	if err != nil {
		d.run.Report(&resp.Diagnostics, listing, err)
		return
	}
	attribute.SortBy(found, func(g m2m.ClientGrant) []string {
		key := g.Key()
		return []string{key.Audience, key.ClientID, key.DefaultFor, key.SubjectType, g.ID}
	})
	grants := make([]grantValues, len(found))
	for i, grant := range found {
		grants[i].fromAPI(ctx, grant, &resp.Diagnostics)
	}
	m.ClientGrants = attribute.ListOf(ctx, shownAttributes(), grants, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
