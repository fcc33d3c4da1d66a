// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Results is everything that a run of the benchmark measured. It is written as JSON.
type Results struct {
	Machine  Machine     `json:"machine"`
	Command  string      `json:"command"`
	Provider Size        `json:"provider"`
	Rows     []Row       `json:"rows"`
	Bars     []BarResult `json:"bars"`
}

// Machine is where the benchmark ran.
type Machine struct {
	System     string  `json:"system"`
	Processors int     `json:"processors"`
	CLI        string  `json:"cli"`
	Load       float64 `json:"load"` // The load average when the benchmark started.
}

// Size is the size of the provider's binary.
type Size struct {
	Bytes    int64 `json:"bytes"`
	Stripped bool  `json:"stripped"`
}

// Row is the result of a cell: the median of its runs.
type Row struct {
	Subject  string      `json:"subject"`
	Scenario Scenario    `json:"scenario"`
	Runs     int         `json:"runs"`
	Wall     float64     `json:"wall_seconds"`
	CPU      float64     `json:"provider_cpu_seconds"`
	Memory   float64     `json:"provider_peak_megabytes"`
	Requests Requests    `json:"requests"`
	Second   *Production `json:"second_client,omitempty"`
	Error    string      `json:"error,omitempty"`
}

const megabyte = 1_000_000

// newRow takes the median of each figure. The requests by route come from the run with the median
// number.
func newRow(c cell, samples []sample, failure error) Row {
	row := Row{Subject: c.subject, Scenario: c.scenario, Runs: len(samples)}
	if failure != nil {
		row.Error = failure.Error()
	}
	if len(samples) == 0 {
		return row
	}
	row.Wall = medianOf(samples, func(s sample) float64 { return s.wall.Seconds() })
	row.CPU = medianOf(samples, func(s sample) float64 { return s.used.CPU.Seconds() })
	row.Memory = medianOf(samples, func(s sample) float64 {
		return float64(s.used.PeakMemory) / megabyte
	})
	typical := slices.SortedFunc(slices.Values(samples), func(a, b sample) int {
		return cmp.Compare(a.requests.Total, b.requests.Total)
	})[(len(samples)-1)/2]
	row.Requests, row.Second = typical.requests, typical.second
	return row
}

func medianOf(samples []sample, figure func(sample) float64) float64 {
	var all []float64
	for _, s := range samples {
		all = append(all, figure(s))
	}
	return median(all)
}

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// measured reports whether the row has figures.
func (r Row) measured() bool { return r.Runs > 0 }

// cpuPerInstance is the provider's CPU time for each resource instance.
func (r Row) cpuPerInstance() time.Duration {
	return time.Duration(r.CPU / float64(r.Scenario.instances()) * float64(time.Second))
}

// find returns the row of a cell.
func (r *Results) find(c cell) (Row, bool) {
	for _, row := range r.Rows {
		if row.Subject == c.subject && row.Scenario == c.scenario && row.measured() {
			return row, true
		}
	}
	return Row{}, false
}

// ratio is the wall time as a multiple of the floor's; 0 if there is no floor.
func (r *Results) ratio(row Row) float64 {
	base, has := r.find(cell{floor, row.Scenario.floor()})
	if !has || base.Wall == 0 || !row.measured() {
		return 0
	}
	return row.Wall / base.Wall
}

func (r *Results) write(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644) //nolint:gosec // Results are for everyone.
}

// readResults reads and combines files. A row of a later file replaces the same row of an earlier
// one.
func readResults(files ...string) (*Results, error) {
	combined := &Results{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var r Results
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		combined.add(r)
	}
	return combined, nil
}

// add adds the rows of a later run and judges the bars again.
func (r *Results) add(later Results) {
	for _, row := range later.Rows {
		i := slices.IndexFunc(r.Rows, func(old Row) bool {
			return old.Subject == row.Subject && old.Scenario == row.Scenario
		})
		if i >= 0 {
			r.Rows[i] = row
		} else {
			r.Rows = append(r.Rows, row)
		}
	}
	r.Command = strings.TrimPrefix(r.Command+"\n"+later.Command, "\n")
	r.Machine, r.Provider = later.Machine, later.Provider
	reasons := map[cell]string{}
	for i, b := range bars() {
		for _, known := range [][]BarResult{r.Bars, later.Bars} {
			if i < len(known) && known[i].Name == b.name && known[i].Reason != "" {
				for _, c := range b.cells {
					reasons[c] = known[i].Reason
				}
			}
		}
	}
	r.judge(reasons)
}

// judge judges all bars.
func (r *Results) judge(reasons map[cell]string) {
	r.Bars = nil
	for _, b := range bars() {
		r.Bars = append(r.Bars, b.judge(r, reasons))
	}
}
