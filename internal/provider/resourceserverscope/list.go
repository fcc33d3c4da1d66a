// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

var _ list.ListResourceWithConfigure = (*scopeListResource)(nil)

// NewListResource returns the list resource m2m_resource_server_scope.
func NewListResource() list.ListResource { return &scopeListResource{} }

// scopeListResource embeds the listed resource for its type name and its run.
type scopeListResource struct{ scopeResource }

type filterModel struct {
	Identifier  types.String `tfsdk:"resource_server_identifier"`
	ScopePrefix types.String `tfsdk:"scope_prefix"`
}

func (r *scopeListResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the scopes of APIs that match all filters. Without filters, " +
			"finds all scopes. Scopes of system APIs, which cannot be managed, are left out.",
		Attributes: map[string]schema.Attribute{
			"resource_server_identifier": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only scopes of the API with this identifier. The list is " +
					"empty if the tenant has no such API.",
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(
					1, attribute.MaxIdentifier,
				)},
			},
			"scope_prefix": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only scopes that begin with this text, such as `read:`. " +
					"Upper and lower case differ.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
		},
	}
}

func (r *scopeListResource) List(
	ctx context.Context, req list.ListRequest, stream *list.ListResultsStream,
) {
	var config filterModel
	if diags := attribute.KnownFilters(ctx, req.Config, &config); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = tfstate.ListResults(ctx, &r.run.Connection, report.Operation{
		Verb: report.List, Kind: "scopes of resource servers", Object: "list of scopes",
	}, req, r.scopes(ctx, config), func(scope m2m.ResourceServerScope, result *list.ListResult) {
		var model scopeModel
		model.fromAPI(scope)
		name := fmt.Sprintf("%s of %s", scope.Value, scope.Identifier)
		tfstate.ShowListed(ctx, req, result, name, model.identity(), &model)
	})
}

// scopes returns the scopes that match the filters, in the order of the APIs.
func (r *scopeListResource) scopes(
	ctx context.Context, config filterModel,
) iter.Seq2[m2m.ResourceServerScope, error] {
	var identifiers []string
	if !config.Identifier.IsNull() {
		identifiers = []string{config.Identifier.ValueString()}
	}
	return func(yield func(m2m.ResourceServerScope, error) bool) {
		for server, err := range r.run.API.ResourceServers.All(ctx, identifiers) {
			if err != nil {
				yield(m2m.ResourceServerScope{}, err)
				return
			}
			if r.run.SystemKind(server.Identifier, server.IsSystem) != run.NotSystem {
				continue
			}
			for _, scope := range server.Scopes {
				found := m2m.ResourceServerScope{Identifier: server.Identifier, Scope: scope}
				if strings.HasPrefix(scope.Value, config.ScopePrefix.ValueString()) &&
					!yield(found, nil) {
					return
				}
			}
		}
	}
}
