// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const shared = "urn:shared"

// pipeline is a configuration with a state of its own, which is applied at the same time as others.
type pipeline struct {
	name          string
	client        string // The client of its grant.
	before, after []resource
	plan          plan
	start         time.Duration
	latency       time.Duration // Requests take about half of it to double.
	core          *core
}

func scopeOfShared(name string) resource {
	return resource{
		address: "scope_" + name, typeName: "m2m_resource_server_scope", config: map[string]any{
			"resource_server_identifier": shared, "scope": name, "description": "Scope " + name,
		},
	}
}

func grantOfShared(client string, adopt bool, scopes ...string) resource {
	config := map[string]any{
		"client_id": client, "audience": shared, "scopes": scopes, "organization_usage": "allow",
	}
	if adopt {
		config["use_existing"] = true
	}
	return resource{address: "grant", typeName: "m2m_client_grant", config: config}
}

// drawPipelines draws two or three pipelines: each adds scopes and its own grant, replaces its
// scopes, destroys them, or adopts the grant that exists.
func drawPipelines(rt *rapid.T, clients []string) (pipelines []*pipeline) {
	for i := range rapid.IntRange(2, 3).Draw(rt, "pipelines") {
		p := &pipeline{name: string(rune('a' + i)), client: clients[i]}
		var first, second []resource
		for n := range rapid.IntRange(1, 4).Draw(rt, p.name+" scopes") {
			first = append(first, scopeOfShared(fmt.Sprint(p.name, "_old", n)))
			second = append(second, scopeOfShared(fmt.Sprint(p.name, "_new", n)))
		}
		granted := grantOfShared(p.client, false, p.name+"_new0")
		switch rapid.SampledFrom([]string{"add", "replace", "destroy", "adopt"}).Draw(rt, p.name) {
		case "add":
			p.after = append(second, granted)
		case "replace":
			p.before, p.after = first, append(second, granted)
		case "destroy":
			p.before = append(first, grantOfShared(p.client, false, p.name+"_old0"))
		case "adopt":
			scope := rapid.SampledFrom([]string{"x", "y"}).Draw(rt, p.name+" adopts")
			p.after = append(second, grantOfShared(testserver.MachineClientID, true, scope))
		}
		if rapid.Bool().Draw(rt, p.name+" fails") {
			p.plan = drawPlan(rt, p.name)
		}
		milliseconds := rapid.IntRange(1, 400)
		p.latency = time.Duration(milliseconds.Draw(rt, p.name+" latency")) * time.Millisecond
		p.start = time.Duration(5*milliseconds.Draw(rt, p.name+" starts")) * time.Millisecond
		pipelines = append(pipelines, p)
	}
	return pipelines
}

// TestConcurrentRuns applies configurations with separate states at the same time. Each of them
// adds scopes to an API that another configuration owns, or removes some, and some adopt the same
// grant. Each latency is different, so the seed decides in which order requests arrive.
func TestConcurrentRuns(t *testing.T) {
	server := newTenant(t)
	organization := server.AddOrganization("acme")
	clients := addClients(t, server, 3)
	empty := server.Snapshot()
	explore(t, func(rt *rapid.T) string {
		if err := server.Restore(empty); err != nil {
			return err.Error()
		}
		pipelines := drawPipelines(rt, clients)
		seed := rapid.Uint64().Draw(rt, "latencies")
		return inBubble(t, func(t *testing.T) string {
			return simulateTogether(t, server, organization, pipelines, seed)
		})
	})
}

func addClients(t *testing.T, server *testserver.Server, n int) (ids []string) {
	t.Helper()
	for i := range n {
		status, body := server.Dashboard("POST", "/api/v2/clients", fmt.Sprintf(
			`{"name":"Client %d","app_type":"non_interactive","grant_types":["client_credentials"]}`, i,
		))
		var created struct {
			ClientID string `json:"client_id"`
		}
		if status != 201 || json.Unmarshal(body, &created) != nil {
			t.Fatal(status, string(body))
		}
		ids = append(ids, created.ClientID)
	}
	return ids
}

