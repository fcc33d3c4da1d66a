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
		MarkdownDescription: "Manages a client grant, which lets a client get access tokens for " +
			"an API with certain scopes.\n\n" +
			"Deleting an API deletes its grants. If an API of the same configuration may be " +
			"replaced, set `replace_triggered_by = [m2m_resource_server.NAME.id]` in the " +
			"`lifecycle` block of the grant, so that the same apply recreates the grant.",
		Attributes: map[string]schema.Attribute{
			"audience": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Identifier of the API. A change replaces the grant.",
				Validators:          []validator.String{attribute.Audience()},
				PlanModifiers:       replace,
			},
			"client_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Client that is granted access. Set either this or " +
					"`default_for`. A change replaces the grant.",
				Validators:    []validator.String{attribute.ClientID(), attribute.Trimmed()},
				PlanModifiers: replace,
			},
			"default_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Group of clients for which this is the default grant. The " +
					"only group is `third_party_clients`. Set either this or `client_id`. A " +
					"change replaces the grant.",
				Validators:    []validator.String{attribute.OneOf(clientGroups...)},
				PlanModifiers: replace,
			},
			"scopes": schema.SetAttribute{
				CustomType:  attribute.Strings(),
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Granted scopes. If omitted, no scopes are granted. A scope " +
					"that the API does not define is stored, but tokens never include it. The " +
					"plan warns of such scopes.",
				Validators: []validator.Set{setvalidator.NoNullValues(), attribute.ScopeSet()},
			},
			"allow_all_scopes": schema.BoolAttribute{
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
				MarkdownDescription: "Whether all scopes of the API are granted, including " +
					"scopes added later. Use it instead of `scopes`. Not possible for system " +
					"APIs. Default `false`.",
			},
			"subject_type": schema.StringAttribute{
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(m2m.DefaultSubjectType),
				MarkdownDescription: "The subject that tokens represent: `client` (machine to " +
					"machine, the default), `user` or `anonymous_user`. A client can have one " +
					"grant of each subject type for the same API. A change replaces the grant.",
				Validators:    []validator.String{attribute.OneOf(subjectTypes...)},
				PlanModifiers: replace,
			},
			"organization_usage": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Whether tokens may (`allow`), must (`require`) or must not " +
					"(`deny`) be for an organization. If omitted, they must not. Removing it " +
					"from the configuration clears it.",
				Validators: []validator.String{attribute.OneOf("deny", "allow", "require")},
			},
			"allow_any_organization": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether any organization may use the grant, not only " +
					"associated organizations. If omitted, only those may. Removing it from the " +
					"configuration clears it.",
			},
			"authorization_details_types": schema.SetAttribute{
				CustomType:  attribute.Strings(),
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Types of rich authorization requests (RFC 9396) that the " +
					"grant allows; for `user` grants. Removing it from the configuration removes " +
					"all types, as does `[]`.",
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
				MarkdownDescription: "`true` for a system grant, which cannot be changed or " +
					"deleted; otherwise null.",
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
		},
	}
}
