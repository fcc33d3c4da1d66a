// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

var update = flag.Bool("update", false, "write SUPPORTED.md anew")

// TestSupported_isUpToDate makes SUPPORTED.md from what it speaks of: the route table with its
// schemas and refusals, the sentences that the contract tests show.
func TestSupported_isUpToDate(t *testing.T) {
	t.Parallel()
	s := newTestServer(t)
	page := &markdown{}
	page.line("# What the reference server supports\n\n" + supportedIntroduction)
	page.endpoints(s.routes)
	page.rules(t)
	page.line("\n## Left out\n\nOn purpose, because machine access does not need it:\n")
	for _, item := range leftOut {
		page.line("- %s", item)
	}
	const name = "SUPPORTED.md"
	if *update {
		if err := os.WriteFile(name, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(name)
	if err != nil || string(committed) != page.String() {
		t.Errorf("%s is stale (%v): run `make generate` and commit the result", name, err)
	}
}

const supportedIntroduction = "<!-- Made by `make generate` from the route table, the schemas " +
	"and the contract tests. -->\n\n" +
	"The reference server stands in for a tenant with its Management API and its token endpoint. " +
	"This page lists the\n" +
	"endpoints with their parameters and refusals, the rules with how well each is known, and " +
	"what is left out. Section numbers are those of the API contract that the server is written " +
	"from."

var leftOut = []string{
	"Users and all that serves them: login, `/authorize`, refresh and ID tokens, connections, " +
		"roles, MFA. Grants and settings " +
		"for users are stored, checked and shown, and have no effect.",
	"Mutual TLS and DPoP: credentials and settings for them are stored and shown, tokens are not " +
		"bound.",
	"Opaque tokens, default audiences, the legacy tenant flags, and the `resource` parameter at " +
		"the token endpoint.",
	"Custom domains: a tenant has one issuer.",
	"Entity limits of subscription plans.",
	"Assertions seen before, once the clock was moved on past their end and back again.",
	"After a restart with `-data`: rate limits start full, assertion ids seen before are " +
		"forgotten, the clock is the machine's.",
}

// markdown is a page in the making.
type markdown struct{ strings.Builder }

func (m *markdown) line(format string, args ...any) {
	fmt.Fprintf(m, format+"\n", args...)
}

func (m *markdown) endpoints(routes []routing.Route) {
	m.line("\n## Endpoints\n")
	m.line("Anything else is answered as an unknown route. HEAD works wherever GET does.")
	for _, r := range routes {
		m.line("\n### %s\n\n%s. Answers %d.", r.Name(), r.Does, cmp.Or(r.Status, http.StatusOK))
		if len(r.Scopes) > 0 {
			joined := " or "
			if r.AllScopes {
				joined = " and "
			}
			m.line("Needs a Management API token with the scope %s.", strings.Join(
				quoted(r.Scopes), joined,
			))
		}
		if r.Query != nil {
			m.parameters("Query parameter", *r.Query)
		}
		if r.Body != nil {
			m.parameters("Property", *r.Body)
		}
		if r.Form != nil {
			m.parameters("Parameter", *r.Form)
		}
		m.refusals(r.Refuses)
	}
	m.line("\n### What every route with a scope or a schema refuses")
	m.refusals(slices.Concat([]*wire.Refusal{
		wire.InvalidBody("Payload validation error: %s"),
		wire.InvalidQuery("Query validation error: %s"),
		wire.ErrMalformedJSON, wire.ErrMalformedForm, wire.ErrMediaType,
		wire.ErrBodyTooLarge.With(routing.MaxBody),
	}, tokens.BearerRefusals, []*wire.Refusal{routing.ErrInsufficientScope, wire.ErrGlobalLimit}))
}

func (m *markdown) parameters(heading string, s schema.Schema) {
	if len(s.Properties) == 0 {
		return
	}
	m.line("\n| %s | Type | Constraints | Meaning |\n| --- | --- | --- | --- |", heading)
	for _, p := range s.Properties {
		m.property("", p)
	}
}

func (m *markdown) property(path string, p schema.Property) {
	path += p.Name
	kind := string(cmp.Or(p.Kind, "any"))
	m.line(
		"| `%s` | %s | %s | %s |", path, kind, inCell(strings.Join(constraints(p), "; ")),
		inCell(p.Description),
	)
	if p.Items != nil {
		if len(p.Items.Properties) == 0 {
			m.property(path+"[]", *p.Items)
		}
		for _, member := range p.Items.Properties {
			m.property(path+"[].", member)
		}
	}
	for _, member := range p.Properties {
		m.property(path+".", member)
	}
}

func constraints(p schema.Property) []string {
	var out []string
	add := func(holds bool, format string, args ...any) {
		if holds {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	unit := map[schema.Kind]string{schema.String: " characters", schema.Array: " items"}[p.Kind]
	add(p.Required, "required")
	add(p.Nullable, "`null` clears")
	add(p.Min > 0, "at least %d%s", p.Min, unit)
	add(p.Max > 0, "at most %d%s", p.Max, unit)
	add(p.Enum != nil, "%s", strings.Join(quoted(p.Enum), ", "))
	add(p.Unique != "", "no duplicates")
	if p.Pattern != nil {
		add(true, "matches `%s`", p.Pattern)
	}
	if p.Format != nil {
		add(true, "format %s", p.Format.Name)
	}
	add(p.Open, "further properties tolerated")
	return out
}

func (m *markdown) refusals(list []*wire.Refusal) {
	if len(list) == 0 {
		return
	}
	m.line("\n| Refused with | Code | Text |\n| --- | --- | --- |")
	for _, r := range list {
		code := ""
		if r.Code != "" {
			code = "`" + r.Code + "`"
		}
		m.line("| %d | %s | %s |", r.Status, code, inCell(placeholders.Replace(r.Text)))
	}
}

// placeholders stand for what a refusal names.
var placeholders = strings.NewReplacer("%s", "…", "%d", "…")

func quoted(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = "`" + text + "`"
	}
	return out
}

// inCell keeps text from ending a cell of a table.
func inCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// rules lists the sentences of the contract tests by section.
func (m *markdown) rules(t *testing.T) {
	t.Helper()
	bySection := map[string][]string{}
	for _, file := range parsed(t, "contract_*_test.go") {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 4 {
				return true
			}
			name, ok := call.Fun.(*ast.Ident)
			if !ok || !slices.Contains([]string{"observed", "documented", "assumed"}, name.Name) {
				return true
			}
			section, sentence := literal(t, call.Args[1]), literal(t, call.Args[2])
			bySection[section] = append(bySection[section], fmt.Sprintf(
				"- %s — *%s*", sentence, name.Name,
			))
			return true
		})
	}
	m.line("\n## Rules\n")
	m.line("Each sentence is shown by a test. *Observed* in recorded traffic of real tenants, " +
		"*documented* by the vendor or by\n" +
		"several reports, or *assumed* because no source tells.")
	sections := make([]string, 0, len(bySection))
	for section := range bySection {
		sections = append(sections, section)
	}
	slices.SortFunc(sections, bySectionNumber)
	for _, section := range sections {
		slices.Sort(bySection[section])
		m.line("\n### Section %s\n\n%s", section, strings.Join(bySection[section], "\n"))
	}
}

func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return literal(t, sum.X) + literal(t, sum.Y)
	}
	constant, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("%T: section and sentence of a contract test are string literals", e)
	}
	text, err := strconv.Unquote(constant.Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// bySectionNumber puts 3.2 before 3.12.
func bySectionNumber(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return cmp.Compare(m, n)
	})
}

// parsed reads the files of this folder that match.
func parsed(t *testing.T, pattern string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	files := make([]*ast.File, len(names))
	for i, name := range names {
		if files[i], err = parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
