// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package steps runs the test cases of terraform-plugin-testing with few of its commands.
//
// A command of Terraform takes longer than the work of the provider in it. For a test case, the
// framework asks twice for the version of the CLI, initializes a directory, and shows the state
// before it destroys. For a step, it shows the text of each plan with changes, the JSON of each
// other plan and the JSON of the state. Run sends only the commands that can fail a test: the
// apply, and the plan that must then be empty. It plans before the apply only if a check looks at
// the plan, and without a refresh only if the refresh has changed the state, because otherwise both
// plans are the same. After an empty plan, there is nothing more to do. It shows a state only if a
// check looks at more than the values in the state file. It uses the test cases and the checks of
// the framework, and leaves the test cases to it that have steps of another kind, such as queries.
package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// Run runs a test case, as resource.Test does.
func Run(t *testing.T, c resource.TestCase) {
	t.Helper()
	if !supports(c) {
		resource.Test(t, c)
		return
	}
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skipf("%s is not set; make test sets it, as this runs a Terraform", resource.EnvTfAcc)
	}
	checkVersion(t, c.TerraformVersionChecks)
	r := &run{terraform: newTerraform(t, c.ProtoV6ProviderFactories), c: c}
	defer func() {
		if err := r.destroy(); err != nil {
			t.Errorf("final destroy: %v", err)
		}
	}()
	for i, step := range c.Steps {
		if step.PreConfig != nil {
			step.PreConfig()
		}
		if err := r.expect(step, r.step(step)); err != nil {
			t.Fatalf("step %d of %d: %v", i+1, len(c.Steps), err)
		}
	}
}

// supports reports whether a test case has only the fields that this package knows.
func supports(c resource.TestCase) bool {
	for _, step := range c.Steps {
		step.Config, step.ConfigVariables, step.PreConfig, step.Taint = "", nil, nil, nil
		step.PlanOnly, step.Destroy, step.ExpectNonEmptyPlan = false, false, false
		step.ExpectError, step.ConfigStateChecks = nil, nil
		step.ConfigPlanChecks = resource.ConfigPlanChecks{}
		step.ImportState, step.ImportStateId, step.ResourceName = false, "", ""
		step.ImportStatePersist, step.ImportStateVerify = false, false
		step.ImportStateVerifyIgnore = nil
		step.RefreshState, step.RefreshPlanChecks = false, resource.RefreshPlanChecks{}
		if !reflect.ValueOf(step).IsZero() {
			return false
		}
	}
	c.Steps, c.ProtoV6ProviderFactories, c.TerraformVersionChecks = nil, nil, nil
	c.ErrorCheck, c.CheckDestroy = nil, nil
	return reflect.ValueOf(c).IsZero()
}

func checkVersion(t *testing.T, checks []tfversion.TerraformVersionCheck) {
	t.Helper()
	if len(checks) == 0 {
		return
	}
	version, err := cliVersion()
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range checks {
		var resp tfversion.CheckTerraformVersionResponse
		check.CheckTerraformVersion(
			t.Context(), tfversion.CheckTerraformVersionRequest{TerraformVersion: version}, &resp,
		)
		if resp.Error != nil {
			t.Fatal(resp.Error)
		}
		if resp.Skip != "" {
			t.Skip(resp.Skip)
		}
	}
}

// run is a test case that runs.
type run struct {
	*terraform
	c      resource.TestCase
	config string // Of the last step that had one.
}

// expect returns nil if a step has ended as its test case expects.
func (r *run) expect(step resource.TestStep, err error) error {
	switch want := step.ExpectError; {
	case want != nil && err == nil:
		return fmt.Errorf("no error, want %s", want)
	case want != nil && want.MatchString(err.Error()):
		return nil
	case want != nil:
		return fmt.Errorf("%w\nwant %s", err, want)
	case err != nil && r.c.ErrorCheck != nil:
		return r.c.ErrorCheck(err)
	}
	return err
}

func (r *run) step(step resource.TestStep) error {
	switch {
	case step.ImportState:
		return r.importObject(step)
	case step.RefreshState:
		return r.refresh(step)
	}
	for _, address := range step.Taint {
		if _, err := r.command("taint", address); err != nil {
			return err
		}
	}
	r.config = step.Config
	if err := r.configure(step.Config, step.ConfigVariables); err != nil {
		return err
	}
	if !step.PlanOnly {
		if changed, err := r.apply(step); err != nil || !changed {
			return err
		}
	}
	if err := r.planAgain(
		step, "the plan with a refresh", step.ConfigPlanChecks.PostApplyPostRefresh,
	); err != nil {
		return err
	}
	before, after, err := r.refreshed()
	if err != nil {
		return err
	}
	checks := step.ConfigPlanChecks.PostApplyPreRefresh
	if len(checks) == 0 && reflect.DeepEqual(before.withoutPrivate(), after.withoutPrivate()) {
		return nil
	}
	return r.planAgain(step, "the plan without a refresh", checks, "-refresh=false")
}

// apply makes a plan and applies it. It returns false if the plan was empty, so that the next one
// would be the same.
func (r *run) apply(step resource.TestStep) (changed bool, err error) {
	if checks := step.ConfigPlanChecks.PreApply; len(checks) > 0 {
		changed, err = r.applyChecked(step, checks)
	} else {
		changed, err = r.applyAtOnce(step)
	}
	if err != nil {
		return false, err
	}
	return changed, r.checkState(step.ConfigStateChecks)
}

