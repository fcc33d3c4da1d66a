// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

// block matches the first line of a resource or a module call.
var block = regexp.MustCompile(`^\s*(?:resource\s+"([^"]+)"\s+"([^"]+)"|module\s+"([^"]+)")`)

// sources returns a function that finds the block of a resource in the root module in a directory.
// For a resource in another module, it finds the module call.
func sources(dir string) func(address string) render.Source {
	found := map[string]render.Source{}
	files, _ := filepath.Glob(filepath.Join(dir, "*.tf")) // The pattern is valid.
	for _, name := range files {
		index(name, found)
	}
	return func(address string) render.Source {
		parts := strings.Split(plan.WithoutIndexes(address), ".")
		if len(parts) < 2 {
			return render.Source{}
		}
		return found[parts[0]+"."+parts[1]]
	}
}

// index adds the blocks of a file. A file that cannot be read has none: the review does not depend
// on it.
func index(name string, found map[string]render.Source) {
	file, err := os.Open(name)
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		match := block.FindStringSubmatch(lines.Text())
		switch {
		case match == nil:
		case match[3] != "":
			found["module."+match[3]] = render.Source{Path: filepath.ToSlash(name), Line: number}
		default:
			found[match[1]+"."+match[2]] = render.Source{
				Path: filepath.ToSlash(name), Line: number,
			}
		}
	}
}
