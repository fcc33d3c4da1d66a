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

// Incumbent stands in for the provider auth0 in tests of moves: its resources put
// into the state whatever the configuration says and do nothing else.
type Incumbent struct{ Types map[string]schema.Schema }

func (p *Incumbent) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "auth0"
}

func (p *Incumbent) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p *Incumbent) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (p *Incumbent) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *Incumbent) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for name, s := range p.Types {
		all = append(all, func() resource.Resource { return &IncumbentResource{name, s} })
	}
	return all
}

type IncumbentResource struct {
	TypeName   string
	Attributes schema.Schema
}

func (r *IncumbentResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.TypeName
}

func (r *IncumbentResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.Attributes
}

func (r *IncumbentResource) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (r *IncumbentResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r *IncumbentResource) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (r *IncumbentResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// StringsSchema has optional strings only.
func StringsSchema(names ...string) schema.Schema {
	attributes := map[string]schema.Attribute{}
	for _, name := range names {
		attributes[name] = schema.StringAttribute{Optional: true}
	}
	return schema.Schema{Attributes: attributes}
}
