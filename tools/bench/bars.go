// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// bar is an upper bound for a figure.
type bar struct {
	name  string
	what  string
	most  float64
	unit  string
	cells []cell
	floor bool // Whether the figure needs the floor of the first cell.
	// figure computes the figure from the rows of the cells, in their order.
	figure func(r *Results, rows []Row) float64
}

// Verdict is whether a figure is within its bar.
type Verdict string

// The verdicts.
const (
	Pass   Verdict = "pass"
	Miss   Verdict = "miss"
	NotRun Verdict = "not run"
)

// BarResult is a bar with the figure beside it.
type BarResult struct {
	Name    string  `json:"name"`
	What    string  `json:"what"`
	Most    float64 `json:"at_most"`
	Figure  float64 `json:"figure"`
	Unit    string  `json:"unit"`
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason,omitempty"` // Why it was not run.
}

const (
	small = 100
	large = 1000
)

var tenPerSecond = Limit{PerSecond: 10, Burst: 20}

// bars is the table of what the provider is held to.
func bars() []bar {
	plan := Scenario{Work: Plan, Objects: large}
	create := Scenario{Work: Create, Objects: large, References: true}
	withReferences := Scenario{Work: Plan, Objects: large, References: true}
	all := []bar{
		{
			name: "plan-requests", what: "requests", most: 50,
			cells: mine(plan), figure: totalRequests,
		},
		{
			name: "plan-in-large-tenant", what: "requests", most: 25,
			cells:  mine(Scenario{Work: Plan, Objects: 10, Tenant: 10_000}),
			figure: totalRequests,
		},
		{
			name: "create-writes", what: "writes", most: 2 * large,
			cells: mine(create), figure: requestsBy("POST"),
		},
		{
			name: "create-others", what: "other requests", most: 5,
			cells: mine(create), figure: requestsExcept("POST"),
		},
		{
			name: "rename-writes", what: "PATCH", most: large,
			cells: mine(Scenario{Work: Rename, Objects: large}), figure: requestsBy("PATCH"),
		},
		{
			name: "rename-others", what: "other requests", most: 50,
			cells:  mine(Scenario{Work: Rename, Objects: large}),
			figure: requestsExcept("PATCH"),
		},
		{
			name: "destroy-writes", what: "DELETE", most: 2 * large,
			cells: mine(Scenario{Work: Destroy, Objects: large}), figure: requestsBy("DELETE"),
		},
		{
			name: "destroy-others", what: "other requests", most: 50,
			cells:  mine(Scenario{Work: Destroy, Objects: large}),
			figure: requestsExcept("DELETE"),
		},
		{
			name: "plan-wall", what: "wall ÷ floor", most: 1.5, unit: "×",
			cells: mine(plan), floor: true, figure: wallToFloor,
		},
		{
			name: "plan-wall-references", what: "wall ÷ floor", most: 1.12, unit: "×",
			cells: mine(withReferences), floor: true, figure: wallToFloor,
		},
		{
			name: "plan-cpu", what: "provider CPU per object", most: 1.5, unit: "ms",
			cells: mine(plan), figure: func(_ *Results, rows []Row) float64 {
				return milliseconds(rows[0].cpuPerInstance())
			},
		},
		{
			name: "plan-cpu-linear", what: "provider CPU per object ÷ the same at 100 + 100",
			most: 1.1, unit: "×",
			cells: mine(plan, Scenario{Work: Plan, Objects: small}),
			figure: func(_ *Results, rows []Row) float64 {
				return float64(rows[0].cpuPerInstance()) / float64(rows[1].cpuPerInstance())
			},
		},
		{
			name: "plan-cpu-scopes", what: "provider CPU", most: 0.15, unit: "s",
			cells:  mine(Scenario{Work: Plan, Scopes: 1000}),
			figure: func(_ *Results, rows []Row) float64 { return rows[0].CPU },
		},
		{
			name: "memory", what: "provider peak memory", most: 80, unit: "MB",
			cells:  mine(plan),
			figure: func(_ *Results, rows []Row) float64 { return rows[0].Memory },
		},
		{
			name: "binary", what: "provider binary, stripped", most: 21, unit: "MB",
			figure: func(r *Results, _ []Row) float64 {
				return float64(r.Provider.Bytes) / megabyte
			},
		},
	}
	for _, latency := range []struct {
		delay time.Duration
		most  float64
	}{{0, 0.6}, {50 * time.Millisecond, 0.5}} {
		x := Scenario{Work: Plan, Objects: small, Latency: latency.delay}
		all = append(all, bar{
			name: "plan-compared-" + latency.delay.String(), what: "wall ÷ compared provider",
			most: latency.most, unit: "×",
			cells: []cell{{ours, x}, {incumbent, x}},
			figure: func(_ *Results, rows []Row) float64 {
				return rows[0].Wall / rows[1].Wall
			},
		})
	}
	for _, meaning := range resetMeanings {
		limited := mine(Scenario{
			Work: Plan, Objects: small, Limit: tenPerSecond, Reset: meaning,
		})
		all = append(all,
			bar{
				name: "plan-refused-" + meaning, what: "429", most: 5,
				cells: limited, figure: refused,
			},
			bar{
				name: "plan-paced-" + meaning,
				what: "wall ÷ (accepted requests ÷ rate + floor)", most: 1.3, unit: "×",
				cells: limited, floor: true, figure: wallToPace,
			},
		)
	}
	limitedCreate := mine(Scenario{
		Work: Create, Objects: small, References: true, Limit: tenPerSecond,
	})
	return append(all,
		bar{
			name: "create-paced", what: "wall", most: 20, unit: "s", cells: limitedCreate,
			figure: func(_ *Results, rows []Row) float64 { return rows[0].Wall },
		},
		bar{
			name: "create-refused", what: "429", most: 3, cells: limitedCreate, figure: refused,
		},
		bar{
			name: "second-client", what: "429 that the second client sees", most: 0,
			cells: mine(Scenario{
				Work: Create, Objects: small, References: true, Limit: tenPerSecond, Capacity: 70,
			}),
			figure: func(_ *Results, rows []Row) float64 {
				return float64(rows[0].Second.Refused)
			},
		},
	)
}