func simulateTogether(
	t *testing.T, server *testserver.Server, organization string, pipelines []*pipeline,
	seed uint64,
) string {
	t.Helper()
	env := environment(server)
	var log []string
	wrong := func(what, detail string) string {
		return what + ": " + detail + "\n" + strings.Join(log, "\n")
	}
	alone := func(c *core, env map[string]string, configuration []resource) string {
		c.network = plan{}.network(server)
		leak := sum.attempt(t, c, env, configuration)
		return sum.recovered(c) + leak
	}

	owner := &core{state: map[string]*object{}}
	api := []resource{{address: "shared", typeName: "m2m_resource_server", config: map[string]any{
		"identifier": shared, "name": "Shared",
	}}}
	if failed := alone(owner, env, api); failed != "" {
		return wrong("the first run of the owner fails", failed)
	}
	adoptable(t, server)
	for _, p := range pipelines {
		p.core = &core{state: map[string]*object{}}
		if failed := alone(p.core, env, copies(p.before)); failed != "" {
			return wrong("the first run of "+p.name+" fails", failed)
		}
	}

	var together sync.WaitGroup
	leaks := make([]string, len(pipelines))
	for i, p := range pipelines {
		p.core.network = p.plan.network(server)
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		p.core.network.Latency = func() time.Duration { // Different for each request.
			return p.latency/4 + time.Duration(random.Int64N(int64(p.latency))) +
				time.Duration(i+1)*time.Nanosecond
		}
		together.Go(func() {
			time.Sleep(p.start)
			leaks[i] = sum.attempt(t, p.core, env, copies(p.after))
		})
	}
	together.Wait()
	sum.concurrent += len(pipelines)
	log = merged(pipelines)
	sum.interleavings[order(pipelines)] = true
	if leak := strings.Join(leaks, ""); leak != "" {
		return wrong("leak", leak)
	}
	if missing := unnoticed(pipelines, objects(server, organization)); missing != "" {
		sum.unnoticed++
		return wrong("a loss that nobody noticed", missing)
	}

	want := api
	for _, p := range pipelines {
		if failed := alone(p.core, recovering(env), copies(p.after)); failed != "" {
			return wrong("the next run of "+p.name+" fails", failed)
		}
		want = append(want, p.after...)
	}
	expected := wanted(want)
	if adopters := adopters(pipelines); len(adopters) > 0 {
		last := adopters[len(adopters)-1]
		expected = slices.DeleteFunc(expected, isAdopted)
		expected = append(expected, wanted(last.after[len(last.after)-1:])...)
	} else {
		expected = append(expected, wanted([]resource{
			grantOfShared(testserver.MachineClientID, true, "z"),
		})...)
	}
	for _, p := range pipelines {
		if contested(p, pipelines) {
			continue // Two configurations of one grant never agree.
		}
		if failed := alone(p.core, env, copies(p.after)); failed != "" || len(p.core.changes) > 0 {
			return wrong("the next plan of "+p.name+" is not empty",
				fmt.Sprint(p.core.changes, failed))
		}
	}
	slices.Sort(expected)
	if diff := sum.compare(expected, objects(server, organization)); diff != "" {
		return wrong("the tenant is not as configured", diff)
	}
	return ""
}

