// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

var (
	_ list.ListResourceWithConfigure      = (*grantListResource)(nil)
	_ list.ListResourceWithValidateConfig = (*grantListResource)(nil)
)

// NewListResource returns the list resource m2m_client_grant.
func NewListResource() list.ListResource { return &grantListResource{} }

// grantListResource embeds the listed resource for its type name and its run.
type grantListResource struct{ grantResource }

func (r *grantListResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the client grants of the tenant that match all filters. " +
			"Without filters, finds all grants, including grants for system APIs.",
		Attributes: attribute.ListFilters(filters()),
	}
}

func (r *grantListResource) ValidateListResourceConfig(
	ctx context.Context, req list.ValidateConfigRequest, resp *list.ValidateConfigResponse,
) {
	var config filterModel
	attribute.ReadFilters(ctx, req.Config, &config, &resp.Diagnostics)
	config.check(
		"compare the allow_any_organization of each resource in the results, with "+
			"include_resource = true",
		&resp.Diagnostics,
	)
}

func (r *grantListResource) List(
	ctx context.Context, req list.ListRequest, stream *list.ListResultsStream,
) {
	var config filterModel
	if diags := attribute.KnownFilters(ctx, req.Config, &config); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = tfstate.ListResults(ctx, &r.run.Connection, listing, req,
		r.run.API.ClientGrants.All(ctx, config.filter()),
		func(grant m2m.ClientGrant, result *list.ListResult) {
			var model grantModel
			model.AuthorizationDetailsTypes = noTypes // As after an import.
			model.fromAPI(ctx, grant, &result.Diagnostics)
			tfstate.ShowListed(ctx, req, result, model.displayName(), model.identity(), &model)
		})
}

// displayName describes the grant by its natural key. It omits the default subject type.
func (m *grantValues) displayName() string {
	key := m.key()
	name := fmt.Sprintf("%s for %s", cmp.Or(key.ClientID, key.DefaultFor), key.Audience)
	if key.SubjectType == "" {
		return name
	}
	return fmt.Sprintf("%s (%s)", name, key.SubjectType)
}
