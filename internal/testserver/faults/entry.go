// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// check returns what is wrong with the fault on any server.
func (f Fault) check() error {
	kind, known := kinds[f.kind]
	switch {
	case !known:
		return fmt.Errorf("unknown fault %q; the faults are %s", f.kind, strings.Join(
			slices.Sorted(maps.Keys(kinds)), ", ",
		))
	case kind.check == nil:
		return nil
	}
	return kind.check(f)
}

// RulesOf converts entries to rules. On an error, it returns none.
func RulesOf(given []Entry) ([]Rule, error) {
	rules := make([]Rule, len(given))
	for i, entry := range given {
		rule, err := entry.rule()
		if err != nil {
			return nil, ruleError(i, entry.Route, err)
		}
		rules[i] = rule
	}
	return rules, nil
}

// EntriesOf is the inverse of RulesOf.
func EntriesOf(rules []Rule) []Entry {
	out := make([]Entry, len(rules))
	for i, rule := range rules {
		out[i] = rule.Fault.entry()
		out[i].ID, out[i].Route = rule.ID, rule.Route
		out[i].Times, out[i].Probability = orNil(rule.Times), orNil(rule.Probability)
	}
	return out
}

// rule converts an entry. It refuses parameters that have no effect.
func (e Entry) rule() (Rule, error) {
	if err := e.checkParameters(); err != nil {
		return Rule{}, err
	}
	if e.Probability != nil && *e.Probability == 0 {
		return Rule{}, errors.New("probability must be above 0 and up to 1, not 0")
	}
	fault, err := e.fault()
	if err != nil {
		return Rule{}, err
	}
	out := Rule{
		Route: e.Route, Fault: fault, Times: orZero(e.Times), Probability: orZero(e.Probability),
	}
	return out, out.check()
}

// checkParameters refuses parameters of other faults.
func (e Entry) checkParameters() error {
	kind, known := kinds[e.Fault]
	if !known {
		return Fault{kind: e.Fault}.check()
	}
	for _, name := range e.given() {
		if !slices.Contains(kind.takes, name) {
			allowed := "route, times and probability"
			if len(kind.takes) > 0 {
				allowed += ", and " + strings.Join(kind.takes, ", ")
			}
			return fmt.Errorf("%s does not take %s; it takes %s", e.Fault, name, allowed)
		}
	}
	return nil
}

func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func orZero[T any](optional *T) T {
	if optional == nil {
		var none T
		return none
	}
	return *optional
}

func orNil[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}
