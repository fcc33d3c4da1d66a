// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package lives

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/steps"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Tenant is what a run of a table needs of the tenant of a test.
type Tenant interface {
	// Create creates an object at the dashboard and returns its id.
	Create(path, body string) string
	// IDsOf returns the value of a property of each object in a list, by id.
	IDsOf(list, property string) map[string]string
	// Writes returns the writes of the provider since the last call.
	Writes() []testserver.Request
	// Accounted makes a test case use the tenant.
	Accounted(c resource.TestCase) resource.TestCase
}

// runs is the number of runs of Terraform, and so the number of steps of an object.
const runs = 4

// run is a table in a run of its steps.
type run struct {
	*Table
	t       *testing.T
	tenant  Tenant
	objects []*object
	number  int                 // The current step, from 0.
	owners  map[string]*object  // By identifier and id; each request contains one of them.
	failed  map[string][]string // By subtest.
}

// Run takes all rows through their steps together and reports each stage of each row as a subtest.
func (table *Table) Run(t *testing.T, tenant Tenant) {
	r := &run{Table: table, t: t, tenant: tenant}
	r.owners, r.failed = map[string]*object{}, map[string][]string{}
	refused := map[string][]*object{} // By the planned action, such as "refused at apply".
	for _, row := range table.Rows {
		for i, lines := range row.objects() {
			o := r.object(row, i+1, lines)
			if planned := o.steps[0].planned; strings.HasPrefix(planned, "refused") {
				refused[planned] = append(refused[planned], o)
			} else if r.objects = append(r.objects, o); len(lines) != runs {
				t.Fatalf("%s has %d steps, want %d", o.name, len(lines), runs)
			}
		}
	}
	c := resource.TestCase{
		TerraformVersionChecks: table.Versions, Steps: make([]resource.TestStep, runs),
	}
	for i := range c.Steps {
		c.Steps[i].Config = r.config(i, r.objects)
		c.Steps[i].ConfigPlanChecks.PreApply = []plancheck.PlanCheck{r}
		c.Steps[i].ConfigStateChecks = []statecheck.StateCheck{r}
	}
	steps.Run(t, tenant.Accounted(c))
	for when, objects := range refused {
		r.refuse(when, objects)
	}
	for _, row := range table.Rows {
		for _, stage := range row.Covers() {
			subtest := row.Title() + "/" + stage
			t.Run(subtest, func(t *testing.T) {
				for _, failure := range r.failed[subtest] {
					t.Error(failure)
				}
			})
		}
	}
}

// object prepares an object of a row.
func (r *run) object(row Row, number int, lines []string) *object {
	name := fmt.Sprintf("%s_%d", strings.ReplaceAll(row.Title(), ".", "_"), number)
	identifier := "https://" + strings.ReplaceAll(name, "_", "-") + ".example.com"
	o := &object{row: row, name: name, names: map[string]string{
		"THIS_API": identifier, "LATER": "terraform_data.step.output > 0",
	}}
	r.owners[identifier] = o
	maps.Copy(o.names, r.Names)
	maps.Copy(o.names, row.Names)
	if r.Prepare != nil && len(lines) == runs { // A refused configuration needs nothing.
		for name, id := range r.Prepare(r.tenant, identifier) {
			r.owners[id], o.names[name] = o, id
		}
	}
	for _, line := range lines {
		o.steps = append(o.steps, r.step(o, line))
	}
	return o
}

// config configures objects in a step. The plan does not know the output of terraform_data.
func (r *run) config(step int, objects []*object) string {
	blocks := []string{fmt.Sprintf("resource \"terraform_data\" \"step\" {\n  input = %d\n}\n", step+1)}
	for _, o := range objects {
		block := fmt.Sprintf("resource %q %q {\n%s\n}\n", r.Type, o.name, o.steps[step].config)
		blocks = append(blocks, block)
	}
	return strings.Join(blocks, "")
}

