// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package incumbent replaces the auth0 provider in tests of moves. It knows no types: a
// test gives it their schemas.
package incumbent

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// Address is the address of the auth0 provider, and FirstAddress its first address.
const (
	Address      = "registry.terraform.io/auth0/auth0"
	FirstAddress = "registry.terraform.io/alexkappa/auth0"
)

// Provider stands for the auth0 provider. Its resources copy the configuration to
// the state and do nothing else.
type Provider struct{ Types map[string]schema.Schema }

// Metadata names the provider.
func (p *Provider) Metadata(
	_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse,
) {
	resp.TypeName = "auth0"
}

// Schema is empty.
func (p *Provider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure does nothing.
func (p *Provider) Configure(
	context.Context, provider.ConfigureRequest, *provider.ConfigureResponse,
) {
}

// DataSources returns none.
func (p *Provider) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources returns the resource types.
func (p *Provider) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for name, s := range p.Types {
		all = append(all, func() resource.Resource { return &Resource{name, s} })
	}
	return all
}

// Resource is a resource of the auth0 provider.
type Resource struct {
	TypeName   string
	Attributes schema.Schema
}

// Metadata names the resource.
func (r *Resource) Metadata(
	_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = r.TypeName
}

// Schema is Attributes.
func (r *Resource) Schema(
	_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	resp.Schema = r.Attributes
}

// Create keeps the plan as the state.
func (r *Resource) Create(
	_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	resp.State.Raw = req.Plan.Raw
}

// Read keeps the state.
func (r *Resource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Update keeps the plan as the state.
func (r *Resource) Update(
	_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	resp.State.Raw = req.Plan.Raw
}

// Delete does nothing.
func (r *Resource) Delete(
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
