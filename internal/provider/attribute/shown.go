// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ListOf converts models with these attributes to a list.
func ListOf[T any](
	ctx context.Context, attributes map[string]schema.Attribute, models []T,
	diags *diag.Diagnostics,
) types.List {
	out, d := types.ListValueFrom(ctx, types.ObjectType{AttrTypes: typesOf(attributes)}, models)
	diags.Append(d...)
	return out
}

func typesOf(attributes map[string]schema.Attribute) map[string]attr.Type {
	types := make(map[string]attr.Type, len(attributes))
	for name, attribute := range attributes {
		types[name] = attribute.GetType()
	}
	return types
}

// CheckOneOf requires exactly one of two arguments that identify the object to read.
func CheckOneOf(
	ctx context.Context, config tfsdk.Config, what, one, other string, diags *diag.Diagnostics,
) {
	var a, b types.String
	diags.Append(config.GetAttribute(ctx, path.Root(one), &a)...)
	diags.Append(config.GetAttribute(ctx, path.Root(other), &b)...)
	switch {
	case a.IsNull() && b.IsNull():
		diags.AddAttributeError(path.Root(one), "Missing "+one+" or "+other,
			fmt.Sprintf("Set %s or %s to select the %s to read.", one, other, what))
	case !IsUnset(a) && !IsUnset(b):
		diags.AddAttributeError(path.Root(other), "Both "+one+" and "+other,
			fmt.Sprintf("Set only one of %s and %s to select the %s to read.", one, other, what))
	}
}

// ShownString is a string that a data source returns.
func ShownString(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// ShownInt64 is an integer that a data source returns.
func ShownInt64(description string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
}

// ShownBool is a boolean that a data source returns.
func ShownBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

// ShownSet is a set of strings that a data source returns.
func ShownSet(description string) schema.SetAttribute {
	return schema.SetAttribute{
		Computed:            true,
		ElementType:         types.StringType,
		MarkdownDescription: description,
	}
}

// ShownObject is an object that a data source returns.
func ShownObject(
	description string, attributes map[string]schema.Attribute,
) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: description,
		Attributes:          attributes,
	}
}

// ShownList is a list of objects that a data source returns.
func ShownList(
	description string, attributes map[string]schema.Attribute,
) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: description,
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}
