// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Awkward makes the Management API as awkward as a client has to tolerate. nil makes nothing
// awkward.
type Awkward struct {
	dice *dice
	now  func() time.Time
}

// NewAwkward makes the same seed awkward in the same way.
func NewAwkward(seed uint64, now func() time.Time) *Awkward {
	return &Awkward{dice: newDice(seed), now: now}
}

// Reset begins the sequence of throws again.
func (a *Awkward) Reset() {
	if a != nil {
		a.dice.restart()
	}
}

const (
	maxAwkwardLag  = 250 * time.Millisecond
	maxAwkwardPage = 10
)

// Link is the link of the chain that lets reads lag behind writes, shortens pages, and rewrites the
// answers of the Management API. Tokens and refusals stay as they are.
func (a *Awkward) Link(next routing.Endpoint) routing.Endpoint {
	if a == nil {
		return next
	}
	return func(c *routing.Call) wire.Reply {
		if len(c.Route.Scopes) == 0 {
			return next(c)
		}
		one := awkwardness{dice: a.dice, call: c}
		c.Shorten = one.pageSize
		if c.Route.ReadsObjects() && c.View.Lag == 0 {
			c.View = tenant.View{Now: a.now(), Lag: one.lag()}
		}
		answer := next(c)
		if answer.Status < http.StatusBadRequest && len(answer.Body) > 0 {
			answer.Body = one.rewrite(answer.Body)
		}
		return answer
	}
}

// awkwardness is what one call is made awkward by.
type awkwardness struct {
	dice *dice
	call *routing.Call
}

func (a awkwardness) did(format string, args ...any) {
	if act := fmt.Sprintf(format, args...); !slices.Contains(a.call.Acts, act) {
		a.call.Acts = append(a.call.Acts, act)
	}
}

// lag lets a change take a moment to be seen, and a created object answer 404 for a moment.
func (a awkwardness) lag() time.Duration {
	lag := time.Duration(a.dice.below(int(maxAwkwardLag)))
	a.did("reads lag %v", lag.Round(time.Millisecond))
	return lag
}

// pageSize makes a page smaller than the one that was asked for.
func (a awkwardness) pageSize(asked int) int {
	if asked <= 1 {
		return asked
	}
	size := 1 + a.dice.below(min(asked-1, maxAwkwardPage))
	a.did("page of %d", size)
	return size
}

// rewrite works on any JSON, so that it needs no care when answers change. The order of keys
// changes on the way.
func (a awkwardness) rewrite(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		panic("testserver: an answer is not JSON: " + err.Error())
	}
	a.twist(answer)
	return wire.Encode(answer)
}

// listNames are what the items of a page are called (API contract 1.8).
var listNames = []string{"resource_servers", "client_grants", "clients", "organizations"}

// scopeNames are what scopes are called. Observed answers keep their order, but nothing promises
// it.
var scopeNames = []string{"scope", "scopes"}

// twist changes an object, or each object of a list.
func (a awkwardness) twist(answer any) {
	switch answer := answer.(type) {
	case []any:
		for _, item := range answer {
			a.twist(item)
		}
	case map[string]any:
		for _, name := range listNames {
			if items, ok := answer[name].([]any); ok {
				a.twist(items)
			}
		}
		for _, name := range scopeNames {
			if scopes, ok := answer[name].([]any); ok && len(scopes) > 1 {
				shuffle(a.dice, scopes)
				a.did("scopes reordered")
			}
		}
		if a.dice.chance(0.5) {
			answer["unheard_of"] = "A client ignores what it does not know."
			a.did("extra field")
		}
	}
}
