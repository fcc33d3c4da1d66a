// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package steps

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	tfstate "github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// The configurations need no provider.
const (
	same = "resource \"terraform_data\" \"it\" {\n  input = \"A\"\n}\n"
	// Each plan of this configuration changes the object.
	restless = "resource \"terraform_data\" \"it\" {\n  input = timestamp()\n}\n"
	broken   = "output \"it\" {\n  value = file(\"missing\")\n}\n"
	variable = "variable \"text\" {}\n" +
		"resource \"terraform_data\" \"it\" {\n  input = var.text\n}\n"
	it = "terraform_data.it"
)

var (
	creates = plancheck.ExpectResourceAction(it, plancheck.ResourceActionCreate)
	updates = plancheck.ExpectResourceAction(it, plancheck.ResourceActionUpdate)
	nothing = plancheck.ExpectEmptyPlan()
)

func inputIs(text string) []statecheck.StateCheck {
	return []statecheck.StateCheck{statecheck.ExpectKnownValue(
		it, tfjsonpath.New("input"), knownvalue.StringExact(text),
	)}
}

func before(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

// stateless always fails and says whether it had a state.
type stateless struct{}

func (stateless) Stateless() {}

func (stateless) CheckState(
	_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	resp.Error = fmt.Errorf("failed without a state: %t", req.State.Values == nil)
}

// The steps run one after another in one directory. A text is part of the expected error.
func TestAccRun_steps(t *testing.T) {
	t.Parallel()
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skip("TF_ACC is not set; make test sets it, as this runs a Terraform")
	}
	r := &run{terraform: newTerraform(t, nil)}
	for _, s := range []struct {
		name string
		step resource.TestStep
		want string
	}{
		{
			"not created",
			resource.TestStep{Config: same, PlanOnly: true},
			"the plan with a refresh is not empty:\n",
		},
		{"no plan", resource.TestStep{Config: broken}, "no file exists at"},
		{"check of the plan", resource.TestStep{
			Config: same, ConfigPlanChecks: before(creates, updates),
		}, "the plan before the apply: 'terraform_data.it' - expected Update"},
		{"check of the state", resource.TestStep{
			Config: same, ConfigPlanChecks: before(creates), ConfigStateChecks: inputIs("B"),
		}, "expected value B"},
		{"no changes", resource.TestStep{
			Config: same, ConfigPlanChecks: before(nothing), ConfigStateChecks: inputIs("A"),
		}, ""},
		{"check of something else", resource.TestStep{
			Config: same, ConfigStateChecks: []statecheck.StateCheck{stateless{}},
		}, "failed without a state: true"},
		{"no changes, but expected", resource.TestStep{
			Config: same, PlanOnly: true, ExpectNonEmptyPlan: true,
		}, "the plan with a refresh is empty"},
		{"check of the plan without a refresh", resource.TestStep{
			Config: same, PlanOnly: true, ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPreRefresh: []plancheck.PlanCheck{updates},
			},
		}, "the plan without a refresh: 'terraform_data.it' - expected Update"},
		{"check of the plan with a refresh", resource.TestStep{
			Config: same, PlanOnly: true, ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPostRefresh: []plancheck.PlanCheck{updates},
			},
		}, "the plan with a refresh: 'terraform_data.it' - expected Update"},
		{"imported", resource.TestStep{
			ResourceName: it, ImportState: true, ImportStateVerify: true,
		}, "imported terraform_data.it (-want +got)"}, // An import cannot know the input.
		{"imported without input", resource.TestStep{
			ResourceName: it, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"input", "output"},
		}, ""},
		{"imported again", resource.TestStep{
			ResourceName: it, ImportState: true, ImportStatePersist: true, ImportStateId: "x",
		}, "Resource already managed by "},
		{"refreshed", resource.TestStep{
			RefreshState: true, RefreshPlanChecks: resource.RefreshPlanChecks{
				PostRefresh: []plancheck.PlanCheck{updates},
			},
		}, "the plan after the refresh: 'terraform_data.it' - expected Update"},
		{"replaced", resource.TestStep{
			Config: variable, Taint: []string{it}, ConfigVariables: config.Variables{
				"text": config.StringVariable("B"),
			}, ConfigPlanChecks: before(
				plancheck.ExpectResourceAction(it, plancheck.ResourceActionDestroyBeforeCreate),
			), ConfigStateChecks: inputIs("B"),
		}, ""},
		{
			"changes after the apply",
			resource.TestStep{Config: restless},
			"the plan with a refresh is not empty:\n",
		},
		{"expected changes", resource.TestStep{Config: restless, ExpectNonEmptyPlan: true}, ""},
	} {
		if err := r.step(s.step); s.want == "" && err != nil ||
			s.want != "" && (err == nil || !strings.Contains(err.Error(), s.want)) {
			t.Errorf("%s: %v, want %q", s.name, err, s.want)
		}
	}

	destroyed := false
	r.c.CheckDestroy = func(state *tfstate.State) error {
		for _, object := range state.RootModule().Resources {
			destroyed = object.Type == "terraform_data" && object.Primary.Attributes["id"] != ""
		}
		return errors.New("checked")
	}
	if err := r.destroy(); err == nil || err.Error() != "checked" || !destroyed {
		t.Errorf("%v, the check saw the object: %t", err, destroyed)
	}
	if err := r.destroy(); err != nil { // Nothing is left, so there is nothing to check.
		t.Error(err)
	}
}

