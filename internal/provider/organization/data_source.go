// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organization

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure      = (*organizationDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*organizationDataSource)(nil)
)

// NewDataSource returns data.m2m_organization.
func NewDataSource() datasource.DataSource { return &organizationDataSource{} }

type organizationDataSource struct{ run *run.Run }

func (d *organizationDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_organization"
}

func (d *organizationDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

// nameStart matches the start of an organization's name (API contract 5.1). The API checks the rest
// of the name.
var nameStart = regexp.MustCompile(`^[A-Za-z0-9]`)

func (d *organizationDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	attributes := organizationAttributes()
	attributes["organization_id"] = schema.StringAttribute{
		Optional: true,
		Computed: true,
		MarkdownDescription: "Id of the organization, such as `org_Ab12Cd34Ef56Gh78`. Set either " +
			"this or `name`.",
		Validators: []validator.String{stringvalidator.RegexMatches(attribute.OrganizationID,
			"must be the id of an organization, such as org_Ab12Cd34Ef56Gh78 "+
				"(to read it by its name, set name instead)")},
	}
	attributes["name"] = schema.StringAttribute{
		Optional: true,
		Computed: true,
		MarkdownDescription: "Name of the organization, such as `acme`. It is unique in the " +
			"tenant. The display name does not work here. Set either this or `organization_id`.",
		Validators: []validator.String{stringvalidator.RegexMatches(nameStart,
			"must be the name of an organization, such as acme, which starts with a letter or "+
				"a digit")},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads an organization of the tenant by its id or by its name, for " +
			"example to associate a client grant with it. Fails if no such organization exists. " +
			"Needs the management scope `read:organizations`.",
		Attributes: attributes,
	}
}

func (d *organizationDataSource) ValidateConfig(
	ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	attribute.CheckOneOf(
		ctx, req.Config, "organization", "organization_id", "name", &resp.Diagnostics,
	)
}

func (d *organizationDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m organizationModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, ok := d.find(ctx, m, resp)
	if !ok {
		return
	}
	m.fromAPI(ctx, found, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (d *organizationDataSource) find(
	ctx context.Context, m organizationModel, resp *datasource.ReadResponse,
) (m2m.Organization, bool) {
	if name := m.Name.ValueString(); name != "" {
		found, err := d.run.API.Organizations.GetByName(ctx, name)
		return found, d.isFound(err, "name", fmt.Sprintf("organization with the name %q", name),
			"Check the name and the provider's domain. A name is written in lower case, such as "+
				"acme, and differs from the display name. The data source m2m_organizations lists "+
				"all names.", resp)
	}
	id := m.OrganizationID.ValueString()
	found, err := d.run.API.Organizations.Get(ctx, id)
	return found, d.isFound(err, "organization_id", fmt.Sprintf(
		"organization with the id %q", id,
	), "Check the id and the provider's domain. To read an organization by its name, set name "+
		"instead of organization_id.", resp)
}

// isFound reports whether a read succeeded. If not, it adds an error on the argument. The advice is
// part of the error if the object does not exist.
func (d *organizationDataSource) isFound(
	err error, argument, object, advice string, resp *datasource.ReadResponse,
) bool {
	op := report.Operation{Verb: report.Read, Kind: "organization", Object: object}
	switch {
	case rest.IsNotFound(err):
		d.run.Missing(&resp.Diagnostics, op, argument, advice)
	case err != nil:
		d.run.Report(&resp.Diagnostics, op, err)
	}
	return err == nil
}
