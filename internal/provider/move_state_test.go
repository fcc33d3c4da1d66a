// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	official  = "registry.terraform.io/auth0/auth0"
	firstName = "registry.terraform.io/alexkappa/auth0"
)

// moveCase is a state of the incumbent provider and what becomes of it.
type moveCase struct {
	address string // Empty: the official one.
	version int64
	state   string
	want    string   // The state in JSON, without what is null.
	warned  []string // What each warning says.
	refused string
}

func (c moveCase) run(t *testing.T, target, source, identity string) {
	t.Helper()
	address := c.address
	if address == "" {
		address = official
	}
	resp := moved(t, target, address, source, c.version, &tfprotov6.RawState{JSON: []byte(c.state)})
	if c.refused != "" {
		if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, c.refused) || strings.Contains(resp.Diagnostics[0].Detail, "hush") {
			t.Errorf("%+v, want %s", resp.Diagnostics, c.refused)
		}
		return
	}
	if len(resp.Diagnostics) != len(c.warned) {
		t.Fatalf("%d diagnostics, want %d: %+v", len(resp.Diagnostics), len(c.warned), resp.Diagnostics)
	}
	for i, d := range resp.Diagnostics {
		if d.Severity != tfprotov6.DiagnosticSeverityWarning || !strings.Contains(d.Detail, c.warned[i]) || strings.Contains(d.Detail, "hush") {
			t.Errorf("%+v, want %s", d, c.warned[i])
		}
	}
	got := stateOf(t, target, resp.TargetState)
	var want map[string]any
	if err := json.Unmarshal([]byte(c.want), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{identity: tftypes.String}}
	value, err := resp.TargetIdentity.IdentityData.Unmarshal(kind)
	if err != nil || plainValue(t, value).(map[string]any)[identity] != want[identity] {
		t.Errorf("identity %s %v, want %v", value, err, want[identity])
	}
}
