// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"maps"
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
		owners: map[string]string{}, names: map[string]map[string]string{}, failed: map[string][]string{},
	}
	defer r.leftover(t)
	r.prepare()
	resource.Test(t, r.tenant.Accounted(resource.TestCase{TerraformVersionChecks: table.Versions, Steps: r.steps()}))
	for _, when := range []string{"refused", "refused at plan", "refused at apply"} {
		r.refusals(t, when)
	}
	failed := r.failed
	r.failed = nil
	for _, row := range table.Rows {
		for _, stage := range row.Covers(table) {
			name := row.Title() + "/" + stage
			t.Run(name, func(t *testing.T) {
				for _, failure := range failed[name] {
					t.Error(failure)
				}
			})
		}
	}
}

// leftover reports what was found before Terraform broke off.
func (r *livesRun) leftover(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(r.failed)) {
		t.Errorf("%s: %s", name, strings.Join(r.failed[name], "\n"))
	}
}

type livesRun struct {
	*Lives
	tenant  *Tenant
	objects []liveObject
	refused []liveObject
	owners  map[string]string            // By id: the identifier of the object that it belongs to.
	names   map[string]map[string]string // By identifier: what names stand for.
	failed  map[string][]string          // By row and stage.
}

// liveObject is an object with its steps, or a configuration that is refused.
type liveObject struct {
	row       Life
	name, api string
	moments   []moment
}

func (r *livesRun) fail(o liveObject, step int, format string, args ...any) {
	at := o.row.Title() + "/" + o.moments[step].stage
	r.failed[at] = append(r.failed[at], fmt.Sprintf("step %d, %s: ", step+1, o.name)+fmt.Sprintf(format, args...))
}

func (r *livesRun) prepare() {
	for _, row := range r.Rows {
		objects, refused := row.parse(r.Lives)
		for i, moments := range objects {
			o := liveObject{row, row.resourceName(i), row.api(i), moments}
			r.objects = append(r.objects, o)
			r.names[o.api] = map[string]string{}
			if r.Prepare != nil {
				r.names[o.api] = r.Prepare(r.tenant, o.api)
			}
			for _, id := range r.names[o.api] {
				r.owners[id] = o.api
			}
			maps.Copy(r.names[o.api], namesFor(o.api))
		}
		for i, m := range refused {
			name := row.resourceName(len(objects) + i)
			r.refused = append(r.refused, liveObject{row, name, refusedAPI, []moment{m}})
		}
	}
	r.names[refusedAPI] = namesFor(refusedAPI)
	r.tenant.ForgetRequests()
}

// stepConfig has a value that the plan of each step does not know.
func stepConfig(number int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"step\" {\n  input = %d\n}\n", number)
}

// refusedAPI is the identifier of objects that are never created.
const refusedAPI = "https://refused.example.com"

func namesFor(api string) map[string]string {
	return map[string]string{thisAPI: api, later: "terraform_data.step.output > 0"}
}

func (r *livesRun) block(o liveObject, step int) string {
	return replaced(fmt.Sprintf("resource %q %q {\n%s\n}\n", r.Type, o.name, o.moments[step].config), r.names[o.api])
}

func (r *livesRun) steps() []resource.TestStep {
	out := make([]resource.TestStep, steps)
	for i := range out {
		config := stepConfig(i + 1)
		for _, o := range r.objects {
			config += r.block(o, i)
		}
		check := livesCheck{r, i}
		out[i] = resource.TestStep{
			PreConfig: r.note, Config: config,
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{check}},
			ConfigStateChecks: []statecheck.StateCheck{check},
		}
	}
	return out
}

// note remembers which object each id belongs to, before the object is gone.
func (r *livesRun) note() {
	if r.IDs != nil {
		maps.Copy(r.owners, r.IDs(r.tenant))
	}
}

// writes are what was sent since the last call, by the identifier of the object.
func (r *livesRun) writes() map[string][]string {
	r.note()
	out := map[string][]string{}
	for _, request := range r.tenant.Writes() {
		owner := ""
		for part := range strings.SplitSeq(request.Path, "/") {
			if api, ok := r.owners[part]; ok {
				owner = api
			}
		}
		for api := range r.names {
			if strings.Contains(string(request.Body), api) {
				owner = api
			}
		}
		route := strings.Replace(request.Route, managementPath, "", 1)
		out[owner] = append(out[owner], strings.TrimSpace(route+" "+Canonical(string(request.Body))))
	}
	return out
}