// refuse runs refused configurations together, because Terraform checks every object before it
// stops.
func (r *run) refuse(when string, objects []*object) {
	var messages []string
	step := resource.TestStep{Config: r.config(0, objects), PlanOnly: when != "refused at apply"}
	c := resource.TestCase{Steps: []resource.TestStep{step}, ErrorCheck: func(err error) error {
		messages = strings.Split(err.Error(), "Error: ")
		return nil
	}}
	steps.Run(r.t, r.tenant.Accounted(c))
	r.number = 0 // A refused configuration has one step.
	for _, o := range objects {
		got, want := "", o.steps[0].state
		for _, message := range messages {
			if strings.Contains(message, fmt.Sprintf("%q", o.name)) {
				got += message
			}
		}
		if !text.Says(want).MatchString(got) {
			r.compare(o, when, want, got)
		}
	}
	if writes := r.writes(); len(writes) > 0 {
		r.t.Errorf("what was %s sent %q", when, writes)
	}
}

// compare compares a column of the table with what happened. It records a difference for the
// subtest. The log has it even if Terraform stops before the subtests.
func (r *run) compare(o *object, what, want, got string) {
	if want != got {
		diff := fmt.Sprintf("step %d, %s: %s\nwant %s\ngot %s", r.number+1, o.name, what, want, got)
		r.t.Log(diff)
		subtest := o.row.Title() + "/" + o.steps[r.number].stage
		r.failed[subtest] = append(r.failed[subtest], diff)
	}
}

var actions = strings.NewReplacer("[delete create]", "replace", "[", "", "]", "")

// CheckPlan checks the planned actions, and which attributes the plan does not know.
func (r *run) CheckPlan(
	_ context.Context, req plancheck.CheckPlanRequest, _ *plancheck.CheckPlanResponse,
) {
	for _, o := range r.objects {
		s, planned := o.steps[r.number], ""
		for _, planning := range req.Plan.ResourceChanges {
			if change := planning.Change; planning.Address == r.Type+"."+o.name {
				planned = actions.Replace(fmt.Sprint(change.Actions))
				if strings.Contains(text.Part(text.Encoded(change.AfterUnknown), s.at), "true") {
					planned += ", unknown"
				}
			}
		}
		r.compare(o, "planned action", s.planned, planned)
	}
}

// OnlyValues says that the check needs no more of the state.
func (*run) OnlyValues() {}

// CheckState checks the requests and the state.
func (r *run) CheckState(
	_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	writes, values := r.writes(), map[string]any{}
	for _, object := range req.State.Values.RootModule.Resources {
		values[object.Address] = object.AttributeValues
	}
	for _, o := range r.objects {
		s := o.steps[r.number]
		r.compare(o, "requests", s.requests, strings.Join(writes[o.name], " then "))
		delete(writes, o.name)
		got := text.Part(text.Encoded(values[r.Type+"."+o.name]), s.at)
		r.compare(o, "state of "+s.at, text.Canonical(o.fill(s.state)), got)
	}
	if len(writes) > 0 {
		resp.Error = fmt.Errorf("step %d: writes of no object: %q", r.number+1, writes)
	}
	r.number++
}

// writes returns the writes since the last call, by the name of the object. It notes the ids of new
// objects.
func (r *run) writes() map[string][]string {
	if r.Key != "" {
		for id, identifier := range r.tenant.IDsOf(r.List, r.Key) {
			if o := r.owners[identifier]; o != nil {
				r.owners[id], o.names["THE_ID"] = o, id
			}
		}
	}
	out := map[string][]string{}
	for _, request := range r.tenant.Writes() {
		owner, body := "", string(request.Body)
		for mark, o := range r.owners {
			if strings.Contains(request.Path+" "+body, mark) {
				owner = o.name
			}
		}
		write := strings.Replace(request.Route, "/api/v2/", "", 1) + " " + text.Canonical(body)
		out[owner] = append(out[owner], strings.TrimSpace(write))
	}
	return out
}
