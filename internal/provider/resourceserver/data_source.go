// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure      = (*serverDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*serverDataSource)(nil)
)

// NewDataSource returns the data source m2m_resource_server.
func NewDataSource() datasource.DataSource { return &serverDataSource{} }

type serverDataSource struct{ run *run.Run }

type serverDataModel struct {
	serverValues

	WithSigningSecret types.Bool   `tfsdk:"with_signing_secret"`
	SigningSecret     types.String `tfsdk:"signing_secret"`
}

func (d *serverDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_resource_server"
}

func (d *serverDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (d *serverDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	attributes := shownAttributes()
	attributes["id"] = schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		MarkdownDescription: "Id of the API in the tenant. Set either this or `identifier`.",
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	attributes["identifier"] = schema.StringAttribute{
		Optional: true,
		Computed: true,
		MarkdownDescription: "Identifier of the API: the `audience` of its tokens. It is " +
			"compared byte for byte, including a trailing slash. Set either this or `id`.",
		Validators: []validator.String{stringvalidator.UTF8LengthBetween(
			1, attribute.MaxIdentifier,
		)},
	}
	attributes["with_signing_secret"] = schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether to read the signing secret of the API into " +
			"`signing_secret`. The state then contains it in clear text. Default `false`.",
	}
	attributes["signing_secret"] = schema.StringAttribute{
		Computed:  true,
		Sensitive: true,
		MarkdownDescription: "Secret that signs `HS256` tokens. Null if `with_signing_secret` is " +
			"not `true` or if the API has no secret.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads an API (*resource server*) of the tenant, whether or not " +
			"Terraform manages it. Fails if no such API exists.",
		Attributes: attributes,
	}
}

func (d *serverDataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	attribute.CheckOneOf(ctx, req.Config, "API", "identifier", "id", &resp.Diagnostics)
}

func (d *serverDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m serverDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, ok := d.find(ctx, m.ID.ValueString(), m.Identifier.ValueString(), resp)
	if !ok {
		return
	}
	m.fromAPI(ctx, found, &resp.Diagnostics)
	m.SigningSecret = types.StringNull()
	if m.WithSigningSecret.ValueBool() {
		m.SigningSecret = types.StringPointerValue(found.SigningSecret)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// find reads an API by its id, or by its identifier if the id is empty.
func (d *serverDataSource) find(
	ctx context.Context, id, identifier string, resp *datasource.ReadResponse,
) (m2m.ResourceServer, bool) {
	op := report.Operation{Verb: report.Read, Kind: "resource server"}
	attribute, advice := "id", "Check the id and the domain. To read an API by its identifier, "+
		"set identifier instead of id."
	op.Object = fmt.Sprintf("API with the id %q", id)
	read := func() (m2m.ResourceServer, error) {
		return d.run.API.FreshReads.ResourceServerByID(ctx, id)
	}
	if id == "" {
		attribute, advice = "identifier", "Check the identifier and the domain. Identifiers are "+
			"compared byte for byte, including a trailing slash."
		op.Object = fmt.Sprintf("API with the identifier %q", identifier)
		read = func() (m2m.ResourceServer, error) {
			return d.run.API.FreshReads.ResourceServerByIdentifier(ctx, identifier)
		}
	}
	found, err := run.LookUp(ctx, d.run, read)
	switch {
	// The endpoint also accepts an identifier in place of an id.
	case rest.IsNotFound(err), err == nil && id != "" && found.ID != id:
		d.run.Missing(&resp.Diagnostics, op, attribute, advice)
	case err != nil:
		d.run.Report(&resp.Diagnostics, op, err)
	default:
		return found, true
	}
	return m2m.ResourceServer{}, false
}
