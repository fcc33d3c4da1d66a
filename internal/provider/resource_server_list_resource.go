// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var _ list.ListResourceWithConfigure = (*resourceServerListResource)(nil)

func newResourceServerListResource() list.ListResource { return &resourceServerListResource{} }

// resourceServerListResource has the name and the session of the resource that it
// lists.
type resourceServerListResource struct{ resourceServerResource }

type resourceServerListModel struct {
	Identifiers types.List `tfsdk:"identifiers"`
}

func (r *resourceServerListResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the APIs (*resource servers*) of the tenant, its own included, or those with certain identifiers.",
		Attributes: map[string]schema.Attribute{
			"identifiers": schema.ListAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Identifiers of the APIs to find, any number of them. One that no API has is passed over. " +
					"Left out, all APIs are found; with `[]` none is.",
				Validators: []validator.List{listvalidator.NoNullValues(), listvalidator.ValueStringsAre(anIdentifier)},
			},
		},
	}
}

func (r *resourceServerListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config resourceServerListModel
	diags := attribute.KnownFilters(ctx, req.Config, &config)
	var identifiers []string
	if !config.Identifiers.IsNull() && !diags.HasError() {
		identifiers = slices.Compact(attribute.StringsOf(ctx, config.Identifiers, &diags))
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = tfstate.ListResults(ctx, &r.run.Connection, listingResourceServers, req, r.run.API.ResourceServers.All(ctx, identifiers),
		func(server m2m.ResourceServer, result *list.ListResult) {
			var model resourceServerModel
			model.fromAPI(ctx, server, &result.Diagnostics)
			tfstate.ShowListed(ctx, req, result, model.displayName(), model.identity(), &model)
		})
}

// displayName is what people call the API, and what programs do.
func (m *resourceServerValues) displayName() string {
	name, identifier := m.Name.ValueString(), m.Identifier.ValueString()
	if name == "" || name == identifier {
		return identifier
	}
	return fmt.Sprintf("%s (%s)", name, identifier)
}
