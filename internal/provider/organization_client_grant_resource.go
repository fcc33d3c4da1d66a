// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

var (
	_ resource.ResourceWithConfigure   = (*organizationClientGrantResource)(nil)
	_ resource.ResourceWithIdentity    = (*organizationClientGrantResource)(nil)
	_ resource.ResourceWithImportState = (*organizationClientGrantResource)(nil)
	_ resource.ResourceWithMoveState   = (*organizationClientGrantResource)(nil)
)

func newOrganizationClientGrantResource() resource.Resource {
	return &organizationClientGrantResource{}
}

type organizationClientGrantResource struct{ run *run.Run }

func (r *organizationClientGrantResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_organization_client_grant"
}

func (r *organizationClientGrantResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

var (
	organizationIDForm = regexp.MustCompile(`^org_[A-Za-z0-9_-]+$`)
	grantIDForm        = regexp.MustCompile(`^cgr_[A-Za-z0-9_-]+$`)
)

func (r *organizationClientGrantResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Associates a client grant with an organization, so that the client can ask for tokens on behalf of that " +
			"organization. The grant has to permit organizations (`organization_usage`); one with `allow_any_organization = true` needs " +
			"no association.\n\n" +
			"A token that is fetched in the same configuration has to wait for the association: give its `client_grant_id` the `id` of " +
			"this resource, as in the example.",
		Attributes: map[string]schema.Attribute{
			"grant_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Id of the client grant, such as `cgr_Ab12Cd34Ef56Gh78`. A change replaces the association.",
				Validators: []validator.String{stringvalidator.RegexMatches(grantIDForm,
					"must be the id of a client grant, such as cgr_Ab12Cd34Ef56Gh78")},
				PlanModifiers: replace,
			},
			"organization_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Id of the organization, such as `org_Ab12Cd34Ef56Gh78`. A change replaces the association.",
				Validators: []validator.String{stringvalidator.RegexMatches(organizationIDForm,
					"must be the id of an organization, such as org_Ab12Cd34Ef56Gh78, not its name")},
				PlanModifiers: replace,
			},

			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Both ids in one, `ORGANIZATION_ID::GRANT_ID`.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

func (r *organizationClientGrantResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfstate.IdentityOf(map[string]string{
		"organization_id": "Id of the organization.",
		"grant_id":        "Id of the client grant.",
	})
}

type organizationClientGrantModel struct {
	ID             types.String `tfsdk:"id"`
	OrganizationID types.String `tfsdk:"organization_id"`
	GrantID        types.String `tfsdk:"grant_id"`
}

type organizationClientGrantIdentity struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	GrantID        types.String `tfsdk:"grant_id"`
}

func (m *organizationClientGrantModel) fromAPI(found m2m.OrganizationClientGrant) {
	m.ID = types.StringValue(found.ID())
	m.OrganizationID = types.StringValue(found.OrganizationID)
	m.GrantID = types.StringValue(found.GrantID)
}

func (m *organizationClientGrantModel) toAPI() m2m.OrganizationClientGrant {
	return m2m.OrganizationClientGrant{OrganizationID: m.OrganizationID.ValueString(), GrantID: m.GrantID.ValueString()}
}

func (m *organizationClientGrantModel) identity() organizationClientGrantIdentity {
	return organizationClientGrantIdentity{OrganizationID: m.OrganizationID, GrantID: m.GrantID}
}

func (r *organizationClientGrantResource) operation(verb report.Verb, m organizationClientGrantModel, attributes func(string) bool) report.Operation {
	return report.Operation{
		Verb: verb, Kind: "organization client grant",
		Object:   fmt.Sprintf("association of the grant %q with the organization %q", m.GrantID.ValueString(), m.OrganizationID.ValueString()),
		TypeName: "m2m_organization_client_grant", Attributes: attributes, ImportOnly: true,
	}
}

