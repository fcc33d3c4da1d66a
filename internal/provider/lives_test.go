// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// The stages of an attribute's life, in the order of the list.
const (
	stageCreated  = "created"
	stageChanged  = "changed"
	stageEmptied  = "emptied"
	stageNull     = "null"
	stageTakenOut = "taken_out"
	stageUnknown  = "unknown"
)

var stages = []string{stageCreated, stageChanged, stageEmptied, stageNull, stageTakenOut, stageUnknown}

// null is a value that is given as such; leftOut is not given at all.
const (
	null    = "null"
	leftOut = ""
)

// lives are the attributes of a resource, all of which go through their lives at
// the same time, each alone in objects of its own.
type lives struct {
	test     string // Its name.
	typeName string
	rows     []life
	// least is the configuration that an object has beside the attribute.
	least func(key string) []string
	// write is the request that creates or changes an object with the properties.
	write   func(key string, creating bool, properties map[string]any) string
	destroy string // The request that deletes one.
	// prepare makes what an object needs in the tenant. It returns ids by the names
	// that configurations and requests have for them.
	prepare func(n *tenant, key string) map[string]string
	// ids are those that requests have in their paths, with the key of the object.
	ids func(n *tenant) map[string]string
}

// life is one attribute. Its values are JSON, which is HCL as well. Unless lanes
// says otherwise, it is optional, and null clears it.
type life struct {
	attribute string // As in the schema: proof_of_possession.required_for.
	variant   string // Tells rows of one attribute apart.

	first, second string // Two values.
	empty         string // The empty value, where one is accepted.
	without       string // What the state holds where it was never given; null if empty.
	kept          bool   // null, and taking it out, keep what there is.
	emptyKeeps    bool   // So does the empty value.
	emptyStays    bool   // null, and taking it out, keep an empty value.
	required      bool
	mustBeSet     string // What is said where it is required and turns out null; empty for what Terraform says.
	replaces      bool
	member        bool // A part of a collection: left out, the collection is another one.

	config   string // The configuration, with %s for the assignment; that alone if empty.
	bare     bool   // The value stands there alone, as in a list.
	name     string // What is assigned to, if not the last part of attribute.
	property string // What the API calls that.
	at       string // Where the state has it, if not at attribute.
	// body is the JSON that is sent, with %s for property and value; changeBody that
	// of an update, where it differs. bodyOf makes it where these are not enough:
	// {} for nothing. On create prior is empty.
	body, changeBody string
	bodyOf           func(prior, value string) string
	holds            func(value string) string // What the state holds for a value, if it is not the value.

	refused []refusal
	lanes   func(key string) []moment // Instead of those that follow from the above.
}

// refusal is a configuration that is refused in a phase of the run: the later ones
// are for what depends on the state, and on values that the plan does not know.
type refusal struct {
	stage, lines, says string
	phase              phase
}

type phase int

const (
	validating phase = iota
	planning
	applying
)

// moment is an object of a row in one step.
type moment struct {
	stage   string
	lines   []string
	action  plancheck.ResourceActionType
	unknown bool // The plan must not know the attribute, which otherwise it must.
	sent    []string
	at      string
	holds   string
}

func (l life) title() string {
	if l.variant != "" {
		return l.attribute + "_" + l.variant
	}
	return l.attribute
}

// What is unknown in the plan of every step, and then a value or null.
func later(value string) string { return "terraform_data.step.output > 0 ? " + value + " : null" }

func laterNull(example string) string {
	return "terraform_data.step.output < 0 ? " + example + " : null"
}

// lastPart is the name of an attribute in its object.
func lastPart(attribute string) string { return attribute[strings.LastIndex(attribute, ".")+1:] }

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// configured is the configuration that gives the attribute an expression.
func (l life) configured(expression string) string {
	assignment := ""
	switch {
	case l.bare:
		assignment = "(" + expression + ")"
	case expression != leftOut:
		assignment = or(l.name, lastPart(l.attribute)) + " = (" + expression + ")"
	}
	return fmt.Sprintf(or(l.config, "%s"), assignment)
}

// sends is what a request has for a value.
func (l life) sends(prior, value string) map[string]any {
	var text string
	if l.bodyOf != nil {
		text = l.bodyOf(prior, value)
	} else {
		template := or(l.body, "{%s}")
		if prior != "" {
			template = or(l.changeBody, template)
		}
		text = fmt.Sprintf(template, fmt.Sprintf("%q:%s", or(l.property, lastPart(l.attribute)), value))
	}
	var properties map[string]any
	if err := json.Unmarshal([]byte(text), &properties); err != nil {
		panic(fmt.Sprintf("%s: %v in %s", l.title(), err, text))
	}
	for name, value := range properties {
		properties[name] = withoutNulls(value)
	}
	return properties
}

// withoutNulls takes absent properties out of an object.
func withoutNulls(value any) any {
	object, ok := value.(map[string]any)
	if list, isList := value.([]any); isList {
		for i := range list {
			list[i] = withoutNulls(list[i])
		}
	}
	if !ok {
		return value
	}
	for name := range object {
		if object[name] = withoutNulls(object[name]); object[name] == nil {
			delete(object, name)
		}
	}
	if len(object) == 0 {
		return nil
	}
	return object
}

// lane is an object on its way through the steps.
type lane struct {
	row     life
	table   *lives
	key     string
	have    string // The value that the state holds; empty before there is one.
	moments []moment
}

