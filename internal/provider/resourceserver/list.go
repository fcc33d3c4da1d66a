// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

var _ list.ListResourceWithConfigure = (*serverListResource)(nil)

// NewListResource returns the list resource m2m_resource_server.
func NewListResource() list.ListResource { return &serverListResource{} }

// serverListResource embeds the listed resource for its type name and its run.
type serverListResource struct{ serverResource }

type serverListModel struct {
	Identifiers types.List `tfsdk:"identifiers"`
}

func (r *serverListResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds APIs (*resource servers*) of the tenant, including system " +
			"APIs.",
		Attributes: map[string]schema.Attribute{
			"identifiers": schema.ListAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Identifiers of the APIs to find, in any number. " +
					"Identifiers that match no API are ignored. If omitted, all APIs are found. " +
					"An empty list finds none.",
				Validators: []validator.List{
					listvalidator.NoNullValues(), listvalidator.ValueStringsAre(anIdentifier),
				},
			},
		},
	}
}

func (r *serverListResource) List(
	ctx context.Context, req list.ListRequest, stream *list.ListResultsStream,
) {
	var config serverListModel
	diags := attribute.KnownFilters(ctx, req.Config, &config)
	var identifiers []string
	if !config.Identifiers.IsNull() && !diags.HasError() {
		identifiers = slices.Compact(attribute.StringsOf(ctx, config.Identifiers, &diags))
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = tfstate.ListResults(ctx, &r.run.Connection, listing, req,
		r.run.API.ResourceServers.All(ctx, identifiers),
		func(server m2m.ResourceServer, result *list.ListResult) {
			var model serverModel
			model.AuthorizationDetails = noDetails // As after an import.
			model.fromAPI(ctx, server, &result.Diagnostics)
			tfstate.ShowListed(ctx, req, result, model.displayName(), model.identity(), &model)
		})
}

// displayName is the name of the API, followed by its identifier.
func (m *serverValues) displayName() string {
	name, identifier := m.Name.ValueString(), m.Identifier.ValueString()
	if name == "" || name == identifier {
		return identifier
	}
	return fmt.Sprintf("%s (%s)", name, identifier)
}
