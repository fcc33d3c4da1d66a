// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/steps"
)

// Test runs steps against the tenant, as Accounted describes.
func (n *Tenant) Test(steps ...resource.TestStep) {
	n.T.Helper()
	n.Run(resource.TestCase{Steps: steps})
}

// TestIn runs steps with a provider in the given environment.
func (n *Tenant) TestIn(env map[string]string, steps ...resource.TestStep) {
	n.T.Helper()
	n.Run(resource.TestCase{ProtoV6ProviderFactories: protocol.ProviderWith(env), Steps: steps})
}

// Run runs a test case against the tenant, in parallel with other tests.
func (n *Tenant) Run(c resource.TestCase) {
	n.T.Helper()
	c = n.Accounted(c)
	n.T.Parallel()
	steps.Run(n.T, c)
}

// Accounted makes a test case fail if a step sends a write that no Expect in its state checks
// expects, if the final destroy does not send exactly one request for each object, or if objects
// remain in the tenant.
//
// Terraform does not check the state after a step that fails. The expected writes of a step with
// ExpectError are checked after the step.
func (n *Tenant) Accounted(c resource.TestCase) resource.TestCase {
	if c.ProtoV6ProviderFactories == nil {
		c.ProtoV6ProviderFactories = protocol.ProviderWith(n.Env())
	}
	for i := range c.Steps {
		step, prepare, last := &c.Steps[i], c.Steps[i].PreConfig, fmt.Sprintf("step %d", i)
		step.PreConfig = func() {
			n.settle(last)
			if prepare != nil {
				prepare()
			}
			if step.ExpectError != nil {
				n.owed = writesOf(step.ConfigStateChecks)
			}
			n.ForgetRequests()
		}
	}
	c.CheckDestroy = n.destroyed
	before := n.Objects()
	n.T.Cleanup(func() {
		n.settle(fmt.Sprintf("step %d", len(c.Steps)))
		left := slices.DeleteFunc(n.Objects(), func(id string) bool {
			return slices.Contains(before, id)
		})
		if len(left) > 0 && !n.T.Failed() {
			n.T.Errorf("objects remain in the tenant: %q", left)
		}
	})
	return c
}

// writesOf returns the writes that the checks of a step expect.
func writesOf(checks []statecheck.StateCheck) Expected {
	for _, check := range checks {
		if check, ok := check.(Check); ok {
			for _, e := range check.want {
				if e.kind == writes {
					return e
				}
			}
		}
	}
	return Writes()
}

// settle fails the test if there are unexpected writes. A test reports them only once.
func (n *Tenant) settle(when string) {
	n.T.Helper()
	if diff := n.owed.diff(n.Writes()); diff != "" && !n.T.Failed() {
		n.T.Errorf("unexpected at the end of %s: %s", when, diff)
	}
	n.owed = Writes()
}

// destroyed checks the requests of the final destroy, which follow the writes of the last step if
// that step fails.
func (n *Tenant) destroyed(state *terraform.State) error {
	sent := n.Writes()
	owed := min(len(n.owed.want), len(sent))
	diff := n.owed.diff(sent[:owed])
	n.owed = Writes()
	diff += cmp.Diff(destroysOf(state), destroys(sent[owed:]), cmpopts.EquateEmpty())
	if diff == "" || n.T.Failed() {
		return nil
	}
	return fmt.Errorf("unexpected writes of the last step and the destroy (-want +got):\n%s", diff)
}

func errorIf(diff string) error {
	if diff == "" {
		return nil
	}
	return errors.New(diff)
}
