// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// awkwardness is what one call is made awkward by, within what a client of the Management API has to tolerate. nil makes
// nothing awkward.
type awkwardness struct {
	dice *dice
	acts []string // What was done, for the log.
}

const (
	maxAwkwardLag  = 250 * time.Millisecond
	maxAwkwardPage = 10
)

// awkwardly lets reads lag behind writes, shortens pages, and rewrites the answers of the Management API. Tokens and
// refusals stay as they are.
func (s *Server) awkwardly(next endpoint) endpoint {
	return func(c *call) wire.Reply {
		if s.awkward == nil || len(c.route.scopes) == 0 {
			return next(c)
		}
		c.awkward = &awkwardness{dice: s.awkward}
		if c.route.readsObjects() && c.view.Lag == 0 {
			c.view = tenant.View{Now: s.clock.Now(), Lag: c.awkward.lag()}
		}
		answer := next(c)
		if answer.Status < http.StatusBadRequest && len(answer.Body) > 0 {
			answer.Body = c.awkward.rewrite(answer.Body)
		}
		return answer
	}
}

func (a *awkwardness) did(format string, args ...any) {
	if act := fmt.Sprintf(format, args...); !slices.Contains(a.acts, act) {
		a.acts = append(a.acts, act)
	}
}

// named is how the log tells what was done.
func (a *awkwardness) named() string {
	if a == nil {
		return ""
	}
	return strings.Join(a.acts, ", ")
}

// lag lets a change take a moment to be seen, and a created object answer 404 for a moment.
func (a *awkwardness) lag() time.Duration {
	lag := time.Duration(a.dice.below(int(maxAwkwardLag)))
	a.did("reads lag %v", lag.Round(time.Millisecond))
	return lag
}

// pageSize makes a page smaller than the one that was asked for.
func (a *awkwardness) pageSize(asked int) int {
	if a == nil || asked <= 1 {
		return asked
	}
	size := 1 + a.dice.below(min(asked-1, maxAwkwardPage))
	a.did("page of %d", size)
	return size
}

// rewrite works on any JSON, so that it needs no care when answers change. The order of keys changes on the way.
func (a *awkwardness) rewrite(body []byte) []byte {
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

// scopeNames are what scopes are called. Observed answers keep their order, but nothing promises it.
var scopeNames = []string{"scope", "scopes"}

// twist changes an object, or each object of a list.
func (a *awkwardness) twist(answer any) {
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
