// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package simulation explores what faults and crashes can do to a run. The protocol server of the
// provider, a stand-in for the core of Terraform and the tenant run in one process, with an
// in-memory network and a virtual clock, so that retries of minutes take no time. A failure is
// repeated from its seed: go test -run TestSimulation -rapid.seed=SEED. Run it for as long as you
// like with make soak.
package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// configurations are applied one after the other. Each is what the tenant must have in the end.
func configurations(organization string) [][]resource {
	const client = testserver.MachineClientID
	orders := func(name string, scopes map[string]string) resource {
		return resource{address: "orders", typeName: "m2m_resource_server", config: map[string]any{
			"identifier": "urn:orders", "name": name, "scopes": scopes,
		}}
	}
	grant := func(address, audience string, scopes []string) resource {
		return resource{address: address, typeName: "m2m_client_grant", config: map[string]any{
			"client_id": client, "audience": audience, "scopes": scopes, "organization_usage": "allow",
		}}
	}
	all := []resource{
		// One scope, because the protocol library encodes a map in any order, unlike Terraform.
		orders("Orders", map[string]string{"read": "Read"}),
		{address: "invoices", typeName: "m2m_resource_server", config: map[string]any{
			"identifier": "urn:invoices", "name": "Invoices",
		}},
		{address: "pay", typeName: "m2m_resource_server_scope", config: map[string]any{
			"resource_server_identifier": "urn:invoices", "scope": "pay", "description": "Pay",
		}},
		grant("orders_grant", "urn:orders", []string{"read"}),
		grant("invoices_grant", "urn:invoices", []string{"pay"}),
		{
			address: "association", typeName: "m2m_organization_client_grant",
			config: map[string]any{"organization_id": organization},
			refers: map[string]string{"grant_id": "invoices_grant"},
		},
	}
	changed := slices.Clone(all)
	changed[0] = orders("New orders", map[string]string{"write": "Write"})
	changed[3] = grant("orders_grant", "urn:orders", []string{})
	changed[4] = grant("invoices_grant", "urn:invoices", []string{})
	return [][]resource{all, changed, changed[:2], nil}
}

// plan is what goes wrong in one run.
type plan struct {
	faults map[int]Fault
	outage Fault
	from   int
	to     int
	crash  int
}

func drawPlan(rt *rapid.T, name string) plan {
	number := rapid.IntRange(0, 25)
	fault := rapid.SampledFrom(Faults)
	p := plan{faults: map[int]Fault{}}
	for range rapid.IntRange(0, 3).Draw(rt, name+" faults") {
		p.faults[number.Draw(rt, name+" request")] = fault.Draw(rt, name+" fault")
	}
	if rapid.IntRange(0, 3).Draw(rt, name+" outage") == 0 {
		p.outage = fault.Filter(func(f Fault) bool { return f != StaleNotFound }).Draw(rt, name+" outage's fault")
		p.from = number.Draw(rt, name+" outage begins")
		p.to = p.from + rapid.IntRange(2, 40).Draw(rt, name+" outage lasts")
	}
	if rapid.Bool().Draw(rt, name+" crashes") {
		p.crash = number.Draw(rt, name+" crash")
	}
	return p
}

func TestSimulation(t *testing.T) {
	server := newTenant(t)
	organization := server.AddOrganization("acme")
	empty := server.Snapshot()
	explore(t, func(rt *rapid.T) string {
		if err := server.Restore(empty); err != nil {
			return err.Error()
		}
		plans := []plan{}
		for i := range configurations(organization) {
			plans = append(plans, drawPlan(rt, fmt.Sprint("run ", i+1)))
		}
		return inBubble(t, func(t *testing.T) string {
			return simulate(t, server, organization, plans)
		})
	})
}

