// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"cmp"
	"maps"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// Tenant is what is known of a tenant besides the resources of plans.
type Tenant struct {
	access.Tenant // The source of a grant is its id.
	// Complete means that the tenant has no other objects.
	Complete bool
}

// side is a tenant before or after the apply, as far as it is known.
type side struct {
	servers map[string]server
	clients map[string]access.Client
	grants  map[access.Key]grant
	// scopes are the scopes that resources of their own define, by API.
	scopes map[string]set
	// listed are the APIs all of whose scopes are in a resource of their own.
	listed set
	// pending are the APIs to which resources of their own add scopes that are not known yet.
	pending set
	// associations are the organizations of a grant, by its id.
	associations map[string]set
	// undescribed are the ids of grants that the apply removes but that are not known otherwise, by
	// the address of the resource that removes them.
	undescribed map[string]set
}

type set map[string]bool

func newSide() *side {
	return &side{
		servers: map[string]server{}, clients: map[string]access.Client{},
		grants: map[access.Key]grant{}, scopes: map[string]set{}, listed: set{}, pending: set{},
		associations: map[string]set{}, undescribed: map[string]set{},
	}
}

func (g grant) key() access.Key {
	return access.Key{Client: g.ClientID, API: g.Audience, SubjectType: g.SubjectType}
}

// newSides returns the tenant before and after the apply.
func newSides(changes []plan.Change, known Tenant) (had, has *side) {
	had, has = newSide(), newSide()
	r := newResolver(changes)
	for _, change := range changes {
		had.add(r, before(change))
		has.add(r, after(change))
	}
	has.know(known, had)
	had.know(known, newSide())
	has.keep(changes, had, known.Complete)
	if !known.Complete {
		had.doubt(r, changes)
	}
	has.exclude(changes, known.Complete)
	has.cascade(changes)
	settleScopes(had, has)
	return had, has
}

// add adds the object of a resource, if it exists.
func (s *side) add(r resolver, a attributes) {
	if !a.Exists() {
		return
	}
	switch kind, _ := kindOf(a.change.Type); kind {
	case typeServer:
		found := r.server(a)
		s.servers[found.Identifier] = found
	case typeScope, typeScopes:
		found, isPending := r.definitions(a, kind)
		api := r.api(a, "resource_server_identifier")
		for _, d := range found {
			insert(s.scopes, d.api, d.scope)
		}
		s.listed[api] = s.listed[api] || kind == typeScopes
		s.pending[api] = s.pending[api] || isPending
	case typeGrant:
		found := r.grant(a)
		s.grants[found.key()] = found
	case typeAssociation:
		found := r.association(a)
		insert(s.associations, found.grant, found.organization)
	case typeClient:
		found := newClient(a)
		s.clients[found.ID] = found
	}
}

func insert(sets map[string]set, key, element string) {
	if sets[key] == nil {
		sets[key] = set{}
	}
	sets[key][element] = true
}

// know adds what is known of the tenant besides the plans, except for the objects that the side
// has, and those that the plans had.
func (s *side) know(tenant Tenant, had *side) {
	for identifier, api := range tenant.APIs {
		if !holds(s.servers, identifier) && !holds(had.servers, identifier) {
			s.servers[identifier] = server{API: api, lifetime: tenant.Lifetimes[identifier]}
		}
	}
	for id, client := range tenant.Clients {
		if !holds(s.clients, id) && !holds(had.clients, id) {
			s.clients[id] = client
		}
	}
	for _, known := range tenant.Grants {
		g := grant{id: known.Source, Grant: known}
		g.SubjectType = cmp.Or(g.SubjectType, access.Machine)
		for _, organization := range known.Organizations {
			if !had.associations[g.id][organization] {
				insert(s.associations, g.id, organization)
			}
		}
		if !holds(s.grants, g.key()) && !holds(had.grants, g.key()) {
			s.grants[g.key()] = g
		}
	}
}

func holds[K comparable, V any](m map[K]V, key K) bool {
	_, ok := m[key]
	return ok
}

// doubt adds objects that may exist: a create with use_existing takes over what it finds.
func (s *side) doubt(r resolver, changes []plan.Change) {
	for _, change := range changes {
		if !adopts(change) {
			continue
		}
		switch kind, _ := kindOf(change.Type); kind {
		case typeServer:
			found := r.server(after(change)).API
			if !holds(s.servers, found.Identifier) {
				s.servers[found.Identifier] = server{change: change, API: access.API{
					Identifier: found.Identifier, ScopesPending: true,
					ClientPolicyUnknown: true, UserPolicyUnknown: true,
				}}
			}
		case typeGrant:
			found := r.grant(after(change))
			if !holds(s.grants, found.key()) {
				found.Scopes, found.AllScopes = nil, false
				found.Unknown = access.Unknown{Existence: true, Scopes: true, Organizations: true}
				s.grants[found.key()] = found
			}
		}
	}
}

