// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command bench measures the provider with a real Terraform and the reference server: requests,
// wall time, CPU time and memory of the provider. Beside each figure it measures the floor: the
// same work with as many terraform_data resources. It compares the figures with the bars that the
// provider is held to.
//
// It runs one Terraform at a time, uses only loopback, and leaves nothing behind.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
)

// options are the flags.
type options struct {
	provider, server, cli, metered, configs string
	compare, compareConfig, compareSource   string

	grid    Grid
	bars    string
	runs    int
	once    time.Duration
	timeout time.Duration

	json, from, page string
	check            bool
}

func main() {
	o := defaults()
	define(flag.CommandLine, &o)
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	soft, hard := process.Interruptible()
	missed, err := run(soft, hard, o)
	switch {
	case process.Ended(soft):
		os.Exit(process.ExitInterrupted)
	case err != nil:
		fmt.Fprintf(os.Stderr, "The benchmark failed: %v\n", err)
		os.Exit(1)
	case missed && o.check:
		os.Exit(1)
	}
}

func defaults() options {
	return options{
		grid: Grid{
			Objects: []int{10, 100}, Works: []Work{Create, Plan, Change, Destroy},
			Latencies: []time.Duration{0}, Limits: []Limit{{}}, References: []bool{false},
		},
	}
}

func define(flags *flag.FlagSet, o *options) {
	flags.StringVar(&o.provider, "provider", "", "`path` of the provider, stripped")
	flags.StringVar(&o.server, "server", "", "`path` of the reference server")
	flags.StringVar(&o.metered, "metered", "", "`path` of the command metered")
	flags.StringVar(&o.cli, "cli", "", "`path` of terraform or tofu")
	flags.StringVar(&o.configs, "configs", "", "`folder` of the configurations")
	flags.StringVar(&o.compare, "compare", "", "`path` of another provider to run the same work")
	flags.StringVar(&o.compareConfig, "compare-config", "",
		"`folder` of its configuration (default auth0 in -configs)")
	flags.StringVar(&o.compareSource, "compare-source", "auth0/auth0", "its source `address`")

	g := &o.grid
	flags.Var(list[int]{&g.Objects, parseObjects, strconv.Itoa}, "n",
		"`numbers` of APIs, and of client grants, such as 10,100,1000; 0 for the bars alone")
	flags.Var(list[Work]{&g.Works, parseWork, func(w Work) string { return string(w) }}, "work",
		"`works`: create, plan, rename (every API), change (every object), destroy")
	flags.Var(list[time.Duration]{&g.Latencies, parseLatency, time.Duration.String}, "latency",
		"`latencies` of the server, such as 0,50ms")
	flags.Var(list[Limit]{&g.Limits, parseLimit, Limit.String}, "limit",
		"rate `limits` as RPS/BURST, such as none,2/10,10/20,50/100")
	flags.Var(list[bool]{&g.References, parseReferences, showReferences}, "references",
		"`with` or without references between grants and APIs, or both")
	flags.IntVar(&g.Tenant, "tenant", 0,
		"`number` of APIs, and of grants, in the tenant if it is larger than the configuration")
	flags.StringVar(&o.bars, "bars", "small",
		"`bars` to measure: all, small (those without 1,000 objects), none, or names")

	flags.IntVar(&o.runs, "runs", 3, "`number` of runs; the figures are medians")
	flags.DurationVar(&o.once, "once", 30*time.Second, "what takes `longer` is run once")
	flags.DurationVar(&o.timeout, "timeout", 30*time.Minute, "most `time` for one command")

	flags.StringVar(&o.json, "json", "", "`file` to write the results to")
	flags.StringVar(&o.from, "from", "",
		"`files` to read and combine results from instead of measuring")
	flags.StringVar(&o.page, "page", "", "Markdown `file` to write the results into")
	flags.BoolVar(&o.check, "check", false, "exit with 1 if a bar is missed or work failed")
}

func showReferences(with bool) string {
	if with {
		return "with"
	}
	return "without"
}

// run measures, or reads results, and reports them. It says whether a bar was missed.
func run(soft, hard context.Context, o options) (missed bool, err error) {
	var r *Results
	if o.from != "" {
		r, err = readResults(strings.Split(o.from, ",")...)
	} else {
		r, err = measure(soft, hard, o)
	}
	if err != nil {
		return false, err
	}
	r.print(os.Stdout)
	if o.json != "" {
		err = r.write(o.json)
	}
	if o.page != "" {
		err = errors.Join(err, updatePage(o.page, r))
	}
	return r.failed(), err
}

// failed reports whether a bar was missed or work failed.
func (r *Results) failed() bool {
	for _, b := range r.Bars {
		if b.Verdict == Miss {
			return true
		}
	}
	for _, row := range r.Rows {
		if row.Error != "" {
			return true
		}
	}
	return false
}

func measure(soft, hard context.Context, o options) (_ *Results, err error) {
	for name, path := range map[string]string{
		"provider": o.provider, "server": o.server, "metered": o.metered, "cli": o.cli,
		"configs": o.configs,
	} {
		if path == "" {
			return nil, fmt.Errorf("-%s is missing; 'make bench' sets it", name)
		}
	}
	chosen, err := chooseBars(o.bars)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "m2m-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b, err := newBench(soft, hard, dir, o)
	if err != nil {
		return nil, err
	}
	r := &Results{Command: commandLine(os.Args[1:]), Machine: b.machine()}
	if r.Provider, err = sizeOf(o.provider); err != nil {
		return nil, err
	}

	cells, reasons, err := b.choose(o.grid, chosen)
	if err != nil {
		return nil, err
	}
	r.Rows = b.measure(cells)
	r.judge(reasons)
	return r, nil
}

// choose lists the cells of the grid and the bars that can be measured, each beside its floor, and
// why others cannot. What is small comes first.
func (b *bench) choose(grid Grid, chosen []bar) ([]cell, map[cell]string, error) {
	var wanted []cell
	for _, x := range grid.scenarios() {
		wanted = add(wanted, cell{ours, x}, cell{floor, x.floor()})
		if b.subjects[incumbent] != nil {
			wanted = add(wanted, cell{incumbent, x})
		}
	}
	for _, bar := range chosen {
		wanted = add(wanted, bar.cells...)
		if bar.floor {
			wanted = add(wanted, cell{floor, bar.cells[0].scenario.floor()})
		}
	}
	slices.SortStableFunc(wanted, func(a, b cell) int {
		return cmp.Compare(a.scenario.instances(), b.scenario.instances())
	})
	reasons := map[cell]string{}
	var possible []cell
	for _, c := range wanted {
		reason, err := b.missing(c)
		if err != nil {
			return nil, nil, err
		}
		if reason == "" {
			possible = append(possible, c)
		} else {
			reasons[c] = reason
		}
	}
	return possible, reasons, nil
}
