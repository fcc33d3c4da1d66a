// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// TestManagementScopes_isUpToDate generates the tables of management scopes in the index page.
func TestManagementScopes_isUpToDate(t *testing.T) {
	t.Parallel()
	const page = "../../templates/index.md.tmpl"
	const begin = "{{- /* Begin of generated part: management scopes */}}\n"
	const end = "{{- /* End of generated part: management scopes */}}\n"
	committed, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(committed), begin)
	_, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s has no generated part for management scopes", page)
	}
	content := before + begin + managementScopeTables() + end + after
	if *update {
		if err := os.WriteFile(page, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(committed) != content {
		t.Errorf("%s is stale: run `make generate` and commit the result", page)
	}
}

func managementScopeTables() string {
	var resources, others strings.Builder
	for _, of := range run.AllNeeds() {
		if strings.Contains(of.Type, ".") {
			fmt.Fprintf(&others, "| `%s` | %s |\n", of.Type, scopesInCell(of.Read))
			continue
		}
		fmt.Fprintf(&resources, "| `%s` | %s | %s | %s | %s |\n", of.Type,
			scopesInCell(of.Create), scopesInCell(of.Read), scopesInCell(of.Update),
			scopesInCell(of.Delete))
	}
	return "\n| resource | create | read | update | delete |\n| --- | --- | --- | --- | --- |\n" +
		resources.String() + "\n| other type | scopes |\n| --- | --- |\n" + others.String() + "\n"
}

func scopesInCell(scopes []string) string {
	if len(scopes) == 0 {
		return "none"
	}
	return "`" + strings.Join(scopes, "`, `") + "`"
}
