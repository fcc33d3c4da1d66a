// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package soundness tests reviews against tokens: what a review reports must be exactly what
// changes in the tokens that clients can get.
package soundness

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"
)

// world is a tenant as a configuration describes it.
type world struct {
	apis   map[string]api   // By name.
	grants map[string]grant // By client and API, as CLIENT_API.
}

type api struct {
	identifier string
	scopes     []string
	client     string // The policy for machines.
	rbac       bool
	lifetime   int
	// tainted means that the step to this world replaces the API although nothing of it changes.
	tainted bool
}

type grant struct {
	client, api   string
	scopes        []string
	all           bool
	usage         string
	any           bool
	organizations []string
}

// step is a change of the configuration.
type step struct {
	before, after world
	// foreign are objects that the configuration does not manage.
	foreign world
	// forgotten are the objects that leave the state but stay in the tenant.
	forgotten map[string]bool
}

var scopeNames = []string{"delete", "read", "write"}

func draw[V any](rt *rapid.T, name string, from ...V) V {
	return rapid.SampledFrom(from).Draw(rt, name)
}

func drawScopes(rt *rapid.T, name string) []string {
	var chosen []string
	for _, scope := range scopeNames {
		if rapid.Bool().Draw(rt, name+" "+scope) {
			chosen = append(chosen, scope)
		}
	}
	return chosen
}

func drawAPI(rt *rapid.T, name string) api {
	return api{
		identifier: "urn:" + name, scopes: drawScopes(rt, name),
		client: draw(
			rt,
			name+" policy",
			"require_client_grant",
			"require_client_grant",
			"deny_all",
		),
		rbac: rapid.Bool().
			Draw(rt, name+" rbac"),
		lifetime: draw(rt, name+" lifetime", 600, 3600),
	}
}

func drawGrant(rt *rapid.T, client, apiName string, organizations []string) grant {
	name := client + "_" + apiName
	g := grant{client: client, api: apiName}
	if g.all = rapid.IntRange(0, 3).Draw(rt, name+" all") == 0; !g.all {
		g.scopes = drawScopes(rt, name)
	}
	g.usage = draw(rt, name+" usage", "", "deny", "allow", "require")
	if client != thirdParty && client != thirdParties {
		g.any = rapid.Bool().Draw(rt, name+" any")
	}
	for _, organization := range organizations {
		if rapid.Bool().Draw(rt, name+" in "+organization) {
			g.organizations = append(g.organizations, organization)
		}
	}
	return g
}

// drawStep draws a world and a change of it.
func drawStep(rt *rapid.T, organizations []string) step {
	s := step{
		before: newWorld(), after: newWorld(), foreign: newWorld(), forgotten: map[string]bool{},
	}
	for _, name := range []string{"orders", "stock"} {
		switch draw(rt, "life of "+
			""+name, "stays", "stays", "stays", "comes", "goes", "replaced", "tainted") {
		case "stays":
			s.before.apis[name] = drawAPI(rt, name)
			s.after.apis[name] = s.before.apis[name]
			if rapid.Bool().Draw(rt, name+" changes") {
				s.after.apis[name] = drawAPI(rt, name)
			}
		case "comes":
			s.after.apis[name] = drawAPI(rt, name)
		case "goes":
			s.before.apis[name] = drawAPI(rt, name)
			s.forgotten[name] = rapid.Bool().Draw(rt, name+" forgotten")
		case "replaced":
			s.before.apis[name] = drawAPI(rt, name)
			changed := drawAPI(rt, name)
			changed.identifier += ":v2"
			s.after.apis[name] = changed
		case "tainted":
			changed := drawAPI(rt, name)
			s.before.apis[name] = changed
			changed.tainted = true
			s.after.apis[name] = changed
		}
		for _, client := range clients {
			s.drawGrants(rt, client, name, organizations)
		}
	}
	return s
}

// drawGrants draws the grants of one client at one API.
func (s *step) drawGrants(rt *rapid.T, client, apiName string, organizations []string) {
	name := client + "_" + apiName
	_, had := s.before.apis[apiName]
	_, has := s.after.apis[apiName]
	life := draw(rt, "life of "+name, "none", "stays", "changes", "comes", "goes", "foreign")
	if life == "foreign" && had {
		s.foreign.grants[name] = drawGrant(rt, client, apiName, organizations)
		return
	}
	if had && (life == "stays" || life == "changes" || life == "goes") {
		s.before.grants[name] = drawGrant(rt, client, apiName, organizations)
	}
	g, managed := s.before.grants[name]
	switch {
	case managed && has && life != "goes":
		if life == "changes" {
			g = drawGrant(rt, client, apiName, organizations)
		}
		s.after.grants[name] = g
	case managed:
		s.forgotten[name] = s.forgotten[apiName] ||
			has && rapid.Bool().Draw(rt, name+" forgotten") &&
				!s.replaces(apiName)
	case has && life == "comes":
		s.after.grants[name] = drawGrant(rt, client, apiName, organizations)
	}
}

// replaces reports whether the step destroys an API and makes another one.
func (s *step) replaces(name string) bool {
	before, had := s.before.apis[name]
	after, has := s.after.apis[name]
	return had && has && (after.tainted || before.identifier != after.identifier)
}

func newWorld() world { return world{apis: map[string]api{}, grants: map[string]grant{}} }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (s step) String() string {
	return fmt.Sprintf("before %+v\nafter %+v\nforeign %+v\nforgotten %v",
		s.before, s.after, s.foreign, s.forgotten)
}
