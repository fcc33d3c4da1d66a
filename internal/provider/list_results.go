// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// listFilters are the filters of a data source as a list resource has them.
func listFilters(attributes map[string]dataschema.Attribute, diags *diag.Diagnostics) map[string]schema.Attribute {
	filters := make(map[string]schema.Attribute, len(attributes))
	for name, attribute := range attributes {
		switch a := attribute.(type) {
		case dataschema.StringAttribute:
			filters[name] = schema.StringAttribute{Optional: true, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
		case dataschema.BoolAttribute:
			filters[name] = schema.BoolAttribute{Optional: true, MarkdownDescription: a.MarkdownDescription, Validators: a.Validators}
		default:
			diags.AddError("Unexpected filter", fmt.Sprintf("%s is a %T. This is a bug in the provider; please report it.", name, a))
		}
	}
	return filters
}

// readFilters reads the config block of a list, which need not be there.
func readFilters(ctx context.Context, config tfsdk.Config, into any, diags *diag.Diagnostics) {
	if !config.Raw.IsNull() {
		diags.Append(config.Get(ctx, into)...)
	}
}

// knownFilters reads the config block for a list. Without a filter that is not
// known, the list would hold what nobody asked for.
func knownFilters(ctx context.Context, config tfsdk.Config, into any) (diags diag.Diagnostics) {
	filters := map[string]tftypes.Value{}
	if err := config.Raw.As(&filters); err != nil {
		diags.AddError("Unexpected configuration of a list", fmt.Sprintf("This is a bug in the provider; please report it: %s.", err))
	}
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		if !filters[name].IsFullyKnown() {
			diags.AddAttributeError(path.Root(name), "Filter not known yet",
				"What to list is not known before the value of "+name+" is. Give it one that is known when the query runs, "+
					"such as that of a variable.")
		}
	}
	if !diags.HasError() {
		readFilters(ctx, config, into, &diags)
	}
	return diags
}

// listResults streams items as results until Terraform has as many as it wants; a
// limit of zero stands for no limit. The next item is asked for when its result is
// wanted, so that no request is sent in vain. An error ends the results as their
// last one, or a part of the list would pass for the whole.
func listResults[T any](
	ctx context.Context, s *session, op operation, req list.ListRequest, items iter.Seq2[T, error], show func(T, *list.ListResult),
) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		pushed := int64(0)
		for item, err := range items {
			if err == nil {
				err = ctx.Err() // The items of a page are there without any request.
			}
			result := req.NewListResult(ctx)
			if err != nil {
				s.report(&result.Diagnostics, op, err)
			} else {
				show(item, &result)
			}
			pushed++
			if !push(result) || result.Diagnostics.HasError() || pushed == req.Limit {
				return
			}
		}
	}
}

// showListed fills in a result: the name that people read, the identity, and the
// state that an import would give if that is asked for.
func showListed(ctx context.Context, req list.ListRequest, result *list.ListResult, name string, identity, model any) {
	result.DisplayName = name
	setIdentity(ctx, result.Identity, identity, &result.Diagnostics)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
}
