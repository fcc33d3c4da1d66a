// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

var (
	subjectTypes = []string{m2m.DefaultSubjectType, "user", "anonymous_user"}
	clientGroups = []string{"third_party_clients"}
)

func (r *grantResource) Schema(
	_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A client grant: the permission of a client to get access tokens " +
			"for an API with certain scopes.\n\n" +
			"Grants go when their API goes. Where an API of the same configuration may be " +
			"replaced, " +
			"`replace_triggered_by = [m2m_resource_server.NAME.id]` in the grant's `lifecycle` " +
			"block creates the grant anew in the same apply.",
		Attributes: map[string]schema.Attribute{
			"audience": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Identifier of the API. A change replaces the grant.",
				Validators:          []validator.String{attribute.Audience()},
				PlanModifiers:       replace,
			},
			"client_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Client that is granted access. Either this or " +
					"`default_for` is needed. A change replaces the grant.",
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers: replace,
			},
			"default_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Group of clients that the grant is the default for, " +
					"instead of a `client_id`; `third_party_clients` is " +
					"the only one. A change replaces the grant.",
				Validators:    []validator.String{stringvalidator.OneOf(clientGroups...)},
				PlanModifiers: replace,
			},
			"scopes": schema.SetAttribute{
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Scopes that are granted; left out, none are. A scope that " +
					"the API does not define is stored, but never " +
					"reaches a token: a plan that adds one is an error where it plans the API " +
					"too, and else a warning.",
				Validators: []validator.Set{setvalidator.NoNullValues(), attribute.ScopeSet()},
			},
			"allow_all_scopes": schema.BoolAttribute{
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
				MarkdownDescription: "Whether all scopes of the API are granted, those added " +
					"later included, instead of `scopes`. " +
					"Not possible for the tenant's own APIs. Default `false`.",
			},
			"subject_type": schema.StringAttribute{
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(m2m.DefaultSubjectType),
				MarkdownDescription: "Whom tokens speak for: `client` (the default: machine to " +
					"machine), `user` or `anonymous_user`. One client may " +
					"have a grant of each for the same API. A change replaces the grant.",
				Validators:    []validator.String{stringvalidator.OneOf(subjectTypes...)},
				PlanModifiers: replace,
			},
			"organization_usage": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Whether tokens may (`allow`) or must (`require`) be for an " +
					"organization; left out, they must not (`deny`). " +
					"Taking it out of the configuration clears it.",
				Validators: []validator.String{stringvalidator.OneOf("deny", "allow", "require")},
			},
			"allow_any_organization": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether any organization may use the grant, not only those " +
					"that it is associated with. Taking it out of " +
					"the configuration clears it.",
			},
			"authorization_details_types": schema.SetAttribute{
				Optional:    true,
				Computed:    true,
				Default:     setdefault.StaticValue(types.SetValueMust(types.StringType, nil)),
				ElementType: types.StringType,
				MarkdownDescription: "Types of rich authorization requests (RFC 9396) that the " +
					"grant allows; for `user` grants. Taking it out " +
					"of the configuration removes all, as `[]` does.",
				Validators: []validator.Set{
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.UTF8LengthBetween(1, 255)),
				},
			},
			"use_existing": attribute.UseExisting("a grant with this client, audience and " +
				"subject type"),

			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the grant in the tenant.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"is_system": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the grant belongs to the tenant itself; such a " +
					"grant cannot be changed or deleted.",
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
		},
	}
}
