// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var (
	_ resource.ResourceWithConfigure      = (*clientGrantResource)(nil)
	_ resource.ResourceWithValidateConfig = (*clientGrantResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*clientGrantResource)(nil)
	_ resource.ResourceWithImportState    = (*clientGrantResource)(nil)
)

func newClientGrantResource() resource.Resource { return &clientGrantResource{} }

type clientGrantResource struct{ *session }

func (r *clientGrantResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_client_grant"
}

func (r *clientGrantResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = sessionOf(req.ProviderData, &resp.Diagnostics)
}

func (r *clientGrantResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A client grant: the permission of a client to get access tokens for an API with certain scopes.",
		Attributes: map[string]schema.Attribute{
			"audience": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Identifier of the API. A change replaces the grant.",
				Validators:          []validator.String{audienceValidator{"an API identifier"}},
				PlanModifiers:       replace,
			},
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Client that is granted access. Either this or `default_for` is needed. A change replaces the grant.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers:       replace,
			},
			"default_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Group of clients that the grant is the default for, instead of a `client_id`; `third_party_clients` is " +
					"the only one. A change replaces the grant.",
				Validators:    []validator.String{stringvalidator.OneOf("third_party_clients")},
				PlanModifiers: replace,
			},
			"scopes": schema.SetAttribute{
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Scopes that are granted; left out, none are. A scope that the API does not define is stored, but never " +
					"reaches a token.",
				Validators: []validator.Set{scopeSetValidator{"scopes of 1 to 280 characters"}},
			},
			"allow_all_scopes": schema.BoolAttribute{
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
				MarkdownDescription: "Whether all scopes of the API are granted, those added later included, instead of `scopes`. " +
					"Not possible for the tenant's own APIs. Default `false`.",
			},
			"subject_type": schema.StringAttribute{
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(m2m.DefaultSubjectType),
				MarkdownDescription: "Whom tokens speak for: `client` (the default: machine to machine), `user` or `anonymous_user`. One client may " +
					"have a grant of each for the same API. A change replaces the grant.",
				Validators:    []validator.String{stringvalidator.OneOf("client", "user", "anonymous_user")},
				PlanModifiers: replace,
			},
			"organization_usage": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Whether tokens may (`allow`) or must (`require`) be for an organization; left out, they must not (`deny`). " +
					"Taking it out of the configuration clears it.",
				Validators: []validator.String{stringvalidator.OneOf("deny", "allow", "require")},
			},
			"allow_any_organization": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether any organization may use the grant, not only those that it is associated with. Taking it out of " +
					"the configuration clears it.",
			},
			"authorization_details_types": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Types of rich authorization requests (RFC 9396) that the grant allows; for `user` grants. Taking it out " +
					"of the configuration removes all.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(stringvalidator.UTF8LengthBetween(1, 255))},
			},
			"use_existing": useExistingAttribute("a grant with this client, audience and subject type"),

			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the grant in the tenant.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"is_system": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the grant belongs to the tenant itself; such a grant cannot be changed or deleted.",
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

func (r *clientGrantResource) operation(verb string, m clientGrantModel, attributes func(string) bool) operation {
	object := fmt.Sprintf("grant of the API %q to the client %q", m.Audience.ValueString(), m.ClientID.ValueString())
	switch {
	case m.Audience.IsNull():
		object = fmt.Sprintf("grant with the id %q", m.ID.ValueString()) // As in an import.
	case !m.DefaultFor.IsNull():
		object = fmt.Sprintf("grant of the API %q to %s", m.Audience.ValueString(), m.DefaultFor.ValueString())
	}
	return operation{
		verb: verb, kind: "client grant", object: object,
		typeName: "m2m_client_grant", attributes: attributes,
	}
}

func (r *clientGrantResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config clientGrantModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case config.ClientID.IsNull() && config.DefaultFor.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("client_id"), "Missing client",
			"A grant is for one client or for a group of them: set client_id or default_for.")
	case !config.ClientID.IsNull() && !config.DefaultFor.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("default_for"), "Two kinds of client",
			"A grant is for one client or for a group of them: set client_id or default_for, not both.")
	}
	if config.AllowAllScopes.ValueBool() && !config.Scopes.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("scopes"), "Scopes beside allow_all_scopes",
			"allow_all_scopes = true grants every scope of the API. Take scopes out of the configuration, or set allow_all_scopes to false.")
	}
}