// keep gives an API that the apply takes over what its configuration omits.
func (s *side) keep(changes []plan.Change, had *side, complete bool) {
	for _, change := range changes {
		if kind, _ := kindOf(change.Type); kind != typeServer || !adopts(change) {
			continue
		}
		identifier := change.After.Text("identifier")
		found, ok := s.servers[identifier]
		existing, exists := had.servers[identifier]
		if !ok || !exists && complete {
			continue
		}
		if !holds(change.Configured, "scopes") {
			found.Scopes, found.ScopesUnknown = existing.Scopes, existing.ScopesUnknown || !exists
		}
		if !holds(change.Configured, "subject_type_authorization") {
			found.ClientPolicy, found.UserPolicy = existing.ClientPolicy, existing.UserPolicy
			found.ClientPolicyUnknown, found.UserPolicyUnknown = !exists, !exists
		}
		if !holds(change.Configured, "enforce_policies") {
			found.RBAC = existing.RBAC
		}
		s.servers[identifier] = found
	}
}

func adopts(change plan.Change) bool {
	return change.Creates() && !change.Deletes() && change.After.Bool("use_existing")
}

// cascade removes the grants that go with an API or a client (API contract 14).
func (s *side) cascade(changes []plan.Change) {
	created, gone := set{}, set{}
	for _, change := range changes {
		created[change.Address] = created[change.Address] || change.Creates()
		if !change.Deletes() {
			continue
		}
		switch kind, _ := kindOf(change.Type); kind {
		case typeServer:
			gone["api "+change.Before.Text("identifier")] = true
		case typeClient:
			gone["client "+change.Before.Text("client_id")] = true
		}
	}
	maps.DeleteFunc(s.grants, func(_ access.Key, g grant) bool {
		return (gone["api "+g.Audience] || gone["client "+g.ClientID]) && !created[g.Source]
	})
}

// settleScopes works out the scopes of each API from the API itself and from resources that define
// scopes.
func settleScopes(had, has *side) {
	apis := set{}
	for _, s := range []*side{had, has} {
		for api := range s.scopes {
			apis[api] = true
		}
		for api := range s.listed {
			apis[api] = true
		}
	}
	for api := range apis {
		removed, added := without(
			had.scopes[api],
			has.scopes[api],
		), without(
			has.scopes[api],
			had.scopes[api],
		)
		had.settle(api, added, nil, false)
		has.settle(api, removed, removed, had.listed[api])
	}
}

// settle works out the scopes of one API. Undefined are scopes that only the other side defines,
// removed are those that the apply takes away, and wasListed means that it takes all away that it
// does not define.
func (s *side) settle(api string, undefined, removed []string, wasListed bool) {
	found, ok := s.servers[api]
	if !ok {
		// Nothing else is known of the API, if it exists.
		found.API = access.API{
			Identifier: api, ScopesUnknown: true, UserPolicy: access.RequireClientGrant,
		}
	}
	scopes := set{}
	for _, scope := range found.Scopes {
		scopes[scope] = true
	}
	if _, explicit := found.change.Configured["scopes"]; !explicit {
		for _, scope := range removed {
			delete(scopes, scope)
		}
	}
	for scope := range s.scopes[api] {
		scopes[scope] = true
	}
	found.Scopes, found.Undefined = slices.Sorted(maps.Keys(scopes)), undefined
	found.ScopesUnknown = found.ScopesUnknown && !s.listed[api] && !wasListed
	found.ScopesPending = found.ScopesPending || s.pending[api]
	s.servers[api] = found
}

func without(a, b set) (rest []string) {
	for element := range a {
		if !b[element] {
			rest = append(rest, element)
		}
	}
	slices.Sort(rest)
	return rest
}

// tenant returns the side in the terms of the access model.
func (s *side) tenant() access.Tenant {
	t := access.Tenant{APIs: map[string]access.API{}, Clients: s.clients}
	for identifier, found := range s.servers {
		t.APIs[identifier] = found.API
	}
	for _, found := range s.grants {
		found.Organizations = slices.Sorted(maps.Keys(s.associations[found.id]))
		t.Grants = append(t.Grants, found.Grant)
	}
	slices.SortFunc(
		t.Grants,
		func(a, b access.Grant) int { return cmp.Compare(a.Source, b.Source) },
	)
	return t
}
