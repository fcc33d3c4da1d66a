// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
)

// ResourceSchemas are the schemas of all resources of the provider, by type name.
func ResourceSchemas(t *testing.T) map[string]schema.Schema {
	t.Helper()
	out := map[string]schema.Schema{}
	for _, constructor := range provider.New().Resources(t.Context()) {
		r := constructor()
		var metadata resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "m2m"}, &metadata)
		var resp resource.SchemaResponse
		r.Schema(t.Context(), resource.SchemaRequest{}, &resp)
		out[metadata.TypeName] = resp.Schema
	}
	return out
}

// DataSourceSchemas are the schemas of all data sources of the provider, by type name.
func DataSourceSchemas(t *testing.T) map[string]dataschema.Schema {
	t.Helper()
	out := map[string]dataschema.Schema{}
	for _, constructor := range provider.New().DataSources(t.Context()) {
		d := constructor()
		var metadata datasource.MetadataResponse
		d.Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "m2m"}, &metadata)
		var resp datasource.SchemaResponse
		d.Schema(t.Context(), datasource.SchemaRequest{}, &resp)
		out[metadata.TypeName] = resp.Schema
	}
	return out
}