// ModifyPlan plans the scopes where the configuration leaves them out: none, and
// no list of them at all while all are granted (API contract 4.1).
func (r *clientGrantResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan clientGrantModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || !config.Scopes.IsNull() {
		return
	}
	scopes := types.SetValueMust(types.StringType, nil)
	switch {
	case plan.AllowAllScopes.IsUnknown():
		scopes = types.SetUnknown(types.StringType)
	case plan.AllowAllScopes.ValueBool():
		scopes = types.SetNull(types.StringType)
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("scopes"), scopes)...)
}

func (r *clientGrantResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan clientGrantModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation("create", plan, hasAttribute(req.Plan.Raw))
	settings := plan.settings(ctx, &clientGrantModel{AllowAllScopes: types.BoolValue(false)}, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	created, err := r.api.ClientGrants.Create(ctx, m2m.NewClientGrant{ClientGrantKey: plan.key(), ClientGrantSettings: settings})
	var conflict *m2m.ConflictError
	if errors.As(err, &conflict) && conflict.ID != "" && plan.UseExisting.ValueBool() {
		created, err = r.adopt(ctx, op, conflict.ID, plan, &resp.Diagnostics)
	}
	if err != nil {
		r.report(&resp.Diagnostics, op, err)
		return
	}

	// The grant exists from here on: write state whatever happens, or its id is lost.
	plan.fromAPI(ctx, created, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	confirmPlanned(&resp.Diagnostics, op, req.Plan.Raw, resp.State.Raw)
}

// adopt takes over a grant that exists and brings it to the plan.
func (r *clientGrantResource) adopt(
	ctx context.Context, op operation, id string, plan clientGrantModel, diags *diag.Diagnostics,
) (m2m.ClientGrant, error) {
	found, err := r.api.ClientGrants.Get(ctx, id)
	if err != nil {
		return found, err
	}
	var prior clientGrantModel
	prior.fromAPI(ctx, found, diags)
	settings := plan.settings(ctx, &prior, diags)
	if settings != (m2m.ClientGrantSettings{}) {
		if found, err = r.api.ClientGrants.Update(ctx, id, settings); err != nil {
			return found, err
		}
	}
	adoptionWarning(diags, op, id, namesOf(settings))
	return found, nil
}

func (r *clientGrantResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state clientGrantModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := r.api.ClientGrants.Get(ctx, state.ID.ValueString())
	if m2m.IsNotFound(err) {
		tflog.Info(ctx, "The client grant is gone; it will be planned anew", map[string]any{"id": state.ID.ValueString()})
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		r.report(&resp.Diagnostics, r.operation("read", state, nil), err)
		return
	}
	state.fromAPI(ctx, found, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func (r *clientGrantResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior clientGrantModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation("update", plan, hasAttribute(req.Plan.Raw))
	settings := plan.settings(ctx, &prior, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	updated, err := r.write(ctx, prior.ID.ValueString(), settings)
	if err != nil {
		r.report(&resp.Diagnostics, op, err)
		return
	}
	plan.fromAPI(ctx, updated, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	confirmPlanned(&resp.Diagnostics, op, req.Plan.Raw, resp.State.Raw)
}

// write sends what changed. Some changes, such as that of use_existing, concern
// Terraform alone; after these the grant is only read.
func (r *clientGrantResource) write(ctx context.Context, id string, settings m2m.ClientGrantSettings) (m2m.ClientGrant, error) {
	if settings == (m2m.ClientGrantSettings{}) {
		return r.api.ClientGrants.Get(ctx, id)
	}
	return r.api.ClientGrants.Update(ctx, id, settings)
}

func (r *clientGrantResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state clientGrantModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.api.ClientGrants.Delete(ctx, state.ID.ValueString())
	if err != nil && !m2m.IsNotFound(err) {
		r.report(&resp.Diagnostics, r.operation("delete", state, nil), err)
	}
}

// ImportState takes the id of a grant.
func (r *clientGrantResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
}
