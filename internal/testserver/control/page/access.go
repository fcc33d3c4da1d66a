// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// A browser draws a table of this size without delay. More is on further pages.
const (
	mostRows    = 500
	leastRows   = 50
	mostColumns = 20
	mostGrants  = 1500
)

// accessView is the table of clients and APIs.
type accessView struct {
	Clients, APIs string // The filters.
	Granted       bool   // Whether only clients and APIs with grants are shown.

	Columns        []column
	Rows           []row
	RowPages       pager
	ColumnPages    pager
	ClientsInTotal int
	APIsInTotal    int
}

// pager is a part of a list.
type pager struct {
	First, Last, Total int    // Counted from 1.
	Before, After      string // The addresses of the neighbours; empty if there is none.
}

type column struct {
	tenant.ResourceServer
	// Whether the API gives no tokens to machines, whatever the grants are.
	Denies  bool
	Clients string // The policy for machines.
	Users   string // The policy for users, in words.
}

type row struct {
	Title, ID string
	Notes     []string
	Cells     []cell
}

// cell is what a client can get for an API.
type cell struct {
	API, Client string // For a question about this cell; Client is empty for a default grant.
	Grants      []grant
}

// Address is the question about the cell.
func (c cell) Address() string {
	return "/page/why?" + url.Values{"client_id": {c.Client}, "audience": {c.API}}.Encode()
}

type grant struct {
	ID            string
	For           string // Whom the tokens represent: machines, users or anonymous users.
	Kind          string // The subject type.
	All           bool
	Scopes        []string
	Undefined     []string // Scopes that the API does not define. They are never issued.
	Rule          string   // About organizations; empty if there are none.
	Organizations []string
	Default       bool   // A default grant that applies to the client.
	Without       string // Why it has no effect; empty if it has one.
	System        bool
}

// everything is a window on a whole list.
var everything = tenant.Window{Limit: math.MaxInt}

// defaultRow stands for the clients that default grants are for.
const defaultRow = "default:" + tenant.ThirdPartyClients

