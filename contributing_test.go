// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	mapRow    = regexp.MustCompile("(?m)^\\| (`.+?) \\|")
	mapFolder = regexp.MustCompile("`([^`]+/)`")
)

// TestContributing_mapHasAllPackages compares the map in CONTRIBUTING.md with the folders of Go
// code. In a row, … stands for the last folder that is written in full.
func TestContributing_mapHasAllPackages(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	mapped, last := map[string]bool{}, ""
	for _, row := range mapRow.FindAllStringSubmatch(string(page), -1) {
		for _, folder := range mapFolder.FindAllStringSubmatch(row[1], -1) {
			below, relative := strings.CutPrefix(folder[1], "…/")
			if !relative {
				last, below = folder[1], ""
			}
			mapped[filepath.Clean(last+below)] = true
		}
	}
	folders := map[string]bool{}
	err = filepath.WalkDir("internal", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".go" {
			folders[filepath.Dir(path)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(mapped, func(name string, _ bool) bool {
		info, err := os.Stat(name)
		return err == nil && info.IsDir() && !folders[name] // It holds no Go code.
	})
	if diff := cmp.Diff(
		slices.Sorted(maps.Keys(folders)), slices.Sorted(maps.Keys(mapped)),
	); diff != "" {
		t.Errorf("folders (-with Go code +in the map of CONTRIBUTING.md):\n%s", diff)
	}
}
