// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// filled stands for what is filled in, in a text of the source.
const filled = "\x00"

// place is a call in the source that makes a diagnostic.
type place struct{ at, title, text string }

// makers are the functions that make a diagnostic, and which argument is the title. The text
// follows it.
var makers = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
	"NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0, "NewAttributeErrorDiagnostic": 1,
	"NewAttributeWarningDiagnostic": 1,
}

// source is what the code of the provider can say.
type source struct {
	places []place
	// sentences are the literal parts of texts, by their position.
	sentences map[string]string
}

// readSource reads the code of the provider without its tests.
func readSource(t *testing.T) source {
	t.Helper()
	out := source{sentences: map[string]string{}}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"acctest", "simulation"}, file):
			return fs.SkipDir
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, file, nil, 0)
		if err != nil {
			return err
		}
		r := reader{
			source: &out, inSchema: strings.HasSuffix(file, "schema.go"),
			at: func(n ast.Node) string { return files.Position(n.Pos()).String() },
		}
		ast.Inspect(parsed, r.read)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// reader reads a file. Of a schema, it reads only what validators say.
type reader struct {
	*source
	inSchema bool
	at       func(ast.Node) string
}

// read reads a node, and reports whether to read its parts.
func (r reader) read(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.FuncDecl:
		if !r.inSchema && strings.HasSuffix(n.Name.Name, "Schema") {
			r.inSchema = true
			ast.Inspect(n.Body, r.read)
			return false
		}
	case *ast.Field:
		return n.Tag == nil
	case *ast.KeyValueExpr:
		key, ok := n.Key.(*ast.Ident)
		return !ok || !strings.HasSuffix(key.Name, "Description")
	case *ast.CompositeLit:
		r.readLiteral(n)
		return !documented.MatchString(nameOf(n.Type))
	case *ast.CallExpr:
		name := nameOf(n.Fun)
		if title, ok := makers[name]; ok && len(n.Args) > title+1 {
			r.places = append(r.places, place{
				r.at(n), literalOf(n.Args[title]), literalOf(n.Args[title+1]),
			})
		}
		if r.inSchema && name == "RegexMatches" {
			r.inSchema = false
			ast.Inspect(n.Args[1], r.read)
			return false
		}
		selector, ok := n.Fun.(*ast.SelectorExpr)
		return (!ok || nameOf(selector.X) != "tflog") && !unsaidBy.MatchString(name)
	case *ast.BasicLit:
		if n.Kind == token.STRING && !r.inSchema {
			for part := range strings.SplitSeq(literalOf(n), filled) {
				if part = strings.Join(strings.Fields(part), " "); strings.Contains(part, " ") {
					r.sentences[r.at(n)+" "+part] = part
				}
			}
		}
	}
	return true
}

var (
	// unsaidBy matches functions whose texts are in the documentation only, or are keys.
	unsaidBy = regexp.MustCompile(`^(Shown.*|IdentityOf|MustCompile|SayOnce|panic)$`)
	// documented matches the types of literals that describe something for the documentation.
	documented = regexp.MustCompile(`(Validator|Definition)$`)
)

// nameOf returns the last part of a name.
func nameOf(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	default:
		return ""
	}
}

// readLiteral reads a diagnostic that is written as a struct.
func (r reader) readLiteral(of *ast.CompositeLit) {
	texts := map[string]string{}
	for _, element := range of.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			texts[nameOf(pair.Key)] = literalOf(pair.Value)
		}
	}
	if texts["Summary"] != "" && texts["Detail"] != "" {
		r.places = append(r.places, place{r.at(of), texts["Summary"], texts["Detail"]})
	}
}

var verbs = regexp.MustCompile(`%[-+#*]*(\[\d+\])?[a-zA-Z]`)

// literalOf returns a text as it is written in the source.
func literalOf(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil {
			return e.Value
		}
		return strings.ReplaceAll(verbs.ReplaceAllString(text, filled), "%%", "%")
	case *ast.BinaryExpr:
		return literalOf(e.X) + literalOf(e.Y)
	case *ast.CallExpr:
		switch nameOf(e.Fun) {
		case "Sprintf":
			return literalOf(e.Args[0])
		case "Paragraphs":
			var parts []string
			for _, part := range e.Args {
				parts = append(parts, literalOf(part))
			}
			return strings.Join(parts, filled)
		}
	}
	return filled
}

// matches reports whether a text may have been made of one in the source.
func matches(literal, text string) bool {
	var parts []string
	for part := range strings.SplitSeq(literal, filled) {
		parts = append(parts, regexp.QuoteMeta(part))
	}
	return regexp.MustCompile(`^` + strings.Join(parts, `(?s:.*)`) + `$`).MatchString(text)
}

// unheard returns the places that made none of the diagnostics. Each place needs one of its own.
func unheard(places []place, said []diagnostic) (silent []place) {
	may := make([][]int, len(places))
	for i, p := range places {
		for j, d := range said {
			if matches(p.title, d.title) && matches(p.text, d.text) {
				may[i] = append(may[i], j)
			}
		}
	}
	// A maximum matching, by augmenting paths.
	taken := map[int]int{}
	var assign func(place int, tried map[int]bool) bool
	assign = func(place int, tried map[int]bool) bool {
		for _, j := range may[place] {
			if tried[j] {
				continue
			}
			tried[j] = true
			if holder, ok := taken[j]; !ok || assign(holder, tried) {
				taken[j] = place
				return true
			}
		}
		return false
	}
	for i, p := range places {
		if !assign(i, map[int]bool{}) {
			silent = append(silent, p)
		}
	}
	return silent
}