// applyChecked applies a plan after checks, unless it is empty and the step needs no apply.
func (r *run) applyChecked(step resource.TestStep, checks []plancheck.PlanCheck) (bool, error) {
	changes, err := r.plan(step.Destroy)
	if err != nil {
		return false, err
	}
	plan, err := r.showPlan()
	if err != nil {
		return false, err
	}
	if err := checkPlan(r.t.Context(), plan, checks); err != nil {
		return false, fmt.Errorf("the plan before the apply: %w", err)
	}
	before, after, err := r.refreshed()
	if err != nil || !changes && !needsApply(step) && reflect.DeepEqual(before, after) {
		return false, err
	}
	_, err = r.command("apply", "-input=false", "-refresh=false", planFile)
	return true, err
}

// applyAtOnce makes and applies a plan with one command.
func (r *run) applyAtOnce(step resource.TestStep) (bool, error) {
	before, err := r.stored()
	if err != nil {
		return false, err
	}
	args := []string{"-auto-approve", "-input=false"}
	if step.Destroy {
		args = append(args, "-destroy")
	}
	said, err := r.command("apply", args...)
	if err != nil {
		return false, err
	}
	after, err := r.stored()
	empty := strings.Contains(said, "No changes. ") && reflect.DeepEqual(before, after)
	return !empty || needsApply(step), err
}

// needsApply reports whether a step needs an apply and a plan after an empty plan.
func needsApply(step resource.TestStep) bool {
	checks := step.ConfigPlanChecks
	return step.ExpectNonEmptyPlan || len(checks.PostApplyPreRefresh) > 0 ||
		len(checks.PostApplyPostRefresh) > 0 ||
		strings.Contains(step.Config, "ephemeral ") // An apply opens it again.
}

// planAgain makes a plan that must be empty, unless the step expects changes. Without a refresh it
// can be empty even then.
func (r *run) planAgain(
	step resource.TestStep, what string, checks []plancheck.PlanCheck, args ...string,
) error {
	changes, err := r.plan(step.Destroy, args...)
	if err != nil {
		return err
	}
	if changes || len(checks) > 0 {
		plan, err := r.showPlan()
		if err != nil {
			return err
		}
		if err := checkPlan(r.t.Context(), plan, checks); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		changes = !isEmpty(plan)
	}
	switch {
	case changes && !step.ExpectNonEmptyPlan:
		shown, err := r.command("show", planFile)
		return errors.Join(fmt.Errorf("%s is not empty:\n%s", what, shown), err)
	case !changes && step.ExpectNonEmptyPlan && len(args) == 0:
		return fmt.Errorf("%s is empty", what)
	}
	return nil
}

// isEmpty ignores what the CLI counts as a change although it changes no object, such as a move.
func isEmpty(plan *tfjson.Plan) bool {
	for _, resource := range plan.ResourceChanges {
		if !resource.Change.Actions.NoOp() {
			return false
		}
	}
	for _, output := range plan.OutputChanges {
		if !output.Actions.NoOp() {
			return false
		}
	}
	return true
}

func checkPlan(ctx context.Context, plan *tfjson.Plan, checks []plancheck.PlanCheck) error {
	var failed []error
	for _, check := range checks {
		var resp plancheck.CheckPlanResponse
		check.CheckPlan(ctx, plancheck.CheckPlanRequest{Plan: plan}, &resp)
		failed = append(failed, resp.Error)
	}
	return errors.Join(failed...)
}

// OnlyValues is a check after an apply that looks at nothing of the state but the values of objects
// and outputs in the root module.
type OnlyValues interface {
	statecheck.StateCheck
	OnlyValues()
}

// Stateless is a check after an apply that does not look at the state, for example of requests. If
// a step has no other checks, its state is not shown.
type Stateless interface {
	statecheck.StateCheck
	Stateless()
}

func (r *run) checkState(checks []statecheck.StateCheck) error {
	stateless := func(check statecheck.StateCheck) bool { _, is := check.(Stateless); return is }
	beyond := func(check statecheck.StateCheck) bool {
		return !stateless(check) && !onlyValues(check)
	}
	state := &tfjson.State{}
	var err error
	switch {
	case slices.ContainsFunc(checks, beyond):
		state, err = r.showState()
	case slices.ContainsFunc(checks, onlyValues):
		var file stateFile
		file, err = r.stored()
		state.Values = file.values()
	}
	if err != nil {
		return err
	}
	var failed []error
	for _, check := range checks {
		var resp statecheck.CheckStateResponse
		check.CheckState(r.t.Context(), statecheck.CheckStateRequest{State: state}, &resp)
		failed = append(failed, resp.Error)
	}
	return errors.Join(failed...)
}

// destroy destroys what the steps have left.
func (r *run) destroy() error {
	objects, err := r.objects()
	if err != nil || len(objects) == 0 {
		return err
	}
	_, err = r.command("destroy", "-auto-approve", "-input=false", "-refresh=false")
	if err != nil || r.c.CheckDestroy == nil {
		return err
	}
	return r.c.CheckDestroy(stateOf(objects))
}
