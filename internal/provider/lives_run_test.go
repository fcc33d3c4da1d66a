// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

// run takes all rows through the steps together, as a run of Terraform costs much
// and an object in it little, and then reports each stage as a test of its own.
func (table *lives) run(t *testing.T, versions ...tfversion.TerraformVersionCheck) {
	t.Parallel()
	r := &livesRun{
		lives: table, tenant: acctest.NewTenant(t),
		owners: map[string]string{}, ids: map[string]map[string]string{}, failed: map[string][]string{},
	}
	defer r.leftover(t)
	r.prepare()
	resource.Test(t, r.tenant.Accounted(resource.TestCase{TerraformVersionChecks: versions, Steps: r.steps()}))
	for _, phase := range []phase{validating, planning, applying} {
		r.refusals(t, phase)
	}

	failed := r.failed
	r.failed = nil
	for _, row := range table.rows {
		for _, stage := range table.covers(row) {
			name := row.title() + "/" + stage
			t.Run(name, func(t *testing.T) {
				for _, failure := range failed[name] {
					t.Error(failure)
				}
			})
		}
	}
}

// leftover tells what was found before Terraform broke off.
func (r *livesRun) leftover(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(r.failed)) {
		t.Errorf("%s: %s", name, strings.Join(r.failed[name], "\n"))
	}
}

type livesRun struct {
	*lives
	tenant *acctest.Tenant
	owners map[string]string            // By id: the key of the object that it belongs to.
	ids    map[string]map[string]string // By key: ids by the names that configurations have for them.
	failed map[string][]string          // By row and stage.
}

func (r *livesRun) fail(row life, stage, format string, args ...any) {
	at := row.title() + "/" + stage
	r.failed[at] = append(r.failed[at], fmt.Sprintf(format, args...))
}

// each calls do for all objects, in order.
func (r *livesRun) each(do func(row life, object string, moments []moment)) {
	for _, row := range r.rows {
		walk := row.walk(r.lives)
		for _, object := range slices.Sorted(maps.Keys(walk)) {
			do(row, object, walk[object])
		}
	}
}

func (r *livesRun) prepare() {
	r.each(func(row life, object string, _ []moment) {
		key := r.key(row, object)
		if r.lives.prepare != nil {
			r.ids[key] = r.lives.prepare(r.tenant, key)
			for _, id := range r.ids[key] {
				r.owners[id] = key
			}
		}
	})
	r.tenant.ForgetRequests()
}

// fill puts ids where their names are.
func (r *livesRun) fill(key, text string) string {
	for name, id := range r.ids[key] {
		text = strings.ReplaceAll(text, name, id)
	}
	return text
}

func (r *livesRun) block(name, key string, lines []string) string {
	return r.fill(key, fmt.Sprintf("resource %q %q {\n  %s\n}\n", r.typeName, name, strings.Join(lines, "\n  ")))
}

func stepConfig(number int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"step\" {\n  input = %d\n}\n", number)
}

func (r *livesRun) steps() []resource.TestStep {
	out := make([]resource.TestStep, steps)
	for i := range out {
		config := stepConfig(i + 1)
		r.each(func(row life, object string, moments []moment) {
			config += r.block(row.resourceName(object), r.key(row, object), moments[i].lines)
		})
		out[i] = resource.TestStep{
			PreConfig:         r.note,
			Config:            config,
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{livesCheck{r, i}}},
			ConfigStateChecks: []statecheck.StateCheck{livesCheck{r, i}},
		}
	}
	return out
}

// note takes down to which object each id belongs.
func (r *livesRun) note() {
	if r.lives.ids != nil {
		maps.Copy(r.owners, r.lives.ids(r.tenant))
	}
}

// writes are what was sent since the last call, by the key of the object.
func (r *livesRun) writes() map[string][]string {
	r.note()
	keys := map[string]bool{}
	r.each(func(row life, object string, _ []moment) { keys[r.key(row, object)] = true })
	out := map[string][]string{}
	for _, request := range r.tenant.Writes() {
		owner := ""
		for part := range strings.SplitSeq(request.Path, "/") {
			if key, ok := r.owners[part]; ok {
				owner = key
			}
		}
		for key := range keys {
			if strings.Contains(string(request.Body), key) {
				owner = key
			}
		}
		route := strings.TrimPrefix(request.Route, request.Method+" /api/v2/")
		out[owner] = append(out[owner], strings.TrimSpace(request.Method+" "+route+" "+acctest.Canonical(string(request.Body))))
	}
	return out
}

// livesCheck checks one step, and takes down what is wrong where it belongs.
type livesCheck struct {
	*livesRun
	step int
}

