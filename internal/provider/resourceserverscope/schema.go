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
		MarkdownDescription: "One scope of an API that another configuration owns, as where each " +
			"service adds its scopes to an API of the " +
			"platform. The other scopes of the API stay as they are, with their descriptions and " +
			"in their order.\n\n" +
			"~> **Note** The `scopes` of an `m2m_resource_server` are all scopes of its API: " +
			"where they are set, they remove what this " +
			"resource adds. Leave them out there, or put all scopes there and do without this " +
			"resource.\n\n" +
			"The tenant has no request for a single scope: its list is read and written as a " +
			"whole. What a run changes at the same time on one API goes " +
			"together, so that ten scopes (what Terraform does at a time; see `-parallelism`) " +
			"cost one read, one write and one more read " +
			"to confirm them. A refresh of ten is one read. Should somebody else write the " +
			"scopes at that moment and undo a change, apply fails and names " +
			"the scope. Two writers at the same time can still undo each other unseen, as the " +
			"tenant offers no way to exclude that: do not apply " +
			"two configurations with scopes of one API at once.",
		Attributes: map[string]schema.Attribute{
			"resource_server_identifier": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Identifier of the API, such as " +
					"`https://orders.example.com`. A change replaces the scope. The tenant's own " +
					"APIs " +
					"take no further scopes.",
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(
					1, attribute.MaxIdentifier,
				)},
				PlanModifiers: replace,
			},
			"scope": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The scope, such as `read:orders`. A change replaces it; " +
					"client grants keep the one that is gone, without effect. " +
					"At most 280 characters.",
				Validators:    []validator.String{attribute.Scope()},
				PlanModifiers: replace,
			},
			"description": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "What the scope permits, for people; at most 500 " +
					"characters. Taking it out of the configuration removes it " +
					"from the tenant, unless it is empty.",
				Validators: []validator.String{stringvalidator.UTF8LengthAtMost(
					attribute.MaxScopeDescription,
				)},
				PlanModifiers: []planmodifier.String{noneOrEmpty{"none where the configuration " +
					"has none, or the empty text of the tenant"}},
			},

			"id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The identifier of the API and the scope in one, " +
					"`IDENTIFIER::SCOPE`.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
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

// noneOrEmpty keeps an empty description that the configuration omits: Terraform writes it
// as null when it generates configuration.
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
