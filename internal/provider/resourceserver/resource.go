// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/unchanged"
)

var (
	_ resource.ResourceWithConfigure      = (*serverResource)(nil)
	_ resource.ResourceWithIdentity       = (*serverResource)(nil)
	_ resource.ResourceWithValidateConfig = (*serverResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*serverResource)(nil)
	_ resource.ResourceWithImportState    = (*serverResource)(nil)
	_ resource.ResourceWithMoveState      = (*serverResource)(nil)
)

// NewResource returns the resource m2m_resource_server.
func NewResource() resource.Resource { return &serverResource{} }

type serverResource struct{ run *run.Run }

func (r *serverResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_resource_server"
}

func (r *serverResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.run = run.Of(req.ProviderData, &resp.Diagnostics)
}

func (r *serverResource) operation(
	verb report.Verb, m serverValues, attributes func(string) bool,
) report.Operation {
	return report.Operation{
		Verb: verb, Kind: "resource server",
		Object:   run.APIObject(m.Identifier.ValueString()),
		TypeName: "m2m_resource_server", Attributes: attributes,
		LeavesToTenant: leavesToTenant(systemKind(r.run, m)),
	}
}

// ValidateConfig looks at single values: Terraform validates each object in each plan, and Get
// would be a large part of the cost of an object that has not changed.
func (r *serverResource) ValidateConfig(
	_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config := attribute.ValuesOf(req.Config.Raw)
	secret, writeOnly := config["signing_secret"], config["signing_secret_wo"]
	version := config["signing_secret_wo_version"]
	// The errors are on the version, because Terraform prints the line that an error is on.
	at := path.Root("signing_secret_wo_version")
	switch {
	case attribute.IsSet(secret) && attribute.IsSet(writeOnly):
		resp.Diagnostics.AddAttributeError(at, "Both signing_secret and signing_secret_wo",
			"signing_secret and its write-only form signing_secret_wo are both set. Remove one "+
				"of them from the configuration.")
	case attribute.IsSet(writeOnly) && version.IsNull():
		resp.Diagnostics.AddAttributeError(at, "Missing signing_secret_wo_version",
			"signing_secret_wo is only sent when signing_secret_wo_version changes. Set "+
				"signing_secret_wo_version, for example to 1.")
	case writeOnly.IsNull() && attribute.IsSet(version):
		resp.Diagnostics.AddAttributeError(at, "Missing signing_secret_wo",
			"signing_secret_wo_version is set, but signing_secret_wo is not. Set both, or remove "+
				"signing_secret_wo_version.")
	}
}

func (r *serverResource) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	var plan, config serverModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.ChangeAPI(plan.Identifier.ValueString(), "", false)
	op := r.operation(report.Create, plan.serverValues, report.HasAttribute(req.Plan.Raw))
	// The plan contains defaults that the tenant sets by itself, so they are not sent.
	var given serverModel
	givenPlan := attribute.GivenOnly(req.Config.Raw, req.Plan)
	resp.Diagnostics.Append(givenPlan.Get(ctx, &given)...)
	changes := given.changes(ctx, &serverModel{}, config.SigningSecretWO, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	kind := systemKind(r.run, plan.serverValues)
	created, adopted, err := run.CreateOrAdopt(
		ctx, r.run, op, plan.UseExisting.ValueBool(), &resp.Diagnostics,
		func() (m2m.ResourceServer, string, error) {
			in := m2m.NewResourceServer{
				Identifier:               plan.Identifier.ValueString(),
				ResourceServerProperties: changes,
			}
			return r.createOrFind(ctx, in, kind)
		},
		func(id string) (m2m.ResourceServer, error) {
			return r.adopt(ctx, op, id, req.Plan, config.SigningSecretWO, &resp.Diagnostics)
		})
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}
	if !adopted && kind == run.OnDemandAPI {
		created, err = r.completeTemplate(ctx, op, created, req.Plan, &resp.Diagnostics)
		if err != nil {
			r.run.Report(&resp.Diagnostics, op, err)
			return
		}
	}

	if adopted && !plan.UseExisting.ValueBool() && config.Scopes.IsNull() {
		// The scopes of an identical API were not compared. As after a create, the state shows
		// scopes of other resources from the next read on.
		created.Scopes = nil
	}

	// The API exists now. Write the state even if something fails, or its id is lost. A system API
	// cannot be replaced, so it must not be tainted.
	plan.fromAPI(ctx, created, &resp.Diagnostics)
	tfstate.FinishCreate(
		ctx, &r.run.Connection, op, adopted || kind != run.NotSystem, plan.identity(), &plan,
		plan.answer(created), req, resp,
	)
}

