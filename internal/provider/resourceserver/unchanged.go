// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/unchanged"
)

var _ unchanged.Type = (*serverResource)(nil)

// PlansUnchanged has a condition for each change and each warning of ModifyPlan, if the state and
// the configuration agree. It leaves rare cases to ModifyPlan.
func (r *serverResource) PlansUnchanged(o unchanged.Object) bool {
	identifier := o.State.Text("identifier").ValueString()
	kind := r.run.SystemKind(identifier, o.State.IsTrue("is_system"))
	scopes, known := o.State.Keys("scopes")
	slices.Sort(scopes)
	dialect := o.State.Text("token_dialect").ValueString()
	switch {
	case kind != run.NotSystem || identifier == "" || !known || r.run.Unknown:
		return false
	// The key of an encryption has values that a plan computes.
	case !o.State.IsNull("token_encryption"):
		return false
	case slices.ContainsFunc(clearable, func(name string) bool {
		return o.Config.IsNull(name) && !o.State.IsEmpty(name) // The plan clears it.
	}):
		return false
	// A configured secret can be unused, and a version keeps the secret out of the state.
	case !o.Config.IsNull("signing_secret"), !o.Config.IsNull("signing_secret_wo"),
		!o.Config.IsNull("signing_secret_wo_version"):
		return false
	case strings.HasSuffix(dialect, "_authz") && !o.State.IsTrue("enforce_policies"):
		return false
	case !tfstate.NothingUnmanaged(o.Private, func(name string) bool {
		return !o.Config.IsNull(name)
	}):
		return false
	case !r.run.DeclareUnchanged(run.APIObject(identifier), o.DecodeConfig):
		return false
	}
	r.run.ChangeAPI(identifier, "", false)
	r.run.PlanAPI(identifier, run.PlannedAPI{
		Scopes: run.Scopes{Values: scopes, Known: true}, Complete: !o.Config.IsNull("scopes"),
	})
	return true
}

// ReadsUnchanged compares the answer of the tenant with the last one.
func (r *serverResource) ReadsUnchanged(
	ctx context.Context, o unchanged.Object,
) (context.Context, bool) {
	seen, known := tfstate.SeenIn(o.Private, &r.run.Connection)
	if !known || r.run.Unknown {
		return ctx, false
	}
	identifier := o.State.Text("identifier").ValueString()
	object := run.APIObject(identifier)
	r.run.SeeInState(object) // Before the request, as in Read: plans of others may wait for it.
	found, err := r.run.API.Reads.ResourceServer(
		ctx, o.State.Text("id").ValueString(), identifier,
	)
	var said diag.Diagnostics
	attribute.WarnOfDecomposed(&said, object, scopeValues(found.Scopes))
	if err != nil || !seen.Is(found, o.Encoded) || len(said) > 0 {
		return unchanged.WithAnswer(ctx, found, err), false
	}
	return ctx, true
}

// answer returns an answer of the tenant if the state may contain its fingerprint, or else nil. The
// write-only form keeps the secret out of the state, and a fingerprint would help to guess it.
func (m *serverModel) answer(found m2m.ResourceServer) any {
	if m.SigningSecretWOVersion.IsNull() {
		return found
	}
	return nil
}
