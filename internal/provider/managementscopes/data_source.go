// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package managementscopes implements m2m_management_scopes: what the client may do that the
// provider logs in with. Package run has the table of what each type needs.
package managementscopes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure      = (*dataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*dataSource)(nil)
)

// NewDataSource returns data.m2m_management_scopes.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct{ run *run.Run }

type model struct {
	Types         types.Set    `tfsdk:"types"`
	ClientID      types.String `tfsdk:"client_id"`
	GrantedScopes types.Set    `tfsdk:"granted_scopes"`
	MissingScopes types.Set    `tfsdk:"missing_scopes"`
	MissingByType types.Map    `tfsdk:"missing_scopes_by_type"`
}

func (d *dataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_management_scopes"
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
		MarkdownDescription: "Tells which management scopes the client has that the provider " +
			"logs in with, and which ones the types of this provider need beyond that. Use it in " +
			"a `check` block, or before a configuration is applied with a new client.\n\n" +
			"It reads the scopes from the token of the provider and sends no request but the " +
			"login. It fails if the token is not a readable JSON Web Token. It needs no " +
			"management scope. [The index page](../index.md#management-scopes) lists what each " +
			"type needs.",
		Attributes: map[string]schema.Attribute{
			"types": schema.SetAttribute{
				CustomType:  attribute.Strings(),
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The types that the client must be able to manage or read, " +
					"as at the start of an address: `m2m_client_grant` for the resource, " +
					"`data.m2m_clients` for the data source, `list.m2m_client_grant` for the " +
					"list resource. If omitted, all types of this provider.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(),
				},
			},
			"client_id": attribute.ShownString("Id of the client; null if the provider has a " +
				"ready-made token that does not name its client."),
			"granted_scopes": attribute.ShownSet("The management scopes that the client has."),
			"missing_scopes": attribute.ShownSet("The management scopes that `types` need and " +
				"the client does not have."),
			"missing_scopes_by_type": schema.MapAttribute{
				Computed:    true,
				ElementType: types.SetType{ElemType: types.StringType},
				MarkdownDescription: "The missing management scopes by type. It has no element " +
					"for a type that lacks none.",
			},
		},
	}
}

func (d *dataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	var valid []string
	for _, of := range run.AllNeeds() {
		valid = append(valid, of.Type)
	}
	for _, element := range config.Types.Elements() {
		name, ok := element.(types.String)
		if !ok || attribute.IsUnset(name) || slices.Contains(valid, name.ValueString()) {
			continue
		}
		resp.Diagnostics.AddAttributeError(path.Root("types"), "Unknown type", fmt.Sprintf(
			"This provider has no type %q. All types but resources have a prefix, such as data. "+
				"for data sources. Use one of these:\n\n  - %s",
			name.ValueString(), strings.Join(valid, "\n  - ")))
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
	op := report.Operation{
		Verb: report.Read, Kind: "management scopes", Object: "management scopes that it has",
	}
	if d.run.Unusable != nil {
		d.run.Report(&resp.Diagnostics, op, d.run.Unusable)
		return
	}
	granted, err := d.run.API.Granted(ctx)
	if unreadable, ok := errors.AsType[*m2m.UnreadableTokenError](err); ok {
		resp.Diagnostics.AddError(op.Summary(), fmt.Sprintf(
			"Only a readable JSON Web Token tells its management scopes, but %s. The provider "+
				"uses %s.\n\nConfigure the provider with a Management API token of the tenant "+
				"or with a client, or remove this data source.", unreadable, d.run.Login))
		return
	}
	if err != nil {
		d.run.Report(&resp.Diagnostics, op, err)
		return
	}
	m.ClientID = types.StringNull()
	if id := cmp.Or(granted.ClientID, d.run.Credentials.ClientID); id != "" {
		m.ClientID = types.StringValue(id)
	}
	set := func(scopes []string) types.Set {
		return attribute.SetFromAPI(ctx, append([]string{}, scopes...), &resp.Diagnostics)
	}
	var needed []string
	byType := map[string]types.Set{}
	for _, of := range run.AllNeeds() {
		if !m.Types.IsNull() && !run.SetScopes(m.Types).Has(of.Type) {
			continue
		}
		needed = append(needed, of.All()...)
		if missing := run.Missing(granted.Scopes, of.All()); len(missing) > 0 {
			byType[of.Type] = set(missing)
		}
	}
	m.GrantedScopes, m.MissingScopes = set(granted.Scopes), set(run.Missing(granted.Scopes, needed))
	value, diags := types.MapValueFrom(ctx, types.SetType{ElemType: types.StringType}, byType)
	resp.Diagnostics.Append(diags...)
	m.MissingByType = value
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