func (r *serverResource) Read(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse,
) {
	var state serverModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfstate.SetIdentity(ctx, resp.Identity, state.identity(), &resp.Diagnostics)
	r.run.SeeInState(r.operation(report.Read, state.serverValues, nil).Object)
	found, err := unchanged.Answer(ctx, func() (m2m.ResourceServer, error) {
		return r.run.API.Reads.ResourceServer(
			ctx, state.ID.ValueString(), state.Identifier.ValueString(),
		)
	})
	if rest.IsNotFound(err) {
		tfstate.Forget(
			ctx, &r.run.Connection, r.operation(report.Read, state.serverValues, nil),
			state.ID.ValueString(), resp,
		)
		return
	}
	if err != nil {
		r.run.Report(&resp.Diagnostics, r.operation(report.Read, state.serverValues, nil), err)
		return
	}
	tfstate.RememberTenant(ctx, &r.run.Connection, resp.Private, &resp.Diagnostics)
	op := r.operation(report.Read, state.serverValues, nil)
	attribute.WarnOfDecomposed(&resp.Diagnostics, op.Object, scopeValues(found.Scopes))
	state.fromAPI(ctx, found, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	tfstate.RememberAnswer(ctx, &r.run.Connection, state.answer(found), resp)
}

func (r *serverResource) Update(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	var plan, prior, config serverModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.ChangeAPI(plan.Identifier.ValueString(), "", false)
	op := r.operation(report.Update, plan.serverValues, report.HasAttribute(req.Plan.Raw))
	changes := plan.changes(ctx, &prior, config.SigningSecretWO, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	updated, err := r.write(ctx, prior.ID.ValueString(), forSystem(
		systemKind(r.run, prior.serverValues), changes,
	))
	if err != nil {
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}
	plan.fromAPI(ctx, updated, &resp.Diagnostics)
	tfstate.SetIdentity(ctx, resp.Identity, plan.identity(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	tfstate.FinishUpdate(ctx, &r.run.Connection, op, plan.answer(updated), req, resp)
}

// write sends the changes. If only use_existing changed, which is not sent, it reads the API.
func (r *serverResource) write(
	ctx context.Context, id string, changes m2m.ResourceServerProperties,
) (m2m.ResourceServer, error) {
	if changes == (m2m.ResourceServerProperties{}) {
		return r.run.API.ResourceServers.Get(ctx, id)
	}
	return r.run.API.ResourceServers.Update(ctx, id, changes)
}

func (r *serverResource) Delete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse,
) {
	var state serverModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if systemKind(r.run, state.serverValues) != run.NotSystem {
		resp.Diagnostics.AddWarning(
			fmt.Sprintf("Kept the system API %q", state.Identifier.ValueString()),
			fmt.Sprintf(
				"The API %q is a system API, so it was not deleted. It was only removed from the "+
					"state.",
				state.Identifier.ValueString(),
			))
		return
	}
	op := r.operation(report.Delete, state.serverValues, nil)
	if !tfstate.OfThisTenant(ctx, &r.run.Connection, op, req.Private, &resp.Diagnostics) {
		return
	}
	err := r.run.Destroy(op, state.ID.ValueString(), &resp.Diagnostics, func() error {
		return r.run.API.ResourceServers.Delete(ctx, state.ID.ValueString())
	})
	if err != nil {
		// The state keeps the API, but not what its plan knew.
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, lostGrantsKey, nil)...)
		r.run.Report(&resp.Diagnostics, op, err)
		return
	}
	r.warnOfLostGrants(ctx, op, state.ID.ValueString(), req, &resp.Diagnostics)
}
