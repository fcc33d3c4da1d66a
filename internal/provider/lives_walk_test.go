// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

func (l life) title() string {
	if l.variant != "" {
		return l.attribute + "_" + l.variant
	}
	return l.attribute
}

// lastPart is the name of an attribute in its object.
func lastPart(attribute string) string { return attribute[strings.LastIndex(attribute, ".")+1:] }

// configured is the configuration that gives the attribute an expression.
func (l life) configured(expression string) string {
	assignment := ""
	switch {
	case l.bare:
		assignment = "(" + expression + ")"
	case expression != leftOut:
		assignment = cmp.Or(l.name, lastPart(l.attribute)) + " = (" + expression + ")"
	}
	return fmt.Sprintf(cmp.Or(l.config, "%s"), assignment)
}

// sends is what a request has for a value.
func (l life) sends(prior, value string) map[string]any {
	var text string
	if l.bodyOf != nil {
		text = l.bodyOf(prior, value)
	} else {
		template := cmp.Or(l.body, "{%s}")
		if prior != "" {
			template = cmp.Or(l.changeBody, template)
		}
		text = fmt.Sprintf(template, fmt.Sprintf("%q:%s", cmp.Or(l.property, lastPart(l.attribute)), value))
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
	m := moment{stage: stage, at: cmp.Or(row.at, row.attribute)}
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
		return acctest.Canonical(value)
	case l.row.kept && l.have != "" && (!l.row.replaces || !unknown):
		return l.have
	case l.row.emptyStays && l.have == acctest.Canonical(l.row.empty):
		return l.have
	default:
		return acctest.Canonical(cmp.Or(l.row.without, null))
	}
}

// walk is the objects of a row, by name, with what happens to each in every step:
// one whose values the plan knows, one whose values it does not, one that was made
// without, and one that was made with the empty value.
func (l life) walk(table *lives) map[string][]moment {
	if l.moments != nil {
		return map[string][]moment{"given": l.moments(table.key(l, "given"))}
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
func (l life) refusals() []refusal {
	if !l.required || l.bare {
		return l.refused
	}
	return append(l.refused, refusal{
		stage: stageUnknown, lines: l.configured(laterNull(l.first)), phase: applying,
		says: cmp.Or(l.mustBeSet, "Must set a configuration value for the … attribute as the provider has marked it as required."),
	})
}

const steps = 4

// resourceName is the name of an object in the configuration.
func (l life) resourceName(object string) string {
	return strings.ReplaceAll(l.title(), ".", "_") + "_" + object
}

// key is in what is sent for an object and for no other.
func (table *lives) key(l life, object string) string {
	return "https://" + strings.ReplaceAll(l.resourceName(object), "_", "-") + ".example.com"
}

// covers are the stages that the row tests.
func (table *lives) covers(l life) []string {
	found := map[string]bool{}
	for _, moments := range l.walk(table) {
		for _, m := range moments {
			found[m.stage] = true
		}
	}
	for _, r := range l.refusals() {
		found[r.stage] = true
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return slices.Index(stages, a) - slices.Index(stages, b)
	})
}
