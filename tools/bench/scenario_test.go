// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"flag"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDefine_lists(t *testing.T) {
	o := defaults()
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	define(flags, &o)
	err := flags.Parse(strings.Fields(
		"-n 10,1000 -work plan,rename -latency 0,50ms -limit none,2.5/10 -references with,without",
	))
	if err != nil {
		t.Fatal(err)
	}
	want := Grid{
		Objects: []int{10, 1000}, Works: []Work{Plan, Rename},
		Latencies:  []time.Duration{0, 50 * time.Millisecond},
		Limits:     []Limit{{}, {PerSecond: 2.5, Burst: 10}},
		References: []bool{true, false},
	}
	if !reflect.DeepEqual(o.grid, want) {
		t.Errorf("got %+v\nwant %+v", o.grid, want)
	}
}

func TestDefine_refusesValues(t *testing.T) {
	for _, args := range []string{
		"-n ten", "-n -1", "-n 100000", "-work apply", "-latency -1s", "-latency 50", "-limit 10",
		"-limit 0/5", "-limit 10/0", "-references maybe",
	} {
		t.Run(args, func(t *testing.T) {
			o := defaults()
			flags := flag.NewFlagSet("bench", flag.ContinueOnError)
			flags.SetOutput(&strings.Builder{})
			define(flags, &o)
			if err := flags.Parse(strings.Fields(args)); err == nil {
				t.Errorf("got no error, but %+v", o.grid)
			}
		})
	}
}

func TestGrid_scenarios(t *testing.T) {
	got := Grid{
		Objects: []int{0, 10, 100}, Works: []Work{Create, Plan}, Latencies: []time.Duration{0},
		Limits: []Limit{tenPerSecond}, References: []bool{false}, Tenant: 50,
	}.scenarios()
	want := []Scenario{
		{Work: Create, Objects: 10, Limit: tenPerSecond, Tenant: 50},
		{Work: Plan, Objects: 10, Limit: tenPerSecond, Tenant: 50},
		{Work: Create, Objects: 100, Limit: tenPerSecond},
		{Work: Plan, Objects: 100, Limit: tenPerSecond},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestScenario_String(t *testing.T) {
	for want, s := range map[string]Scenario{
		"no-op plan, 100 + 100":           {Work: Plan, Objects: 100},
		"change every API, 5 + 5":         {Work: Rename, Objects: 5},
		"no-op plan, 1 grant of 9 scopes": {Work: Plan, Scopes: 9},
		"create, 10 + 10, references, in a tenant of 99, 50ms, 2/10 rps, reset=past": {
			Work: Create, Objects: 10, References: true, Tenant: 99,
			Latency: 50 * time.Millisecond, Limit: Limit{PerSecond: 2, Burst: 10}, Reset: "past",
		},
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestServerArgs(t *testing.T) {
	got := strings.Join(serverArgs(Scenario{
		Latency: 50 * time.Millisecond, Limit: Limit{PerSecond: 2.5, Burst: 10}, Reset: "next",
	}), " ")
	if want := "-latency 50ms -rate-limit 2.5,10 " + resetFlag + " next"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := serverArgs(Scenario{}); len(got) != 0 {
		t.Errorf("got %q for the plain scenario", got)
	}
}

func TestCommandLine(t *testing.T) {
	for args, want := range map[string]string{
		"-cli /x -provider /y -json out.json -page p.md": "make bench",
		"-cli /x -n 10,100 -check -runs=5":               "make bench BENCHFLAGS='-n 10,100 -check -runs 5'",
		"-compare /tmp/auth0 -cli /x":                    "make bench BENCHFLAGS='-compare auth0'",
	} {
		if got := commandLine(strings.Fields(args)); got != want {
			t.Errorf("%s: got %q, want %q", args, got, want)
		}
	}
}
