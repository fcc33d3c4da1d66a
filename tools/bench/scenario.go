// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Work is what Terraform does in a measurement.
type Work string

// The kinds of work.
const (
	Create  Work = "create"
	Plan    Work = "plan"   // Without changes.
	Rename  Work = "rename" // Changes one attribute on every API.
	Change  Work = "change" // Changes one attribute on every object.
	Destroy Work = "destroy"
)

var allWorks = []Work{Create, Plan, Rename, Change, Destroy}

// Limit is a rate limit of the Management API. The zero value limits nothing.
type Limit struct {
	PerSecond float64 `json:"per_second"`
	Burst     int     `json:"burst"`
}

func (l Limit) String() string {
	if l == (Limit{}) {
		return "none"
	}
	return fmt.Sprintf("%g/%d", l.PerSecond, l.Burst)
}

// Scenario is what is measured, whichever provider does it.
type Scenario struct {
	Work Work `json:"work"`
	// The number of APIs, and of client grants.
	Objects int `json:"objects,omitempty"`
	// Instead of objects: one grant with that many scopes.
	Scopes int `json:"scopes,omitempty"`
	// Whether a grant refers to its API. Otherwise it repeats the identifier.
	References bool `json:"references,omitempty"`
	// The number of APIs and of grants in the tenant, if there are more than in the configuration.
	Tenant  int           `json:"tenant,omitempty"`
	Latency time.Duration `json:"latency_ns,omitempty"`
	Limit   Limit         `json:"limit,omitzero"`
	// The meaning of the header x-ratelimit-reset. Empty for the server's default.
	Reset string `json:"reset,omitempty"`
	// The provider's max_api_capacity, and a second client that uses 20 percent of the limit.
	Capacity int `json:"capacity,omitempty"`
}

// floor is the same scenario for resources that call no API.
func (s Scenario) floor() Scenario {
	return Scenario{
		Work: s.Work, Objects: s.Objects, Scopes: s.Scopes, References: s.References,
	}
}

// instances is the number of resource instances in the configuration.
func (s Scenario) instances() int {
	if s.Scopes > 0 {
		return 1
	}
	return 2 * s.Objects
}

// What names the work and its size.
func (s Scenario) What() string {
	work := map[Work]string{
		Create: "create", Plan: "no-op plan", Destroy: "destroy",
		Rename: "change every API", Change: "change every object",
	}[s.Work]
	if s.Scopes > 0 {
		return fmt.Sprintf("%s, 1 grant of %d scopes", work, s.Scopes)
	}
	what := fmt.Sprintf("%s, %d + %d", work, s.Objects, s.Objects)
	if s.References {
		what += ", references"
	}
	if s.Tenant > 0 {
		what += fmt.Sprintf(", in a tenant of %d", s.Tenant)
	}
	return what
}

// Conditions names what differs from an idle and unlimited server next door.
func (s Scenario) Conditions() string {
	var all []string
	if s.Latency > 0 {
		all = append(all, s.Latency.String())
	}
	if s.Limit != (Limit{}) {
		all = append(all, s.Limit.String()+" rps")
	}
	if s.Reset != "" {
		all = append(all, "reset="+s.Reset)
	}
	if s.Capacity > 0 {
		all = append(all, fmt.Sprintf("capacity=%d, second client", s.Capacity))
	}
	return strings.Join(all, ", ")
}

func (s Scenario) String() string {
	return strings.TrimSuffix(s.What()+", "+s.Conditions(), ", ")
}

// Grid is a set of scenarios: one for each combination.
type Grid struct {
	Objects    []int
	Works      []Work
	Latencies  []time.Duration
	Limits     []Limit
	References []bool
	Tenant     int
}

// scenarios lists the combinations. No objects means no scenario.
func (g Grid) scenarios() []Scenario {
	var all []Scenario
	for _, limit := range g.Limits {
		for _, latency := range g.Latencies {
			for _, n := range g.Objects {
				for _, references := range g.References {
					for _, work := range g.Works {
						if n == 0 {
							continue
						}
						s := Scenario{
							Work: work, Objects: n, References: references,
							Latency: latency, Limit: limit,
						}
						if g.Tenant > n {
							s.Tenant = g.Tenant
						}
						all = append(all, s)
					}
				}
			}
		}
	}
	return all
}

// list is the value of a flag with a comma-separated list.
type list[T any] struct {
	values *[]T
	parse  func(string) (T, error)
	show   func(T) string
}

func (l list[T]) String() string {
	if l.values == nil {
		return ""
	}
	var all []string
	for _, v := range *l.values {
		all = append(all, l.show(v))
	}
	return strings.Join(all, ",")
}

func (l list[T]) Set(text string) error {
	var all []T
	for item := range strings.SplitSeq(text, ",") {
		v, err := l.parse(strings.TrimSpace(item))
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	*l.values = all
	return nil
}

func parseObjects(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxObjects {
		return 0, fmt.Errorf("%q is not a number from 0 to %d", text, maxObjects)
	}
	return n, nil
}

func parseWork(text string) (Work, error) {
	if work := Work(text); slices.Contains(allWorks, work) {
		return work, nil
	}
	return "", fmt.Errorf("%q is not one of %v", text, allWorks)
}

// parseLatency accepts 0 without a unit.
func parseLatency(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		return 0, fmt.Errorf("the latency %s is negative", d)
	}
	return d, err
}

// parseLimit parses RPS/BURST or none.
func parseLimit(text string) (Limit, error) {
	if text == "none" {
		return Limit{}, nil
	}
	perSecond, burst, _ := strings.Cut(text, "/")
	rate, rateErr := strconv.ParseFloat(perSecond, 64)
	size, burstErr := strconv.Atoi(burst)
	if rateErr != nil || burstErr != nil || rate <= 0 || size < 1 {
		return Limit{}, fmt.Errorf("%q is not a limit such as 10/20, or none", text)
	}
	return Limit{PerSecond: rate, Burst: size}, nil
}

func parseReferences(text string) (bool, error) {
	switch text {
	case "with":
		return true, nil
	case "without":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither with nor without", text)
}
