// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// causes finds the resources that cause a change of access.
type causes struct {
	had, has *side
	// touched are the resources that the apply changes.
	touched map[string]plan.Change
	// by finds touched resources by what they are about: an API, a scope of an API, a client, or an
	// organization of a grant.
	by map[subject][]string
	// ids are the ids of grants by their source.
	ids map[string]string
}

type subject struct{ kind, name, part string }

func newCauses(changes []plan.Change, had, has *side) causes {
	c := causes{
		had: had, has: has, touched: map[string]plan.Change{}, by: map[subject][]string{},
		ids: map[string]string{},
	}
	for _, s := range []*side{had, has} {
		for _, g := range s.grants {
			c.ids[g.Source] = g.id
		}
	}
	r := newResolver(changes)
	for _, change := range changes {
		if !changesAnything(change) {
			continue
		}
		c.touched[change.Address] = change
		for _, a := range []attributes{before(change), after(change)} {
			if a.Exists() {
				c.index(r, a)
			}
		}
	}
	return c
}

func changesAnything(change plan.Change) bool {
	return slices.ContainsFunc(change.Actions, func(action string) bool {
		return action != "no-op" && action != "read" && action != "forget"
	})
}

func (c causes) index(r resolver, a attributes) {
	add := func(s subject) {
		if !slices.Contains(c.by[s], a.change.Address) {
			c.by[s] = append(c.by[s], a.change.Address)
		}
	}
	switch kind, _ := kindOf(a.change.Type); kind {
	case typeServer:
		identifier := r.server(a).Identifier
		if !reflect.DeepEqual(c.had.servers[identifier].API, c.has.servers[identifier].API) ||
			a.change.Deletes() {
			add(subject{"api", identifier, ""})
		}
	case typeScope, typeScopes:
		found, _ := r.definitions(a, kind)
		for _, d := range found {
			add(subject{"scope", d.api, d.scope})
		}
	case typeAssociation:
		found := r.association(a)
		add(subject{"organization", found.grant, found.organization})
	case typeClient:
		add(subject{"client", newClient(a).ID, ""})
	case typeExclusive:
		ids, _ := removals(a.change)
		for _, id := range ids {
			add(subject{"grant", id, ""})
		}
	}
}

// describe says what a change is, and what causes it.
func (c causes) describe(change access.Change) Change {
	row := change.Row
	described := Change{
		Effect: change.Effect, Client: row.Client, API: row.API, SubjectType: row.SubjectType,
		Scope: row.Scope, Organization: row.Organization,
	}
	add := func(addresses []string) {
		for _, address := range addresses {
			if !slices.Contains(described.Addresses, address) {
				described.Addresses = append(described.Addresses, address)
			}
		}
	}
	if change.Effect == access.Lost {
		described.TokensLast = c.had.servers[row.API].lifetime
	}
	source := row.Reason.Source
	if _, touched := c.touched[source]; touched {
		add([]string{source})
	} else {
		add(c.otherGrants(row))
	}
	grantChanges := len(described.Addresses) > 0
	if row.Organization != access.NoOrganization {
		add(c.by[subject{"organization", c.ids[source], row.Organization}])
	}
	add(c.by[subject{"scope", row.API, row.Scope}])
	described.Reason = c.reason(change, grantChanges)
	if len(described.Addresses) == 0 || c.gone(row.API) || c.redefined(row.API, row.Scope) {
		add(c.by[subject{"api", row.API, ""}])
	}
	if len(described.Addresses) == 0 {
		add(c.by[subject{"client", row.Client, ""}])
	}
	return described
}

// otherGrants returns the touched grants for the same key, and what removes them: a default grant
// applies to a client only as long as it has no grant of its own.
func (c causes) otherGrants(row access.Row) (addresses []string) {
	for _, s := range []*side{c.had, c.has} {
		if g, ok := s.grants[row.Key]; ok {
			if _, touched := c.touched[g.Source]; touched {
				addresses = append(addresses, g.Source)
			}
			addresses = append(addresses, c.by[subject{"grant", g.id, ""}]...)
		}
	}
	return addresses
}

// gone reports whether the apply destroys an API, alone or as part of a replacement.
func (c causes) gone(api string) bool {
	for _, address := range c.by[subject{"api", api, ""}] {
		if change := c.touched[address]; change.Deletes() &&
			change.Before.Text("identifier") == api {
			return true
		}
	}
	return false
}

// redefined reports whether an API defines a scope only before or only after the apply.
func (c causes) redefined(api, scope string) bool {
	had, hadAPI := c.had.servers[api]
	has, hasAPI := c.has.servers[api]
	return hadAPI && hasAPI &&
		slices.Contains(had.Scopes, scope) != slices.Contains(has.Scopes, scope)
}

// reason says how a change comes about, if its resources do not make it plain.
func (c causes) reason(change access.Change, grantChanges bool) string {
	row := change.Row
	had, has := c.had.servers[row.API].API, c.has.servers[row.API].API
	switch {
	case change.Effect == access.Undecided:
		return "Decided by values that are known only after the apply, or that the plan does " +
			"not hold."
	case change.Effect == access.Lost && c.gone(row.API):
		return "The API is destroyed, and its grants with it."
	case row.Reason.Kind == access.ByPolicy && had.RBAC != has.RBAC &&
		holds(c.had.servers, row.API):
		if has.RBAC {
			return "Role-based access control is turned on: users need a role that has the scope."
		}
		return "Role-based access control is turned off: users no longer need a role that has " +
			"the scope."
	case row.Reason.Kind == access.ByPolicy:
		return "The API lets all first-party clients get tokens for their users " +
			"(subject_type_authorization.user.policy is " + access.AllowAll + ")."
	case row.SubjectType == access.Machine && had.ClientPolicy != has.ClientPolicy &&
		(had.ClientPolicy == access.DenyAll || has.ClientPolicy == access.DenyAll):
		return "The policy of the API for machines changes " +
			"(subject_type_authorization.client.policy is " +
			cmp.Or(has.ClientPolicy, access.RequireClientGrant) + ")."
	case row.Reason.Kind == access.ByDefaultGrant && row.Client != access.ThirdPartyClients:
		return "The default grant for third-party clients applies to clients without a grant " +
			"of their own."
	case !grantChanges && c.had.clients[row.Client] != c.has.clients[row.Client]:
		if change.Effect == access.Lost {
			return "The client may no longer use the client credentials grant."
		}
		return "The client may now use the client credentials grant."
	case !grantChanges && row.Scope != access.NoScope && row.Organization == access.NoOrganization:
		if change.Effect == access.Lost {
			return "The API no longer defines the scope, which the grant still allows."
		}
		return "The API now defines the scope, which the grant already allows."
	default:
		return ""
	}
}
