// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Schema is the schema of a type, with the type itself, which can validate a configuration.
type Schema struct {
	schema.Schema

	resource resource.Resource
	object   tftypes.Type
}

// SchemasOf returns the schemas of resource types by name.
func SchemasOf(
	ctx context.Context, providerName string, constructors []func() resource.Resource,
) map[string]Schema {
	schemas := map[string]Schema{}
	for _, constructor := range constructors {
		r := constructor()
		name, s := describe(ctx, providerName, r)
		schemas[name] = Schema{s, r, s.Type().TerraformType(ctx)}
	}
	return schemas
}

// describe returns the name of a type and its schema.
func describe(
	ctx context.Context, providerName string, r resource.Resource,
) (string, schema.Schema) {
	var metadata resource.MetadataResponse
	r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: providerName}, &metadata)
	var s resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &s)
	return metadata.TypeName, s.Schema
}

// describes reports whether a state has the version and the attributes of the schema.
func (s Schema) describes(req *tfprotov6.UpgradeResourceStateRequest) bool {
	if req.Version != s.Version || req.RawState == nil {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(req.RawState.JSON))
	decoder.UseNumber()
	var state any
	if decoder.Decode(&state) != nil || state == nil {
		return false
	}
	_, err := decoder.Token()
	return err == io.EOF && has(s.object, state)
}

// has reports whether a type has a value, decoded from JSON, without a conversion.
func has(kind tftypes.Type, value any) bool {
	switch kind := kind.(type) {
	case tftypes.Object:
		attributes, ok := value.(map[string]any)
		for name, attribute := range attributes {
			if kind, known := kind.AttributeTypes[name]; !known || !has(kind, attribute) {
				return false
			}
		}
		return ok || value == nil // A missing attribute means null.
	case tftypes.Map:
		elements, ok := value.(map[string]any)
		for _, element := range elements {
			if !has(kind.ElementType, element) {
				return false
			}
		}
		return ok || value == nil
	case tftypes.List:
		return haveAll(kind.ElementType, value)
	case tftypes.Set:
		return haveAll(kind.ElementType, value)
	}
	switch value.(type) {
	case string:
		return kind.Is(tftypes.String)
	case bool:
		return kind.Is(tftypes.Bool)
	case json.Number:
		return kind.Is(tftypes.Number)
	default:
		return value == nil
	}
}

func haveAll(kind tftypes.Type, value any) bool {
	elements, ok := value.([]any)
	for _, element := range elements {
		if !has(kind, element) {
			return false
		}
	}
	return ok || value == nil
}
