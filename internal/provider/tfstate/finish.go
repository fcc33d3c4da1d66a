// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tfstate

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// What a mismatch means for the object.
const (
	afterCreate = "It exists in the tenant. Terraform marks it to be replaced; to keep it " +
		"instead, change the configuration to what the " +
		"tenant has and run terraform untaint."
	afterAdoption = "It is not managed here yet; the next apply will adopt it again."
	afterUpdate   = "The state holds what the tenant has; terraform plan shows the difference."
)

// FinishCreate writes the identity and the state of an object that was created or adopted,
// and then confirms them: the object exists, so its id must be saved whatever comes after.
func FinishCreate(
	ctx context.Context, op report.Operation, adopted bool, identity, model any,
	req resource.CreateRequest, resp *resource.CreateResponse,
) {
	SetIdentity(ctx, resp.Identity, identity, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	consequence := afterCreate
	if adopted {
		consequence = afterAdoption
	}
	if !confirm(&resp.Diagnostics, op, req.Config, req.Plan, &resp.State, consequence) && adopted {
		// The object existed before, so nothing is lost by keeping it out of the state, where
		// Terraform would mark it to be replaced.
		resp.State.RemoveResource(ctx)
	}
}

// ConfirmUpdated confirms the state that an update has written.
func ConfirmUpdated(
	op report.Operation, req resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	confirm(&resp.Diagnostics, op, req.Config, req.Plan, &resp.State, afterUpdate)
}

// Forget removes from the state an object that no longer exists.
func Forget(ctx context.Context, kind, id string, resp *resource.ReadResponse) {
	tflog.Info(ctx, "The "+kind+" is gone; it will be planned anew", map[string]any{"id": id})
	resp.State.RemoveResource(ctx)
}
