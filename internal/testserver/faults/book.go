// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package faults injects faults: the kinds of faults, the rules that apply them to requests, the
// files that hold rules, and the awkwardness that a client must tolerate. Faults apply between the
// chain and the handlers; the package knows neither tokens nor the Management API.
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
	rules  []Rule // Times counts how often each still applies.
	lastID int
}

// NewBook returns an empty book for a server with these routes. The seed decides which requests get
// a fault with a probability. Closing the channel ends all delays.
func NewBook(
	routes []routing.Route, seed uint64, now func() time.Time, closing <-chan struct{},
) *Book {
	return &Book{routes: routes, dice: newDice(seed), now: now, closing: closing}
}

// Link is the link of the chain that applies faults.
func (b *Book) Link(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		fault, ok := b.take(c.Route)
		if !ok {
			return next(c)
		}
		c.Fault = fault.String()
		return kinds[fault.kind].strike(b, c, fault, next)
	}
}

// Queue adds faults for a route, each for one request. On an error, it adds none.
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
	b.queued = append(b.queued, b.numbered(queued)...)
	return nil
}

// Inject adds rules after the existing ones. On an error, it adds none.
func (b *Book) Inject(rules []Rule) error {
	for i, rule := range rules {
		if err := b.check(rule); err != nil {
			return ruleError(i, rule.Route, err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = append(b.rules, b.numbered(rules)...)
	return nil
}

// numbered returns the rules with ids that were never used. The caller must hold the lock.
func (b *Book) numbered(rules []Rule) []Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		b.lastID++
		rules[i].ID = b.lastID
	}
	return rules
}

// Remove removes the fault with an id. It reports whether there was one.
func (b *Book) Remove(id int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.queued) + len(b.rules)
	hasID := func(rule Rule) bool { return rule.ID == id }
	b.queued, b.rules = slices.DeleteFunc(b.queued, hasID), slices.DeleteFunc(b.rules, hasID)
	return len(b.queued)+len(b.rules) < before
}

// check also checks a rule against the server's routes.
func (b *Book) check(rule Rule) error {
	if err := rule.check(); err != nil {
		return err
	}
	for i := range b.routes {
		switch {
		case rule.strikes(&b.routes[i]):
			return nil
		case b.routes[i].Name() == rule.Route:
			return fmt.Errorf("%s has no effect on this route", rule.Fault.kind)
		}
	}
	return fmt.Errorf("no route %q; a route is a method and a pattern, such as %q",
		rule.Route, "PATCH /api/v2/resource-servers/{id}")
}

// Reset removes all faults and restarts the sequence of random numbers.
func (b *Book) Reset() {
	b.Clear()
	b.dice.restart()
}

// Clear removes all faults.
func (b *Book) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued, b.rules = nil, nil
}

// Waiting returns copies of the queue and of the rules.
func (b *Book) Waiting() (queued, rules []Rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.queued), slices.Clone(b.rules)
}

// Awaiting returns copies of the queued faults and the rules that can apply to requests of a path.
func (b *Book) Awaiting(method, path string) []Rule {
	var found []Rule
	asked, _ := routing.Table(b.routes).Match(method, path)
	queued, rules := b.Waiting()
	for _, rule := range slices.Concat(queued, rules) {
		if rule.strikes(asked) {
			found = append(found, rule)
		}
	}
	return found
}

// take returns the fault for a request: from the queue first, then from the rules in their order.
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
