// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func exampleResults() *Results {
	plan := Scenario{Work: Plan, Objects: 10}
	hundred, thousand := plan, plan
	hundred.Objects, thousand.Objects = 100, 1000
	limited := hundred
	limited.Limit, limited.Latency = tenPerSecond, 50*time.Millisecond
	return &Results{
		Machine: Machine{System: "linux/amd64", Processors: 2, CLI: "terraform 1.11.4"},
		Command: "make bench",
		Rows: []Row{
			{
				Subject: ours, Scenario: plan, Runs: 3, Wall: 1.5, CPU: 0.5, Memory: 40,
				Requests: Requests{Total: 21, ByRoute: map[string]int{
					"GET /api/v2/client-grants/{id}": 20, "POST /oauth/token": 1,
				}},
			},
			{Subject: floor, Scenario: plan, Runs: 3, Wall: 0.5},
			{Subject: ours, Scenario: hundred, Runs: 3, Wall: 2, Requests: Requests{Total: 201}},
			{Subject: floor, Scenario: hundred, Runs: 3, Wall: 1},
			{Subject: ours, Scenario: thousand, Runs: 1, Wall: 9, Requests: Requests{Total: 2001}},
			{Subject: ours, Scenario: limited, Error: "Error: too many requests"},
		},
		Bars: []BarResult{
			{What: "requests", Most: 50, Figure: 21, Verdict: Pass},
			{What: "memory", Most: 80, Unit: "MB", Figure: 81.256, Verdict: Miss},
			{What: "wall", Most: 20, Unit: "s", Verdict: NotRun, Reason: "needs -compare"},
		},
	}
}

func TestRowTable(t *testing.T) {
	got := rowTable(exampleResults()).rows
	for i, want := range []string{
		"no-op plan, 10 + 10||m2m|21|0|1.5s|3.00|500ms|25.0 ms|40 MB",
		"no-op plan, 10 + 10||floor|||500ms|1.00|||",
	} {
		if row := strings.Join(got[i], "|"); row != want {
			t.Errorf("row %d is %q\nwant %q", i, row, want)
		}
	}
	if row := strings.Join(got[5], "|"); !strings.HasPrefix(
		row, "no-op plan, 100 + 100|50ms, 10/20 rps|m2m|failed|",
	) {
		t.Errorf("the row of a failure is %q", row)
	}
}

func TestRouteTable(t *testing.T) {
	got := routeTable(exampleResults()).rows[0][3]
	if want := "20 GET client-grants/{id}, 1 POST /oauth/token"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBarTable(t *testing.T) {
	got := barTable(exampleResults().Bars).markdown()
	const want = `| bar      | at most | figure   | verdict                 |
| -------- | ------- | -------- | ----------------------- |
| requests | 50      | 21       | pass                    |
| memory   | 80 MB   | 81.26 MB | miss                    |
| wall     | 20 s    |          | not run: needs -compare |
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestUpdatePage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	page := "Before\n"
	for _, part := range []string{"machine", "bars", "rows", "routes"} {
		page += "<!-- Begin of benchmark: " + part + " -->\nold\n<!-- End of benchmark: " + part + " -->\n"
	}
	if err := os.WriteFile(file, []byte(page+"After\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // The second time changes nothing.
		if err := updatePage(file, exampleResults()); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	if strings.Contains(got, "old") || !strings.HasPrefix(got, "Before\n<!-- Begin") ||
		!strings.HasSuffix(got, "-->\nAfter\n") || strings.Count(got, "make bench") != 1 ||
		strings.Count(got, "| memory   | 80 MB") != 1 {
		t.Errorf("the page is\n%s", got)
	}
	if _, err := os.Stat(strings.Replace(file, ".md", ".svg", 1)); err != nil {
		t.Error(err)
	}
}

func TestReplacePart_missingMarker(t *testing.T) {
	if _, err := replacePart("<!-- Begin of benchmark: bars -->\n", "bars", "x"); err == nil {
		t.Error("got no error for a part without an end")
	}
}

// Each subject with points has a line, in the order of the numbers of objects.
func TestGrowth(t *testing.T) {
	picture := growth(exampleResults())
	for decoder := xml.NewDecoder(strings.NewReader(picture)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	// From 10 to 1000 objects, and from 20 to 5000 requests: 21 is at the bottom left, 201 in the
	// middle, and 2001 is below the top.
	if want := `points="60.0,238.3 190.0,160.6 320.0,81.5"`; !strings.Contains(picture, want) {
		t.Errorf("no line %s in\n%s", want, picture)
	}
	// Without a floor, 1000 has no ratio.
	if n := strings.Count(picture, "<circle"); n != 7 { // Two are of legends.
		t.Errorf("got %d points, want 7", n)
	}
	if n := strings.Count(picture, ">"+ours+"<"); n != 2 {
		t.Errorf("got %d labels, want 2", n)
	}
}

func TestScale(t *testing.T) {
	for _, tc := range []struct {
		values []float64
		want   scale
		ticks  int
	}{
		{[]float64{10, 1000}, scale{10, 1000}, 3},
		{[]float64{3, 3}, scale{2, 5}, 2},
		{[]float64{1.1, 2.4}, scale{1, 5}, 3},
		{nil, scale{1, 10}, 4},
	} {
		got := scaleOf(tc.values)
		if got != tc.want || len(got.ticks()) != tc.ticks {
			t.Errorf("%v: got %v with ticks %v, want %v and %d", tc.values, got, got.ticks(),
				tc.want, tc.ticks)
		}
	}
}

func TestFirstError(t *testing.T) {
	got := firstError("Plan: 1\nWarning: x\nError: no\n" + strings.Repeat("line\n", 100))
	if !strings.HasPrefix(got, "Error: no\nline") || strings.Count(got, "\n") != 11 {
		t.Errorf("got %q", got)
	}
}
