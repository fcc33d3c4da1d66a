// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// severalWalks returns a process for several plans and applies, as in `terraform test`.
func severalWalks(n *acctest.Tenant, env ...string) *planRun {
	n.T.Helper()
	p := &protocol.Protocol{T: n.T, SeveralWalks: true}
	p.Start(n.Env(env...))
	p.Configure(nil)
	n.ForgetRequests()
	return &planRun{n, p}
}

// Each object is planned for the plan, again for the apply, and in the runs after that.
func TestSeveralWalks_plansAgain(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	for _, adopts := range []string{"false", "true"} {
		p := severalWalks(n, "M2M_ADOPT_IDENTICAL", adopts)
		api := values{"identifier": acctest.OrdersAPI}
		grant := values{
			"client_id": testserver.MachineClientID, "audience": acctest.OrdersAPI,
			"scopes": []string{},
		}
		for range 2 {
			p.says(p.api(nil, api))
			p.says(p.grant(nil, grant))
		}
		none := func(typeName string) stored { return stored{state: p.object(typeName, nil)} }
		changed := func(typeName string, from stored, to values) stored {
			after, diags := p.change(typeName, from, to)
			p.says(diags)
			return after
		}
		const ofAPI, ofGrant = "m2m_resource_server", "m2m_client_grant"
		firstAPI := changed(ofAPI, none(ofAPI), api)
		firstGrant := changed(ofGrant, none(ofGrant), grant)
		changed(ofGrant, firstGrant, nil)
		changed(ofAPI, firstAPI, nil)
		n.Expect(acctest.Writes(
			"POST resource-servers", "POST client-grants", "DELETE client-grants/{id}",
			"DELETE resource-servers/{id}",
		).WithoutBodies()).Now()
	}
}

// What was missing in one plan may have been created before the next one, and others may change an
// object between two plans.
func TestSeveralWalks_seesTheTenantAsItIs(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	p := severalWalks(n)
	p.PlanWait = 1
	early := grantOf(testserver.SampleAPIAudience, "early")
	p.says(p.grant(nil, early),
		"warning: Scopes that the API does not define in the grant of the API")
	n.AtDashboard("PATCH", acctest.ResourceServerPath(testserver.SampleAPIAudience),
		`{"scopes":[{"value":"early"}]}`, nil)
	created, diags := p.change("m2m_resource_server",
		stored{state: p.object("m2m_resource_server", nil)},
		values{"identifier": acctest.OrdersAPI})
	p.says(diags)
	p.says(p.grant(nil, early))

	for _, name := range []string{"A", "B"} {
		n.AtDashboard("PATCH", acctest.ResourceServerPath(acctest.OrdersAPI),
			`{"name":"`+name+`"}`, nil)
		resp, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: "m2m_resource_server", CurrentState: created.state, Private: created.private,
		})
		protocol.NoDiagnostics(t, resp.Diagnostics, err)
		state := protocol.StateOf(t, "m2m_resource_server", resp.NewState)
		if got := state.(map[string]any)["name"]; got != name {
			t.Errorf("the name is %v, want %s", got, name)
		}
	}
	_, diags = p.change("m2m_resource_server", created, nil)
	p.says(diags)
	n.Expect(acctest.Writes("POST resource-servers", "DELETE resource-servers/{id}").
		WithoutBodies()).Now()
}
