// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// Incumbent replaces the auth0 provider in tests of moves. Its resources copy the configuration to
// the state and do nothing else.
type Incumbent struct{ Types map[string]schema.Schema }

// Metadata names the provider.
func (p *Incumbent) Metadata(
	_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse,
) {
	resp.TypeName = "auth0"
}

// Schema is empty.
func (p *Incumbent) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure does nothing.
func (p *Incumbent) Configure(
	context.Context, provider.ConfigureRequest, *provider.ConfigureResponse,
) {
}

// DataSources returns none.
func (p *Incumbent) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources returns the resource types.
func (p *Incumbent) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for name, s := range p.Types {
		all = append(all, func() resource.Resource { return &IncumbentResource{name, s} })
	}
	return all
}

// IncumbentResource is a resource of the auth0 provider.
type IncumbentResource struct {
	TypeName   string
	Attributes schema.Schema
}

// Metadata names the resource.
func (r *IncumbentResource) Metadata(
	_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = r.TypeName
}

// Schema is Attributes.
func (r *IncumbentResource) Schema(
	_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	resp.Schema = r.Attributes
}

// Create keeps the plan as the state.
func (r *IncumbentResource) Create(
	_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	resp.State.Raw = req.Plan.Raw
}

// Read keeps the state.
func (r *IncumbentResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Update keeps the plan as the state.
func (r *IncumbentResource) Update(
	_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	resp.State.Raw = req.Plan.Raw
}

// Delete does nothing.
func (r *IncumbentResource) Delete(
	context.Context, resource.DeleteRequest, *resource.DeleteResponse,
) {
}

// StringsSchema is a schema of optional strings.
func StringsSchema(names ...string) schema.Schema {
	attributes := map[string]schema.Attribute{}
	for _, name := range names {
		attributes[name] = schema.StringAttribute{Optional: true}
	}
	return schema.Schema{Attributes: attributes}
}
