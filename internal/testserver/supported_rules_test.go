// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"fmt"
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sentence is a rule of a contract test, with the section of the contract and the grade.
type sentence struct{ section, text, grade string }

// sentencesOf collects the sentences of a file of contract tests.
func sentencesOf(t *testing.T, file *ast.File) []sentence {
	t.Helper()
	var found []sentence
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 4 {
			return true
		}
		grade, ok := call.Fun.(*ast.Ident)
		if !ok || !slices.Contains([]string{"observed", "documented", "assumed"}, grade.Name) {
			return true
		}
		found = append(found, sentence{
			literal(t, call.Args[1]), literal(t, call.Args[2]), grade.Name,
		})
		return true
	})
	return found
}

// literal is the value of string literals joined by +.
func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return literal(t, sum.X) + literal(t, sum.Y)
	}
	constant, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("%T: section and sentence of a contract test must be string literals", e)
	}
	text, err := strconv.Unquote(constant.Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// rules lists the sentences of the contract tests by section.
func (m *markdown) rules(t *testing.T) {
	t.Helper()
	bySection := map[string][]string{}
	eachGoFile(t, "contract", func(_ string, file *ast.File) {
		for _, s := range sentencesOf(t, file) {
			bySection[s.section] = append(bySection[s.section], fmt.Sprintf(
				"- %s — *%s*", s.text, s.grade,
			))
		}
	})
	m.line("\n## Rules\n")
	m.line("Each rule is shown by a test. A rule is *observed* in recorded traffic of real " +
		"tenants, *documented* by the\nvendor or by several public reports, or *assumed* because " +
		"no source describes it.")
	titles := contractTitles(t)
	sections := make([]string, 0, len(bySection))
	for section := range bySection {
		sections = append(sections, section)
	}
	slices.SortFunc(sections, compareSections)
	for _, section := range sections {
		slices.Sort(bySection[section])
		title := section + " " + titles[section]
		m.line("\n### [%s](CONTRACT.md#%s)\n\n%s", title, slug(title),
			strings.Join(bySection[section], "\n"))
	}
}

// sectionHeading matches a heading of CONTRACT.md, such as "### 4.2 Uniqueness".
var sectionHeading = regexp.MustCompile(`(?m)^##+ (\d+(?:\.\d+)*) (.+)$`)

// contractTitles are the titles of the sections of CONTRACT.md, by number.
func contractTitles(t *testing.T) map[string]string {
	t.Helper()
	contract, err := os.ReadFile("CONTRACT.md")
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]string{}
	for _, found := range sectionHeading.FindAllStringSubmatch(string(contract), -1) {
		titles[found[1]] = found[2]
	}
	return titles
}

// compareSections orders 3.2 before 3.12.
func compareSections(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return cmp.Compare(m, n)
	})
}

var (
	pageHeading = regexp.MustCompile(`(?m)^##(#?) (.+)$`)
	link        = regexp.MustCompile(`\[(.+)\]\(.+\)`)
	notInSlug   = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// contentsOf is the table of contents of a page.
func contentsOf(page string) string {
	var contents strings.Builder
	contents.WriteString("## Contents\n\n")
	for _, found := range pageHeading.FindAllStringSubmatch(page, -1) {
		indent := strings.Repeat("  ", len(found[1]))
		title := link.ReplaceAllString(found[2], "$1")
		fmt.Fprintf(&contents, "%s- [%s](#%s)\n", indent, title, slug(title))
	}
	return contents.String()
}

// slug is the anchor that Markdown renderers give to a heading.
func slug(title string) string {
	return strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
}