func (c livesCheck) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, _ *plancheck.CheckPlanResponse) {
	unknown := map[string]any{}
	for _, change := range req.Plan.ResourceChanges {
		unknown[change.Address] = change.Change.AfterUnknown
	}
	c.each(func(row life, object string, moments []moment) {
		m, address := moments[c.step], c.typeName+"."+row.resourceName(object)
		resp := plancheck.CheckPlanResponse{}
		plancheck.ExpectResourceAction(address, m.action).CheckPlan(context.Background(), req, &resp)
		if resp.Error != nil {
			c.fail(row, m.stage, "step %d, %s: %v", c.step+1, object, resp.Error)
		}
		if got := isUnknownAt(unknown[address], m.at); got != m.unknown {
			c.fail(row, m.stage, "step %d, %s: unknown in the plan: %t, want %t", c.step+1, object, got, m.unknown)
		}
	})
}

// isUnknownAt tells whether a plan knows a value, or what it is part of.
func isUnknownAt(unknown any, at string) bool {
	for part := range strings.SplitSeq(at, ".") {
		unknown = partOf(unknown, part)
	}
	return containsUnknown(unknown)
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

// partOf is a part of a value, or of the first in a list; that of something unknown
// is unknown, and that of nothing is nothing.
func partOf(value any, part string) any {
	switch value := value.(type) {
	case bool:
		return value
	case map[string]any:
		return value[part]
	case []any:
		if len(value) > 0 {
			return partOf(value[0], part)
		}
	}
	return nil
}

func (c livesCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	writes := c.writes()
	values := map[string]map[string]any{}
	for _, r := range req.State.Values.RootModule.Resources {
		values[r.Address] = r.AttributeValues
	}
	c.each(func(row life, object string, moments []moment) {
		m, key := moments[c.step], c.key(row, object)
		var want []string
		for _, request := range m.sent {
			parts := strings.SplitN(c.fill(key, request), " ", 3)
			parts[len(parts)-1] = acctest.Canonical(parts[len(parts)-1])
			want = append(want, strings.Join(parts, " "))
		}
		if diff := cmp.Diff(want, writes[key]); diff != "" {
			c.fail(row, m.stage, "step %d, %s: writes (-want +got):\n%s", c.step+1, object, diff)
		}
		delete(writes, key)
		var got any = values[c.typeName+"."+row.resourceName(object)]
		for part := range strings.SplitSeq(m.at, ".") {
			got = partOf(got, part)
		}
		holds := c.fill(key, m.holds)
		if holds == "ID" {
			holds = fmt.Sprintf("%q", c.idOf(key))
		}
		if diff := cmp.Diff(acctest.Decoded(holds), acctest.Decoded(acctest.Encoded(got))); diff != "" {
			c.fail(row, m.stage, "step %d, %s: the state of %s (-want +got):\n%s", c.step+1, object, m.at, diff)
		}
	})
	if len(writes) > 0 {
		resp.Error = fmt.Errorf("step %d: writes of no object of the test: %q", c.step+1, writes)
	}
}

// idOf is the id that the tenant has given last to an object.
func (r *livesRun) idOf(key string) string {
	for id, owner := range r.lives.ids(r.tenant) {
		if owner == key {
			return id
		}
	}
	return ""
}

// refusedKey is that of objects which never come to be.
const refusedKey = "https://refused.example.com"

// refusals runs all configurations that must be refused in a phase at once:
// Terraform goes through everything before it stops.
func (r *livesRun) refusals(t *testing.T, phase phase) {
	t.Helper()
	config, wanted := stepConfig(1), map[string]func(said string){}
	for _, row := range r.rows {
		for i, refused := range row.refusals() {
			if refused.phase != phase {
				continue
			}
			name := row.resourceName(fmt.Sprintf("refused_%d", i))
			lines := []string{refused.lines}
			if !refused.whole {
				lines = append(r.least(refusedKey), lines...)
			}
			config += r.block(name, refusedKey, lines)
			wanted[name] = func(said string) {
				if !acctest.Says(refused.says).MatchString(said) {
					r.fail(row, refused.stage, "%s\nwas not refused with\n%s\nbut with\n%s", refused.lines, refused.says, said)
				}
			}
		}
	}
	if len(wanted) == 0 {
		return
	}
	resource.Test(t, r.tenant.Accounted(resource.TestCase{
		Steps: []resource.TestStep{{Config: config, PlanOnly: phase != applying}},
		ErrorCheck: func(err error) error {
			blocks := strings.Split(err.Error(), "Error: ")
			for name, check := range wanted {
				said := slices.DeleteFunc(slices.Clone(blocks), func(block string) bool { return !strings.Contains(block, fmt.Sprintf("%q", name)) })
				check(strings.Join(said, ""))
			}
			wanted = nil
			return nil
		},
	}))
	if wanted != nil {
		t.Error(errors.New("nothing was refused"))
	}
	if writes := r.writes(); len(writes) > 0 {
		t.Errorf("what was refused sent %q", writes)
	}
}
