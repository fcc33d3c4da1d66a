// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// checkGuide compares the results with the table of the guide. The results of a sample only show
// whether the operations and their requests are the same.
func checkGuide(t *testing.T, rows []*row, sum *row) {
	t.Helper()
	const (
		name  = "../../../templates/guides/reliability.md"
		begin = "<!-- Begin of generated part: fault matrix -->\n"
		end   = "<!-- End of generated part: fault matrix -->\n"
	)
	committed, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(committed), begin)
	table, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s has no generated part for the fault matrix", name)
	}
	const stale = "%s is stale: run `make matrix` and `make generate`, and commit the result"
	if !*allCells && !*update {
		for _, r := range rows {
			if !strings.Contains(table, r.head()) {
				t.Errorf(stale+"; it lacks %s", name, r.head())
			}
		}
		return
	}
	generated := before + begin + guideTable(rows, sum) + end + after
	if *update {
		if err := os.WriteFile(name, []byte(generated), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if generated != string(committed) {
		t.Errorf(stale, name)
	}
}

// head is the beginning of the row in the guide.
func (r *row) head() string { return fmt.Sprintf("| `%s` | %s | %d |", r.typeName, r.name, r.calls) }

func guideTable(rows []*row, sum *row) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("\n| Resource | Operation | Requests | Cells | No error | Next apply | With the switch |")
	line("| --- | --- | --: | --: | --: | --: | --: |")
	cells := func(r *row) string {
		return fmt.Sprintf(" %d | %d | %d | %d |", r.cells, r.outcomes[silent],
			r.outcomes[healedByApply], r.outcomes[healedBySwitch])
	}
	for _, r := range rows {
		line("%s%s", r.head(), cells(r))
	}
	line("| all | | %d |%s", sum.calls, cells(sum))
	line("\nOf the %d cells with a single fault, %d show no error. At the end of all %d cells: %d "+
		"objects are left over or replaced, %d are missing, %d are duplicates, and %d cells need "+
		"anything typed.\n", sum.single, sum.passed, sum.cells, sum.surplus, sum.missing,
		sum.duplicates, sum.outcomes[notHealed])
	return b.String()
}
