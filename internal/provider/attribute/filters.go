// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"maps"
	"slices"

	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// ListFilters converts the filters of a data source to filters of a list resource.
func ListFilters(attributes map[string]dataschema.Attribute) map[string]schema.Attribute {
	filters := make(map[string]schema.Attribute, len(attributes))
	for name, attribute := range attributes {
		switch a := attribute.(type) {
		case dataschema.StringAttribute:
			filters[name] = schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: a.MarkdownDescription,
				Validators:          a.Validators,
			}
		case dataschema.BoolAttribute:
			filters[name] = schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: a.MarkdownDescription,
				Validators:          a.Validators,
			}
		}
	}
	return filters
}

// ReadFilters reads the config block of a list. The block may be absent.
func ReadFilters(ctx context.Context, config tfsdk.Config, into any, diags *diag.Diagnostics) {
	if !config.Raw.IsNull() {
		diags.Append(config.Get(ctx, into)...)
	}
}

// KnownFilters reads the config block of a list and fails if a filter is unknown: without that
// filter, the list would return objects that were not requested.
func KnownFilters(ctx context.Context, config tfsdk.Config, into any) (diags diag.Diagnostics) {
	filters := ValuesOf(config.Raw)
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		if !filters[name].IsFullyKnown() {
			diags.AddAttributeError(path.Root(name), "Filter not known yet",
				"The value of "+name+" is not known yet, so the results cannot be filtered. "+
					"Use a value that is known when the query runs, such as a variable.")
		}
	}
	if !diags.HasError() {
		ReadFilters(ctx, config, into, &diags)
	}
	return diags
}
