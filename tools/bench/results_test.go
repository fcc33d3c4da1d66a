// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/bench/usage"
)

func TestMedian(t *testing.T) {
	for _, tc := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(tc.values); got != tc.want {
			t.Errorf("%v: got %v, want %v", tc.values, got, tc.want)
		}
	}
}

func sampleOf(wall, cpu time.Duration, memory int64, requests int) sample {
	return sample{
		wall: wall, used: usage.Process{CPU: cpu, PeakMemory: memory},
		requests: Requests{Total: requests},
	}
}

func TestNewRow_medianOfEachFigure(t *testing.T) {
	c := cell{ours, Scenario{Work: Plan, Objects: 100}}
	got := newRow(c, []sample{
		sampleOf(3*time.Second, 4*time.Second, 50e6, 7),
		sampleOf(1*time.Second, 6*time.Second, 70e6, 5),
		sampleOf(2*time.Second, 5*time.Second, 60e6, 6),
	}, nil)
	want := Row{
		Subject: ours, Scenario: c.scenario, Runs: 3, Wall: 2, CPU: 5, Memory: 60,
		Requests: Requests{Total: 6},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := got.cpuPerInstance(); got != 25*time.Millisecond {
		t.Errorf("got %s an instance, want 25ms", got)
	}
}

func TestNewRow_failure(t *testing.T) {
	got := newRow(cell{}, nil, errors.New("no tenant"))
	if got.measured() || got.Error != "no tenant" {
		t.Errorf("got %+v", got)
	}
}

// The floor has no latency and no limit, but the same references.
func TestResults_ratio(t *testing.T) {
	x := Scenario{Work: Plan, Objects: 100, Limit: tenPerSecond, Latency: time.Second}
	slow := x
	slow.References = true
	r := &Results{Rows: []Row{
		{Subject: ours, Scenario: x, Runs: 1, Wall: 6},
		{Subject: ours, Scenario: slow, Runs: 1, Wall: 6},
		{Subject: floor, Scenario: Scenario{Work: Plan, Objects: 100}, Runs: 1, Wall: 4},
	}}
	if got := r.ratio(r.Rows[0]); got != 1.5 {
		t.Errorf("got %v, want 1.5", got)
	}
	if got := r.ratio(r.Rows[1]); got != 0 {
		t.Errorf("got %v without a floor, want 0", got)
	}
}

func TestResults_readBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.json")
	want := &Results{
		Machine: Machine{Processors: 2}, Command: "make bench",
		Rows: []Row{{
			Subject: ours, Runs: 1, Wall: 1.5,
			Scenario: Scenario{Work: Plan, Objects: 9, Limit: tenPerSecond, Latency: 1},
			Requests: Requests{Total: 1, ByRoute: map[string]int{"GET /": 1}},
		}},
	}
	want.judge(nil)
	if err := want.write(file); err != nil {
		t.Fatal(err)
	}
	got, err := readResults(file)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and %v\nwant %+v", got, err, want)
	}
}

// A later run replaces rows, and the bars are judged again.
func TestResults_combine(t *testing.T) {
	x := barNamed(t, "memory").cells[0].scenario
	dir := t.TempDir()
	first, second := filepath.Join(dir, "1.json"), filepath.Join(dir, "2.json")
	old := &Results{Command: "one", Rows: []Row{
		{Subject: ours, Scenario: x, Runs: 1, Memory: 90},
		{Subject: floor, Scenario: x, Runs: 1, Wall: 1},
	}}
	old.judge(map[cell]string{barNamed(t, "second-client").cells[0]: "no capacity"})
	if err := old.write(first); err != nil {
		t.Fatal(err)
	}
	newer := &Results{Command: "two", Rows: []Row{
		{Subject: ours, Scenario: x, Runs: 1, Memory: 70},
		{Subject: incumbent, Scenario: x, Runs: 1, Memory: 50},
	}}
	if err := newer.write(second); err != nil {
		t.Fatal(err)
	}
	got, err := readResults(first, second)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 3 || got.Rows[0].Memory != 70 || got.Command != "one\ntwo" {
		t.Errorf("got %+v", got)
	}
	for _, b := range got.Bars {
		switch b.Name {
		case "memory":
			if b.Figure != 70 || b.Verdict != Pass {
				t.Errorf("memory: got %+v", b)
			}
		case "second-client":
			if b.Reason != "no capacity" {
				t.Errorf("second client: got %+v", b)
			}
		}
	}
}

func TestCount_leavesOutTheSecondClient(t *testing.T) {
	got := count([]request{
		{Route: "GET /api/v2/clients", Method: "GET", Status: 200},
		{Route: "GET /api/v2/clients", Method: "GET", Status: 429},
		{Route: "POST /oauth/token", Method: "POST", Status: 200},
		{Route: "POST /api/v2/client-grants", Method: "POST", Status: 201},
		{Method: "GET", Status: 404},
		{Route: "POST /oauth/token", Status: 429, ClientID: productionID},
	})
	want := Requests{Total: 5, Refused: 1, ByRoute: map[string]int{
		"GET /api/v2/clients": 2, "POST /oauth/token": 1, "POST /api/v2/client-grants": 1,
		"GET elsewhere": 1,
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if writes := got.with("POST"); writes != 1 { // A token is not a write.
		t.Errorf("got %d writes", writes)
	}
}
