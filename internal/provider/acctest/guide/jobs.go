// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package guide

import (
	"strings"

	"github.com/goccy/go-yaml"
)

// Job returns the commands of a block that is a workflow of GitHub Actions or a job of GitLab CI.
func (g *Guide) Job(name string) []string {
	g.T.Helper()
	var document yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(
		[]byte(g.Text("yaml", name)), &document, yaml.UseOrderedMap(),
	); err != nil {
		g.T.Fatalf("%s: %v", name, err)
	}
	found := commands("", document)
	if len(found) == 0 {
		g.T.Fatalf("%s has no commands", name)
	}
	return found
}

// commands collects the texts under the keys of either service that are run by a shell.
func commands(key string, value any) (found []string) {
	switch value := value.(type) {
	case yaml.MapSlice:
		for _, item := range value {
			name, _ := item.Key.(string)
			found = append(found, commands(name, item.Value)...)
		}
	case []any:
		for _, item := range value {
			found = append(found, commands(key, item)...)
		}
	case string:
		if key == "run" || key == "script" || key == "before_script" {
			found = append(found, strings.TrimSpace(value))
		}
	}
	return found
}
