// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// Lives is the table of the attributes of a resource. It takes each of them through its life:
// created with a value, changed, emptied, null, taken out of the configuration, and unknown at plan.
type Lives struct {
	Test string // The name of the test that runs the table.
	Type string
	// Least is the configuration that each object has in addition to that of its row, and Created
	// the body that each POST has in addition.
	Least, Created string
	// List is the route of the objects, and Object the route of one.
	List, Object string
	// Names stand for values in rows.
	Names map[string]string
	// Prepare makes what an object with an identifier needs. It returns ids by names.
	Prepare func(n *Tenant, api string) map[string]string
	// IDs are the ids in the paths of requests, each with the identifier of its object.
	IDs      func(n *Tenant) map[string]string
	Versions []tfversion.TerraformVersionCheck
	Rows     []Life
}

// Life is one attribute. Its steps are a table in text. A line is a step of one object, and says
// what is configured, planned, sent and stored:
//
//	created | name = "A"                | create          | POST {"name":"A"}  | "A"
//	changed | name = "B"                | update          | PATCH {"name":"B"} | "B"
//	unknown | name = LATER ? "C" : null | update, unknown | PATCH {"name":"C"} | "C"
//	null    | name = null               | no-op           |                    | "C"
//
// An object has four steps, and an empty line ends it. All objects of all rows go through their
// steps in the same four runs of Terraform, since a run costs much and an object in it little.
//
//   - The first column is the stage, which is the name of a subtest.
//   - A semicolon ends a line of the configuration. LATER is true, which the plan does not know.
//   - "unknown" means that the plan does not know the attribute. Otherwise it must know it.
//   - Several requests are joined with "then". POST, PATCH and DELETE have the routes of the table.
//   - The state is the value of the attribute in JSON; "path = value" is that of another one.
//   - THIS_API is an identifier that only this object has, and THE_ID the id of the object.
//
// A configuration that is refused is a line with the message. "refused at plan" and "refused at
// apply" are for messages that depend on the state, and on values that the plan does not know:
//
//	emptied | name = "" | refused | Attribute name string length must be at least 1
//
// A line that does not begin with a stage continues the previous line.
type Life struct {
	Attribute string // As in the schema: proof_of_possession.required_for.
	Variant   string // Distinguishes the rows of one attribute.
	Whole     bool   // The row has the whole configuration, without Least.
	// Names stand for values in this row.
	Names map[string]string
	// Config and Body are what is around the configuration and the body of each step, with an
	// ellipsis where the step's go. A step that omits its part of them has a dash.
	Config, Body string
	Steps        string
}

// stages are the first column, in the order of reports.
var stages = []string{"created", "changed", "emptied", "null", "taken_out", "unknown"}

const (
	steps   = 4
	later   = "LATER"
	thisAPI = "THIS_API"
	theID   = "THE_ID"
)

// moment is one line of a row.
type moment struct {
	stage, config string
	refused, says string // When it is refused, and the message.
	action        plancheck.ResourceActionType
	unknown       bool
	sent          []string
	at, holds     string
}

var (
	beginsStep = regexp.MustCompile(`^(` + strings.Join(stages, "|") + `) *\|`)
	actions    = map[string]plancheck.ResourceActionType{
		"create": plancheck.ResourceActionCreate, "update": plancheck.ResourceActionUpdate, "no-op": plancheck.ResourceActionNoop,
		"replace": plancheck.ResourceActionDestroyBeforeCreate,
	}
)

// Title is the name of the row in reports.
func (l Life) Title() string {
	if l.Variant != "" {
		return l.Attribute + "_" + l.Variant
	}
	return l.Attribute
}

// parse returns the objects of a row with their steps, and what is refused.
func (l Life) parse(table *Lives) (objects [][]moment, refused []moment) {
	var lines []string
	for line := range strings.Lines(l.Steps) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", beginsStep.MatchString(line):
			lines = append(lines, line)
		default:
			lines[len(lines)-1] += " " + line
		}
	}
	var object []moment
	for _, line := range append(lines, "") {
		if line == "" {
			if len(object) > 0 {
				objects = append(objects, object)
			}
			object = nil
			continue
		}
		m := l.step(table, line)
		if m.refused != "" {
			refused = append(refused, m)
		} else {
			object = append(object, m)
		}
	}
	return objects, refused
}

// step is one line of a row.
func (l Life) step(table *Lives, line string) moment {
	fill := func(text string) string { return replaced(replaced(text, l.Names), table.Names) }
	cells := strings.Split(line, "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	config := strings.ReplaceAll(within(l.Config, cells[1]), "; ", "\n")
	if !l.Whole {
		config = strings.ReplaceAll(table.Least, "; ", "\n") + "\n" + config
	}
	config = fill(config)
	m := moment{stage: cells[0], config: config, at: l.Attribute}
	if strings.HasPrefix(cells[2], "refused") {
		m.refused, m.says = cells[2], cells[3]
		return m
	}
	planned, unknown := strings.CutSuffix(cells[2], ", unknown")
	m.action, m.unknown, m.holds = actions[planned], unknown, fill(cells[4])
	if m.action == "" {
		panic(fmt.Sprintf("%s: no plan is called %q", l.Title(), planned))
	}
	if at, holds, elsewhere := strings.Cut(cells[4], " = "); elsewhere {
		m.at, m.holds = at, fill(holds)
	}
	if cells[3] != "" {
		for request := range strings.SplitSeq(cells[3], " then ") {
			method, body, _ := strings.Cut(request, " ")
			if !strings.HasPrefix(body, "{") {
				body = within(l.Body, body)
			}
			m.sent = append(m.sent, table.request(method, fill(body)))
		}
	}
	return m
}

// request completes a request with the route of the table and, if it creates, with what each
// object has. There, null means that this object does not have it.
func (table *Lives) request(method, body string) string {
	if method != "POST" {
		return strings.TrimSpace(method + " " + table.Object + " " + Canonical(body))
	}
	properties := map[string]any{}
	for _, part := range []string{replaced(table.Created, table.Names), body} {
		if part != "" {
			maps.Copy(properties, Decoded(part).(map[string]any))
		}
	}
	maps.DeleteFunc(properties, func(_ string, value any) bool { return value == nil })
	return method + " " + table.List + " " + Encoded(properties)
}

// within puts a cell in the place of the ellipsis of a frame.
func within(frame, cell string) string {
	switch {
	case frame == "", cell == "":
		return cell
	case cell == "-":
		return strings.NewReplacer(", …", "", ",…", "", "…", "").Replace(frame)
	default:
		return strings.ReplaceAll(frame, "…", cell)
	}
}

// Covers are the stages that the row tests.
func (l Life) Covers(table *Lives) []string {
	objects, refused := l.parse(table)
	return slices.DeleteFunc(slices.Clone(stages), func(stage string) bool {
		return !slices.ContainsFunc(append(slices.Concat(objects...), refused...), func(m moment) bool { return m.stage == stage })
	})
}

// resourceName is the name of an object in the configuration.
func (l Life) resourceName(object int) string {
	return fmt.Sprintf("%s_%d", strings.ReplaceAll(l.Title(), ".", "_"), object+1)
}

// api is the identifier that is in what is sent for an object and for no other.
func (l Life) api(object int) string {
	return "https://" + strings.ReplaceAll(l.resourceName(object), "_", "-") + ".example.com"
}

func replaced(text string, names map[string]string) string {
	var pairs []string
	for name, value := range names {
		pairs = append(pairs, name, value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
