// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"cmp"
	"maps"
	"slices"
	"sort"
)

// Effective returns who can call what, ordered by client, API, subject type, scope and
// organization. For machines, the rows of a client and an API are the scopes of the tokens that the
// client can get.
func Effective(t Tenant) []Row {
	var rows []Row
	own := map[Key]bool{} // The clients with a grant of their own.
	for _, grant := range t.Grants {
		own[grant.key()] = own[grant.key()] || !grant.Unknown.Existence
	}
	thirdParties := t.thirdParties()
	for _, grant := range t.Grants {
		if grant.ClientID != ThirdPartyClients {
			rows = append(rows, t.byGrant(grant, t.client(grant.ClientID), ByGrant)...)
			continue
		}
		rest := Client{ID: ThirdPartyClients, ThirdParty: true}
		rows = append(rows, t.byGrant(grant, rest, ByDefaultGrant)...)
		for _, client := range thirdParties {
			key := grant.key()
			key.Client = client.ID
			if !own[key] {
				rows = append(rows, t.byGrant(grant, client, ByDefaultGrant)...)
			}
		}
	}
	for _, api := range t.APIs {
		rows = append(rows, byPolicy(api)...)
	}
	sort.Slice(rows, func(i, j int) bool { return compareRows(rows[i], rows[j]) < 0 })
	return slices.CompactFunc(rows, func(a, b Row) bool {
		return compareRows(a, b) == 0 && a.Uncertain == b.Uncertain
	})
}

func (g Grant) key() Key {
	return Key{Client: g.ClientID, API: g.Audience, SubjectType: cmp.Or(g.SubjectType, Machine)}
}

func (t Tenant) thirdParties() []Client {
	var found []Client
	for _, id := range slices.Sorted(maps.Keys(t.Clients)) {
		if t.Clients[id].ThirdParty {
			found = append(found, t.Clients[id])
		}
	}
	return found
}

func (t Tenant) client(id string) Client {
	if client, ok := t.Clients[id]; ok {
		return client
	}
	return Client{ID: id} // Most clients are first-party clients that may use client credentials.
}

// api returns the API with an identifier. Nothing is known of an API that is not in the tenant.
func (t Tenant) api(identifier string) API {
	if api, ok := t.APIs[identifier]; ok {
		return api
	}
	return API{
		Identifier: identifier, ScopesUnknown: true, UserPolicy: RequireClientGrant,
	}
}

// byGrant returns the rows of one client that a grant applies to.
func (t Tenant) byGrant(grant Grant, client Client, kind ReasonKind) []Row {
	api := t.api(grant.Audience)
	allowed, certain := mayUse(api, client, grant.key().SubjectType)
	if !allowed {
		return nil
	}
	key := grant.key()
	key.Client = client.ID
	base := Row{
		Key: key, Uncertain: !certain || grant.Unknown.Existence,
		Reason: Reason{Kind: kind, Source: grant.Source},
		Roles:  key.SubjectType == User && api.RBAC, ThirdParty: client.ThirdParty,
	}
	var rows []Row
	for _, organization := range organizations(grant, client) {
		for _, scope := range scopes(grant, api) {
			row := base
			row.Scope, row.Organization = scope.name, organization.name
			row.Uncertain = base.Uncertain || scope.uncertain || organization.uncertain
			if scope.name == AllScopes {
				row.Except = api.Undefined
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// mayUse reports whether a grant for the client has any effect, and whether this is certain.
func mayUse(api API, client Client, subjectType string) (allowed, certain bool) {
	if api.System && client.ThirdParty {
		return false, true
	}
	if subjectType == User {
		switch {
		case api.UserPolicyUnknown:
			return true, false
		case api.UserPolicy == DenyAll:
			return false, true
		default:
			// Under AllowAll, only third-party clients need a grant.
			return client.ThirdParty || api.UserPolicy == RequireClientGrant, true
		}
	}
	switch {
	case client.NoClientCredentials && !client.Unknown:
		return false, true
	case api.ClientPolicy == DenyAll && !api.ClientPolicyUnknown:
		return false, true
	default:
		return true, !api.ClientPolicyUnknown && !client.Unknown
	}
}

type value struct {
	name      string
	uncertain bool
}

// scopes returns the scopes of tokens. A scope that the API does not define is not issued (API
// contract 10.4).
func scopes(grant Grant, api API) []value {
	found := []value{{name: NoScope}}
	every := value{name: AllScopes, uncertain: grant.Unknown.Scopes || api.ScopesPending}
	if grant.Unknown.Scopes {
		return append(found, every)
	}
	if grant.AllScopes {
		for _, scope := range api.Scopes {
			found = append(found, value{name: scope})
		}
		if api.ScopesUnknown || api.ScopesPending {
			found = append(found, every)
		}
		return found
	}
	defined := make(map[string]bool, len(api.Scopes))
	for _, scope := range api.Scopes {
		defined[scope] = true
	}
	for _, scope := range grant.Scopes {
		assumed := api.ScopesUnknown && !slices.Contains(api.Undefined, scope)
		if defined[scope] || assumed || api.ScopesPending {
			found = append(found, value{scope, !defined[scope] && !assumed})
		}
	}
	return found
}

// organizations returns the organizations of tokens (API contract 4.4).
func organizations(grant Grant, client Client) []value {
	if grant.Unknown.Organizations {
		return []value{{NoOrganization, true}, {AnyOrganization, true}}
	}
	var found []value
	if grant.OrganizationUsage != "require" {
		found = append(found, value{name: NoOrganization})
	}
	if grant.OrganizationUsage == "allow" || grant.OrganizationUsage == "require" {
		// Third-party clients need an association.
		if grant.AnyOrganization && !client.ThirdParty {
			return append(found, value{name: AnyOrganization})
		}
		for _, id := range grant.Organizations {
			found = append(found, value{name: id})
		}
	}
	return found
}

// byPolicy returns the rows of an API that lets all first-party clients get tokens for their users.
func byPolicy(api API) []Row {
	if cmp.Or(api.UserPolicy, AllowAll) != AllowAll && !api.UserPolicyUnknown {
		return nil
	}
	all := Grant{AllScopes: true}
	var rows []Row
	for _, scope := range scopes(all, api) {
		rows = append(rows, Row{
			Key:   Key{Client: FirstPartyClients, API: api.Identifier, SubjectType: User},
			Scope: scope.name, Organization: NoOrganization, Roles: api.RBAC,
			Uncertain: api.UserPolicyUnknown || scope.uncertain, Except: api.Undefined,
			Reason: Reason{ByPolicy, api.Identifier},
		})
	}
	return rows
}

func compareRows(a, b Row) int {
	return cmp.Or(
		compareKeys(a.Key, b.Key), cmp.Compare(a.Scope, b.Scope),
		cmp.Compare(a.Organization, b.Organization),
	)
}

func compareKeys(a, b Key) int {
	return cmp.Or(
		cmp.Compare(a.Client, b.Client), cmp.Compare(a.API, b.API),
		cmp.Compare(a.SubjectType, b.SubjectType),
	)
}
