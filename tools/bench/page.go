// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// updatePage writes the results into a Markdown page, between markers, and the plot beside it.
func updatePage(file string, r *Results) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	page := string(text)
	for _, part := range []struct{ name, text string }{
		{"machine", machineText(r)},
		{"bars", barTable(r.Bars).markdown()},
		{"rows", rowTable(r).markdown()},
		{"routes", routeTable(r).markdown()},
	} {
		if page, err = replacePart(page, part.name, part.text); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil { //nolint:gosec // A page.
		return err
	}
	plot := strings.TrimSuffix(file, filepath.Ext(file)) + ".svg"
	return os.WriteFile(plot, []byte(growth(r)), 0o644) //nolint:gosec // A picture of the page.
}

// machineText lists the commands that were run, and says where. The commands are no code block,
// since tests apply the code blocks of guides.
func machineText(r *Results) string {
	var out strings.Builder
	for command := range strings.SplitSeq(r.Command, "\n") {
		fmt.Fprintf(&out, "- `%s`\n", command)
	}
	fmt.Fprintf(&out, "\n%s.\n", r.Machine)
	return out.String()
}

// replacePart replaces what is between the markers with that name.
func replacePart(page, name, text string) (string, error) {
	begin := fmt.Sprintf("<!-- Begin of benchmark: %s -->\n", name)
	end := fmt.Sprintf("<!-- End of benchmark: %s -->\n", name)
	before, rest, hasBegin := strings.Cut(page, begin)
	_, after, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		return "", fmt.Errorf("the page has no markers of the part %q", name)
	}
	return before + begin + "\n" + text + "\n" + end + after, nil
}
