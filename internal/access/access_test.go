// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What machines can do is tested against tokens, in internal/review/soundness. These tests are of
// users and of unknown values.

// told returns rows as CLIENT API SUBJECT SCOPE ORGANIZATION, with ? for uncertain access and
// (roles) if users need a role.
func told(rows []Row) (lines []string) {
	for _, row := range rows {
		line := fmt.Sprintf("%s %s %s %q %q", row.Client, row.API, row.SubjectType, row.Scope,
			row.Organization)
		if row.Roles {
			line += " (roles)"
		}
		if row.Uncertain {
			line += " ?"
		}
		lines = append(lines, line)
	}
	return lines
}

func apis(all ...API) map[string]API {
	found := map[string]API{}
	for _, api := range all {
		found[api.Identifier] = api
	}
	return found
}

func TestEffective_users(t *testing.T) {
	grants := []Grant{
		{Source: "1", ClientID: "own", Audience: "urn:a", SubjectType: User, Scopes: []string{"r"}},
		{Source: "2", ClientID: "third", Audience: "urn:a", SubjectType: User, Scopes: []string{"w"}},
	}
	clients := map[string]Client{"third": {ID: "third", ThirdParty: true}}
	third := []string{`third urn:a user "" ""`, `third urn:a user "w" ""`}
	for _, c := range []struct {
		api  API
		want []string
	}{
		{
			API{Scopes: []string{"r", "w"}}, // Open to all first-party clients.
			slices.Concat([]string{
				`first_party_clients urn:a user "" ""`, `first_party_clients urn:a user "r" ""`,
				`first_party_clients urn:a user "w" ""`,
			}, third),
		},
		{
			API{Scopes: []string{"r", "w"}, UserPolicy: RequireClientGrant},
			slices.Concat([]string{`own urn:a user "" ""`, `own urn:a user "r" ""`}, third),
		},
		{API{Scopes: []string{"r", "w"}, UserPolicy: DenyAll}, nil},
		{
			API{Scopes: []string{"r"}, UserPolicy: RequireClientGrant, RBAC: true},
			[]string{
				`own urn:a user "" "" (roles)`, `own urn:a user "r" "" (roles)`,
				`third urn:a user "" "" (roles)`,
			},
		},
		{
			API{UserPolicyUnknown: true},
			[]string{
				`first_party_clients urn:a user "" "" ?`, `own urn:a user "" "" ?`,
				`third urn:a user "" "" ?`,
			},
		},
		{API{UserPolicy: RequireClientGrant, System: true}, []string{`own urn:a user "" ""`}},
	} {
		c.api.Identifier = "urn:a"
		got := told(Effective(Tenant{APIs: apis(c.api), Clients: clients, Grants: grants}))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.api, diff)
		}
	}
}

