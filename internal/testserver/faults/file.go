// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// placedEntry is an entry with its line in the file.
type placedEntry struct {
	Entry
	line int
}

// UnmarshalYAML decodes an entry strictly.
func (e *placedEntry) UnmarshalYAML(node ast.Node) error {
	e.line = node.GetToken().Position.Line
	return yaml.NodeToValue(node, &e.Entry, yaml.Strict())
}

// Parse reads a file of rules in YAML or JSON, such as `faults: [{route: "POST /oauth/token",
// fault: refuse, status: 503}]`. It does not check whether a server has the routes; Inject does.
func Parse(file []byte) ([]Rule, error) {
	var document struct {
		Faults []placedEntry `json:"faults"`
	}
	if err := yaml.UnmarshalWithOptions(file, &document, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("a faults file must have a list `faults` of entries with the "+
			"fields %s:\n%s", EntryFields, yaml.FormatError(err, false, true))
	}
	rules := make([]Rule, len(document.Faults))
	for i, entry := range document.Faults {
		rule, err := entry.rule()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", entry.line, ruleError(i, entry.Route, err))
		}
		rules[i] = rule
	}
	return rules, nil
}