func newTenant(t *testing.T) *testserver.Server {
	t.Helper()
	server, err := testserver.Listen(testserver.Config{
		Addr: "127.0.0.1:0", SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// explore runs simulations until one fails or the time is over. A simulation returns what is wrong.
func explore(t *testing.T, simulation func(*rapid.T) string) {
	t.Helper()
	end := time.Now().Add(soak() / 2) // There are two tests.
	for first := true; first || !t.Failed() && time.Now().Before(end); first = false {
		rapid.Check(t, func(rt *rapid.T) {
			sum.simulations++
			failure := simulation(rt)
			sum.measure()
			if failure != "" {
				rt.Fatal(failure)
			}
		})
	}
	t.Log(sum.String())
}

// inBubble runs a simulation with a virtual clock.
func inBubble(t *testing.T, simulation func(*testing.T) string) (failure string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		failure = simulation(t)
		// Goroutines of killed providers may still wait. The clock stops with the test.
		time.Sleep(time.Hour)
	})
	return failure
}

func environment(server *testserver.Server) map[string]string {
	return map[string]string{
		"AUTH0_DOMAIN": server.URL(), "AUTH0_CLIENT_ID": testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	}
}

// recovering returns an environment with the switch for the run after a crash.
func recovering(env map[string]string) map[string]string {
	out := maps.Clone(env)
	out["M2M_ADOPT_IDENTICAL"] = "true"
	return out
}

// simulate applies each configuration with its faults, and then without. It returns what is wrong.
func simulate(
	t *testing.T, server *testserver.Server, organization string, plans []plan,
) string {
	t.Helper()
	env := environment(server)
	c := &core{state: map[string]*object{}}
	var log []string
	wrong := func(what, detail string) string {
		return what + ": " + detail + "\n" + strings.Join(log, "\n")
	}
	run := func(what string, env map[string]string, p plan, configuration []resource) string {
		c.network = p.network(server)
		leak := sum.attempt(t, c, env, configuration)
		log = append(log, "--- "+what)
		log = append(log, c.history()...)
		return leak
	}
	for i := range configurations(organization) {
		configuration := func() []resource { return configurations(organization)[i] }
		leak := run(fmt.Sprintf("run %d with faults", i+1), env, plans[i], configuration())
		if leak != "" {
			return wrong("leak", leak)
		}
		leak = run(fmt.Sprintf("run %d again", i+1), recovering(env), plan{}, configuration())
		if failed := sum.recovered(c) + leak; failed != "" {
			return wrong("the run after the faults fails", failed)
		}
		leak = run(fmt.Sprintf("run %d, to plan", i+1), env, plan{}, configuration())
		if failed := sum.recovered(c) + leak; failed != "" || len(c.changes) > 0 {
			return wrong("the next plan is not empty", fmt.Sprint(c.changes, failed))
		}
		if diff := sum.compare(wanted(configuration()), objects(server, organization)); diff != "" {
			return wrong("the tenant is not as configured", diff)
		}
	}
	return ""
}

// attempt runs a configuration and counts the run. It returns what is wrong with what it said.
func (t *totals) attempt(
	test *testing.T, c *core, env map[string]string, configuration []resource,
) string {
	test.Helper()
	ctx, end := context.WithCancel(test.Context())
	defer end() // A process that has ended leaves nothing behind.
	c.operations = 0
	if err := c.run(ctx, env, configuration); err != nil && !errors.Is(err, errCrashed) {
		test.Error(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended(c, env)
}

// network returns the network of a run.
func (p plan) network(server *testserver.Server) *Network {
	return &Network{
		Tenant: server, Faults: p.faults, Outage: p.outage, OutageFrom: p.from, OutageTo: p.to,
		CrashAt: p.crash,
	}
}

// history returns the requests of the last run, and what it said.
func (c *core) history() (lines []string) {
	for _, e := range c.network.log {
		lines = append(lines, e.line)
	}
	for _, said := range c.said {
		lines = append(lines, "  error: "+said)
	}
	return lines
}

// wanted describes what a configuration makes.
func wanted(configuration []resource) (out []string) {
	scopes := map[any][]string{}
	for _, r := range configuration {
		if r.typeName == "m2m_resource_server_scope" {
			identifier := r.config["resource_server_identifier"]
			scopes[identifier] = append(scopes[identifier], fmt.Sprint(r.config["scope"]))
		}
	}
	for _, r := range configuration {
		switch r.typeName {
		case "m2m_resource_server":
			own, _ := r.config["scopes"].(map[string]string)
			all := slices.Sorted(maps.Keys(own))
			all = append(all, scopes[r.config["identifier"]]...)
			out = append(out, fmt.Sprint("API ", r.config["identifier"], " ", r.config["name"], " ", all))
		case "m2m_client_grant":
			granted, _ := r.config["scopes"].([]string)
			out = append(out, fmt.Sprint(
				"grant ", r.config["audience"], " ", r.config["client_id"], " ",
				slices.Sorted(slices.Values(granted)),
			))
		case "m2m_organization_client_grant":
			out = append(out, "association urn:invoices")
		}
	}
	slices.Sort(out)
	return out
}

// objects describes what the tenant has besides its initial objects.
func objects(server *testserver.Server, organization string) (out []string) {
	get := func(path string, into any) {
		status, body := server.Dashboard("GET", "/api/v2/"+path, "")
		if status != 200 || json.Unmarshal(body, into) != nil {
			panic(fmt.Sprint(path, status, string(body)))
		}
	}
	var apis []struct {
		Identifier, Name string
		Scopes           []struct{ Value string }
	}
	get("resource-servers?per_page=100", &apis)
	for _, api := range apis {
		if name, ok := strings.CutPrefix(api.Identifier, "urn:"); ok && name != "" {
			scopes := []string{}
			for _, scope := range api.Scopes {
				scopes = append(scopes, scope.Value)
			}
			slices.Sort(scopes)
			out = append(out, fmt.Sprint("API ", api.Identifier, " ", api.Name, " ", scopes))
		}
	}
	type grant struct {
		Audience string
		ClientID string `json:"client_id"`
		Scope    []string
	}
	var grants []grant
	get("client-grants?per_page=100", &grants)
	for _, g := range grants {
		if strings.HasPrefix(g.Audience, "urn:") {
			slices.Sort(g.Scope)
			out = append(out, fmt.Sprint("grant ", g.Audience, " ", g.ClientID, " ", g.Scope))
		}
	}
	var associated []grant
	get("organizations/"+organization+"/client-grants?per_page=100", &associated)
	for _, g := range associated {
		out = append(out, "association "+g.Audience)
	}
	slices.Sort(out)
	return out
}
