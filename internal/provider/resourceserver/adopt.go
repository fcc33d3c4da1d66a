// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// createOrFind creates an API. The Management API always exists, so createOrFind looks it up
// instead and returns a conflict, so that it can be adopted.
func (r *serverResource) createOrFind(
	ctx context.Context, in m2m.NewResourceServer, kind run.SystemKind,
) (m2m.ResourceServer, string, error) {
	if kind != run.ManagementAPI {
		out, err := r.run.API.ResourceServers.Create(ctx, in)
		return out, out.ID, err
	}
	found, err := r.run.API.ResourceServers.Find(ctx, in.Identifier)
	if err != nil {
		return found, "", err
	}
	return found, "", &m2m.ConflictError{
		ID:  found.ID,
		Err: fmt.Errorf("the API %q exists in every tenant", in.Identifier),
	}
}

// adopt updates an existing API to match the plan.
func (r *serverResource) adopt(
	ctx context.Context, op report.Operation, id string, planned tfsdk.Plan, secret types.String,
	diags *diag.Diagnostics,
) (m2m.ResourceServer, error) {
	found, err := r.run.API.ResourceServers.Get(ctx, id)
	if err != nil {
		return found, err
	}
	adopted := r.adoption(ctx, found, planned, secret, diags)
	if err := checkAdoption(adopted.kind, found.Identifier, adopted.changes); err != nil {
		return found, err
	}
	if adopted.changes != (m2m.ResourceServerProperties{}) {
		if found, err = r.run.API.ResourceServers.Update(ctx, id, adopted.changes); err != nil {
			return found, err
		}
		// Another run that adopts the object at the same time may want something else.
		if found, err = r.run.API.ResourceServers.Look(ctx, id, adopted.changes); err != nil {
			return found, err
		}
	}
	report.WarnOfAdoption(diags, op, id, adopted.lines)
	return found, nil
}

// adoption is what makes an existing API match the plan.
type adoption struct {
	kind    run.SystemKind
	changes m2m.ResourceServerProperties
	lines   []string // The changes as text.
	removed []string // Scopes that the API loses.
}

func (r *serverResource) adoption(
	ctx context.Context, found m2m.ResourceServer, planned tfsdk.Plan, secret types.String,
	diags *diag.Diagnostics,
) (out adoption) {
	var plan, tenant serverModel
	diags.Append(planned.Get(ctx, &plan)...)
	if encryption := found.TokenEncryption; encryption != nil &&
		encryption.EncryptionKey.ThumbprintSHA256 != "" {
		tenant.TokenEncryption = plan.TokenEncryption // Its PEM stays if the API has this key.
	}
	tenant.fromAPI(ctx, found, diags)
	out.kind = systemKind(r.run, tenant.serverValues)
	out.changes = forSystem(out.kind, plan.changes(ctx, &tenant, secret, diags))
	out.lines = attribute.Differences(ctx, planned, &tenant, out.changes, diags)
	if out.changes.Scopes.Value() != nil {
		out.removed = run.MapScopes(tenant.Scopes).Without(run.MapScopes(plan.Scopes))
	}
	return out
}

// completeTemplate sends the planned values that differ from the template of a new system API. A
// create ignores most values in its body (API contract 3.12). If the tenant refuses them, the state
// does not get the API: it would be tainted, and a system API cannot be replaced.
func (r *serverResource) completeTemplate(
	ctx context.Context, op report.Operation, created m2m.ResourceServer, planned tfsdk.Plan,
	diags *diag.Diagnostics,
) (m2m.ResourceServer, error) {
	changes := r.adoption(ctx, created, planned, types.StringNull(), diags).changes
	if changes == (m2m.ResourceServerProperties{}) {
		return created, nil
	}
	updated, err := r.run.API.ResourceServers.Update(ctx, created.ID, changes)
	if err != nil {
		diags.AddWarning(fmt.Sprintf("The %s is not in the state", op.Object),
			fmt.Sprintf("The tenant created the %s from its template, but refused the values of "+
				"the configuration (%s). Correct them, and set use_existing = true, so that the "+
				"next apply adopts the API.",
				op.Object, strings.Join(attribute.NamesOf(changes), ", ")))
	}
	return updated, err
}
