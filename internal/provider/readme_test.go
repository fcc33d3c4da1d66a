// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccReadme_firstConfiguration(t *testing.T) {
	g, err := guide.Parse(read(t, "../../README.md"))
	if err != nil {
		t.Fatal(err)
	}
	g.T = t
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: g.Terraform("terraform {"),
		ConfigVariables: config.Variables{
			"reports_client_id": config.StringVariable(testserver.MachineClientID),
		},
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
			`POST resource-servers {"identifier":"https://orders.example.com","scopes":[`+
				`{"value":"read:orders","description":"Read orders"},`+
				`{"value":"write:orders","description":"Create and change orders"}]}`,
			`POST client-grants {"client_id":"`+testserver.MachineClientID+
				`","audience":"https://orders.example.com","scope":["read:orders"]}`,
		))},
	})
}

// Each command that the README shows has its make target, its tests and its bars.
func TestReadme_commandsExist(t *testing.T) {
	t.Parallel()
	targets := firstGroups(`(?m)^([a-z-]+):`, read(t, "../../GNUmakefile"))
	bars := firstGroups(`name: "([a-z-]+)"`, read(t, "../../tools/bench/bars.go"))
	tests := firstGroups(`(?m)^func (TestAcc\w+)\(`, sources(t, "_test.go"))
	page := read(t, "../../README.md")
	for _, target := range firstGroups("(?m)[`^]make ([a-z-]+)", page) {
		if !slices.Contains(targets, target) {
			t.Errorf("there is no target %q", target)
		}
	}
	for _, bar := range firstGroups(`-bars ([a-z-]+)`, page) {
		if !slices.Contains(bars, bar) {
			t.Errorf("there is no bar %q", bar)
		}
	}
	patterns := firstGroups(`TESTARGS='-run (\w+)'`, page)
	if len(patterns) < 3 {
		t.Fatalf("the README shows only the tests %q", patterns)
	}
	for _, pattern := range patterns {
		if !slices.ContainsFunc(tests, regexp.MustCompile(pattern).MatchString) {
			t.Errorf("no test matches %q", pattern)
		}
	}
}

// Each link between pages leads to a file, and to a heading of it.
func TestPages_linksExist(t *testing.T) {
	t.Parallel()
	headings := map[string][]string{} // By page.
	for _, page := range pages(t) {
		prose := span.ReplaceAllString(block.ReplaceAllString(read(t, page), ""), "")
		for _, found := range link.FindAllStringSubmatch(prose, -1) {
			file, anchor, _ := strings.Cut(found[2], "#")
			if strings.Contains(file, ":") {
				continue // Not a file of this repository.
			}
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if anchor != "" && headings[target] == nil {
				headings[target] = anchors(read(t, target))
			}
			if anchor != "" && !slices.Contains(headings[target], anchor) {
				t.Errorf("%s: %s has no heading #%s", page, target, anchor)
			}
		}
	}
}

// Blocks of code have no headings, and spans of code no links. The groups of a link are its text
// and its target.
var (
	block = regexp.MustCompile("(?ms)^ *```[^`\n]*\n.*?^ *```$")
	link  = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]*)\)`)
	span  = regexp.MustCompile("``` .*? ```|`[^`\n]+`")
)

// anchors returns what GitHub and the registries call the headings of a page.
func anchors(page string) []string {
	found := firstGroups(`<a id="([^"]+)">`, page)
	for _, heading := range firstGroups(`(?m)^#+ (.+)$`, block.ReplaceAllString(page, "")) {
		heading = link.ReplaceAllString(heading, "$1")
		heading = strings.ReplaceAll(strings.ToLower(heading), " ", "-")
		found = append(found, regexp.MustCompile(`[^\p{L}\p{N}_-]`).ReplaceAllString(heading, ""))
	}
	return found
}

// pages returns all pages that people read.
func pages(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, top := range []string{"../../docs", "../../internal", "../../.github"} {
		found = append(found, files(t, top, ".md")...)
	}
	more, err := filepath.Glob("../../*.md")
	if err != nil || len(more) < 3 {
		t.Fatal(more, err)
	}
	return append(found, more...)
}

// sources returns the text of all files of the repository whose name ends so.
func sources(t *testing.T, suffix string) string {
	t.Helper()
	var all strings.Builder
	for _, file := range files(t, "../../internal", suffix) {
		all.WriteString(read(t, file))
	}
	return all.String()
}

func files(t *testing.T, top, suffix string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, suffix) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// firstGroups returns the first group of each match.
func firstGroups(pattern, text string) (found []string) {
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
