// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// faultEntry is a rule as files and the control API write it. What is nil was not given.
type faultEntry struct {
	Route       string   `json:"route"`
	Fault       string   `json:"fault"`
	Times       *int     `json:"times,omitempty"`
	Probability *float64 `json:"probability,omitempty"`
	Status      *int     `json:"status,omitempty"`
	Delay       *string  `json:"delay,omitempty"`
	ContentType *string  `json:"content_type,omitempty"`
	Body        *string  `json:"body,omitempty"`
}

const faultEntryFields = "route, fault, times, probability, status, delay, content_type, body"

// rule refuses what the rule would not make use of.
func (e faultEntry) rule() (FaultRule, error) {
	out := FaultRule{
		Route: e.Route, Times: orZero(e.Times), Probability: orZero(e.Probability),
		Fault: Fault{kind: e.Fault, status: orZero(e.Status), contentType: orZero(e.ContentType), body: orZero(e.Body)},
	}
	if err := e.checkParameters(); err != nil {
		return out, err
	}
	if e.Probability != nil && *e.Probability == 0 {
		return out, errors.New("a fault of probability 0 never strikes; probability is above 0 and up to 1")
	}
	if e.Delay != nil {
		var err error
		if out.Fault.delay, err = time.ParseDuration(*e.Delay); err != nil {
			return out, fmt.Errorf(`delay is a time such as "250ms" or "1m30s", not %q`, *e.Delay)
		}
	}
	return out, out.check()
}

// checkParameters refuses parameters that are for other faults.
func (e faultEntry) checkParameters() error {
	takes := faultKinds[e.Fault].takes
	if _, known := faultKinds[e.Fault]; !known {
		return Fault{kind: e.Fault}.check()
	}
	for _, parameter := range []struct {
		name  string
		given bool
	}{
		{"status", e.Status != nil},
		{"delay", e.Delay != nil},
		{"content_type", e.ContentType != nil},
		{"body", e.Body != nil},
	} {
		if parameter.given && !slices.Contains(takes, parameter.name) {
			allowed := "route, times and probability"
			if len(takes) > 0 {
				allowed += ", and " + strings.Join(takes, ", ")
			}
			return fmt.Errorf("%s does not take %s; it takes %s", e.Fault, parameter.name, allowed)
		}
	}
	return nil
}

// entry is the opposite of rule.
func (r FaultRule) entry() faultEntry {
	return faultEntry{
		Route: r.Route, Fault: r.Fault.kind, Times: orNil(r.Times), Probability: orNil(r.Probability),
		Status: orNil(r.Fault.status), Delay: orNil(durationText(r.Fault.delay)),
		ContentType: orNil(r.Fault.contentType), Body: orNil(r.Fault.body),
	}
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

// placedEntry knows its line in the file.
type placedEntry struct {
	faultEntry
	line int
}

// UnmarshalYAML decodes an entry strictly.
func (e *placedEntry) UnmarshalYAML(node ast.Node) error {
	e.line = node.GetToken().Position.Line
	return yaml.NodeToValue(node, &e.faultEntry, yaml.Strict())
}

// ParseFaults reads a file of rules in YAML or JSON: `faults: [{route: "POST /oauth/token", fault: refuse, status: 503}]`.
// Whether a server has the routes is for Inject to say.
func ParseFaults(file []byte) ([]FaultRule, error) {
	var document struct {
		Faults []placedEntry `json:"faults"`
	}
	if err := yaml.UnmarshalWithOptions(file, &document, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("a file of faults is a list named `faults`, whose entries have the fields %s:\n%s",
			faultEntryFields, yaml.FormatError(err, false, true))
	}
	rules := make([]FaultRule, len(document.Faults))
	for i, entry := range document.Faults {
		rule, err := entry.rule()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", entry.line, faultError(i, entry.Route, err))
		}
		rules[i] = rule
	}
	return rules, nil
}
