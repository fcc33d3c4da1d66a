// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"errors"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
)

// Rule applies a fault to requests repeatedly.
type Rule struct {
	// ID names the rule among the rules of a server, which sets it.
	ID int
	// Route is a method and a pattern, such as "PATCH /api/v2/resource-servers/{id}", or "*" for
	// every request that the fault can affect.
	Route string
	Fault Fault
	// Times is how often the fault applies; 0 means without limit.
	Times int
	// Probability is the chance that the fault applies to a request, above 0 and up to 1; 0 means
	// 1.
	Probability float64
}

const everyRoute = "*"

// check returns what is wrong with the rule on any server.
func (r Rule) check() error {
	switch {
	case r.Route == "":
		return errors.New(`it needs a route, such as "POST /api/v2/client-grants", or "*" for all`)
	case r.Times < 0:
		return fmt.Errorf("times must be 0 (without limit) or more, not %d", r.Times)
	case !(r.Probability >= 0 && r.Probability <= 1): // Also refuses NaN.
		return fmt.Errorf("probability must be above 0 and up to 1, not %v", r.Probability)
	}
	return r.Fault.check()
}

func (r Rule) strikes(asked *routing.Route) bool {
	fits := kinds[r.Fault.kind].fits
	return (r.Route == everyRoute || r.Route == asked.Name()) && (fits == nil || fits(asked))
}

// ruleError names the wrong entry of a list.
func ruleError(index int, route string, cause error) error {
	return fmt.Errorf("fault %d, for %q: %w", index+1, route, cause)
}
