// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// table is rows of text with a heading. Its columns are aligned in text and in Markdown.
type table struct {
	heading []string
	rows    [][]string
}

// markdown is the table as Markdown, which is readable as text, too.
func (t table) markdown() string {
	widths := make([]int, len(t.heading))
	for _, row := range append([][]string{t.heading}, t.rows...) {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	var out strings.Builder
	line := func(row []string) {
		for i, text := range row {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			fmt.Fprintf(&out, "| %s%s ", text, padding)
		}
		out.WriteString("|\n")
	}
	line(t.heading)
	for _, width := range widths {
		out.WriteString("| " + strings.Repeat("-", max(3, width)) + " ")
	}
	out.WriteString("|\n")
	for _, row := range t.rows {
		line(row)
	}
	return out.String()
}

// rowTable is the table of all rows.
func rowTable(r *Results) table {
	t := table{heading: []string{
		"work", "conditions", "subject", "requests", "429", "wall", "÷ floor", "CPU",
		"CPU/object", "memory",
	}}
	for _, row := range r.Rows {
		cells := []string{row.Scenario.What(), row.Scenario.Conditions(), row.Subject}
		if !row.measured() {
			t.rows = append(t.rows, append(cells, "failed", "", "", "", "", "", ""))
			continue
		}
		cells = append(cells,
			showCount(row, row.Requests.Total), showCount(row, row.Requests.Refused),
			showSeconds(row.Wall), showRatio(r.ratio(row)),
		)
		if row.Subject == floor {
			cells = append(cells, "", "", "")
		} else {
			cells = append(cells,
				showSeconds(row.CPU),
				fmt.Sprintf("%.1f ms", milliseconds(row.cpuPerInstance())),
				fmt.Sprintf("%.0f MB", row.Memory))
		}
		t.rows = append(t.rows, cells)
	}
	return t
}

// routeTable is the table of requests by route.
func routeTable(r *Results) table {
	t := table{heading: []string{"work", "conditions", "subject", "requests by route"}}
	for _, row := range r.Rows {
		if row.Subject == floor || !row.measured() {
			continue
		}
		var routes []string
		for _, route := range sortedKeys(row.Requests.ByRoute) {
			routes = append(routes, fmt.Sprintf("%d %s", row.Requests.ByRoute[route],
				strings.Replace(route, "/api/v2/", "", 1)))
		}
		t.rows = append(t.rows, []string{
			row.Scenario.What(), row.Scenario.Conditions(), row.Subject,
			strings.Join(routes, ", "),
		})
	}
	return t
}

// barTable is the table of bars.
func barTable(results []BarResult) table {
	t := table{heading: []string{"bar", "at most", "figure", "verdict"}}
	for _, b := range results {
		figure, verdict := showFigure(b.Figure, b.Unit), string(b.Verdict)
		if b.Verdict == NotRun {
			figure = ""
			if b.Reason != "" {
				verdict += ": " + b.Reason
			}
		}
		t.rows = append(t.rows, []string{b.What, showFigure(b.Most, b.Unit), figure, verdict})
	}
	return t
}

func showFigure(value float64, unit string) string {
	digits := strconv.FormatFloat(value, 'f', 2, 64)
	digits = strings.TrimSuffix(strings.TrimRight(digits, "0"), ".")
	return strings.TrimSpace(digits + " " + unit)
}

func showCount(row Row, n int) string {
	if row.Subject == floor {
		return ""
	}
	return strconv.Itoa(n)
}

func showSeconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(10 * time.Millisecond).String()
}

func showRatio(ratio float64) string {
	if ratio == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", ratio)
}

// print writes all tables, and the errors of what failed.
func (r *Results) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n", r.Machine)
	fmt.Fprintf(w, "\n%s\n%s", rowTable(r).markdown(), routeTable(r).markdown())
	if len(r.Bars) > 0 {
		fmt.Fprintf(w, "\n%s", barTable(r.Bars).markdown())
	}
	for _, row := range r.Rows {
		if row.Error != "" {
			fmt.Fprintf(w, "\nfailed: %s: %s\n", row.Scenario, row.Error)
		}
	}
}

func (m Machine) String() string {
	return fmt.Sprintf("%d processors, %s, %s, load average %.1f at the start",
		m.Processors, m.System, m.CLI, m.Load)
}