func (r *organizationClientGrantResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan organizationClientGrantModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Create, plan, report.HasAttribute(req.Plan.Raw))
	created, _, err := run.CreateOrAdopt(ctx, r.run, false,
		func() (m2m.OrganizationClientGrant, string, error) {
			// An association that this run removes has the same id. A repeated DELETE of it
			// would remove the new one.
			if err := r.run.Settle(ctx, plan.toAPI().ID()); err != nil {
				return m2m.OrganizationClientGrant{}, "", err
			}
			out, err := r.run.API.OrganizationClientGrants.Create(ctx, plan.toAPI())
			return out, out.ID(), err
		}, nil)
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}

	// The association exists from here on: write state whatever happens.
	plan.fromAPI(created)
	tfstate.FinishCreate(ctx, op, false, plan.identity(), &plan, req, resp)
}

func (r *organizationClientGrantResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state organizationClientGrantModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	found, err := r.run.API.OrganizationClientGrants.Find(ctx, state.toAPI())
	if m2m.IsNotFound(err) {
		tfstate.Forget(ctx, "organization client grant", state.ID.ValueString(), resp)
		return
	}
	if err != nil {
		r.run.Report(&resp.Diagnostics, r.operation(report.Read, state, nil), err)
		return
	}
	state.fromAPI(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update is never called: a change of either attribute replaces the resource.
func (r *organizationClientGrantResource) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (r *organizationClientGrantResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state organizationClientGrantModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	op := r.operation(report.Delete, state, nil)
	err := r.run.Destroy(op, state.ID.ValueString(), &resp.Diagnostics, func() error { return r.run.API.OrganizationClientGrants.Delete(ctx, state.toAPI()) })
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
	}
}

// ImportState takes both ids as one, or the identity.
func (r *organizationClientGrantResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	var identity organizationClientGrantIdentity
	wanted, ok := m2m.ParseOrganizationClientGrantID(req.ID)
	given := fmt.Sprintf("%q", req.ID)
	if tfstate.ImportedByIdentity(ctx, req.ID, req.Identity, &identity, &resp.Diagnostics) {
		wanted = m2m.OrganizationClientGrant{OrganizationID: identity.OrganizationID.ValueString(), GrantID: identity.GrantID.ValueString()}
		ok = true // It may still be none, which its parts tell.
		given = fmt.Sprintf("The identity with organization_id %q and grant_id %q", wanted.OrganizationID, wanted.GrantID)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !ok || !organizationIDForm.MatchString(wanted.OrganizationID) || !grantIDForm.MatchString(wanted.GrantID) {
		resp.Diagnostics.AddError("Invalid import id",
			given+" does not name the association of a grant with an organization. It is imported by the ids of both with two colons "+
				"between them, ORGANIZATION_ID::GRANT_ID, such as org_Ab12Cd34Ef56Gh78::cgr_Ab12Cd34Ef56Gh78.")
		return
	}
	var state organizationClientGrantModel
	state.fromAPI(wanted)
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// MoveState takes over auth0_organization_client_grant, whose id is made like ours.
func (r *organizationClientGrantResource) MoveState(context.Context) []resource.StateMover {
	type incumbent struct {
		ID             string `json:"id"`
		OrganizationID string `json:"organization_id"`
		GrantID        string `json:"grant_id"`
	}
	const typeName = "auth0_organization_client_grant"
	return []resource.StateMover{tfstate.MoveFrom(typeName, func(ctx context.Context, old incumbent, resp *resource.MoveStateResponse) {
		moved := m2m.OrganizationClientGrant{OrganizationID: old.OrganizationID, GrantID: old.GrantID}
		if moved.OrganizationID == "" || moved.GrantID == "" {
			// So it is right after an import that was not refreshed.
			var ok bool
			if moved, ok = m2m.ParseOrganizationClientGrantID(old.ID); !ok {
				tfstate.MoveError(&resp.Diagnostics, typeName, "it names no organization and no grant")
				return
			}
		}
		var state organizationClientGrantModel
		state.fromAPI(moved)
		tfstate.SetIdentity(ctx, resp.TargetIdentity, state.identity(), &resp.Diagnostics)
		resp.Diagnostics.Append(resp.TargetState.Set(ctx, &state)...)
	})}
}
