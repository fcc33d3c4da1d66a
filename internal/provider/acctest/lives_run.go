// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// Run takes all rows through their steps together and reports each stage of each row as a subtest.
func (table *Lives) Run(t *testing.T) {
	t.Helper()
	t.Parallel()
	r := &livesRun{
		Lives: table, tenant: NewTenant(t),
		names: map[string]map[string]string{}, owners: map[string]string{},
		failed: map[string][]string{},
	}
	r.prepare()
	resource.Test(
		t,
		r.tenant.Accounted(resource.TestCase{
			TerraformVersionChecks: table.Versions,
			Steps:                  r.steps(),
		}),
	)
	for _, when := range []string{"refused", "refused at plan", "refused at apply"} {
		r.refusals(t, when)
	}
	for _, row := range table.Rows {
		for _, stage := range row.Covers(table) {
			name := row.Title() + "/" + stage
			t.Run(name, func(t *testing.T) {
				for _, failure := range r.failed[name] {
					t.Error(failure)
				}
			})
		}
	}
}

// liveSteps is the number of runs of Terraform.
const liveSteps = 4

type livesRun struct {
	*Lives
	tenant           *Tenant
	objects, refused []liveObject
	names            map[string]map[string]string // The values of names, by identifier.
	// The identifier of an object, by a text in its requests.
	owners map[string]string
	failed map[string][]string // By row and stage.
}

// liveObject is an object with its steps, or a refused configuration.
type liveObject struct {
	row       Life
	name, api string // The name in the configuration, and the identifier.
	moments   []moment
}

// fail records a failure for the report. The log has it even if Terraform stops before the report.
func (r *livesRun) fail(o liveObject, step int, format string, args ...any) {
	at := o.row.Title() + "/" + o.moments[step].stage
	failure := fmt.Sprintf("step %d, %s: ", step+1, o.name) + fmt.Sprintf(format, args...)
	r.tenant.T.Log(failure)
	r.failed[at] = append(r.failed[at], failure)
}

// object returns an object of a row and registers its names.
func (r *livesRun) object(row Life, number int, moments ...moment) liveObject {
	name := fmt.Sprintf("%s_%d", strings.ReplaceAll(row.Title(), ".", "_"), number+1)
	api := "https://" + strings.ReplaceAll(name, "_", "-") + ".example.com"
	r.owners[api], r.names[api] = api, map[string]string{
		"THIS_API": api,
		"LATER":    "terraform_data.step.output > 0",
	}
	return liveObject{row, name, api, moments}
}

func (r *livesRun) prepare() {
	for _, row := range r.Rows {
		objects, refused := row.parse(r.Lives)
		for i, moments := range objects {
			if len(moments) != liveSteps {
				r.tenant.T.Fatalf(
					"object %d of %s has %d steps, want %d", i+1, row.Title(), len(moments),
					liveSteps,
				)
			}
			o := r.object(row, i, moments...)
			r.objects = append(r.objects, o)
			if r.Prepare != nil {
				for name, id := range r.Prepare(r.tenant, o.api) {
					r.owners[id], r.names[o.api][name] = o.api, id
				}
			}
		}
		for i, m := range refused {
			r.refused = append(r.refused, r.object(row, len(objects)+i, m))
		}
	}
	r.tenant.ForgetRequests()
}

// stepConfig has a value that is unknown in the plan of each step.
const stepConfig = "resource \"terraform_data\" \"step\" {\n  input = %d\n}\n"

// config configures the objects in a step.
func (r *livesRun) config(step int, objects []liveObject) string {
	blocks := []string{fmt.Sprintf(stepConfig, step+1)}
	for _, o := range objects {
		block := fmt.Sprintf("resource %q %q {\n%s\n}\n", r.Type, o.name, o.moments[step].config)
		blocks = append(blocks, replaced(block, r.names[o.api]))
	}
	return strings.Join(blocks, "")
}

func (r *livesRun) steps() []resource.TestStep {
	out := make([]resource.TestStep, liveSteps)
	for i := range out {
		check := livesCheck{r, i}
		out[i] = resource.TestStep{
			PreConfig: r.note, Config: r.config(i, r.objects),
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{check}},
			ConfigStateChecks: []statecheck.StateCheck{check},
		}
	}
	return out
}

// note remembers which object each id belongs to, before the object is gone.
func (r *livesRun) note() {
	if r.IDs == nil {
		return
	}
	for id, api := range r.IDs(r.tenant) {
		if names, ok := r.names[api]; ok {
			r.owners[id], names["THE_ID"] = api, id
		}
	}
}

