// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// ImportedIDs checks the ids of the objects that an import step imports.
func ImportedIDs(want ...string) resource.ImportStateCheckFunc {
	return func(states []*terraform.InstanceState) error {
		var got []string
		for _, state := range states {
			got = append(got, state.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("imported (-want +got):\n%s", diff)
		}
		return nil
	}
}

// TestIdentity imports an object by its identity and by ids. The object must have the identity
// after each import and each read, even if the state has no identity because the CLI does not
// support identities, and even if the object is gone.
func (n *Tenant) TestIdentity(
	typeName string, identity map[string]string, remove func(), ids ...string,
) {
	n.T.Helper()
	p, want := protocol.Configured(n.T, n.Env()), protocol.IdentityData(n.T, identity)
	check := func(got *tfprotov6.ResourceIdentityData) {
		n.T.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			n.T.Errorf("identity (-want +got):\n%s", diff)
		}
	}
	requests := []*tfprotov6.ImportResourceStateRequest{{TypeName: typeName, Identity: want}}
	for _, id := range ids {
		requests = append(requests, &tfprotov6.ImportResourceStateRequest{
			TypeName: typeName,
			ID:       id,
		})
	}
	var state *tfprotov6.DynamicValue
	for _, req := range requests {
		resp, err := p.ImportResourceState(n.T.Context(), req)
		protocol.NoDiagnostics(n.T, resp.Diagnostics, err)
		object := resp.ImportedResources[0]
		check(object.Identity)
		for _, prior := range []*tfprotov6.ResourceIdentityData{object.Identity, nil} {
			read, err := p.ReadResource(n.T.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: typeName, CurrentState: object.State, CurrentIdentity: prior,
			})
			protocol.NoDiagnostics(n.T, read.Diagnostics, err)
			check(read.NewIdentity)
			state = read.NewState
		}
	}
	remove()
	gone, err := p.ReadResource(n.T.Context(), &tfprotov6.ReadResourceRequest{
		TypeName:     typeName,
		CurrentState: state,
	})
	protocol.NoDiagnostics(n.T, gone.Diagnostics, err)
	check(gone.NewIdentity)
}
