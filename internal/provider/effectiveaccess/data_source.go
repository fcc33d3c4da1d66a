// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package effectiveaccess

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/access/live"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// NewDataSource returns data.m2m_effective_access.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct{ run *run.Run }

type model struct {
	ClientID types.String `tfsdk:"client_id"`
	Audience types.String `tfsdk:"audience"`
	Access   types.List   `tfsdk:"access"`
}

// rowModel is access of one client to one API with one scope.
type rowModel struct {
	ClientID     types.String `tfsdk:"client_id"`
	ClientName   types.String `tfsdk:"client_name"`
	Audience     types.String `tfsdk:"audience"`
	APIName      types.String `tfsdk:"api_name"`
	SubjectType  types.String `tfsdk:"subject_type"`
	Scope        types.String `tfsdk:"scope"`
	Organization types.String `tfsdk:"organization"`
	RequiresRole types.Bool   `tfsdk:"requires_role"`
	Reason       types.String `tfsdk:"reason"`
	GrantID      types.String `tfsdk:"grant_id"`
}

func (d *dataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_effective_access"
}

func (d *dataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *dataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists who can call what in the tenant, and why: which client gets " +
			"which scopes of which API, for itself or for its users, and for which " +
			"organizations. Use it in `check` blocks and preconditions to assert who holds a " +
			"scope.\n\n" +
			"It applies the rules of the tenant: scopes that an API does not define have no " +
			"effect; clients that may not use the client credentials grant get no tokens of " +
			"their own; `allow_all_scopes`, default grants for third-party clients and the " +
			"policies of APIs count. Roles of users, actions and quotas are not evaluated.\n\n" +
			"It reads the lists of APIs, clients and grants, and the organizations of each " +
			"grant that is limited to some. It needs the management scopes " +
			"`read:resource_servers`, `read:clients` and `read:client_grants`, and for " +
			"organizations `read:organization_client_grants` and `read:organizations`.",
		Attributes: map[string]schema.Attribute{
			"client_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only access of this client. If omitted, access of all " +
					"clients is listed.",
				Validators: []validator.String{attribute.ClientID(), attribute.Trimmed()},
			},
			"audience": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only access to the API with this identifier. If omitted, " +
					"access to all APIs is listed.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"access": attribute.ShownList(
				"One element for each client, API, subject type, scope and organization, in this "+
					"order. A client that can get a token also has an element without a scope, "+
					"because an API may accept tokens without scopes.",
				rowAttributes(),
			),
		},
	}
}

func rowAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"client_id": attribute.ShownString("Id of the client. `third_party_clients` stands for " +
			"all third-party clients without a grant of their own, `first_party_clients` for " +
			"all first-party clients."),
		"client_name": attribute.ShownString("Name of the client, if it has one."),
		"audience":    attribute.ShownString("Identifier of the API."),
		"api_name":    attribute.ShownString("Name of the API, if it has one."),
		"subject_type": attribute.ShownString("`client` for tokens of the client itself, `user` " +
			"for tokens of its users."),
		"scope": attribute.ShownString("The scope, or null for the token itself. `*` stands for " +
			"all scopes of an API that does not exist any more or cannot be read."),
		"organization": attribute.ShownString("Id of the organization that the token is for, " +
			"`*` for any, or null for tokens outside organizations."),
		"requires_role": attribute.ShownBool("Whether a user needs a role with the scope."),
		"reason": attribute.ShownString("Why: `client_grant`, `default_grant` (a grant for all " +
			"third-party clients) or `policy` (the API is open to all first-party clients)."),
		"grant_id": attribute.ShownString("Id of the grant, or null if a policy is the reason."),
	}
}

func (d *dataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m model
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tenant, err := live.Read(ctx, d.run.API, live.Filter{
		Audience: m.Audience.ValueString(), ClientID: m.ClientID.ValueString(),
	})
	if err != nil {
		d.run.Report(&resp.Diagnostics, report.Operation{
			Verb: report.Read, Kind: "effective access", Object: "effective access",
		}, err)
		return
	}
	rows := []rowModel{}
	for _, row := range access.Effective(tenant) {
		if m.wants(row, tenant) {
			rows = append(rows, newRow(row, tenant.Names))
		}
	}
	m.Access = attribute.ListOf(ctx, rowAttributes(), rows, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// wants reports whether a row matches the filters. What all first-party clients can do, each of
// them can do.
func (m model) wants(row access.Row, tenant access.Tenant) bool {
	client, isOne := tenant.Clients[m.ClientID.ValueString()]
	ofClient := m.ClientID.IsNull() || row.Client == m.ClientID.ValueString() ||
		row.Client == access.FirstPartyClients && isOne && !client.ThirdParty
	return ofClient && (m.Audience.IsNull() || row.API == m.Audience.ValueString())
}

func newRow(row access.Row, names map[string]string) rowModel {
	out := rowModel{
		ClientID:     types.StringValue(row.Client),
		ClientName:   orNull(names[row.Client]),
		Audience:     types.StringValue(row.API),
		APIName:      orNull(names[row.API]),
		SubjectType:  types.StringValue(row.SubjectType),
		Scope:        orNull(row.Scope),
		Organization: orNull(row.Organization),
		RequiresRole: types.BoolValue(row.Roles),
		Reason:       types.StringValue(string(row.Reason.Kind)),
	}
	if row.Reason.Kind != access.ByPolicy {
		out.GrantID = types.StringValue(row.Reason.Source)
	}
	return out
}

func orNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
