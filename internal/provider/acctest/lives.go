// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// Lives is the table of the attributes of a resource. It takes each attribute through its life:
// created with a value, changed, emptied, null, removed from the configuration, and unknown at
// plan.
type Lives struct {
	Test string // The name of the test that runs the table.
	Type string
	// Least is configuration that each object has in addition to its row. Created is the part of
	// the body that each POST has in addition.
	Least, Created string
	// List is the route of all objects, and Object the route of one.
	List, Object string
	// Names stand for values in rows.
	Names map[string]string
	// Prepare creates the dependencies of an object with an identifier. It returns ids by name.
	Prepare func(n *Tenant, api string) map[string]string
	// IDs are the ids in the paths of requests, each with the identifier of its object.
	IDs      func(n *Tenant) map[string]string
	Versions []tfversion.TerraformVersionCheck
	Rows     []Life
}

// Life is one attribute. Its steps are a table in text. A line is a step of one object with the
// configuration, the planned actions, the requests and the state:
//
//	created | name = "A"                | create          | POST {"name":"A"}  | "A"
//	changed | name = "B"                | update          | PATCH {"name":"B"} | "B"
//	unknown | name = LATER ? "C" : null | update, unknown | PATCH {"name":"C"} | "C"
//	null    | name = null               | no-op           |                    | "C"
//
// An object has four steps, and an empty line ends it. All objects of all rows go through their
// steps in the same four runs of Terraform, because a run is expensive and an object in it is
// cheap.
//
//   - The first column is the stage, which is the name of a subtest.
//   - A semicolon ends a line of the configuration. LATER is true, which the plan does not know.
//   - "unknown" means that the plan does not know the attribute. Otherwise it must know it.
//   - Several requests are joined with "then". POST, PATCH and DELETE have the routes of the table.
//   - The state is the value of the attribute in JSON; "path = value" is that of another one.
//   - THIS_API is an identifier that only this object has, and THE_ID the id of the object.
//
// A refused configuration is a line with the message. "refused at plan" and "refused at apply" are
// for messages that depend on the state, and on values that the plan does not know:
//
//	emptied | name = "" | refused | Attribute name string length must be at least 1
//
// A line that is indented with spaces continues the previous line.
type Life struct {
	Attribute string // As in the schema: proof_of_possession.required_for.
	Variant   string // Distinguishes the rows of one attribute.
	Whole     bool   // The row is the whole configuration, without Least.
	// Names stand for values in this row.
	Names map[string]string
	// Config and Body surround the configuration and the body of each step, which replace the
	// ellipsis. A dash removes the ellipsis.
	Config, Body string
	Steps        string
}

// stages are the first column, in the order of reports.
var stages = []string{"created", "changed", "emptied", "null", "taken_out", "unknown"}

// moment is one line of a row.
type moment struct {
	stage, config, planned string
	unknown                bool
	sent                   []string
	at, holds              string
	says                   string // The message for a refused configuration.
}

// Title is the name of the row in reports.
func (l Life) Title() string { return strings.TrimSuffix(l.Attribute+"_"+l.Variant, "_") }

var continued = regexp.MustCompile(`\n\t* +`)

// parse returns the objects of a row with their steps, and the refused configurations.
func (l Life) parse(table *Lives) (objects [][]moment, refused []moment) {
	for text := range strings.SplitSeq(continued.ReplaceAllString(l.Steps, " "), "\n\n") {
		var object []moment
		for line := range strings.Lines(strings.TrimSpace(text)) {
			if m := l.step(table, line); m.says != "" {
				refused = append(refused, m)
			} else {
				object = append(object, m)
			}
		}
		if object != nil {
			objects = append(objects, object)
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
	config := within(l.Config, cells[1])
	if !l.Whole {
		config = table.Least + "; " + config
	}
	m := moment{
		stage: cells[0], config: fill(strings.ReplaceAll(config, "; ", "\n")), planned: cells[2],
		at: l.Attribute,
	}
	if strings.HasPrefix(m.planned, "refused") {
		m.says = cells[3]
		return m
	}
	m.planned, m.unknown = strings.CutSuffix(m.planned, ", unknown")
	for request := range strings.SplitSeq(cells[3], " then ") {
		if method, body, _ := strings.Cut(request, " "); method != "" {
			if !strings.HasPrefix(body, "{") {
				body = within(l.Body, body)
			}
			m.sent = append(m.sent, table.request(method, fill(body)))
		}
	}
	m.holds = fill(cells[4])
	if at, holds, elsewhere := strings.Cut(m.holds, " = "); elsewhere {
		m.at, m.holds = at, holds
	}
	return m
}

// request completes a request with the route of the table and, for a POST, with Created. In a POST,
// null removes a property of Created.
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

// within replaces the ellipsis in the surrounding text with a cell.
func within(around, cell string) string {
	switch {
	case around == "", cell == "":
		return cell
	case cell == "-":
		return strings.NewReplacer(", …", "", ",…", "", "…", "").Replace(around)
	default:
		return strings.ReplaceAll(around, "…", cell)
	}
}

// Covers returns the stages that the row tests.
func (l Life) Covers(table *Lives) []string {
	objects, refused := l.parse(table)
	all := append(slices.Concat(objects...), refused...)
	return slices.DeleteFunc(slices.Clone(stages), func(stage string) bool {
		return !slices.ContainsFunc(all, func(m moment) bool { return m.stage == stage })
	})
}
