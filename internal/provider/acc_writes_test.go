// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// accTest runs steps against the tenant, each of which must say what it writes, as
// accounted has it.
func (n *tenant) accTest(steps ...resource.TestStep) {
	n.t.Helper()
	n.run(resource.TestCase{Steps: steps})
}

// accTestIn is accTest with a provider in the given environment.
func (n *tenant) accTestIn(env map[string]string, steps ...resource.TestStep) {
	n.t.Helper()
	n.run(resource.TestCase{ProtoV6ProviderFactories: providerWith(env), Steps: steps})
}

func (n *tenant) run(c resource.TestCase) {
	n.t.Helper()
	resource.ParallelTest(n.t, n.accounted(c))
}

// accounted is a test case that fails where a step writes to the tenant what no
// sent among its state checks expects, where the destroy at the end sends anything
// but one request for each object, and where something is left behind.
//
// Terraform checks no state after a step that fails. The sent of a step with
// ExpectError is checked all the same, when the step is over.
func (n *tenant) accounted(c resource.TestCase) resource.TestCase {
	if c.ProtoV6ProviderFactories == nil {
		c.ProtoV6ProviderFactories = providerWith(n.env())
	}
	for i := range c.Steps {
		step, prepare, last := &c.Steps[i], c.Steps[i].PreConfig, fmt.Sprintf("step %d", i)
		step.PreConfig = func() {
			n.settle(last)
			if prepare != nil {
				prepare()
			}
			if step.ExpectError != nil {
				n.owed = expectedBy(step.ConfigStateChecks)
			}
			n.ForgetRequests()
		}
	}
	c.CheckDestroy = n.destroyed
	before := n.objects()
	n.t.Cleanup(func() {
		n.settle(fmt.Sprintf("step %d", len(c.Steps)))
		left := slices.DeleteFunc(n.objects(), func(id string) bool { return slices.Contains(before, id) })
		if len(left) > 0 && !n.t.Failed() {
			n.t.Errorf("left behind in the tenant: %q", left)
		}
	})
	return c
}

// expectedBy is the sent among checks; without one, nothing is expected.
func expectedBy(checks []statecheck.StateCheck) sentCheck {
	for _, check := range checks {
		if sent, ok := check.(sentCheck); ok {
			return sent
		}
	}
	return sentCheck{}
}

// settle fails for writes that nothing has expected. One failure is enough of a test.
func (n *tenant) settle(when string) {
	n.t.Helper()
	if diff := n.owed.diff(n.writes()); diff != "" && !n.t.Failed() {
		n.t.Errorf("writes at the end of %s that no sent of it expects (-want +got):\n%s", when, diff)
	}
	n.owed = sentCheck{}
}

// destroyed checks the requests of the final destroy, which come after what the
// last step is to write if it fails.
func (n *tenant) destroyed(state *terraform.State) error {
	writes := n.writes()
	owed := min(len(n.owed.want), len(writes))
	diff := n.owed.diff(writes[:owed])
	n.owed = sentCheck{}
	if diff += cmp.Diff(destroysOf(state), destroys(writes[owed:]), cmpopts.EquateEmpty()); diff == "" || n.t.Failed() {
		return nil
	}
	return fmt.Errorf("writes of the last step and of the destroy that nothing expects (-want +got):\n%s", diff)
}