// livesCheck checks one step of all objects, and collects failures by row and stage.
type livesCheck struct {
	*livesRun
	step int
}

// CheckPlan checks the planned actions, and what the plan knows.
func (c livesCheck) CheckPlan(ctx context.Context, req plancheck.CheckPlanRequest, _ *plancheck.CheckPlanResponse) {
	unknown := map[string]any{}
	for _, change := range req.Plan.ResourceChanges {
		unknown[change.Address] = change.Change.AfterUnknown
	}
	for _, o := range c.objects {
		m, address := o.moments[c.step], c.Type+"."+o.name
		resp := plancheck.CheckPlanResponse{}
		plancheck.ExpectResourceAction(address, m.action).CheckPlan(ctx, req, &resp)
		if resp.Error != nil {
			c.fail(o, c.step, "%v", resp.Error)
		}
		if got := containsUnknown(partAt(unknown[address], m.at)); got != m.unknown {
			c.fail(o, c.step, "unknown in the plan: %t, want %t", got, m.unknown)
		}
	}
}

// CheckState checks what was sent, and what the state holds.
func (c livesCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	writes := c.writes()
	values := map[string]any{}
	for _, r := range req.State.Values.RootModule.Resources {
		values[r.Address] = r.AttributeValues
	}
	for _, o := range c.objects {
		m, names := o.moments[c.step], maps.Clone(c.names[o.api])
		var want []string
		for _, request := range m.sent {
			want = append(want, replaced(request, names))
		}
		if diff := cmp.Diff(want, writes[o.api]); diff != "" {
			c.fail(o, c.step, "writes (-want +got):\n%s", diff)
		}
		delete(writes, o.api)
		if strings.Contains(m.holds, theID) {
			names[theID] = c.idOf(o.api)
		}
		got := partAt(values[c.Type+"."+o.name], m.at)
		if diff := cmp.Diff(Decoded(replaced(m.holds, names)), Decoded(Encoded(got))); diff != "" {
			c.fail(o, c.step, "the state of %s (-want +got):\n%s", m.at, diff)
		}
	}
	if len(writes) > 0 {
		resp.Error = fmt.Errorf("step %d: writes of no object of the test: %q", c.step+1, writes)
	}
}

// idOf is the id that the tenant has given last to an object.
func (r *livesRun) idOf(api string) string {
	for id, owner := range r.IDs(r.tenant) {
		if owner == api {
			return id
		}
	}
	return ""
}

// refusals runs all configurations that are refused at the same time together: Terraform goes
// through everything before it stops.
func (r *livesRun) refusals(t *testing.T, when string) {
	t.Helper()
	config, wanted := stepConfig(1), map[string]liveObject{}
	for _, o := range r.refused {
		if o.moments[0].refused == when {
			config += r.block(o, 0)
			wanted[o.name] = o
		}
	}
	if len(wanted) == 0 {
		return
	}
	resource.Test(t, r.tenant.Accounted(resource.TestCase{
		Steps: []resource.TestStep{{Config: config, PlanOnly: when != "refused at apply"}},
		ErrorCheck: func(err error) error {
			blocks := strings.Split(err.Error(), "Error: ")
			for name, o := range wanted {
				about := slices.DeleteFunc(slices.Clone(blocks), func(block string) bool { return !strings.Contains(block, fmt.Sprintf("%q", name)) })
				said, m := strings.Join(about, ""), o.moments[0]
				if !Says(m.says).MatchString(said) {
					r.fail(o, 0, "%s\nwas not refused with\n%s\nbut with\n%s", m.config, m.says, said)
				}
			}
			wanted = nil
			return nil
		},
	}))
	if wanted != nil {
		t.Error("nothing was refused")
	}
	if writes := r.writes(); len(writes) > 0 {
		t.Errorf("what was refused sent %q", writes)
	}
}

func containsUnknown(value any) bool {
	switch value := value.(type) {
	case bool:
		return value
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(value)), containsUnknown)
	case []any:
		return slices.ContainsFunc(value, containsUnknown)
	}
	return false
}

// partAt is a part of a value. A list stands for its first item. A part of something unknown is
// unknown.
func partAt(value any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		if list, ok := value.([]any); ok {
			if len(list) == 0 {
				return nil
			}
			value = list[0]
		}
		switch object := value.(type) {
		case map[string]any:
			value = object[part]
		case bool:
		default:
			return nil
		}
	}
	return value
}