// mine lists the cells of this provider.
func mine(scenarios ...Scenario) []cell {
	var all []cell
	for _, x := range scenarios {
		all = append(all, cell{ours, x})
	}
	return all
}

func totalRequests(_ *Results, rows []Row) float64 { return float64(rows[0].Requests.Total) }

func refused(_ *Results, rows []Row) float64 { return float64(rows[0].Requests.Refused) }

func requestsBy(method string) func(*Results, []Row) float64 {
	return func(_ *Results, rows []Row) float64 {
		return float64(rows[0].Requests.with(method))
	}
}

func requestsExcept(method string) func(*Results, []Row) float64 {
	return func(_ *Results, rows []Row) float64 {
		return float64(rows[0].Requests.Total - rows[0].Requests.with(method))
	}
}

func wallToFloor(r *Results, rows []Row) float64 { return r.ratio(rows[0]) }

// wallToPace compares the wall time with the time that Terraform itself and the limit need.
// Refused requests do not count: a provider that paces itself does not make them.
func wallToPace(r *Results, rows []Row) float64 {
	base, has := r.find(cell{floor, rows[0].Scenario.floor()})
	if !has {
		return 0
	}
	accepted := rows[0].Requests.Total - rows[0].Requests.Refused
	paced := float64(accepted) / rows[0].Scenario.Limit.PerSecond
	return rows[0].Wall / (paced + base.Wall)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// isLarge reports whether the bar takes minutes.
func (b bar) isLarge() bool {
	return slices.ContainsFunc(b.cells, func(c cell) bool { return c.scenario.Objects >= large })
}

// title says what is measured in which scenario.
func (b bar) title() string {
	if len(b.cells) == 0 {
		return b.what
	}
	return fmt.Sprintf("%s: %s", b.cells[0].scenario, b.what)
}

// judge computes the figure and compares it with the bar. The reasons say why cells were not run.
func (b bar) judge(r *Results, reasons map[cell]string) BarResult {
	out := BarResult{
		Name: b.name, What: b.title(), Most: b.most, Unit: b.unit, Verdict: NotRun,
	}
	var rows []Row
	for _, c := range b.cells {
		row, has := r.find(c)
		if !has {
			out.Reason = reasons[c]
			return out
		}
		rows = append(rows, row)
	}
	out.Figure = b.figure(r, rows)
	out.Verdict = Miss
	if out.Figure <= b.most {
		out.Verdict = Pass
	}
	return out
}

// chooseBars returns the bars of a flag: all, small, none, or a list of names.
func chooseBars(text string) ([]bar, error) {
	known := bars()
	switch text {
	case "all":
		return known, nil
	case "none":
		return nil, nil
	case "small":
		return slices.DeleteFunc(known, bar.isLarge), nil
	}
	var chosen []bar
	for name := range strings.SplitSeq(text, ",") {
		i := slices.IndexFunc(known, func(b bar) bool { return b.name == name })
		if i < 0 {
			var names []string
			for _, b := range known {
				names = append(names, b.name)
			}
			return nil, fmt.Errorf(
				"no bar is named %q; there are all, small, none, %s", name,
				strings.Join(names, ", "),
			)
		}
		chosen = append(chosen, known[i])
	}
	return chosen, nil
}
