// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
)

// guides tests the code of each guide in docs/guides. TestAccGuides fails for a guide without
// an entry, and for a block that the entry does not cover.
var guides = map[string]func(*testing.T, *guide.Guide){
	"adopt-a-tenant.md":                applyAdoptGuide,
	"getting-started-with-a-tenant.md": applyTenantGuide,
	"beside-auth0.md":                  applyBesideGuide,
	"large-tenants.md":                 applyLargeTenantsGuide,
	"getting-started.md":               applyStartGuide,
	"move-from-auth0.md":               applyMoveGuide,
	"use-a-token-in-a-plan.md":         applyTokenGuide,
	"troubleshooting.md":               applyTroubleshootingGuide,
	"test-your-modules.md":             applyModulesGuide,
	"reference-server.md":              applyServerGuide,
	"ci-without-secrets.md":            applyCIGuide,
	"who-can-call-what.md":             applyAccessGuide,
	// A workflow of a CI service runs it.
	"review-access.md": func(_ *testing.T, g *guide.Guide) {
		g.NoneApplied("shell", "text", "yaml")
	},
	// TestGuides_nameEveryWarning checks that it is complete.
	"reading-a-plan.md": func(*testing.T, *guide.Guide) {},
	// TestAccGuides_secretsInPlanAndState checks its claims.
	"what-lands-where.md": func(*testing.T, *guide.Guide) {},
	// The simulator checks its claims.
	"reliability.md": func(*testing.T, *guide.Guide) {},
	// The benchmark writes its figures. It takes minutes, so no test runs it.
	"performance.md": func(_ *testing.T, g *guide.Guide) { g.NotApplied("shell", "make bench") },
}

func TestAccGuides(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set; make test sets it, as this runs a Terraform")
	}
	files, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	if known := slices.Sorted(maps.Keys(guides)); !slices.Equal(names, known) {
		t.Errorf("docs/guides has %q, and there are tests of %q", names, known)
	}
	for _, file := range files {
		apply, known := guides[filepath.Base(file)]
		if !known {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			page, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			g, err := guide.Parse(string(page))
			if err != nil {
				t.Fatal(err)
			}
			g.T = t
			// Registered first, so it runs last, after all parallel subtests.
			t.Cleanup(func() {
				if left := g.Left(); len(left) > 0 && !t.Failed() && !t.Skipped() {
					t.Errorf("no test takes the blocks %q", left)
				}
			})
			apply(t, g)
		})
	}
}

func TestGuide_blocks(t *testing.T) {
	t.Parallel()
	g, err := guide.Parse("Text\n```shell\nterraform plan\n```\n1. A list\n\n   " +
		"~~~terraform\n   # main.tf\n   source = \"auth0/auth0\"\n     ```\n   ~~~\n" +
		"```go\n// main.go\n```\n```yaml\n# ci.yml\nsteps: [{run: make}, {script: [test]}]\n```\n")
	if err != nil {
		t.Fatal(err)
	}
	g.T = t
	if left := fmt.Sprint(g.Left()); left != "[terraform plan main.tf main.go ci.yml]" {
		t.Errorf("left before: %s", left)
	}
	if got := g.Terraform("main.tf"); got != "# main.tf\nsource = \"hashicorp/auth0\"\n  ```\n" {
		t.Errorf("main.tf is %q", got)
	}
	g.NotApplied("shell", "terraform plan")
	if got := g.Text("go", "main.go"); got != "// main.go\n" {
		t.Errorf("main.go is %q", got)
	}
	if got := fmt.Sprint(g.Job("ci.yml")); got != "[make test]" {
		t.Errorf("the commands of ci.yml are %s", got)
	}
	if left := g.Left(); left != nil {
		t.Errorf("left after: %q", left)
	}
	for _, page := range []string{
		"```shell\na\n```\n```text\n# a\n```\n", "```\n```\n", "```\na\n",
	} {
		if _, err := guide.Parse(page); err == nil {
			t.Errorf("%q is taken for a guide", page)
		}
	}
}
