// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// FaultRule lets a fault strike again and again.
type FaultRule struct {
	// Route is a method and a pattern, such as "PATCH /api/v2/resource-servers/{id}", or "*" for every request that the
	// fault has an effect on.
	Route string
	Fault Fault
	// Times is how often it strikes before it is spent; 0 is without end.
	Times int
	// Probability is how likely it strikes a request, above 0 and up to 1; 0 stands for 1.
	Probability float64
}

const everyRoute = "*"

// check says what is wrong with the rule on any server.
func (r FaultRule) check() error {
	switch {
	case r.Route == "":
		return errors.New(`it needs a route, such as "POST /api/v2/client-grants", or "*" for all`)
	case r.Times < 0:
		return fmt.Errorf("times is how often it strikes, 0 being without end, not %d", r.Times)
	case !(r.Probability >= 0 && r.Probability <= 1): // Not so for NaN either.
		return fmt.Errorf("probability is above 0 and up to 1, not %v", r.Probability)
	}
	return r.Fault.check()
}

func (r FaultRule) strikes(asked *route) bool {
	fits := faultKinds[r.Fault.kind].fits
	return (r.Route == everyRoute || r.Route == asked.name()) && (fits == nil || fits(asked))
}

// faultBook holds the faults that wait for requests.
type faultBook struct {
	dice   *dice
	mu     sync.Mutex
	queued []FaultRule // Each for one request.
	rules  []FaultRule // Times is how often each is still to strike.
}

func (b *faultBook) queue(rules []FaultRule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued = append(b.queued, rules...)
}

func (b *faultBook) add(rules []FaultRule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = append(b.rules, rules...)
}

func (b *faultBook) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued, b.rules = nil, nil
}

// waiting returns copies.
func (b *faultBook) waiting() (queued, rules []FaultRule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.queued), slices.Clone(b.rules)
}

// take finds the fault that strikes a request: the queue goes first, then the rules in their order.
func (b *faultBook) take(asked *route) (Fault, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, next := range b.queued {
		if next.strikes(asked) {
			b.queued = slices.Delete(b.queued, i, i+1)
			return next.Fault, true
		}
	}
	for i, rule := range b.rules {
		if !rule.strikes(asked) || !b.dice.chance(rule.Probability) {
			continue
		}
		switch rule.Times {
		case 0:
		case 1:
			b.rules = slices.Delete(b.rules, i, i+1)
		default:
			b.rules[i].Times--
		}
		return rule.Fault, true
	}
	return Fault{}, false
}

// Next queues faults for a route, given as method and pattern. Each strikes one request. An unknown route and a fault
// that makes no sense are mistakes in the test, so they panic.
func (s *Server) Next(route string, faults ...Fault) {
	queued := make([]FaultRule, len(faults))
	for i, fault := range faults {
		queued[i] = FaultRule{Route: route, Fault: fault, Times: 1}
		if err := s.checkFault(queued[i]); err != nil {
			panic("testserver: " + err.Error())
		}
	}
	s.faults.queue(queued)
}

// Inject adds rules behind those that wait already. It adds all of them, or none and says what is wrong.
func (s *Server) Inject(rules ...FaultRule) error {
	for i, rule := range rules {
		if err := s.checkFault(rule); err != nil {
			return faultError(i, rule.Route, err)
		}
	}
	s.faults.add(rules)
	return nil
}

// ClearFaults drops what Next has queued and Inject has added.
func (s *Server) ClearFaults() { s.faults.clear() }

// checkFault holds a rule against the routes of this server as well.
func (s *Server) checkFault(rule FaultRule) error {
	if err := rule.check(); err != nil {
		return err
	}
	for i := range s.routes {
		switch {
		case rule.strikes(&s.routes[i]):
			return nil
		case s.routes[i].name() == rule.Route:
			return fmt.Errorf("%s has no effect there", rule.Fault.kind)
		}
	}
	return fmt.Errorf("no route %q; a route is a method and a pattern, such as %q",
		rule.Route, "PATCH /api/v2/resource-servers/{id}")
}

// faultError says which entry of a list is wrong.
func faultError(index int, route string, cause error) error {
	return fmt.Errorf("fault %d, for %q: %w", index+1, route, cause)
}
