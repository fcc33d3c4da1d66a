// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// A row is what became of the tests with one CLI.
type row struct {
	cli, version string
	unusable     string // Why the tests could not run.

	passed, skipped, failed int
	failures                []string
	reasons                 map[string]int // How many tests were skipped, by the reason they give.
	took                    time.Duration
	timedOut                bool
	broken                  bool // The run failed, although no test did.
}

// An event is a line of `go test -json`.
type event struct{ Action, Package, Test, Output string }

// count reads the events of a run. Packages do not count.
func (r *row) count(events io.Reader) error {
	r.reasons = map[string]int{}
	said := map[string]string{} // The last line of each test that gives a place in the code.
	for decoder := json.NewDecoder(events); ; {
		var e event
		err := decoder.Decode(&e)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // A run that is killed leaves half a line.
		}
		if err != nil {
			return err
		}
		name := e.Package + " " + e.Test
		switch {
		case e.Test == "":
		case e.Action == "pass":
			r.passed++
		case e.Action == "fail":
			r.failed++
			r.failures = append(r.failures, e.Test)
		case e.Action == "skip":
			r.skipped++
			r.reasons[said[name]]++
		case e.Action == "output":
			if _, reason, found := strings.Cut(e.Output, ".go:"); found {
				_, reason, _ = strings.Cut(reason, ": ")
				said[name] = strings.TrimSpace(reason)
			}
		}
	}
}

// verdict says in a few words how the tests went.
func (r *row) verdict() string {
	switch {
	case r.unusable != "":
		return "skipped"
	case r.timedOut:
		return "out of time"
	case r.failed > 0 || r.broken:
		return "failed"
	default:
		return "passed"
	}
}

// passed reports whether the tests ran with at least one CLI, and failed with none.
func passed(rows []row) bool {
	ran := slices.ContainsFunc(rows, func(r row) bool { return r.unusable == "" })
	return ran && !slices.ContainsFunc(rows, func(r row) bool {
		return r.unusable == "" && r.verdict() != "passed"
	})
}

// writeTable writes a line for each CLI, then what failed, and why tests or CLIs were skipped.
func writeTable(w io.Writer, rows []row) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nCLI\tverdict\tpassed\tskipped\tfailed\ttime")
	for _, r := range rows {
		name := r.cli
		if r.version != "" {
			name = r.version
		}
		fmt.Fprintf(
			table, "%s\t%s\t%d\t%d\t%d\t%s\n", name, r.verdict(), r.passed, r.skipped, r.failed,
			r.took.Round(time.Second),
		)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var notes strings.Builder
	for _, r := range rows {
		if r.unusable != "" {
			fmt.Fprintf(&notes, "\n%s was skipped: %s\n", r.cli, r.unusable)
		}
		for _, name := range r.failures {
			fmt.Fprintf(&notes, "\n%s failed: %s\n", r.version, name)
		}
		for _, reason := range slices.Sorted(maps.Keys(r.reasons)) {
			fmt.Fprintf(
				&notes, "\n%s skipped %d tests: %s\n", r.version, r.reasons[reason], reason,
			)
		}
	}
	_, err := io.WriteString(w, notes.String())
	return err
}
