// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// view shows the model of a resource in a data source, so that both convert the
// answers of the API in one way: it keeps the attributes that the data source has.
type view struct{ model, shown map[string]attr.Type }

func viewOf(ctx context.Context, r resource.Resource, attributes map[string]schema.Attribute) view {
	var resp resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &resp)
	v := view{model: map[string]attr.Type{}, shown: attribute.TypesOf(attributes)}
	for name, attribute := range resp.Schema.Attributes {
		v.model[name] = attribute.GetType()
	}
	return v
}

// values are the attributes of a model that the data source shows.
func (v view) values(ctx context.Context, model any, diags *diag.Diagnostics) map[string]attr.Value {
	object, d := types.ObjectValueFrom(ctx, v.model, model)
	diags.Append(d...)
	values := object.Attributes()
	maps.DeleteFunc(values, func(name string, _ attr.Value) bool {
		_, ok := v.shown[name]
		return !ok
	})
	return values
}

// listOf makes a list of what the API answered, each item converted by values.
func listOf[T any](items []T, attrTypes map[string]attr.Type, values func(T) map[string]attr.Value, diags *diag.Diagnostics) types.List {
	itemType := types.ObjectType{AttrTypes: attrTypes}
	objects := make([]attr.Value, 0, len(items))
	for _, item := range items {
		if diags.HasError() {
			return types.ListNull(itemType)
		}
		object, d := types.ObjectValue(attrTypes, values(item))
		diags.Append(d...)
		objects = append(objects, object)
	}
	out, d := types.ListValue(itemType, objects)
	diags.Append(d...)
	return out
}

// input reads one argument of a data source.
func input[T attr.Value](ctx context.Context, config tfsdk.Config, name string, diags *diag.Diagnostics) T {
	var value T
	diags.Append(config.GetAttribute(ctx, path.Root(name), &value)...)
	return value
}

// How long a data source waits before it looks again: this and then twice as long
// each time, less than two seconds in all.
const (
	firstLookAgain = 100 * time.Millisecond
	lastLookAgain  = 800 * time.Millisecond
)

// lookUp reads an object. What this run has created may take a moment to be seen
// (API contract 14), so that only then is one that is missing looked for again.
func lookUp[T any](ctx context.Context, s *session, read func() (T, error)) (T, error) {
	found, err := read()
	for wait := firstLookAgain; m2m.IsNotFound(err) && wait <= lastLookAgain && s.claims.any(); wait *= 2 {
		select {
		case <-ctx.Done():
			return found, err
		case <-time.After(wait):
		}
		found, err = read()
	}
	return found, err
}
