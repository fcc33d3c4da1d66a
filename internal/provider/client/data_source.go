// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure      = (*clientDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*clientDataSource)(nil)
)

// NewDataSource returns data.m2m_client.
func NewDataSource() datasource.DataSource { return &clientDataSource{} }

type clientDataSource struct{ run *run.Run }

type clientDataModel struct {
	clientModel
	WithSecret   types.Bool   `tfsdk:"with_secret"`
	ClientSecret types.String `tfsdk:"client_secret"`
}

func (d *clientDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_client"
}

func (d *clientDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *clientDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	attributes := clientAttributes()
	attributes["client_id"] = schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: "Id of the client. Set either this or `name`.",
		Validators:          []validator.String{attribute.ClientID(), attribute.Trimmed()},
	}
	attributes["name"] = schema.StringAttribute{
		Optional: true,
		Computed: true,
		MarkdownDescription: "Name of the client, compared byte for byte. Names are not unique: " +
			"if several clients have this name, the read fails with a list of their ids. The " +
			"tenant cannot filter by name, so all clients are read, 100 per request; `client_id` " +
			"needs one request. Set either this or `client_id`.",
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	attributes["with_secret"] = schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether to read `client_secret`, which is then stored in the state " +
			"in clear text. This needs the management scope `read:client_keys`. If `false`, the " +
			"secret is not requested. Default `false`.",
	}
	attributes["client_secret"] = schema.StringAttribute{
		Computed:  true,
		Sensitive: true,
		MarkdownDescription: "Secret of the client. Null unless `with_secret` is `true`. If the " +
			"client has no secret, as with private_key_jwt, it is null and the provider warns.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a client (*application*) of the tenant. Fails if no such " +
			"client exists.",
		Attributes: attributes,
	}
}

func (d *clientDataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	attribute.CheckOneOf(ctx, req.Config, "client", "client_id", "name", &resp.Diagnostics)
}

func (d *clientDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m clientDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, ok := d.find(ctx, m, resp)
	if !ok {
		return
	}
	m.fromAPI(ctx, found, &resp.Diagnostics)
	m.showSecret(found, d.run.Login, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// showSecret sets the secret only if the configuration asks for it, even if the API returned
// it.
func (m *clientDataModel) showSecret(
	found m2m.OAuthClient, login string, diags *diag.Diagnostics,
) {
	m.ClientSecret = types.StringNull()
	if !m.WithSecret.ValueBool() {
		return
	}
	m.ClientSecret = types.StringPointerValue(found.ClientSecret)
	if found.ClientSecret == nil {
		diags.AddAttributeWarning(path.Root("with_secret"),
			fmt.Sprintf("The client %q has no secret", found.ClientID),
			fmt.Sprintf("The tenant returned no secret for the client %q, so client_secret is "+
				"null. A public client has no secret, and a client that authenticates with "+
				"private_key_jwt or mutual TLS does not use one. Otherwise, grant the management "+
				"scope read:client_keys to %s.",
				found.ClientID, login))
	}
}

func (d *clientDataSource) find(
	ctx context.Context, m clientDataModel, resp *datasource.ReadResponse,
) (m2m.OAuthClient, bool) {
	id, name := m.ClientID.ValueString(), m.Name.ValueString()
	if name == "" {
		return d.get(ctx, id, m.WithSecret.ValueBool(), resp)
	}
	op := report.Operation{
		Verb:   report.Read,
		Kind:   "client",
		Object: fmt.Sprintf("client with the name %q", name),
	}
	all, err := d.run.API.FreshReads.Clients(ctx)
	if err != nil {
		op.Object = "list of clients" // The name is not in the request.
		d.run.Report(&resp.Diagnostics, op, err)
		return m2m.OAuthClient{}, false
	}
	named := slices.DeleteFunc(all, func(a m2m.OAuthClient) bool {
		return a.Name == nil || *a.Name != name
	})
	switch {
	case len(named) == 0:
		d.run.Missing(&resp.Diagnostics, op, "name",
			fmt.Sprintf(
				"Names are compared byte for byte, and none of the %d clients has this name. "+
					"Check the name and the domain.",
				len(all),
			))
		return m2m.OAuthClient{}, false
	case len(named) > 1:
		resp.Diagnostics.AddAttributeError(path.Root("name"), op.Summary(), report.Paragraphs(
			fmt.Sprintf(
				"The tenant %s has %d clients with the name %q:\n%s", d.run.Domain, len(named),
				name, idsOf(named),
			),
			"Set client_id to the id of the client you want, instead of name."))
		return m2m.OAuthClient{}, false
	case m.WithSecret.ValueBool():
		return d.get(ctx, named[0].ClientID, true, resp) // The list has no secrets.
	default:
		return named[0], true
	}
}

func (d *clientDataSource) get(
	ctx context.Context, id string, withSecret bool, resp *datasource.ReadResponse,
) (m2m.OAuthClient, bool) {
	read := d.run.API.FreshReads.Client
	if withSecret {
		read = d.run.API.Clients.GetWithSecret
	}
	found, err := read(ctx, id)
	op := report.Operation{
		Verb:   report.Read,
		Kind:   "client",
		Object: fmt.Sprintf("client with the id %q", id),
	}
	if rest.IsNotFound(err) {
		d.run.Missing(
			&resp.Diagnostics, op, "client_id",
			"Check the id and the domain. To read a client by name, set name instead of "+
				"client_id.",
		)
		return found, false
	}
	if err != nil {
		d.run.Report(&resp.Diagnostics, op, err)
		return found, false
	}
	return found, true
}

// idsOf lists the ids and types of clients, so that clients with the same name can be
// distinguished.
func idsOf(clients []m2m.OAuthClient) string {
	var lines []string
	for _, one := range clients {
		line := "  " + one.ClientID
		if one.AppType != nil {
			line += " (" + *one.AppType + ")"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