// The values in the state file are the values that the CLI shows.
func TestAccStored_isWhatTheCLIShows(t *testing.T) {
	t.Parallel()
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skip("TF_ACC is not set; make test sets it, as this runs a Terraform")
	}
	r := &run{terraform: newTerraform(t, nil)}
	err := r.step(resource.TestStep{Config: `
resource "terraform_data" "counted" {
  count = 2
  input = { number = 12345678901234567890, list = [true, null, "text"] }
}

resource "terraform_data" "named" {
  for_each         = { "a.b" = 1, "c\"d" = 2 }
  input            = each.value
  triggers_replace = [each.key]
}

output "secret" {
  value     = terraform_data.counted[0].input
  sensitive = true
}
`})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := r.showState()
	if err != nil {
		t.Fatal(err)
	}
	stored, err := r.stored()
	if err != nil {
		t.Fatal(err)
	}
	got, want := stored.values(), shown.Values
	if len(want.RootModule.Resources) < 4 {
		t.Fatalf("the CLI shows only %d objects", len(want.RootModule.Resources))
	}
	for _, values := range []*tfjson.StateValues{got, want} {
		slices.SortFunc(values.RootModule.Resources, func(a, b *tfjson.StateResource) int {
			return strings.Compare(a.Address, b.Address)
		})
	}
	if diff := cmp.Diff(
		want, got,
		cmpopts.IgnoreFields(tfjson.StateOutput{}, "Type"),
		cmpopts.IgnoreFields(
			tfjson.StateResource{}, "ProviderName", "SchemaVersion", "SensitiveValues",
		),
	); diff != "" {
		t.Errorf("the state file differs from what is shown (-want +got):\n%s", diff)
	}
}

