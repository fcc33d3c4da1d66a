// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"os"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
)

// TestReadmeFaults_isUpToDate generates the table of fault kinds in the README.
func TestReadmeFaults_isUpToDate(t *testing.T) {
	t.Parallel()
	const name = "README.md"
	const begin = "<!-- Begin of generated part: fault kinds -->\n"
	const end = "<!-- End of generated part: fault kinds -->\n"
	committed, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(committed), begin)
	_, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s has no generated part for fault kinds", name)
	}
	table := &markdown{}
	table.line("\n| Fault | What happens | Parameters |\n| --- | --- | --- |")
	for _, kind := range faults.Describe() {
		table.line("| `%s` | %s | %s |", kind.Kind, inCell(kind.Does), strings.Join(
			quoted(kind.Takes), ", ",
		))
	}
	table.line("")
	checkGenerated(t, name, before+begin+table.String()+end+after)
}
