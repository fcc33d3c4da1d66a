// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// A CLI without write-only attributes would store the secret, so validation fails. The rest of
// the resource stays usable.
func TestResourceServer_writeOnlySecretWithOldCLI(t *testing.T) {
	t.Parallel()
	const secret = "hush-hush-hush-hush"
	version := tftypes.NewValue(tftypes.Number, 1)
	for name, c := range map[string]struct {
		capabilities *tfprotov6.ValidateResourceConfigClientCapabilities
		config       map[string]tftypes.Value
		refused      bool
	}{
		"old and write-only": {
			nil,
			map[string]tftypes.Value{
				"signing_secret_wo":         protocol.Text(secret),
				"signing_secret_wo_version": version,
			},
			true,
		},
		"without it and write-only": {
			&tfprotov6.ValidateResourceConfigClientCapabilities{},
			map[string]tftypes.Value{
				"signing_secret_wo":         protocol.Text(secret),
				"signing_secret_wo_version": version,
			},
			true,
		},
		"with it and write-only": {
			&tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
			map[string]tftypes.Value{
				"signing_secret_wo":         protocol.Text(secret),
				"signing_secret_wo_version": version,
			},
			false,
		},
		"old and stored": {
			nil, map[string]tftypes.Value{"signing_secret": protocol.Text(secret)}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protocol.Protocol{T: t}
			p.Start(nil)
			c.config["identifier"] = protocol.Text(acctest.OrdersAPI)
			resp, err := p.Server.ValidateResourceConfig(t.Context(),
				&tfprotov6.ValidateResourceConfigRequest{
					TypeName: "m2m_resource_server", ClientCapabilities: c.capabilities,
					Config: p.Value(p.Schema.ResourceSchemas["m2m_resource_server"], c.config),
				})
			if !c.refused {
				protocol.NoDiagnostics(t, resp.Diagnostics, err)
				return
			}
			const want = "signing_secret_wo. Write-only attributes are only supported in " +
				"Terraform 1.11 and later."
			at := tftypes.NewAttributePath().WithAttributeName("signing_secret_wo")
			if err != nil || len(resp.Diagnostics) != 1 ||
				resp.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError ||
				!strings.HasSuffix(resp.Diagnostics[0].Detail, want) ||
				!resp.Diagnostics[0].Attribute.Equal(at) {
				t.Errorf("%+v %v, want an error that says: %s", resp.Diagnostics, err, want)
			}
		})
	}
}

// A CLI without identities sends and stores none, even after an import or an update.
func TestResourceServer_cliWithoutIdentities(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.Create(
		"/api/v2/resource-servers", `{"identifier":"https://orders.example.com","name":"Orders"}`,
	)
	n.ForgetRequests()
	const typeName = "m2m_resource_server"
	p, ctx := protocol.ConfiguredProtocol(t, n.Env()), t.Context()

	imported, err := p.Server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName,
		ID:       acctest.OrdersAPI,
	})
	protocol.NoDiagnostics(t, imported.Diagnostics, err)
	read, err := p.Server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName:     typeName,
		CurrentState: imported.ImportedResources[0].State,
	})
	protocol.NoDiagnostics(t, read.Diagnostics, err)

	kind := p.Schema.ResourceSchemas[typeName].ValueType()
	state, err := read.NewState.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	proposed := map[string]tftypes.Value{}
	if err := state.As(&proposed); err != nil {
		t.Fatal(err)
	}
	proposed["name"] = protocol.Text("Orders of today")
	config := p.Value(p.Schema.ResourceSchemas[typeName], map[string]tftypes.Value{
		"identifier": protocol.Text(acctest.OrdersAPI),
		"name":       protocol.Text("Orders of today"),
	})
	planned, err := p.Server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: read.NewState, Config: config,
		ProposedNewState: p.Value(p.Schema.ResourceSchemas[typeName], proposed),
	})
	protocol.NoDiagnostics(t, planned.Diagnostics, err)
	applied, err := p.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: read.NewState, Config: config,
		PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate,
	})
	protocol.NoDiagnostics(t, applied.Diagnostics, err)

	got := protocol.StateOf(t, typeName, applied.NewState).(map[string]any)
	if got["name"] != "Orders of today" || got["identifier"] != acctest.OrdersAPI {
		t.Errorf("state %v", got)
	}
	n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"name":"Orders of today"}`)).Now()
}
