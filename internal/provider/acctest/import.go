// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// ImportedBy imports an object and reads it, as Terraform does. If an import is refused, the
// diagnostics say why.
func ImportedBy(
	t *testing.T, p tfprotov6.ProviderServer, req *tfprotov6.ImportResourceStateRequest,
) *tfprotov6.ReadResourceResponse {
	t.Helper()
	resp, err := p.ImportResourceState(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.Diagnostics) > 0 {
		return &tfprotov6.ReadResourceResponse{Diagnostics: resp.Diagnostics}
	}
	object := resp.ImportedResources[0]
	read, err := p.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: req.TypeName, CurrentState: object.State, CurrentIdentity: object.Identity,
		Private: object.Private,
	})
	NoDiagnostics(t, read.Diagnostics, err)
	return read
}

// Imported returns the id in the state after an import by id.
func Imported(
	t *testing.T, p tfprotov6.ProviderServer, typeName, id string,
) (string, []*tfprotov6.Diagnostic) {
	t.Helper()
	read := ImportedBy(t, p, &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	if len(read.Diagnostics) > 0 {
		return "", read.Diagnostics
	}
	return StateOf(t, typeName, read.NewState).(map[string]any)["id"].(string), nil
}

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

// IdentityData is an identity whose attributes are all strings.
func IdentityData(t *testing.T, identity map[string]string) *tfprotov6.ResourceIdentityData {
	t.Helper()
	kind, values := tftypes.Object{
		AttributeTypes: map[string]tftypes.Type{},
	}, map[string]tftypes.Value{}
	for name, value := range identity {
		kind.AttributeTypes[name], values[name] = tftypes.String, Text(value)
	}
	data, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	if err != nil {
		t.Fatal(err)
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &data}
}

// TestIdentity imports an object by its identity and by ids. The object must have the identity
// after each import and each read, even if the state has no identity because the CLI does not
// support identities, and even if the object is gone.
func (n *Tenant) TestIdentity(
	typeName string, identity map[string]string, remove func(), ids ...string,
) {
	n.T.Helper()
	p, want := Configured(n.T, n.Env()), IdentityData(n.T, identity)
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
		NoDiagnostics(n.T, resp.Diagnostics, err)
		object := resp.ImportedResources[0]
		check(object.Identity)
		for _, prior := range []*tfprotov6.ResourceIdentityData{object.Identity, nil} {
			read, err := p.ReadResource(n.T.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: typeName, CurrentState: object.State, CurrentIdentity: prior,
			})
			NoDiagnostics(n.T, read.Diagnostics, err)
			check(read.NewIdentity)
			state = read.NewState
		}
	}
	remove()
	gone, err := p.ReadResource(n.T.Context(), &tfprotov6.ReadResourceRequest{
		TypeName:     typeName,
		CurrentState: state,
	})
	NoDiagnostics(n.T, gone.Diagnostics, err)
	check(gone.NewIdentity)
}
