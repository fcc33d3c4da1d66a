// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// planAdoption warns which API use_existing will adopt and what will change, because the plan only
// shows a create. It refuses changes that the tenant does not allow for a system API (API contract
// 3.12).
func (r *serverResource) planAdoption(
	ctx context.Context, config tftypes.Value, planned tfsdk.Plan, secret types.String,
	diags *diag.Diagnostics,
) {
	var plan serverModel
	planned = attribute.KnownWhole(config, planned)
	diags.Append(planned.Get(ctx, &plan)...)
	if plan.Identifier.IsUnknown() || !r.run.Adoptable(plan.UseExisting) {
		return
	}
	found, ok := run.LookForAdoption(ctx, r.run, "APIs to adopt", "read:resource_servers", diags,
		func(ctx context.Context) (m2m.ResourceServer, string, error) {
			found, err := r.run.API.Reads.ResourceServerByIdentifier(
				ctx, plan.Identifier.ValueString(),
			)
			return found, found.ID, err
		})
	if !ok {
		return
	}
	adopted := r.adoption(ctx, found, planned, secret, diags)
	refused := fixedIn(adopted.kind, adopted.changes)
	for _, name := range refused {
		at := path.Root(name)
		if strings.HasPrefix(name, "signing_secret") {
			at = path.Root("identifier") // Otherwise, Terraform prints the secret.
		}
		diags.AddAttributeError(at, "Not changeable for a system API",
			whyFixed(adopted.kind, found.Identifier, name)+" Remove "+name+
				" from the configuration: the adopted API keeps its value.")
	}
	if len(refused) == 0 {
		report.WarnOfPlannedAdoption(
			diags, r.operation(report.Create, plan.serverValues, nil), found.ID, adopted.lines,
			config,
		)
		r.run.WarnOfRemovedScopes(
			ctx, path.Root("scopes"), plan.Identifier.ValueString(), adopted.removed, diags,
		)
		var tenant serverModel
		tenant.fromAPI(ctx, found, diags)
		r.warnOfDenial(ctx, plan.serverValues, tenant.serverValues, diags)
	}
}