// destroysOf are the requests that destroy all that is in a state: one for each
// object, but for scopes, which share a request as far as Terraform walks them
// together. Whether the scopes or their API go first is chance where the state has
// both, so those of its own APIs are left out.
func destroysOf(state *terraform.State) []string {
	var out []string
	own, shrunk := map[string]bool{}, map[string]bool{}
	for address, object := range state.RootModule().Resources {
		attributes := object.Primary.Attributes
		switch {
		case strings.HasPrefix(address, "data."), attributes["is_system"] == "true": // Only dropped from the state.
		case object.Type == "m2m_resource_server":
			own[attributes["identifier"]] = true
			out = append(out, "DELETE resource-servers/"+object.Primary.ID)
		case object.Type == "m2m_client_grant":
			out = append(out, "DELETE client-grants/"+object.Primary.ID)
		case object.Type == "m2m_organization_client_grant":
			out = append(out, "DELETE organizations/"+attributes["organization_id"]+"/client-grants/"+attributes["grant_id"])
		case object.Type == "m2m_resource_server_scope":
			shrunk[attributes["resource_server_identifier"]] = true
		}
	}
	maps.DeleteFunc(shrunk, func(identifier string, _ bool) bool { return own[identifier] })
	out = append(out, slices.Repeat([]string{"PATCH resource-servers/{id}"}, len(shrunk))...)
	slices.Sort(out)
	return out
}

// destroys are requests as destroysOf has them. Those that a fault struck are
// repeated, so they do not count.
func destroys(requests []testserver.Request) []string {
	var out []string
	seen := map[string]bool{} // By path, once it is deleted or changed.
	for _, r := range requests {
		seen[r.Path] = seen[r.Path] || r.Method == http.MethodDelete
	}
	for _, r := range requests {
		switch {
		case r.Fault != "", seen[r.Path] && r.Method == http.MethodPatch:
		case r.Method == http.MethodPatch:
			seen[r.Path] = true
			out = append(out, "PATCH resource-servers/{id}") // The state does not have this id.
		default:
			out = append(out, r.Method+" "+strings.TrimPrefix(r.Path, "/api/v2/"))
		}
	}
	slices.Sort(out)
	return out
}

// writes are the requests to change something at the Management API since the last
// call. What was done at the dashboard is not among them.
func (n *tenant) writes() []testserver.Request {
	var requests []testserver.Request
	requests, n.claimed = n.since(n.claimed)
	return slices.DeleteFunc(requests, func(r testserver.Request) bool {
		return r.Method == http.MethodGet || !strings.HasPrefix(r.Path, "/api/v2/")
	})
}

// sent expects the writes of a step, in order, and no others: method, path and body.
func (n *tenant) sent(want ...string) statecheck.StateCheck {
	check := sentCheck{tenant: n}
	for _, request := range want {
		parts := strings.SplitN(request, " ", 3)
		if len(parts) == 3 {
			parts[2] = canonical(parts[2])
		}
		check.want = append(check.want, strings.Join(parts, " "))
	}
	return check
}

// expect does the check of sent in a test that calls the provider itself, or a CLI.
func (n *tenant) expect(check statecheck.StateCheck) {
	n.t.Helper()
	if diff := check.(sentCheck).diff(n.writes()); diff != "" {
		n.t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// sentTogether is sent for what Terraform does side by side, in any order.
func (n *tenant) sentTogether(want ...string) statecheck.StateCheck {
	check := n.sent(want...).(sentCheck)
	check.together = true
	return check
}

// sentRoutes is sentTogether without the bodies.
func (n *tenant) sentRoutes(want ...string) statecheck.StateCheck {
	return sentCheck{tenant: n, want: want, together: true, bodiless: true}
}

type sentCheck struct {
	tenant             *tenant
	want               []string
	together, bodiless bool
}

func (c sentCheck) diff(writes []testserver.Request) string {
	var got []string
	for _, r := range writes {
		text := strings.Replace(r.Route, " /api/v2/", " ", 1)
		if !c.bodiless && len(r.Body) > 0 {
			text += " " + canonical(string(r.Body))
		}
		got = append(got, text)
	}
	want := slices.Clone(c.want)
	if c.together {
		slices.Sort(want)
		slices.Sort(got)
	}
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}

func (c sentCheck) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	if diff := c.diff(c.tenant.writes()); diff != "" {
		resp.Error = fmt.Errorf("writes (-want +got):\n%s", diff)
	}
}