// showAccess reads the tenant once, and makes only the part of the table that is shown.
func showAccess(s Server, r *http.Request) any {
	store := s.Tenant()
	v := accessView{
		Clients: strings.TrimSpace(r.Form.Get("clients")),
		APIs:    strings.TrimSpace(r.Form.Get("apis")),
		Granted: r.Form.Has("granted"),
	}
	clients := slices.DeleteFunc(store.ListClients(everything, nil).Items,
		func(c tenant.Client) bool { return c.IsGlobal })
	apis := store.ListResourceServers(everything, nil).Items
	v.ClientsInTotal, v.APIsInTotal = len(clients), len(apis)
	clients = matching(clients, v.Clients, func(c tenant.Client) []string {
		return []string{c.Name, c.ClientID}
	})
	apis = matching(apis, v.APIs, func(api tenant.ResourceServer) []string {
		return append(api.ScopeValues(), api.Name, api.Identifier)
	})
	grants := collect(store, clients, apis)
	if v.Granted {
		clients = slices.DeleteFunc(clients, func(c tenant.Client) bool {
			inherits := !c.IsFirstParty && len(grants.by[defaultRow]) > 0
			return len(grants.by[c.ClientID]) == 0 && !inherits
		})
		apis = slices.DeleteFunc(apis, func(api tenant.ResourceServer) bool {
			return !grants.audiences[api.Identifier]
		})
	}
	slices.SortStableFunc(clients, func(a, b tenant.Client) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	slices.SortStableFunc(apis, func(a, b tenant.ResourceServer) int {
		return cmp.Or(compareBools(a.IsSystem, b.IsSystem),
			cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	v.ColumnPages, apis = paged(r.Form, "column", mostColumns, apis)
	v.RowPages, clients = paged(r.Form, "row", grants.rowsPerPage(len(clients), apis), clients)
	for _, api := range apis {
		v.Columns = append(v.Columns, columnOf(api))
	}
	if len(grants.by[defaultRow]) > 0 {
		v.Rows = append(v.Rows, v.rowOf(store, tenant.Client{}, grants))
	}
	for _, c := range clients {
		v.Rows = append(v.Rows, v.rowOf(store, c, grants))
	}
	return v
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// matching keeps the items with a text that contains the filter, whatever the case.
func matching[T any](items []T, filter string, texts func(T) []string) []T {
	if filter == "" {
		return items
	}
	filter = strings.ToLower(filter)
	return slices.DeleteFunc(items, func(item T) bool {
		return !slices.ContainsFunc(texts(item), func(text string) bool {
			return strings.Contains(strings.ToLower(text), filter)
		})
	})
}

// grantIndex finds the grants of a cell.
type grantIndex struct {
	by        map[string]map[string][]tenant.ClientGrant // By client or defaultRow, and by API.
	audiences map[string]bool
}

func collect(
	store *tenant.Store, clients []tenant.Client, apis []tenant.ResourceServer,
) grantIndex {
	rows, columns := map[string]bool{defaultRow: true}, map[string]bool{}
	for _, c := range clients {
		rows[c.ClientID] = true
	}
	for _, api := range apis {
		columns[api.Identifier] = true
	}
	index := grantIndex{map[string]map[string][]tenant.ClientGrant{}, map[string]bool{}}
	for _, g := range store.ListClientGrants(everything, tenant.ClientGrantFilter{}).Items {
		holder := g.ClientID
		if g.DefaultFor != "" {
			holder = defaultRow
		}
		if !rows[holder] || !columns[g.Audience] {
			continue
		}
		if index.by[holder] == nil {
			index.by[holder] = map[string][]tenant.ClientGrant{}
		}
		index.by[holder][g.Audience] = append(index.by[holder][g.Audience], g)
		index.audiences[g.Audience] = true
	}
	return index
}

// rowsPerPage keeps the number of grants on a page low, however many there are in a row.
func (i grantIndex) rowsPerPage(rows int, apis []tenant.ResourceServer) int {
	grants := 0
	for _, row := range i.by {
		for _, api := range apis {
			grants += len(row[api.Identifier])
		}
	}
	if grants <= mostGrants {
		return mostRows
	}
	return max(leastRows, min(mostRows, mostGrants*rows/grants))
}

func columnOf(api tenant.ResourceServer) column {
	policies := api.SubjectTypeAuthorization
	users := map[string]string{
		"allow_all": "users: every client", "deny_all": "users: none",
		"require_client_grant": "users: by grant",
	}[policies.User.Policy]
	return column{
		ResourceServer: api, Denies: policies.Client.Policy == tenant.DenyAll,
		Clients: cmp.Or(policies.Client.Policy, "not set"), Users: users,
	}
}

// rowOf makes the row of a client. A client without an id is the row of the default grants.
func (v *accessView) rowOf(store *tenant.Store, c tenant.Client, grants grantIndex) row {
	made := row{Title: c.Name, ID: c.ClientID}
	holder := c.ClientID
	machine := slices.Contains(c.GrantTypes, tenant.ClientCredentials)
	switch {
	case c.ClientID == "":
		holder, machine = defaultRow, true
		made.Title, made.Notes = "All third-party clients", []string{"default grants"}
	case !c.IsFirstParty:
		made.Notes = append(made.Notes, "third party")
	}
	if !machine {
		made.Notes = append(made.Notes, "cannot use client_credentials")
	}
	if !c.UsesSecret() {
		made.Notes = append(made.Notes, "authenticates with a key")
	}
	for _, column := range v.Columns {
		shown := cell{API: column.Identifier, Client: c.ClientID}
		own := false
		for _, g := range grants.by[holder][column.Identifier] {
			own = own || g.SubjectType == tenant.ClientSubject
			shown.Grants = append(shown.Grants, grantOf(store, g, column, machine))
		}
		if c.ClientID != "" && !c.IsFirstParty && !own {
			for _, g := range grants.by[defaultRow][column.Identifier] {
				if g.SubjectType == tenant.ClientSubject {
					inherited := grantOf(store, g, column, machine)
					inherited.Default = true
					shown.Grants = append(shown.Grants, inherited)
				}
			}
		}
		made.Cells = append(made.Cells, shown)
	}
	return made
}

func grantOf(store *tenant.Store, g tenant.ClientGrant, api column, machine bool) grant {
	made := grant{
		ID: g.ID, Kind: g.SubjectType, All: g.AllowsAllScopes(), System: g.IsSystem,
		For: map[string]string{
			tenant.ClientSubject: "machines", "user": "users", "anonymous_user": "anonymous users",
		}[g.SubjectType],
	}
	defined := map[string]bool{}
	for _, one := range api.Scopes {
		defined[one.Value] = true
	}
	for _, value := range g.Scope {
		if defined[value] {
			made.Scopes = append(made.Scopes, value)
		} else {
			made.Undefined = append(made.Undefined, value)
		}
	}
	if g.SubjectType == tenant.ClientSubject {
		switch {
		case api.Denies:
			made.Without = "no effect: the API denies all clients"
		case !machine:
			made.Without = "no effect: the client cannot use client_credentials"
		}
	}
	if g.OrganizationUsage == nil || *g.OrganizationUsage == "deny" {
		return made
	}
	made.Rule = "organization optional:"
	if *g.OrganizationUsage == "require" {
		made.Rule = "organization required:"
	}
	if g.AllowsAnyOrganization() {
		made.Organizations = []string{"any"}
	}
	for _, o := range store.OrganizationsOfGrant(everything, g.ID).Items {
		made.Organizations = append(made.Organizations, o.Name)
	}
	return made
}

// paged returns a part of a list, which a parameter of the address selects.
func paged[T any](form url.Values, name string, size int, items []T) (pager, []T) {
	first, err := strconv.Atoi(form.Get(name))
	if err != nil || first < 0 || first >= len(items) {
		first = 0
	}
	first -= first % size
	last := min(first+size, len(items))
	p := pager{First: min(first+1, len(items)), Last: last, Total: len(items)}
	at := func(start int) string {
		query := url.Values{}
		for _, kept := range []string{"clients", "apis", "granted", "row", "column"} {
			if value := form.Get(kept); value != "" {
				query.Set(kept, value)
			}
		}
		query.Set(name, strconv.Itoa(start))
		return "/?" + query.Encode()
	}
	if first > 0 {
		p.Before = at(first - size)
	}
	if last < len(items) {
		p.After = at(last)
	}
	return p, items[first:last]
}
