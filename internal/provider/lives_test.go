// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
)

// Each resource has a table of its attributes, and a test takes each of them through
// its life: created with a value, changed, emptied, null, taken out of the
// configuration, and unknown at plan. A row names two values, what differs from an
// optional attribute that null clears, and what is refused:
//
//	{attribute: "organization_usage", first: `"allow"`, second: `"deny"`}
//
// From a row follow up to four objects, each with that attribute alone, and what is
// configured, planned, sent and stored in each of four steps (lives_walk_test.go):
//
//	object  step 1             step 2             step 3           step 4
//	given   first              second             empty or null    null
//	later   first, unknown     second, unknown    null, unknown    taken out
//	none    null, unknown      null               first            taken out
//	empty   empty              second             empty, unknown   taken out
//
// What is unknown comes from a terraform_data that changes in every step. Where the
// values depend on each other, as where an object is replaced, moments says what
// happens instead. All rows go through the steps in one run of Terraform, which
// costs much where an object in it costs little (lives_run_test.go); each stage of
// each row is then reported as a test of its own. Other tests hold the tables to the
// schemas and to the API (lives_coverage_test.go).

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

// lives is the table of a resource: how its objects are configured and written, and
// a row for each attribute.
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
	prepare func(n *acctest.Tenant, key string) map[string]string
	// ids are those that requests have in their paths, with the key of the object.
	ids func(n *acctest.Tenant) map[string]string
}

// life is one attribute. Its values are JSON, which is HCL as well. Unless moments
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
	moments func(key string) []moment // Those of one object, instead of what follows from the above.
}

// refusal is a configuration that is refused in a phase of the run: the later ones
// are for what depends on the state, and on values that the plan does not know.
type refusal struct {
	stage string
	lines string // What is configured beside the least; with whole, all of it.
	whole bool
	says  string
	phase phase // The first one unless told otherwise.
}

// refused is a refusal when the configuration is validated.
func refused(stage, lines, says string) refusal {
	return refusal{stage: stage, lines: lines, says: says}
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

// What is unknown in the plan of every step, and then a value or null.
func later(value string) string { return "terraform_data.step.output > 0 ? " + value + " : null" }

func laterNull(example string) string {
	return "terraform_data.step.output < 0 ? " + example + " : null"
}

const (
	missing     = `The argument %q is required, but no definition was found.`
	mustBeKnown = `Must set a configuration value for the %s attribute as the provider has marked it as required.`
	nested      = `attribute %q is required`
	readOnly    = `Invalid Configuration for Read-Only Attribute`
)

// replaced is an object that is made anew.
func (table *lives) replaced(stage string, lines []string, key, at, holds string, properties map[string]any) moment {
	return moment{
		stage: stage, lines: lines, action: plancheck.ResourceActionDestroyBeforeCreate, unknown: stage == stageUnknown,
		sent: []string{table.destroy, table.write(key, true, properties)}, at: at, holds: holds,
	}
}

// first is the same for an object that is made for the first time.
func (m moment) first() moment {
	m.action, m.sent = plancheck.ResourceActionCreate, m.sent[1:]
	return m
}

// keyLife is what an object is known by: required, and changed by making another one,
// also where what was not known turns out to be the same.
func (table *lives) keyLife(attribute, others, emptySays string) life {
	return life{
		attribute: attribute,
		moments: func(key string) []moment {
			at := func(stage, value, expression string) moment {
				return table.replaced(stage, []string{others, attribute + " = " + expression}, value, attribute, acctest.Encoded(value), nil)
			}
			return []moment{
				at(stageCreated, key, acctest.Encoded(key)).first(), at(stageChanged, key+"/", acctest.Encoded(key+"/")),
				at(stageUnknown, key, later(acctest.Encoded(key))), at(stageUnknown, key, later(acctest.Encoded(key))),
			}
		},
		refused: refusedWithout(attribute, others, emptySays),
	}
}

// refusedWithout are the refusals of what is required beside others.
func refusedWithout(attribute, others, emptySays string) []refusal {
	beside := func(line string) string { return others + "\n" + line }
	return []refusal{
		{stage: stageEmptied, whole: true, lines: beside(attribute + ` = ""`), says: emptySays},
		{stage: stageNull, whole: true, lines: beside(attribute + " = null"), says: fmt.Sprintf(mustBeKnown, attribute)},
		{stage: stageTakenOut, whole: true, lines: others, says: fmt.Sprintf(missing, attribute)},
		{
			stage: stageUnknown, whole: true, lines: beside(attribute + " = " + laterNull(`"a"`)), phase: applying,
			says: fmt.Sprintf(mustBeKnown, attribute),
		},
	}
}

// computedLife is what cannot be configured, which is refused: unknown until the
// object is created, and known in the plan when another attribute changes.
func computedLife(table *lives, attribute, holds, other string, values ...string) life {
	return life{
		attribute: attribute,
		moments: func(key string) []moment {
			moments := make([]moment, steps)
			for i := range moments {
				value := values[i%len(values)]
				properties := map[string]any{other: acctest.Decoded(value)}
				m := moment{stage: stageChanged, lines: append(table.least(key), other+" = "+value), at: attribute, holds: holds}
				m.action, m.sent = plancheck.ResourceActionUpdate, []string{table.write(key, false, properties)}
				if i == 0 {
					m.stage, m.unknown = stageUnknown, true
					m.action, m.sent = plancheck.ResourceActionCreate, []string{table.write(key, true, properties)}
				}
				moments[i] = m
			}
			return moments
		},
		refused: []refusal{{stage: stageCreated, lines: attribute + ` = "true"`, says: readOnly}},
	}
}