// planned writes a plan file with an instance in the state before and after the refresh.
func planned(t *testing.T, before, after string) *terraform {
	t.Helper()
	const state = `{"serial": %d, "resources": [{"mode": "managed", "type": "t", "name": "n",
		"instances": [{%s}]}]}`
	r := newTerraform(t, nil)
	file, err := os.Create(filepath.Join(r.dir, planFile))
	if err != nil {
		t.Fatal(err)
	}
	plan := zip.NewWriter(file)
	for i, part := range []struct{ name, value string }{
		{"tfstate-prev", before}, {"tfstate", after},
	} {
		w, err := plan.Create(part.name)
		if err == nil {
			_, err = fmt.Fprintf(w, state, i, part.value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(plan.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return r
}

const first = `"attributes": {"number": 1}, "private": "a"`

func TestRefreshed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after                string
		same, withoutPrivate bool
	}{
		"the same":         {first, true, true},
		"another value":    {`"attributes": {"number": 2}, "private": "a"`, false, false},
		"another spelling": {`"attributes": {"number": 1.0}, "private": "a"`, false, false},
		"private":          {`"attributes": {"number": 1}, "private": "b"`, false, true},
	} {
		before, after, err := planned(t, first, c.after).refreshed()
		if err != nil {
			t.Fatal(err)
		}
		if got := reflect.DeepEqual(before, after); got != c.same {
			t.Errorf("%s: the same: %t", name, got)
		}
		got := reflect.DeepEqual(before.withoutPrivate(), after.withoutPrivate())
		if got != c.withoutPrivate {
			t.Errorf("%s: the same without private: %t", name, got)
		}
	}
}

func TestNeedsApply(t *testing.T) {
	t.Parallel()
	later := []plancheck.PlanCheck{nothing}
	for name, c := range map[string]struct {
		step resource.TestStep
		want bool
	}{
		"nothing":   {resource.TestStep{ConfigPlanChecks: before(nothing)}, false},
		"changes":   {resource.TestStep{ExpectNonEmptyPlan: true}, true},
		"ephemeral": {resource.TestStep{Config: `ephemeral "t" "n" {}`}, true},
		"check": {resource.TestStep{ConfigPlanChecks: resource.ConfigPlanChecks{
			PostApplyPostRefresh: later,
		}}, true},
		"check without a refresh": {resource.TestStep{ConfigPlanChecks: resource.ConfigPlanChecks{
			PostApplyPreRefresh: later,
		}}, true},
	} {
		if got := needsApply(c.step); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestRun_expect(t *testing.T) {
	t.Parallel()
	failure, other := errors.New("it fails"), errors.New("other")
	expects := resource.TestStep{ExpectError: regexp.MustCompile("fails")}
	r := &run{c: resource.TestCase{ErrorCheck: func(error) error { return other }}}
	for name, c := range map[string]struct {
		got  error
		want string
	}{
		"success":          {r.expect(resource.TestStep{}, nil), "<nil>"},
		"failure":          {(&run{}).expect(resource.TestStep{}, failure), "it fails"},
		"expected":         {r.expect(expects, failure), "<nil>"},
		"expected another": {r.expect(expects, other), "other\nwant fails"},
		"expected, but no": {r.expect(expects, nil), "no error, want fails"},
		"error check":      {r.expect(resource.TestStep{}, failure), "other"},
	} {
		if got := fmt.Sprint(c.got); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A step of another kind, or a field that this package does not know, needs the framework.
func TestSupports(t *testing.T) {
	t.Parallel()
	step := resource.TestStep{
		Config: same, PlanOnly: true, ExpectError: regexp.MustCompile("x"), Taint: []string{it},
		ConfigPlanChecks: before(nothing), ConfigStateChecks: inputIs("A"), PreConfig: func() {},
	}
	for name, c := range map[string]struct {
		c    resource.TestCase
		want bool
	}{
		"steps":   {resource.TestCase{Steps: []resource.TestStep{step, {Destroy: true}}}, true},
		"import":  {resource.TestCase{Steps: []resource.TestStep{step, {ImportState: true}}}, true},
		"refresh": {resource.TestCase{Steps: []resource.TestStep{{RefreshState: true}}}, true},
		"query":   {resource.TestCase{Steps: []resource.TestStep{{Query: true}}}, false},
		"import block": {resource.TestCase{Steps: []resource.TestStep{step, {
			ImportState: true, ImportStateKind: resource.ImportBlockWithID,
		}}}, false},
		"check": {resource.TestCase{Steps: []resource.TestStep{{
			Check: func(*tfstate.State) error { return nil },
		}}}, false},
		"working directory": {resource.TestCase{WorkingDir: "x"}, false},
	} {
		if got := supports(c.c); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
