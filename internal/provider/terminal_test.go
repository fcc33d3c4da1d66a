// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

const (
	evilName = "Orders\n\x1b[2J\x1b[H\u202eNo changes.\u009b31m"
	safeName = `Orders` + "\n" + `\u001b[2J\u001b[H\u202eNo changes.\u009b31m`
)

// evilAPI makes an API whose name and scope clear the screen, and returns its id.
func evilAPI(n *acctest.Tenant, identifier string) string {
	var made struct{ ID string }
	n.AtDashboard(http.MethodPost, "/api/v2/resource-servers", fmt.Sprintf(
		`{"identifier":%s,"name":%s,"scopes":[{"value":"read","description":%[2]s}]}`,
		jsonOf(identifier), jsonOf(evilName),
	), &made)
	return made.ID
}

// Text of the tenant is escaped in the state and in data sources, with a warning that names the
// object. The state stays the same in further reads.
func TestTerminal_controlCharactersOfTheTenantAreEscaped(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t).Granted()
	id := evilAPI(n, "urn:evil")
	p := protocol.ConfiguredProtocol(t, n.Env())
	const warning = `Control characters in the m2m_resource_server "urn:evil"`

	imported, err := p.Server.ImportResourceState(t.Context(),
		&tfprotov6.ImportResourceStateRequest{TypeName: "m2m_resource_server", ID: id})
	protocol.NoDiagnostics(t, imported.Diagnostics, err)
	state := imported.ImportedResources[0].State
	for range 2 {
		read, err := p.Server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: "m2m_resource_server", CurrentState: state,
		})
		if err != nil || len(read.Diagnostics) != 1 || read.Diagnostics[0].Summary != warning ||
			read.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityWarning ||
			!strings.Contains(read.Diagnostics[0].Detail, "characters in: name, scopes.") {
			t.Fatal(err, read.Diagnostics)
		}
		state = read.NewState
		got, _ := protocol.StateOf(t, "m2m_resource_server", state).(map[string]any)
		if got["name"] != safeName || got["scopes"].(map[string]any)["read"] != safeName {
			t.Errorf("the state has %q", got)
		}
	}

	found, err := p.Server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "m2m_resource_servers",
		Config:   p.Value(p.Schema.DataSourceSchemas["m2m_resource_servers"], nil),
	})
	if err != nil || len(found.Diagnostics) != 1 ||
		strings.ContainsAny(string(found.State.MsgPack), "\x1b\u202e") {
		t.Error(err, found.Diagnostics, string(found.State.MsgPack))
	}

	results := query{
		typeName: "m2m_resource_server", includeResource: true, limit: 10,
	}.stream(t.Context(), t, p.Server).Results
	for result := range results {
		if strings.ContainsAny(result.DisplayName, "\x1b\u202e") ||
			strings.Contains(string(result.Resource.MsgPack), "\x1b[") {
			t.Errorf("listed as %q", result.DisplayName)
		}
	}
}

// An adopted object brings text of the tenant into the warnings of the plan and into the state.
func TestTerminal_adoptedTextIsEscaped(t *testing.T) { //nolint:paralleltest // newPlanRun.
	n := acctest.NewTenant(t).Granted()
	evilAPI(n, "urn:evil")
	p := newPlanRun(n)
	const typeName = "m2m_resource_server"
	config := p.object(typeName, values{"identifier": "urn:evil", "use_existing": true})
	none := p.object(typeName, nil)
	planned, err := p.Server.PlanResourceChange(p.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: none, ProposedNewState: config, Config: config,
	})
	if err != nil {
		t.Fatal(err)
	}
	if plan := string(planned.PlannedState.MsgPack); strings.Contains(plan, evilName) {
		t.Errorf("planned %q", plan)
	}
	applied, err := p.Server.ApplyResourceChange(p.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: none, PlannedState: planned.PlannedState, Config: config,
		PlannedPrivate: planned.PlannedPrivate,
	})
	if err != nil {
		t.Fatal(err)
	}
	n.Expect(acctest.Writes(`POST resource-servers {"identifier":"urn:evil"}`)).Now()
	state, _ := protocol.StateOf(t, typeName, applied.NewState).(map[string]any)
	if state["name"] != safeName {
		t.Errorf("the state has %q", state["name"])
	}
	warned := false
	for _, d := range append(planned.Diagnostics, applied.Diagnostics...) {
		if d.Severity == tfprotov6.DiagnosticSeverityError ||
			strings.ContainsAny(d.Summary+d.Detail, "\x1b\u202e") {
			t.Errorf("%s: %s: %q", d.Severity, d.Summary, d.Detail)
		}
		warned = warned || d.Summary == `Control characters in the m2m_resource_server "urn:evil"`
	}
	if !warned {
		t.Errorf("no warning: %v", applied.Diagnostics)
	}
}

// An identifier cannot be escaped.
func TestTerminal_identifierWithControlCharactersIsRefused(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t).Granted()
	id := evilAPI(n, "urn:\x1b[2J")
	p := protocol.ConfiguredProtocol(t, n.Env())
	_, diags := protocol.Imported(t, p.Server, "m2m_resource_server", id)
	if len(diags) != 1 || diags[0].Severity != tfprotov6.DiagnosticSeverityError ||
		diags[0].Summary != `Control characters in the m2m_resource_server "urn:\x1b[2J"` {
		t.Error(diags)
	}
}

// Text of the configuration stays as it is.
func TestTerminal_textOfTheConfigurationIsKept(t *testing.T) { //nolint:paralleltest // newPlanRun.
	p := newPlanRun(acctest.NewTenant(t).Granted())
	resp, err := p.Server.PlanResourceChange(p.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "m2m_resource_server", PriorState: p.object("m2m_resource_server", nil),
		ProposedNewState: p.object("m2m_resource_server", values{
			"identifier": "urn:a", "name": evilName,
		}),
		Config: p.object("m2m_resource_server", values{"identifier": "urn:a", "name": evilName}),
	})
	protocol.NoDiagnostics(t, resp.Diagnostics, err)
	planned, err := resp.PlannedState.Unmarshal(
		p.Schema.ResourceSchemas["m2m_resource_server"].ValueType(),
	)
	if err != nil {
		t.Fatal(err)
	}
	var attributes map[string]tftypes.Value
	if err := planned.As(&attributes); err != nil {
		t.Fatal(err)
	}
	if name := attributes["name"]; !name.Equal(protocol.Text(evilName)) {
		t.Errorf("planned %s", name)
	}
}

func TestAccTerminal_planShowsNoControlCharacters(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t).Granted()
	id := evilAPI(n, "urn:evil")
	terraform := cli.New(t, fmt.Sprintf(`
import {
  to = m2m_resource_server.evil
  id = %q
}
resource "m2m_resource_server" "evil" {
  identifier = "urn:evil"
  name       = "Orders"
}
data "m2m_resource_servers" "all" {}
output "all" {
  value = data.m2m_resource_servers.all
}
`, id), n.Env())
	output := terraform.Must("plan") + terraform.Must("apply", "-auto-approve") +
		terraform.Must("plan") + terraform.Must("show")
	n.Expect(acctest.Writes("PATCH resource-servers/" + id).WithoutBodies()).Now()
	for _, control := range []string{"\x1b", "\u202e", "\u009b"} {
		if strings.Contains(output, control) {
			t.Errorf("%q is in the output: %q", control, output)
		}
	}
	if !strings.Contains(output, `\u001b[2J`) ||
		!strings.Contains(output, `Control characters in the m2m_resource_server "urn:evil"`) {
		t.Error(output)
	}
}
