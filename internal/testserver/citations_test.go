// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// citation matches "API contract 4.2", "API contract 4.4 and 5.2" and "API contract 16, 29".
var (
	citation = regexp.MustCompile(
		`API contract,? (\d+(?:\.\d+)*(?:(?:, and |, or |, | and | or | to )\d+(?:\.\d+)*)*)`,
	)
	number = regexp.MustCompile(`\d+(?:\.\d+)*`)
	entry  = regexp.MustCompile(`(?m)^(\d+)\. (.+)$`)
)

// pitfalls is the section with a numbered list; citations name its entries.
const pitfalls = "16"

// TestContract_citedSectionsExist checks the comments of the repository and the sections that the
// contract tests name.
func TestContract_citedSectionsExist(t *testing.T) {
	t.Parallel()
	sections, entries := contractTitles(t), pitfallEntries(t)
	cited := 0
	for _, folder := range []string{"..", filepath.Join("..", "..", "tools")} {
		eachGoFile(t, folder, func(path string, file *ast.File) {
			for _, comment := range file.Comments {
				text := strings.Join(strings.Fields(comment.Text()), " ")
				for _, found := range citation.FindAllStringSubmatch(text, -1) {
					cited++
					numbers := number.FindAllString(found[1], -1)
					known := sections
					for _, n := range numbers {
						if _, exists := known[n]; !exists {
							t.Errorf("%s cites %q: no %s in CONTRACT.md", path, found[0], n)
						}
						if n == pitfalls {
							known = entries
						}
					}
				}
			}
			for _, one := range sentencesOf(t, file) {
				cited++
				if _, exists := sections[one.section]; !exists {
					t.Errorf("%s: no section %s in CONTRACT.md", path, one.section)
				}
			}
		})
	}
	if cited < 500 {
		t.Errorf("found only %d citations", cited)
	}
}

func pitfallEntries(t *testing.T) map[string]string {
	t.Helper()
	contract, err := os.ReadFile("CONTRACT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(contract), "\n## "+pitfalls+" ")
	entries := map[string]string{}
	for _, found := range entry.FindAllStringSubmatch(list, -1) {
		entries[found[1]] = found[2]
	}
	return entries
}

// eachGoFile parses the Go files below a folder.
func eachGoFile(t *testing.T, folder string, visit func(path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err == nil {
			visit(path, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
