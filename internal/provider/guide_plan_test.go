// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// planPackages are the packages whose warnings are about a plan or an apply of resources.
var planPackages = []string{
	"attribute", "clientgrant", "exclusivegrants", "organizationgrant", "report",
	"resourceserver", "resourceserverscope", "run", "tfstate",
}

// The guide names each warning that these packages can give.
func TestGuides_nameEveryWarning(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/guides/reading-a-plan.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, folder := range planPackages {
		for _, title := range warningTitles(t, folder) {
			found++
			if !strings.Contains(string(page), title) {
				t.Errorf("%s: the guide does not name the warning %q", folder, title)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d warnings were found in the code", found)
	}
}

var verb = regexp.MustCompile(`%(\[\d\])?[qs]`)

// warningTitles returns the titles of all warnings in a package, as the guide writes them: … stands
// for what is filled in.
func warningTitles(t *testing.T, folder string) (titles []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			at, ok := map[string]int{"AddWarning": 0, "AddAttributeWarning": 1}[method.Sel.Name]
			if ok {
				titles = append(titles, titleOf(call.Args[at]))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return titles
}

// titleOf returns the literal text of a title: a string, the format of a Sprintf, or the beginning
// of a concatenation.
func titleOf(title ast.Expr) string {
	switch title := title.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(title.Value)
		if err != nil {
			return title.Value
		}
		return verb.ReplaceAllString(text, "…")
	case *ast.BinaryExpr:
		if end, ok := title.Y.(*ast.BasicLit); ok {
			return titleOf(title.X) + titleOf(end)
		}
		return titleOf(title.X) + "…"
	case *ast.CallExpr:
		return titleOf(title.Args[0])
	default:
		return "a title that is not written in the call"
	}
}
