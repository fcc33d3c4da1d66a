// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var (
	_ datasource.DataSourceWithConfigure      = (*clientGrantsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*clientGrantsDataSource)(nil)
)

func newClientGrantsDataSource() datasource.DataSource { return &clientGrantsDataSource{} }

type clientGrantsDataSource struct{ *session }

type clientGrantsModel struct {
	ClientID             types.String `tfsdk:"client_id"`
	DefaultFor           types.String `tfsdk:"default_for"`
	Audience             types.String `tfsdk:"audience"`
	SubjectType          types.String `tfsdk:"subject_type"`
	AllowAnyOrganization types.Bool   `tfsdk:"allow_any_organization"`
	ClientGrants         types.List   `tfsdk:"client_grants"`
}

func (d *clientGrantsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_client_grants"
}

func (d *clientGrantsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.session = sessionOf(req.ProviderData, &resp.Diagnostics)
}

func (d *clientGrantsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The client grants of the tenant that fit all the filters; without a filter, all grants, those on the " +
			"tenant's own APIs included.",
		Attributes: map[string]schema.Attribute{
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only grants of this client. Not beside `default_for`.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"default_for": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only default grants of this group of clients; `third_party_clients` is the only one. Not beside `client_id`.",
				Validators:          []validator.String{stringvalidator.OneOf("third_party_clients")},
			},
			"audience": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only grants of the API with this identifier.",
				Validators:          []validator.String{audienceValidator{"an API identifier"}},
			},
			"subject_type": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only grants of this subject type: `client`, `user` or `anonymous_user`.",
				Validators:          []validator.String{stringvalidator.OneOf("client", "user", "anonymous_user")},
			},
			"allow_any_organization": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "`true` leaves only grants that any organization may use. The tenant has no filter for the others, so " +
					"`false` is refused.",
			},
			"client_grants": shownList("The grants, in the order of audience, client and subject type.", clientGrantAttributes()),
		},
	}
}

// clientGrantAttributes are what data sources show of a grant, by the names and
// with the types that the resource has.
func clientGrantAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":                     shownString("Id of the grant in the tenant."),
		"client_id":              shownString("Client that is granted access; null where `default_for` is set."),
		"default_for":            shownString("Group of clients that the grant is the default for; null where `client_id` is set."),
		"audience":               shownString("Identifier of the API."),
		"scopes":                 shownSet("Scopes that are granted; null where all are."),
		"allow_all_scopes":       shownBool("Whether all scopes of the API are granted, those added later included."),
		"subject_type":           shownString("Whom tokens speak for: `client`, `user` or `anonymous_user`."),
		"organization_usage":     shownString("Whether tokens may (`allow`), must (`require`) or must not (`deny`, or null) be for an organization."),
		"allow_any_organization": shownBool("Whether any organization may use the grant; null stands for `false`."),
		"authorization_details_types": shownSet("Types of rich authorization requests (RFC 9396) that the grant allows; " +
			"null where there are none."),
		"is_system": shownBool("Whether the grant belongs to the tenant itself."),
	}
}

func (d *clientGrantsDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config clientGrantsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !isUnset(config.ClientID) && !isUnset(config.DefaultFor) {
		resp.Diagnostics.AddAttributeError(path.Root("default_for"), "Two kinds of client",
			"A grant is for one client or for a group of them, so no grant fits both filters: set client_id or default_for, not both.")
	}
	if config.AllowAnyOrganization.Equal(types.BoolValue(false)) {
		resp.Diagnostics.AddAttributeError(path.Root("allow_any_organization"), "No such filter",
			"The tenant can only filter by allow_any_organization = true. Take it out of the configuration, and leave out grants "+
				"with a for expression: [for grant in data.m2m_client_grants.NAME.client_grants : grant if grant.allow_any_organization != true].")
	}
}

func (d *clientGrantsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m clientGrantsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := d.api.ClientGrants.List(ctx, m2m.ClientGrantFilter{
		ClientID: m.ClientID.ValueString(), DefaultFor: m.DefaultFor.ValueString(),
		Audience: m.Audience.ValueString(), SubjectType: m.SubjectType.ValueString(),
		AllowAnyOrganization: m.AllowAnyOrganization.ValueBool(),
	})
	if err != nil {
		d.report(&resp.Diagnostics, operation{verb: "list", kind: "client grants", object: "list of grants"}, err)
		return
	}
	slices.SortFunc(found, func(a, b m2m.ClientGrant) int {
		x, y := a.Key(), b.Key()
		return cmp.Or(cmp.Compare(x.Audience, y.Audience), cmp.Compare(x.ClientID, y.ClientID),
			cmp.Compare(x.DefaultFor, y.DefaultFor), cmp.Compare(x.SubjectType, y.SubjectType), cmp.Compare(a.ID, b.ID))
	})
	shown := viewOf(ctx, newClientGrantResource(), clientGrantAttributes())
	m.ClientGrants = list(found, shown.shown, func(grant m2m.ClientGrant) map[string]attr.Value {
		var model clientGrantModel
		model.fromAPI(ctx, grant, &resp.Diagnostics)
		return shown.values(ctx, &model, &resp.Diagnostics)
	}, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
