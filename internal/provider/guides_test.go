// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guides is what is done with the code of each guide in docs/guides. A guide
// without an entry fails TestAccGuides, as does a block that its entry leaves out.
var guides = map[string]func(*testing.T, *guide){
	"move-from-auth0.md":       applyMoveGuide,
	"use-a-token-in-a-plan.md": applyTokenGuide,
	"what-lands-where.md":      func(*testing.T, *guide) {}, // TestAccGuides_whatLandsWhere has its claims.
}

// guide is a page with the fenced code blocks in it. The first line of a block is
// its name, without the mark of a comment: the name of a file in Terraform, the
// command in a shell.
type guide struct {
	t      *testing.T
	blocks []codeBlock
	taken  map[string]bool
}

type codeBlock struct{ language, name, text string }

// terraform is the blocks of these names as one configuration. Only the sources of
// providers are not as they stand: those under test are where the test framework
// serves them.
func (g *guide) terraform(names ...string) string {
	g.t.Helper()
	var config strings.Builder
	for _, name := range names {
		config.WriteString(servedSource.ReplaceAllString(g.take("terraform", name), `${1}"hashicorp/${2}"`))
	}
	return config.String()
}

var servedSource = regexp.MustCompile(`(source\s*=\s*)"[\w-]+/([\w-]+)"`)

// notApplied takes blocks that are no configuration, such as commands.
func (g *guide) notApplied(language string, names ...string) {
	g.t.Helper()
	for _, name := range names {
		g.take(language, name)
	}
}

func (g *guide) take(language, name string) string {
	g.t.Helper()
	for _, block := range g.blocks {
		if block.language == language && block.name == name {
			g.taken[name] = true
			return block.text
		}
	}
	g.t.Fatalf("the guide has no %s block %q", language, name)
	return ""
}

// left are the names of the blocks that nobody took.
func (g *guide) left() []string {
	var left []string
	for _, block := range g.blocks {
		if !g.taken[block.name] {
			left = append(left, block.name)
		}
	}
	return left
}

func TestAccGuides(t *testing.T) {
	files, err := filepath.Glob("../../docs/guides/*")
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
			g, err := parseGuide(string(page))
			if err != nil {
				t.Fatal(err)
			}
			g.t = t
			// Registered first, it runs when all else is done, subtests in parallel too.
			t.Cleanup(func() {
				if left := g.left(); len(left) > 0 && !t.Failed() {
					t.Errorf("no test takes the blocks %q", left)
				}
			})
			apply(t, g)
		})
	}
}

// fence opens or closes a block: its indentation, its mark and the language.
var fence = regexp.MustCompile("^( *)(```+|~~~+) *(.*)$")

func parseGuide(page string) (*guide, error) {
	g := &guide{taken: map[string]bool{}}
	var open []string // The fence that is open, as matched.
	var lines []string
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		mark := fence.FindStringSubmatch(line)
		switch {
		case open == nil && mark != nil:
			open, lines = mark, nil
		case open != nil && mark != nil && mark[3] == "" && strings.HasPrefix(mark[2], open[2]):
			if err := g.add(open[3], lines); err != nil {
				return nil, err
			}
			open = nil
		case open != nil:
			lines = append(lines, strings.TrimPrefix(line, open[1])+"\n")
		}
	}
	if open != nil {
		return nil, errors.New("the last block has no end")
	}
	return g, nil
}

func (g *guide) add(language string, lines []string) error {
	if len(lines) == 0 {
		return errors.New("a block is empty")
	}
	name := strings.TrimPrefix(strings.TrimSpace(lines[0]), "# ")
	for _, other := range g.blocks {
		if other.name == name {
			return fmt.Errorf("two blocks are called %q", name)
		}
	}
	g.blocks = append(g.blocks, codeBlock{language, name, strings.Join(lines, "")})
	return nil
}

func TestGuide_blocks(t *testing.T) {
	t.Parallel()
	g, err := parseGuide("Text\n```shell\nterraform plan\n```\n1. A list\n\n   ~~~terraform\n   # main.tf\n   source = \"auth0/auth0\"\n     ```\n   ~~~\n")
	if err != nil {
		t.Fatal(err)
	}
	g.t = t
	if left := fmt.Sprint(g.left()); left != "[terraform plan main.tf]" {
		t.Errorf("left before: %s", left)
	}
	if got := g.terraform("main.tf"); got != "# main.tf\nsource = \"hashicorp/auth0\"\n  ```\n" {
		t.Errorf("main.tf is %q", got)
	}
	g.notApplied("shell", "terraform plan")
	if left := g.left(); left != nil {
		t.Errorf("left after: %q", left)
	}
	for _, page := range []string{"```shell\na\n```\n```text\n# a\n```\n", "```\n```\n", "```\na\n"} {
		if _, err := parseGuide(page); err == nil {
			t.Errorf("%q is taken for a guide", page)
		}
	}
}
