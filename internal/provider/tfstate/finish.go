// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// These texts say what a difference from the plan means for the object.
const (
	afterCreate = "The object exists in the tenant, and the next apply will replace it. To keep " +
		"it instead, change the configuration to match the tenant and run terraform untaint."
	afterAdoption = "The object is not managed here yet. Change the configuration to match the " +
		"tenant. With use_existing = true, the next apply will adopt it."
	afterUpdate = "The state now contains the values in the tenant. Run terraform plan to see " +
		"the differences."
)

// FinishCreate writes the identity and the state of an object that was created or adopted, and
// then compares them with the plan. It writes first, because the object exists and its id must
// not be lost. An object to keep existed before this run, or cannot be replaced. answer
// is the answer of the tenant that the state contains, or nil if the next read need not recognize
// it.
func FinishCreate(
	ctx context.Context, c *report.Connection, op report.Operation, keep bool,
	identity, model, answer any, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	what := private{Tenant: c.Tenant, Configured: configured(req.Config.Raw)}
	remember(ctx, resp.Private, what, &resp.Diagnostics)
	SetIdentity(ctx, resp.Identity, identity, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	consequence := afterCreate
	if keep {
		consequence = afterAdoption
	}
	written := resp.State.Raw
	confirmed := confirm(&resp.Diagnostics, op, req.Config, req.Plan, &resp.State, consequence)
	if answer != nil && confirmed && resp.State.Raw.Equal(written) {
		what.Answer = fingerprint(c, answer, encoded(written))
		remember(ctx, resp.Private, what, &resp.Diagnostics)
	}
	if !confirmed && keep {
		// If the state kept the object, Terraform would mark it as tainted and replace it. The
		// object can be adopted, so nothing is lost if the state does not contain it.
		resp.State.RemoveResource(ctx)
	}
}

// FinishUpdate compares the state that an update has written with the plan. answer is as in
// FinishCreate.
func FinishUpdate(
	ctx context.Context, c *report.Connection, op report.Operation, answer any,
	req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	what := private{Tenant: c.Tenant, Configured: configured(req.Config.Raw)}
	written := resp.State.Raw
	if confirm(&resp.Diagnostics, op, req.Config, req.Plan, &resp.State, afterUpdate) &&
		answer != nil && resp.State.Raw.Equal(written) {
		what.Answer = fingerprint(c, answer, encoded(written))
	}
	remember(ctx, resp.Private, what, &resp.Diagnostics)
}

// Forget removes from the state an object that no longer exists.
func Forget(
	ctx context.Context, c *report.Connection, op report.Operation, id string,
	resp *resource.ReadResponse,
) {
	if !OfThisTenant(ctx, c, op, resp.Private, &resp.Diagnostics) {
		return
	}
	tflog.Info(
		ctx, "The "+op.Kind+" no longer exists; it will be recreated", map[string]any{"id": id},
	)
	resp.State.RemoveResource(ctx)
}
