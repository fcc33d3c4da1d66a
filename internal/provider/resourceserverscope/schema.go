// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

func (r *scopeResource) Schema(
	_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages a single scope of an API that another configuration " +
			"manages, for example if each service adds its scopes to an API of the platform. The " +
			"other scopes of the API keep their descriptions and order.\n\n" +
			"~> **Note** The `scopes` of an `m2m_resource_server` are all scopes of its API. If " +
			"set, they remove the scopes that this resource adds. Omit `scopes` there, or list " +
			"all scopes there and do not use this resource.\n\n" +
			"The tenant has no request for a single scope: the list is read and written as a " +
			"whole. Simultaneous changes to the same API share requests. For example, ten scopes " +
			"(the default of `-parallelism`) take two reads, which must agree, one write and one " +
			"read to confirm them, and refreshing them takes one read. That last read follows a " +
			"second after the last write. It covers all scopes that the run has changed in the " +
			"API. What another writer has undone is made again, up to five times; then apply " +
			"fails and names the scopes.\n\n" +
			"The tenant has no conditional write, so a run cannot see what it overwrites between " +
			"its read and its write. If that takes more than a second, another run may have " +
			"confirmed its scopes already, and apply warns. A writer that does not look, such as " +
			"a script, another provider or an `m2m_resource_server` with `scopes`, or a tenant " +
			"that gives the same stale answer twice, can still undo a change unnoticed. So one " +
			"configuration should own all scopes of an API. If several share it, the next plan " +
			"of each shows the scopes that it has lost.",
		Attributes: map[string]schema.Attribute{
			"resource_server_identifier": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Identifier of the API, such as " +
					"`https://orders.example.com`. A change replaces the scope. System APIs " +
					"accept no additional scopes.",
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(
					1, attribute.MaxIdentifier,
				)},
				PlanModifiers: replace,
			},
			"scope": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The scope, such as `read:orders`; at most 280 characters. " +
					"A change replaces the scope; client grants keep listing the old scope, but " +
					"it has no effect.",
				Validators:    []validator.String{attribute.Scope()},
				PlanModifiers: replace,
			},
			"description": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Description of what the scope permits; at most 500 " +
					"characters. Removing it from the configuration removes it from the tenant, " +
					"unless it is empty.",
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(
					attribute.MaxScopeDescription,
				)},
				PlanModifiers: []planmodifier.String{noneOrEmpty{"null if the configuration has " +
					"none, or the empty string in the tenant"}},
			},

			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Identifier of the API and the scope, as `IDENTIFIER::SCOPE`.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

func (r *scopeResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = tfstate.IdentityOf(map[string]string{
		"resource_server_identifier": "Identifier of the API.",
		"scope":                      "The scope.",
	})
}

// noneOrEmpty keeps an empty description if the configuration omits it, because Terraform writes an
// empty string as null when it generates configuration.
type noneOrEmpty struct{ attribute.Described }

func (noneOrEmpty) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if !req.ConfigValue.IsNull() {
		return
	}
	resp.PlanValue = types.StringNull()
	if req.StateValue.Equal(types.StringValue("")) {
		resp.PlanValue = req.StateValue
	}
}
