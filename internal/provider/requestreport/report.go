// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package requestreport

import (
	"math"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// format is the value of "format" in each report. It tells a report from any other file.
const format = "m2m request report 1"

// report is the content of the file. The guide about rate limits documents it.
type report struct {
	Format    string    `json:"format"`
	Run       string    `json:"run"`
	Started   time.Time `json:"started"`
	Updated   time.Time `json:"updated"`
	Total     counts    `json:"total"`
	Processes []process `json:"processes"`
}

// process is what one process of the provider has counted.
type process struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	Updated time.Time `json:"updated"`
	counts
}

type counts struct {
	Requests     int            `json:"requests"`
	ByRoute      map[string]int `json:"requests_by_route"`
	Retries      int            `json:"retries"`
	RateLimited  int            `json:"answers_429"`
	ForLimit     waits          `json:"waits_for_rate_limit"`
	ForRetry     waits          `json:"waits_after_failures"`
	Tokens       int            `json:"tokens_requested"`
	ServedByPage int            `json:"objects_served_from_pages"`
}

// waits are how many requests waited, and for how long at least one of them did.
type waits struct {
	Requests int     `json:"requests"`
	Seconds  float64 `json:"seconds"`
}

func countsOf(u rest.Usage) counts {
	c := counts{
		ByRoute: u.Requests, Retries: u.Retries, RateLimited: u.RateLimited,
		ForLimit: waitsOf(u.Limited), ForRetry: waitsOf(u.Paused),
		Tokens: u.Requests[m2m.TokenRoute], ServedByPage: u.ServedFromPage,
	}
	for _, n := range u.Requests {
		c.Requests += n
	}
	return c
}

func waitsOf(w rest.Waits) waits {
	return waits{Requests: w.Requests, Seconds: toMilliseconds(w.Waited.Seconds())}
}

func toMilliseconds(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }

// total sums the entries.
func (r *report) total() counts {
	sum := counts{ByRoute: map[string]int{}}
	for _, p := range r.Processes {
		sum.Requests += p.Requests
		for route, n := range p.ByRoute {
			sum.ByRoute[route] += n
		}
		sum.Retries += p.Retries
		sum.RateLimited += p.RateLimited
		sum.ForLimit = sum.ForLimit.plus(p.ForLimit)
		sum.ForRetry = sum.ForRetry.plus(p.ForRetry)
		sum.Tokens += p.Tokens
		sum.ServedByPage += p.ServedByPage
	}
	return sum
}

func (w waits) plus(other waits) waits {
	return waits{w.Requests + other.Requests, toMilliseconds(w.Seconds + other.Seconds)}
}
