// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package lives takes each attribute of a resource through its life: created with a value, changed,
// emptied, null, removed from the configuration, and unknown at plan. The type Row explains the
// tables. table.go parses them and run.go runs them; the other files are the tables.
package lives

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// Table is the table of the attributes of a resource.
type Table struct {
	Test string // The name of the test that runs the table.
	Type string
	// Least is configuration that each object has in addition to its row. Created is the part of
	// the body that each POST has in addition.
	Least, Created string
	// List is the route of all objects, and Object the route of one.
	List, Object string
	// Key is the property with the identifier of an object, if requests name the object by its id.
	Key string
	// Names stand for values in rows.
	Names map[string]string
	// Prepare creates the dependencies of an object with an identifier. It returns ids by name.
	Prepare  func(tenant Tenant, identifier string) map[string]string
	Versions []tfversion.TerraformVersionCheck
	Rows     []Row
}

// Row is one attribute. Its steps are a table in text. A line is a step of one object with the
// configuration, the planned action, the requests and the state:
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
// A refused configuration is a line with the message, in place of the requests and the state, and
// an object of its own. "refused at plan" and "refused at apply" are for messages that depend on
// the state, and on values that the plan does not know:
//
//	emptied | name = "" | refused | Attribute name string length must be at least 1
//
// A line that is indented with spaces continues the previous line.
type Row struct {
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

// object is an object with its steps. A refused configuration is an object with one step.
type object struct {
	row   Row
	name  string            // In the configuration.
	names map[string]string // The values of all names that the row can use.
	steps []step
}

// step is a line of a row.
type step struct {
	stage, config, planned, requests string
	at, state                        string // An attribute and its value, or the message.
}

var (
	firstColumn = regexp.MustCompile(`(?m)^\t+\w+`)
	continued   = regexp.MustCompile(`\n\t* +`)
	bar         = regexp.MustCompile(` *\| *`)
	ellipsis    = regexp.MustCompile(`,? ?…`)
)

// Title is the name of the row in reports.
func (r Row) Title() string { return strings.TrimSuffix(r.Attribute+"_"+r.Variant, "_") }

// Covers returns the stages that the row tests.
func (r Row) Covers() []string {
	stages := firstColumn.FindAllString(r.Steps, -1)
	for i := range stages {
		stages[i] = strings.TrimSpace(stages[i])
	}
	slices.Sort(stages)
	return slices.Compact(stages)
}

// objects returns the lines of each object.
func (r Row) objects() [][]string {
	var objects [][]string
	for block := range strings.SplitSeq(continued.ReplaceAllString(r.Steps, " "), "\n\n") {
		lines, length := strings.Split(strings.TrimSpace(block), "\n"), runs
		if strings.Contains(block, "| refused") {
			length = 1
		}
		objects = slices.AppendSeq(objects, slices.Chunk(lines, length))
	}
	return objects
}

// step parses a line.
func (table *Table) step(o *object, line string) step {
	cells := bar.Split(strings.TrimSpace(line), -1)
	config := within(o.row.Config, cells[1])
	if !o.row.Whole {
		config = table.Least + "; " + config
	}
	s := step{
		stage: cells[0], config: o.fill(strings.ReplaceAll(config, "; ", "\n")), planned: cells[2],
		at: o.row.Attribute, state: cells[len(cells)-1],
	}
	if strings.HasPrefix(s.planned, "refused") {
		return s
	}
	if at, state, other := strings.Cut(s.state, " = "); other {
		s.at, s.state = at, state
	}
	var requests []string
	for request := range strings.SplitSeq(cells[3], " then ") {
		if request != "" {
			requests = append(requests, table.request(o, request))
		}
	}
	s.requests = strings.Join(requests, " then ")
	return s
}

// request completes a request with its route and, for a POST, with Created. In a POST, null removes
// a property of Created.
func (table *Table) request(o *object, cell string) string {
	method, body, _ := strings.Cut(cell, " ")
	body = o.fill(within(o.row.Body, body))
	if method == "POST" {
		created := o.fill(cmp.Or(table.Created, "{}"))
		return "POST " + table.List + " " + text.Patched(created, cmp.Or(body, "{}"))
	}
	return strings.TrimSpace(method + " " + table.Object + " " + text.Canonical(body))
}

// within replaces the ellipsis in the surroundings of a cell.
func within(surroundings, cell string) string {
	switch cell {
	case "":
		return ""
	case "-":
		return ellipsis.ReplaceAllString(surroundings, "")
	}
	return strings.ReplaceAll(cmp.Or(surroundings, "…"), "…", cell)
}

// fill replaces names with their values, longer names first, and then the names in these values.
func (o *object) fill(cell string) string {
	var pairs []string
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(o.names))) {
		pairs = append(pairs, name, o.names[name])
	}
	names := strings.NewReplacer(pairs...)
	return names.Replace(names.Replace(cell))
}
