// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
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
	ctx context.Context, op report.Operation, id string, plan serverModel, secret types.String,
	diags *diag.Diagnostics,
) (m2m.ResourceServer, error) {
	found, err := r.run.API.ResourceServers.Get(ctx, id)
	if err != nil {
		return found, err
	}
	kind, changes := r.adoption(ctx, found, plan, secret, diags)
	if err := checkAdoption(kind, changes); err != nil {
		return found, err
	}
	if changes != (m2m.ResourceServerProperties{}) {
		if found, err = r.run.API.ResourceServers.Update(ctx, id, changes); err != nil {
			return found, err
		}
	}
	report.WarnOfAdoption(diags, op, id, attribute.NamesOf(changes))
	return found, nil
}

// adoption returns the changes that make an existing API match the plan.
func (r *serverResource) adoption(
	ctx context.Context, found m2m.ResourceServer, plan serverModel, secret types.String,
	diags *diag.Diagnostics,
) (run.SystemKind, m2m.ResourceServerProperties) {
	var prior serverModel
	if encryption := found.TokenEncryption; encryption != nil &&
		encryption.EncryptionKey.ThumbprintSHA256 != "" {
		prior.TokenEncryption = plan.TokenEncryption // Its PEM stays if the API has this key.
	}
	prior.fromAPI(ctx, found, diags)
	kind := systemKind(r.run, prior.serverValues)
	return kind, forSystem(kind, plan.changes(ctx, &prior, secret, diags))
}
