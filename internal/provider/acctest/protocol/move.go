// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
)

// MoveCase is a state of the auth0 provider and the result of its move.
type MoveCase struct {
	Address string // Empty means incumbent.Address.
	Version int64
	State   string
	Want    string   // The state in JSON, without null attributes.
	Warned  []string // The warnings.
	Refused string
}

// Run moves the state and checks the result.
func (c MoveCase) Run(t *testing.T, target, source, identity string) {
	t.Helper()
	address := c.Address
	if address == "" {
		address = incumbent.Address
	}
	resp := Moved(t, target, address, source, c.Version, &tfprotov6.RawState{JSON: []byte(c.State)})
	if c.Refused != "" {
		if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, c.Refused) ||
			strings.Contains(resp.Diagnostics[0].Detail, "hush") {
			t.Errorf("%+v, want %s", resp.Diagnostics, c.Refused)
		}
		return
	}
	if len(resp.Diagnostics) != len(c.Warned) {
		t.Fatalf(
			"%d diagnostics, want %d: %+v", len(resp.Diagnostics), len(c.Warned), resp.Diagnostics,
		)
	}
	for i, d := range resp.Diagnostics {
		if d.Severity != tfprotov6.DiagnosticSeverityWarning ||
			!strings.Contains(d.Detail, c.Warned[i]) || strings.Contains(d.Detail, "hush") {
			t.Errorf("%+v, want %s", d, c.Warned[i])
		}
	}
	got := StateOf(t, target, resp.TargetState)
	var want map[string]any
	if err := json.Unmarshal([]byte(c.Want), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{identity: tftypes.String}}
	value, err := resp.TargetIdentity.IdentityData.Unmarshal(kind)
	if err != nil || PlainValue(t, value).(map[string]any)[identity] != want[identity] {
		t.Errorf("identity %s %v, want %v", value, err, want[identity])
	}
}

// Moved returns the response to a move, which Terraform requests before it configures the provider.
func Moved(
	t *testing.T, target, address, typeName string, version int64, state *tfprotov6.RawState,
) *tfprotov6.MoveResourceStateResponse {
	t.Helper()
	p := &Protocol{T: t}
	p.Start(nil)
	resp, err := p.Server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: address, SourceTypeName: typeName, SourceSchemaVersion: version,
		SourceState: state, TargetTypeName: target,
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}
