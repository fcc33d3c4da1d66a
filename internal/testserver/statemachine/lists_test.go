// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// listing is a list of the API with filters, and its content in the model.
type listing struct {
	kind
	path   string
	query  url.Values
	holder string // The id of the object that the list belongs to, if any.
	keep   func(object) bool
}

// listed is the content of a list in the model; false if its object no longer exists.
func (m *model) listed(l listing) ([]object, bool) {
	all, there := *l.of(m), true
	switch {
	case l.holder == "":
	case l.name == grantKind.name:
		all, there = nil, find(m.organizations, "id", l.holder) != nil
		for _, a := range m.associations {
			if a.organization == l.holder {
				all = append(all, find(m.grants, "id", a.grant))
			}
		}
	default:
		all, there = nil, find(m.grants, "id", l.holder) != nil
		for _, a := range m.associations {
			if a.grant == l.holder {
				all = append(all, find(m.organizations, "id", a.organization))
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(one object) bool {
		return l.keep != nil && !l.keep(one)
	}), there
}

// drawListing draws a list with some of its filters.
func (m *machine) drawListing(t *rapid.T, lists ...func(*rapid.T) listing) listing {
	return rapid.SampledFrom(lists).Draw(t, "list")(t)
}

func (m *machine) listOfAPIs(t *rapid.T) listing {
	asked := rapid.SliceOfN(rapid.SampledFrom(identifiers), 0, 3).Draw(t, "identifiers")
	if len(asked) == 0 {
		return listing{kind: apiKind, path: apiKind.path}
	}
	return listing{kind: apiKind, path: apiKind.path, query: url.Values{
		"identifiers": asked,
	}, keep: func(one object) bool {
		return slices.Contains(asked, text(one["identifier"]))
	}}
}

// filtered draws values for filters that compare properties.
func filtered(t *rapid.T, k kind, values map[string][]string) listing {
	asked := drawn(t, true, values)
	query := url.Values{}
	for name, value := range asked {
		query.Set(name, fmt.Sprint(value))
	}
	return listing{kind: k, path: k.path, query: query, keep: func(one object) bool {
		for name, value := range asked {
			if one[name] != value {
				return false
			}
		}
		return true
	}}
}

func (m *machine) listOfGrants(t *rapid.T) listing {
	_, clientID := m.pick(t, clientKind)
	who := rapid.SampledFrom([]string{"client_id", "default_for", "neither"}).Draw(t, "filter by")
	values := map[string][]string{
		"audience": {strconv.Quote(m.audience(t))}, "subject_type": {`"client"`, `"user"`},
		"allow_any_organization": {"true"},
	}
	switch who {
	case "client_id":
		values["client_id"] = []string{strconv.Quote(clientID)}
	case "default_for":
		values["default_for"] = []string{`"third_party_clients"`}
	}
	return filtered(t, grantKind, values)
}

func (m *machine) listOfClients(t *rapid.T) listing {
	l := filtered(t, clientKind, map[string][]string{
		"is_first_party": {"true", "false"},
		"app_type":       {`"non_interactive"`},
	})
	if rapid.Bool().Draw(t, "by is_global") {
		others := l.keep
		l.query.Set("is_global", "false")
		l.keep = func(one object) bool { return others(one) && one["global"] == false }
	}
	return l
}

// listOfQueriedClients uses `q`, which needs checkpoint paging (API contract 6.2).
func (m *machine) listOfQueriedClients(t *rapid.T) listing {
	_, organizationID := m.pick(t, organizationKind)
	q, grantFits := "client_grant.allow_any_organization:true", func(grant object) bool {
		return grant["allow_any_organization"] == true
	}
	if rapid.Bool().Draw(t, "by organization") {
		q, grantFits = "client_grant.organization_id:"+organizationID, func(grant object) bool {
			return slices.Contains(m.associations, association{organizationID, text(grant["id"])})
		}
	}
	return listing{kind: clientKind, path: clientKind.path, query: url.Values{"q": {
		q,
	}}, keep: func(one object) bool {
		return slices.ContainsFunc(m.grants, func(grant object) bool {
			return grant["client_id"] == one["client_id"] && grantFits(grant)
		})
	}}
}

func (m *machine) listOfOrganizations(*rapid.T) listing {
	return listing{kind: organizationKind, path: organizationKind.path}
}

func (m *machine) listOfOrganizationGrants(t *rapid.T) listing {
	_, id := m.pick(t, organizationKind)
	_, clientID := m.pick(t, clientKind)
	l := filtered(t, grantKind, map[string][]string{
		"audience":  {strconv.Quote(m.audience(t))},
		"client_id": {strconv.Quote(clientID)},
	})
	l.path, l.holder = "/organizations/"+id+"/client-grants", id
	if rapid.Bool().Draw(t, "by grant_ids") {
		_, grantID := m.pick(t, grantKind)
		others := l.keep
		l.query.Add("grant_ids", grantID)
		l.keep = func(one object) bool { return others(one) && one["id"] == grantID }
	}
	return l
}

func (m *machine) listOfGrantOrganizations(t *rapid.T) listing {
	_, id := m.pick(t, grantKind)
	return listing{
		kind:   organizationKind,
		path:   "/client-grants/" + id + "/organizations",
		holder: id,
	}
}

// walkByCheckpoint reads a list page by page, while objects are created and deleted between the
// pages. Each page continues the list, so that no object is missed or listed twice.
func (m *machine) walkByCheckpoint(t *rapid.T) {
	l := m.drawListing(
		t, m.listOfGrants, m.listOfClients, m.listOfQueriedClients, m.listOfOrganizations,
		m.listOfGrantOrganizations,
	)
	take := rapid.IntRange(1, 3).Draw(t, "take")
	seen := map[any]bool{}
	for from, pages := "", 0; ; pages++ {
		held, there := m.listed(l)
		rest := slices.DeleteFunc(held, func(one object) bool { return seen[one[l.id]] })
		got := m.page(t, l, url.Values{"take": {strconv.Itoa(take)}, "from": {from}})
		if !there {
			m.refused(t, got, http.StatusNotFound)
			return
		}
		page := rest[:min(take, len(rest))]
		shown := parsed(got.Body)
		sameItems(t, l, page, shown[l.name])
		if _, hasNext := shown["next"]; hasNext != (len(rest) > take) || len(shown) > 2 {
			t.Fatalf("%s: %s with %d more", l.path, got.Body, len(rest)-len(page))
		}
		if from = text(shown["next"]); from == "" {
			return
		}
		for _, one := range page {
			seen[one[l.id]] = true
		}
		if pages < 3 {
			m.meddle(t)
		}
	}
}

// meddle creates or deletes an object.
func (m *machine) meddle(t *rapid.T) {
	actions := []string{
		"nothing", "create grant", "delete grant", "create client", "delete client",
		"create organization", "delete organization", "delete API",
	}
	if action := rapid.SampledFrom(actions).Draw(t, "between pages"); action != "nothing" {
		m.actions()[action](t)
		m.check(t)
	}
}

// walkByOffset reads a list in each of its formats, with one page after the last (API contract
// 1.8).
func (m *machine) walkByOffset(t *rapid.T) {
	l := m.drawListing(
		t, m.listOfAPIs, m.listOfGrants, m.listOfClients, m.listOfOrganizations,
		m.listOfOrganizationGrants, m.listOfGrantOrganizations,
	)
	held, there := m.listed(l)
	got := m.page(t, l, nil)
	if !there {
		m.refused(t, got, http.StatusNotFound)
		return
	}
	sameItems(t, l, held, anyOf(t, got.Body))
	perPage := rapid.IntRange(1, 5).Draw(t, "per_page")
	for start, page := 0, 0; start <= len(held); start, page = start+perPage, page+1 {
		query := url.Values{"per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
		expected := held[start:min(start+perPage, len(held))]
		sameItems(t, l, expected, anyOf(t, m.page(t, l, query).Body))
		query.Set("include_totals", "true")
		shown := parsed(m.page(t, l, query).Body)
		sameItems(t, l, expected, shown[l.name])
		totals := object{
			"total": float64(len(held)),
			"start": float64(start),
			"limit": float64(perPage),
		}
		if diff := cmp.Diff(totals, patched(shown, object{l.name: nil})); diff != "" {
			t.Fatalf("%s %v: totals differ (-want +got):\n%s", l.path, l.query, diff)
		}
	}
}

func (m *machine) page(t *rapid.T, l listing, paging url.Values) servertest.Answer {
	query := url.Values{}
	for _, part := range []url.Values{l.query, paging} {
		for name, values := range part {
			query[name] = slices.DeleteFunc(slices.Clone(values), func(value string) bool {
				return name == "from" && value == ""
			})
		}
	}
	return m.call(t, "GET", l.path+"?"+query.Encode(), nil)
}

func anyOf(t *rapid.T, body string) (value any) {
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return value
}

func sameItems(t *rapid.T, l listing, expected []object, shown any) {
	list, ok := shown.([]any)
	found := make([]object, len(list))
	for i, one := range list {
		found[i] = essence(inner(one))
	}
	if diff := cmp.Diff(append([]object{}, expected...), found); diff != "" || !ok {
		t.Fatalf("%s %v differs (-want +got):\n%s", l.path, l.query, diff)
	}
}

// read compares a single object with the model.
func (m *machine) read(t *rapid.T) {
	k := rapid.SampledFrom(kinds).Draw(t, "kind")
	found, ref := m.pick(t, k)
	if k.name == apiKind.name {
		found, ref = m.pickAPI(t)
	}
	if k.name == organizationKind.name && found != nil && rapid.Bool().Draw(t, "by name") {
		ref = "name/" + text(found["name"])
	}
	got := m.call(t, "GET", k.path+"/"+ref, nil)
	if found == nil {
		m.refused(t, got, http.StatusNotFound)
		return
	}
	m.sameObject(t, got, http.StatusOK, found)
}