// next adds a step that gives the attribute a value, or one that is unknown at plan.
func (l *lane) next(stage, value string, unknown bool) {
	row, creating := l.row, l.have == ""
	m := moment{stage: stage, at: or(row.at, row.attribute)}
	expression := value
	switch {
	case unknown && value == null:
		expression = laterNull(row.first)
	case unknown:
		expression = later(value)
	}
	m.lines = append(l.table.least(l.key), row.configured(expression))

	absent := l.isAbsent(value)
	m.unknown = unknown || creating && absent && row.kept
	value = l.effective(value, unknown)
	created := value
	if absent && row.kept {
		created = null // What it is then is for the tenant to choose.
	}
	switch {
	case creating:
		m.action, m.sent = plancheck.ResourceActionCreate, []string{l.table.write(l.key, true, row.sends("", created))}
	case row.replaces && (unknown || value != l.have):
		m.action = plancheck.ResourceActionDestroyBeforeCreate
		m.sent = []string{l.table.destroy, l.table.write(l.key, true, row.sends("", created))}
	case value != l.have:
		m.action = plancheck.ResourceActionUpdate
		if properties := row.sends(l.have, value); len(properties) > 0 {
			m.sent = []string{l.table.write(l.key, false, properties)}
		}
	case unknown:
		m.action = plancheck.ResourceActionUpdate
	default:
		m.action = plancheck.ResourceActionNoop
	}
	l.have, m.holds = value, value
	if row.holds != nil && value != null {
		m.holds = row.holds(value)
	}
	l.moments = append(l.moments, m)
}

// isAbsent tells whether a value leaves the attribute to the provider.
func (l *lane) isAbsent(value string) bool {
	return value == null || value == leftOut || l.row.emptyKeeps && value == l.row.empty
}

// effective is the value that an attribute has after it was given one.
func (l *lane) effective(value string, unknown bool) string {
	switch {
	case !l.isAbsent(value):
		return canonical(value)
	case l.row.kept && l.have != "" && (!l.row.replaces || !unknown):
		return l.have
	case l.row.emptyStays && l.have == canonical(l.row.empty):
		return l.have
	default:
		return canonical(or(l.row.without, null))
	}
}

// walk is the objects of a row, by name, with what happens to each in every step:
// one whose values the plan knows, one whose values it does not, one that was made
// without, and one that was made with the empty value.
func (l life) walk(table *lives) map[string][]moment {
	if l.lanes != nil {
		return map[string][]moment{"given": l.lanes(table.key(l, "given"))}
	}
	given := lane{row: l, table: table, key: table.key(l, "given")}
	unknown := lane{row: l, table: table, key: table.key(l, "later")}
	given.next(stageCreated, l.first, false)
	unknown.next(stageUnknown, l.first, true)
	given.next(stageChanged, l.second, false)
	unknown.next(stageUnknown, l.second, true)
	if l.required {
		given.next(stageChanged, l.first, false)
		unknown.next(stageUnknown, l.first, true)
		given.next(stageChanged, l.first, false)
		unknown.next(stageChanged, l.second, false)
		return map[string][]moment{"given": given.moments, "later": unknown.moments}
	}
	if l.empty != "" {
		given.next(stageEmptied, l.empty, false)
	} else {
		given.next(stageNull, null, false)
	}
	unknown.next(stageUnknown, null, true)
	given.next(stageNull, null, false)
	out := leftOut
	if l.member {
		out = null
	}
	unknown.next(stageTakenOut, out, false)

	none := lane{row: l, table: table, key: table.key(l, "none")}
	none.next(stageUnknown, null, true)
	none.next(stageNull, null, false)
	none.next(stageChanged, l.first, false)
	none.next(stageTakenOut, out, false)
	walk := map[string][]moment{"given": given.moments, "later": unknown.moments, "none": none.moments}
	if l.empty != "" {
		empty := lane{row: l, table: table, key: table.key(l, "empty")}
		empty.next(stageEmptied, l.empty, false)
		empty.next(stageChanged, l.second, false)
		empty.next(stageUnknown, l.empty, true)
		empty.next(stageTakenOut, out, false)
		walk["empty"] = empty.moments
	}
	return walk
}

// refusals are those of the row, and one more for what is required: an unknown
// value that turns out null.
func (l life) refusals(table *lives) []refusal {
	if !l.required || l.bare {
		return l.refused
	}
	lines := append(table.least("https://refused.example.com"), l.configured(laterNull(l.first)))
	return append(l.refused, refusal{
		stage: stageUnknown, lines: strings.Join(lines, "\n"), phase: applying,
		says: or(l.mustBeSet, "Must set a configuration value for the … attribute as the provider has marked it as required."),
	})
}

const steps = 4

// resourceName is the name of an object in the configuration.
func (l life) resourceName(object string) string {
	return strings.ReplaceAll(l.title(), ".", "_") + "_" + object
}

// key is in what is sent for an object and for no other.
func (t *lives) key(l life, object string) string {
	return "https://" + strings.ReplaceAll(l.resourceName(object), "_", "-") + ".example.com"
}

// covers are the stages that the row tests.
func (t *lives) covers(l life) []string {
	found := map[string]bool{}
	for _, moments := range l.walk(t) {
		for _, m := range moments {
			found[m.stage] = true
		}
	}
	for _, r := range l.refusals(t) {
		found[r.stage] = true
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return slices.Index(stages, a) - slices.Index(stages, b)
	})
}
