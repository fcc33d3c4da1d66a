// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package guide has the code blocks of guides, for tests that apply them. What a block
// needs, such as a tenant, belongs in the test of its guide.
package guide

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Guide is a page with its fenced code blocks. The first line of a block, without the comment mark,
// is its name: a file name for Terraform, the command for a shell.
type Guide struct {
	T      *testing.T
	blocks []codeBlock
	taken  map[string]bool
}

type codeBlock struct{ language, name, text string }

// Terraform returns the blocks with these names as one configuration, with the provider sources of
// the test framework.
func (g *Guide) Terraform(names ...string) string {
	g.T.Helper()
	var config strings.Builder
	for _, name := range names {
		config.WriteString(servedSource.ReplaceAllString(
			g.take("terraform", name), `${1}"hashicorp/${2}"`,
		))
	}
	return config.String()
}

var servedSource = regexp.MustCompile(`(source\s*=\s*)"[\w-]+/([\w-]+)"`)

// NotApplied takes blocks that are not applied, such as commands.
func (g *Guide) NotApplied(language string, names ...string) {
	g.T.Helper()
	for _, name := range names {
		g.take(language, name)
	}
}

// NoneApplied takes all blocks in these languages, none of which is applied.
func (g *Guide) NoneApplied(languages ...string) {
	for _, block := range g.blocks {
		g.taken[block.name] = g.taken[block.name] || slices.Contains(languages, block.language)
	}
}

// Text returns a block as it is.
func (g *Guide) Text(language, name string) string {
	g.T.Helper()
	return g.take(language, name)
}

func (g *Guide) take(language, name string) string {
	g.T.Helper()
	for _, block := range g.blocks {
		if block.language == language && block.name == name {
			g.taken[name] = true
			return block.text
		}
	}
	g.T.Fatalf("the guide has no %s block %q", language, name)
	return ""
}

// Left returns the names of the blocks that the test has not taken.
func (g *Guide) Left() []string {
	var left []string
	for _, block := range g.blocks {
		if !g.taken[block.name] {
			left = append(left, block.name)
		}
	}
	return left
}

// fence matches the line that opens or closes a block: indentation, mark and language.
var fence = regexp.MustCompile("^( *)(```+|~~~+) *(.*)$")

// Parse finds the code blocks of a page.
func Parse(page string) (*Guide, error) {
	g := &Guide{taken: map[string]bool{}}
	var open []string // The open fence, as matched.
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

func (g *Guide) add(language string, lines []string) error {
	if len(lines) == 0 {
		return errors.New("a block is empty")
	}
	name := strings.TrimSpace(lines[0])
	name = strings.TrimPrefix(strings.TrimPrefix(name, "# "), "// ")
	for _, other := range g.blocks {
		if other.name == name {
			return fmt.Errorf("two blocks are called %q", name)
		}
	}
	g.blocks = append(g.blocks, codeBlock{language, name, strings.Join(lines, "")})
	return nil
}
