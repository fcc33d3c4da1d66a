// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package faults makes things go wrong on demand: the kinds of faults, the rules by which they
// strike requests, the files that hold rules, and the awkwardness that a client has to tolerate. It
// strikes between the chain and the handlers, and knows neither tokens nor the Management API.
package faults

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Book holds the faults that wait for requests.
type Book struct {
	routes  []routing.Route
	dice    *dice
	now     func() time.Time
	closing <-chan struct{}

	mu     sync.Mutex
	queued []Rule // Each for one request.
	rules  []Rule // Times is how often each is still to strike.
}

// NewBook is for a server with these routes. The seed decides which requests are struck by faults
// of a certain probability; faults that wait stop waiting when closing is closed.
func NewBook(
	routes []routing.Route, seed uint64, now func() time.Time, closing <-chan struct{},
) *Book {
	return &Book{routes: routes, dice: newDice(seed), now: now, closing: closing}
}

// Link is the link of the chain in which faults strike.
func (b *Book) Link(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		fault, ok := b.take(c.Route)
		if !ok {
			return next(c)
		}
		c.Mishap = fault.String()
		return kinds[fault.kind].strike(b, c, fault, next)
	}
}

// Queue adds faults for a route, each for one request: all of them, or none.
func (b *Book) Queue(route string, faults []Fault) error {
	queued := make([]Rule, len(faults))
	for i, fault := range faults {
		queued[i] = Rule{Route: route, Fault: fault, Times: 1}
		if err := b.check(queued[i]); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued = append(b.queued, queued...)
	return nil
}

// Inject adds rules behind those that wait already: all of them, or none.
func (b *Book) Inject(rules []Rule) error {
	for i, rule := range rules {
		if err := b.check(rule); err != nil {
			return ruleError(i, rule.Route, err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = append(b.rules, rules...)
	return nil
}

// check holds a rule against the routes of the server as well.
func (b *Book) check(rule Rule) error {
	if err := rule.check(); err != nil {
		return err
	}
	for i := range b.routes {
		switch {
		case rule.strikes(&b.routes[i]):
			return nil
		case b.routes[i].Name() == rule.Route:
			return fmt.Errorf("%s has no effect there", rule.Fault.kind)
		}
	}
	return fmt.Errorf("no route %q; a route is a method and a pattern, such as %q",
		rule.Route, "PATCH /api/v2/resource-servers/{id}")
}

// Reset drops all faults and begins the sequence of throws again.
func (b *Book) Reset() {
	b.Clear()
	b.dice.restart()
}

// Clear drops all faults.
func (b *Book) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued, b.rules = nil, nil
}

// Waiting returns copies.
func (b *Book) Waiting() (queued, rules []Rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.queued), slices.Clone(b.rules)
}

// take finds the fault that strikes a request: the queue goes first, then the rules in their order.
func (b *Book) take(asked *routing.Route) (Fault, bool) {
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