func TestEffective_unknown(t *testing.T) {
	api := API{Identifier: "urn:a", Scopes: []string{"r"}, UserPolicy: DenyAll}
	foreign := API{
		Identifier: "urn:a", ScopesUnknown: true, Undefined: []string{"gone"}, UserPolicy: DenyAll,
	}
	pending := API{
		Identifier: "urn:a", Scopes: []string{"r"}, ScopesPending: true, UserPolicy: DenyAll,
	}
	for name, c := range map[string]struct {
		api   API
		grant Grant
		want  []string
	}{
		"scopes": {
			api,
			Grant{Unknown: Unknown{Scopes: true}},
			[]string{`c urn:a client "" ""`, `c urn:a client "*" "" ?`},
		},
		"organizations": {
			api,
			Grant{Unknown: Unknown{Organizations: true}},
			[]string{`c urn:a client "" "" ?`, `c urn:a client "" "*" ?`},
		},
		"existence": {
			api,
			Grant{Scopes: []string{"r"}, Unknown: Unknown{Existence: true}},
			[]string{`c urn:a client "" "" ?`, `c urn:a client "r" "" ?`},
		},
		"policy": {
			API{
				Identifier: "urn:a", ClientPolicy: DenyAll, ClientPolicyUnknown: true,
				UserPolicy: DenyAll,
			},
			Grant{},
			[]string{`c urn:a client "" "" ?`},
		},
		"scopes of the API": {
			foreign,
			Grant{Scopes: []string{"gone", "x"}},
			[]string{`c urn:a client "" ""`, `c urn:a client "x" ""`},
		},
		"all scopes of the API": {
			foreign,
			Grant{AllScopes: true},
			[]string{`c urn:a client "" ""`, `c urn:a client "*" ""`},
		},
		"scopes that the API will have": {
			pending,
			Grant{Scopes: []string{"r", "x"}},
			[]string{`c urn:a client "" ""`, `c urn:a client "r" ""`, `c urn:a client "x" "" ?`},
		},
	} {
		c.grant.ClientID, c.grant.Audience = "c", "urn:a"
		got := told(Effective(Tenant{APIs: apis(c.api), Grants: []Grant{c.grant}}))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCompare(t *testing.T) {
	key := Key{Client: "c", API: "urn:a", SubjectType: Machine}
	user := Key{Client: "c", API: "urn:a", SubjectType: User}
	everyone := Key{Client: FirstPartyClients, API: "urn:a", SubjectType: User}
	row := func(k Key, scope, organization string) Row {
		return Row{Key: k, Scope: scope, Organization: organization}
	}
	maybe := func(r Row) Row { r.Uncertain = true; return r }
	roles := func(r Row) Row { r.Roles = true; return r }
	third := func(r Row) Row { r.ThirdParty = true; return r }
	except := func(r Row, scope string) Row { r.Except = []string{scope}; return r }
	r, all := row(key, "r", ""), row(key, AllScopes, "")
	for name, c := range map[string]struct {
		before, after []Row
		want          string
	}{
		"nothing":                       {[]Row{r}, []Row{r}, "[]"},
		"a scope":                       {nil, []Row{r}, "[gained r]"},
		"a scope goes":                  {[]Row{r}, nil, "[lost r]"},
		"part of all":                   {[]Row{all}, []Row{r}, "[lost *]"},
		"all contain it":                {[]Row{r}, []Row{all}, "[gained *]"},
		"all but it":                    {[]Row{except(all, "r")}, []Row{r}, "[lost * gained r]"},
		"unknown":                       {nil, []Row{maybe(r)}, "[unknown r]"},
		"unknown whether it stays":      {[]Row{r}, []Row{maybe(r)}, "[unknown r]"},
		"unknown whether it was there":  {[]Row{maybe(r)}, []Row{r}, "[unknown r]"},
		"unknown goes":                  {[]Row{maybe(r)}, nil, "[unknown r]"},
		"unknown as before":             {[]Row{maybe(r)}, []Row{maybe(r)}, "[]"},
		"unknown scopes may contain it": {[]Row{r}, []Row{maybe(all)}, "[unknown *]"},
		"one organization of any": {
			[]Row{row(key, "r", AnyOrganization)}, []Row{row(key, "r", "org_1")}, "[lost r]",
		},
		"outside organizations is not any": {
			[]Row{row(key, "r", AnyOrganization)},
			[]Row{row(key, "r", AnyOrganization), r},
			"[gained r]",
		},
		"roles off": {[]Row{roles(row(user, "r", ""))}, []Row{row(user, "r", "")}, "[gained r]"},
		"roles on": {
			[]Row{row(user, "r", "")}, []Row{roles(row(user, "r", ""))}, "[lost r]",
		},
		"a policy for everyone": {
			[]Row{row(user, "r", "org_1")}, []Row{row(everyone, "r", "")}, "[gained r]",
		},
		"a policy for first-party clients only": {
			[]Row{third(row(user, "r", ""))}, []Row{row(everyone, "r", "")}, "[lost r gained r]",
		},
	} {
		var got []string
		for _, change := range Compare(c.before, c.after) {
			got = append(got, string(change.Effect)+" "+change.Row.Scope)
		}
		slices.SortFunc(got, func(a, b string) int { return -slices.Compare([]byte(a), []byte(b)) })
		wanted := fmt.Sprint(got)
		if len(got) == 2 {
			wanted = fmt.Sprintf("[%s %s]", got[0], got[1])
		}
		if wanted != c.want {
			t.Errorf("%s: %s, want %s", name, wanted, c.want)
		}
	}
}
