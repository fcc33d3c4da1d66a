// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
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