// adoptable adds the grant that pipelines adopt.
func adoptable(t *testing.T, server *testserver.Server) {
	t.Helper()
	status, body := server.Dashboard("POST", "/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":%q,"scope":["z"],"organization_usage":"allow"}`,
		testserver.MachineClientID, shared,
	))
	if status != 201 {
		t.Fatal(status, string(body))
	}
}

// copies returns resources whose configuration a run may change.
func copies(of []resource) []resource { return slices.Clone(of) }

func isAdopted(line string) bool {
	return strings.HasPrefix(line, "grant "+shared+" "+testserver.MachineClientID+" ")
}

// adopters returns the pipelines that adopt the grant.
func adopters(pipelines []*pipeline) []*pipeline {
	return slices.DeleteFunc(slices.Clone(pipelines), func(p *pipeline) bool {
		return !slices.ContainsFunc(wanted(p.after), isAdopted)
	})
}

// contested reports whether a later pipeline configures the grant that p adopts differently.
func contested(p *pipeline, pipelines []*pipeline) bool {
	all := adopters(pipelines)
	at := slices.Index(all, p)
	return at >= 0 && !slices.Equal(
		adoptedGrant(p), adoptedGrant(all[len(all)-1]),
	)
}

func adoptedGrant(p *pipeline) []string {
	return slices.DeleteFunc(wanted(p.after), func(line string) bool { return !isAdopted(line) })
}

// unnoticed returns what a run without an error has configured, but the tenant does not have,
// unless some run has said so.
func unnoticed(pipelines []*pipeline, got []string) string {
	var said string
	for _, p := range pipelines {
		said += strings.Join(slices.Concat(p.core.said, p.core.warned), "\n") + "\n"
	}
	if strings.Contains(said, `Scopes of the API "`+shared+`" may be lost`) {
		return ""
	}
	scopes := scopesIn(got)
	var missing []string
	for _, p := range pipelines {
		if len(p.core.said) > 0 || p.core.network.hasCrashed() {
			continue
		}
		is := func(address string, there, configured bool) {
			if there != configured && !strings.Contains(
				said, `"`+strings.TrimPrefix(address, "scope_")+`"`,
			) {
				missing = append(missing, fmt.Sprint(p.name, " ", address, " is there: ", there))
			}
		}
		for _, r := range p.before {
			if scope, ok := r.config["scope"].(string); ok {
				is(r.address, slices.Contains(scopes, scope), false)
			}
		}
		for _, r := range p.after {
			if scope, ok := r.config["scope"].(string); ok {
				is(r.address, slices.Contains(scopes, scope), true)
				continue
			}
			// Who adopts a grant and changes it says so.
			line := wanted([]resource{r})[0]
			told := isAdopted(line) && strings.Contains(othersSaid(p, pipelines), "Adopted the grant")
			if !slices.Contains(got, line) && !told {
				missing = append(missing, p.name+" "+line)
			}
		}
	}
	return strings.Join(missing, "\n")
}

func othersSaid(p *pipeline, pipelines []*pipeline) (said string) {
	for _, other := range pipelines {
		if other != p {
			said += strings.Join(slices.Concat(other.core.warned, other.core.said), "\n")
			if other.core.network.hasCrashed() {
				said += "Adopted the grant" // It could not say it.
			}
		}
	}
	return said
}

// scopesIn returns the scopes of the shared API.
func scopesIn(objects []string) []string {
	for _, line := range objects {
		if list, ok := strings.CutPrefix(line, "API "+shared+" Shared ["); ok {
			return strings.Fields(strings.TrimSuffix(list, "]"))
		}
	}
	return nil
}

// merged returns the requests of all pipelines in the order of their arrival.
func merged(pipelines []*pipeline) (lines []string) {
	for _, e := range arrivals(pipelines) {
		lines = append(lines, e.at.Format("04:05.000000000 ")+e.line)
	}
	for _, p := range pipelines {
		lines = append(lines, "--- "+p.name+" said")
		lines = append(lines, p.core.said...)
		lines = append(lines, p.core.warned...)
	}
	return lines
}

func arrivals(pipelines []*pipeline) (all []event) {
	for _, p := range pipelines {
		for _, e := range p.core.network.log {
			all = append(all, event{e.at, p.name + " " + e.line})
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return all
}

// order identifies an interleaving.
func order(pipelines []*pipeline) string {
	var b strings.Builder
	for _, e := range arrivals(pipelines) {
		b.WriteString(e.line + "\n")
	}
	return b.String()
}
