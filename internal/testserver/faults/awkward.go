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

// Awkward makes the Management API behave in unusual ways that a client must tolerate. A nil
// Awkward changes nothing.
type Awkward struct {
	dice *dice
	now  func() time.Time
}

// NewAwkward returns an Awkward whose behaviour is determined by the seed.
func NewAwkward(seed uint64, now func() time.Time) *Awkward {
	return &Awkward{dice: newDice(seed), now: now}
}

// Reset restarts the sequence of random numbers.
func (a *Awkward) Reset() {
	if a != nil {
		a.dice.restart()
	}
}

const (
	maxAwkwardLag  = 250 * time.Millisecond
	maxAwkwardPage = 10
)

// Link is a link of the chain. It makes reads lag behind writes, shortens pages, and rewrites
// replies of the Management API. Tokens and errors do not change.
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

// awkwardness makes one call awkward.
type awkwardness struct {
	dice *dice
	call *routing.Call
}

func (a awkwardness) did(format string, args ...any) {
	if act := fmt.Sprintf(format, args...); !slices.Contains(a.call.Acts, act) {
		a.call.Acts = append(a.call.Acts, act)
	}
}

// lag delays the visibility of writes, so that a new object is missing for a moment.
func (a awkwardness) lag() time.Duration {
	lag := time.Duration(a.dice.below(int(maxAwkwardLag)))
	a.did("reads lag %v", lag.Round(time.Millisecond))
	return lag
}

// pageSize returns a page size smaller than the requested one.
func (a awkwardness) pageSize(asked int) int {
	if asked <= 1 {
		return asked
	}
	size := 1 + a.dice.below(min(asked-1, maxAwkwardPage))
	a.did("page of %d", size)
	return size
}

// rewrite works on any JSON, so it does not depend on the shape of replies. It also changes the
// order of keys.
func (a awkwardness) rewrite(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		panic("testserver: a reply is not JSON: " + err.Error())
	}
	a.twist(answer)
	return wire.Encode(answer)
}

// listNames are the properties that hold the items of a page (API contract 1.8).
var listNames = []string{"resource_servers", "client_grants", "clients", "organizations"}

// scopeNames are the properties that hold scopes. Observed replies keep the order of scopes, but
// nothing guarantees it.
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
			answer["unheard_of"] = "Clients ignore unknown properties."
			a.did("extra field")
		}
	}
}
