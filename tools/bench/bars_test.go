// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"slices"
	"testing"
)

func barNamed(t *testing.T, name string) bar {
	t.Helper()
	chosen, err := chooseBars(name)
	if err != nil {
		t.Fatal(err)
	}
	return chosen[0]
}

func TestBar_judge(t *testing.T) {
	limited := barNamed(t, "plan-paced-full").cells[0].scenario
	linear := barNamed(t, "plan-cpu-linear").cells
	second := barNamed(t, "second-client").cells[0].scenario
	creates := barNamed(t, "create-writes").cells[0].scenario
	r := &Results{
		Provider: Size{Bytes: 22e6},
		Rows: []Row{
			{
				Subject: ours, Scenario: limited, Runs: 1, Wall: 13,
				Requests: Requests{Total: 150, Refused: 50},
			},
			{Subject: floor, Scenario: limited.floor(), Runs: 1, Wall: 3},
			{Subject: ours, Scenario: linear[0].scenario, Runs: 1, CPU: 4},
			{Subject: ours, Scenario: linear[1].scenario, Runs: 1, CPU: 0.2},
			{Subject: ours, Scenario: second, Runs: 1, Second: &Production{Refused: 3}},
			{Subject: ours, Scenario: creates, Runs: 1, Requests: Requests{
				Total: 2007, ByRoute: map[string]int{
					"POST /api/v2/client-grants": 1000, "POST /api/v2/resource-servers": 1000,
					"POST /oauth/token": 7,
				},
			}},
		},
	}
	for name, want := range map[string]struct {
		figure  float64
		verdict Verdict
	}{
		"plan-paced-full": {1, Pass}, // 13 s for 100 requests at 10 rps and a floor of 3 s.
		"plan-cpu-linear": {2, Miss},
		"second-client":   {3, Miss},
		"create-writes":   {2000, Pass},
		"create-others":   {7, Miss},
		"binary":          {22, Miss},
		"memory":          {0, Pass}, // From the row of plan-cpu-linear.
		"create-paced":    {0, NotRun},
	} {
		got := barNamed(t, name).judge(r, nil)
		if got.Figure != want.figure || got.Verdict != want.verdict {
			t.Errorf("%s: got %v, %s; want %v", name, got.Figure, got.Verdict, want)
		}
	}
}

func TestBar_judge_saysWhyNot(t *testing.T) {
	b := barNamed(t, "second-client")
	got := b.judge(&Results{}, map[cell]string{b.cells[0]: "no capacity"})
	if got.Verdict != NotRun || got.Reason != "no capacity" {
		t.Errorf("got %+v", got)
	}
}

func TestBars_namesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range bars() {
		if seen[b.name] {
			t.Errorf("two bars are named %s", b.name)
		}
		seen[b.name] = true
	}
}

func TestChooseBars(t *testing.T) {
	few, err := chooseBars("small")
	if err != nil || len(few) == 0 || slices.ContainsFunc(few, bar.isLarge) {
		t.Errorf("small: got %d bars and %v", len(few), err)
	}
	if none, err := chooseBars("none"); err != nil || len(none) != 0 {
		t.Errorf("none: got %d bars and %v", len(none), err)
	}
	if all, err := chooseBars("all"); err != nil || len(all) != len(bars()) {
		t.Errorf("all: got %d bars and %v", len(all), err)
	}
	if _, err := chooseBars("fast"); err == nil {
		t.Error("got no error for a name that does not exist")
	}
}

func TestSchemaHasArgument(t *testing.T) {
	const schemas = `{"provider_schemas": {"registry.terraform.io/terraform-m2m/m2m":
		{"provider": {"block": {"attributes": {"max_api_capacity": {"type": "number"}}}}}}}`
	for name, want := range map[string]bool{"max_api_capacity": true, "read_batching": false} {
		got, err := schemaHasArgument([]byte(schemas), "terraform-m2m/m2m", name)
		if err != nil || got != want {
			t.Errorf("%s: got %v and %v", name, got, err)
		}
	}
	if _, err := schemaHasArgument([]byte(schemas), "auth0/auth0", "domain"); err == nil {
		t.Error("got no error for a provider without a schema")
	}
}