// writes returns the writes since the last call, by the identifier of the object.
func (r *livesRun) writes() map[string][]string {
	r.note()
	out := map[string][]string{}
	for _, request := range r.tenant.Writes() {
		owner := ""
		for mark, api := range r.owners {
			if strings.Contains(request.Path+" "+string(request.Body), mark) {
				owner = api
			}
		}
		route := strings.Replace(request.Route, managementPath, "", 1)
		out[owner] = append(
			out[owner], strings.TrimSpace(route+" "+Canonical(string(request.Body))),
		)
	}
	return out
}

// livesCheck checks one step of all objects, and collects failures by row and stage.
type livesCheck struct {
	*livesRun
	step int
}

// plannedActions maps the words in rows to actions.
var plannedActions = map[string]plancheck.ResourceActionType{
	"create": plancheck.ResourceActionCreate, "update": plancheck.ResourceActionUpdate,
	"replace": plancheck.ResourceActionDestroyBeforeCreate, "no-op": plancheck.ResourceActionNoop,
}

// CheckPlan checks the planned actions and which values are unknown.
func (c livesCheck) CheckPlan(
	ctx context.Context, req plancheck.CheckPlanRequest, _ *plancheck.CheckPlanResponse,
) {
	unknown := map[string]any{}
	for _, change := range req.Plan.ResourceChanges {
		unknown[change.Address] = change.Change.AfterUnknown
	}
	for _, o := range c.objects {
		m, address := o.moments[c.step], c.Type+"."+o.name
		resp := plancheck.CheckPlanResponse{}
		plancheck.ExpectResourceAction(
			address, plannedActions[m.planned],
		).CheckPlan(ctx, req, &resp)
		if resp.Error != nil {
			c.fail(o, c.step, "%v", resp.Error)
		}
		if got := containsUnknown(partAt(unknown[address], m.at)); got != m.unknown {
			c.fail(o, c.step, "unknown in the plan: %t, want %t", got, m.unknown)
		}
	}
}

// CheckState checks the sent requests and the state.
func (c livesCheck) CheckState(
	_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	writes := c.writes()
	values := map[string]any{}
	for _, r := range req.State.Values.RootModule.Resources {
		values[r.Address] = r.AttributeValues
	}
	for _, o := range c.objects {
		m, names := o.moments[c.step], c.names[o.api]
		var want []string
		for _, request := range m.sent {
			want = append(want, replaced(request, names))
		}
		if diff := cmp.Diff(want, writes[o.api]); diff != "" {
			c.fail(o, c.step, "writes (-want +got):\n%s", diff)
		}
		delete(writes, o.api)
		got := partAt(values[c.Type+"."+o.name], m.at)
		if diff := cmp.Diff(Decoded(replaced(m.holds, names)), Decoded(Encoded(got))); diff != "" {
			c.fail(o, c.step, "the state of %s (-want +got):\n%s", m.at, diff)
		}
	}
	if len(writes) > 0 {
		resp.Error = fmt.Errorf("step %d: writes of no object of the test: %q", c.step+1, writes)
	}
}

// refusals runs all configurations that are refused at the same stage together, because Terraform
// checks every object before it stops.
func (r *livesRun) refusals(t *testing.T, when string) {
	t.Helper()
	wanted := slices.DeleteFunc(slices.Clone(r.refused), func(o liveObject) bool {
		return o.moments[0].planned != when
	})
	if len(wanted) == 0 {
		return
	}
	refused := false
	resource.Test(t, r.tenant.Accounted(resource.TestCase{
		Steps: []resource.TestStep{{
			Config:   r.config(0, wanted),
			PlanOnly: when != "refused at apply",
		}},
		ErrorCheck: func(err error) error {
			refused = true
			for _, o := range wanted {
				about := slices.DeleteFunc(
					strings.Split(err.Error(), "Error: "),
					func(said string) bool { return !strings.Contains(said, Quoted(o.name)) },
				)
				if said, m := strings.Join(about, ""), o.moments[0]; !Says(
					m.says,
				).MatchString(said) {
					r.fail(
						o, 0, "%s\nwas not refused with\n%s\nbut with\n%s", m.config, m.says, said,
					)
				}
			}
			return nil
		},
	}))
	if !refused {
		t.Error("nothing was refused")
	}
	if writes := r.writes(); len(writes) > 0 {
		t.Errorf("what was refused sent %q", writes)
	}
}
