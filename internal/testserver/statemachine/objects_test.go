// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// kind is a kind of object: its place in the API and in the model.
type kind struct {
	path, name, id string
	missing        string // An id that no object has.
	of             func(*model) *[]object
}

var (
	apiKind = kind{
		"/resource-servers", "resource_servers", "id", strings.Repeat("0", 24),
		func(m *model) *[]object { return &m.apis },
	}
	clientKind = kind{
		"/clients", "clients", "client_id", strings.Repeat("0", 32),
		func(m *model) *[]object { return &m.clients },
	}
	grantKind = kind{
		"/client-grants", "client_grants", "id", "cgr_0000000000000000",
		func(m *model) *[]object { return &m.grants },
	}
	organizationKind = kind{
		"/organizations", "organizations", "id", "org_0000000000000000",
		func(m *model) *[]object { return &m.organizations },
	}
	kinds = []kind{apiKind, clientKind, grantKind, organizationKind}
)

// pick draws an object and its name in paths, or nil and the name of an object that does not exist.
func (m *machine) pick(t *rapid.T, k kind) (found object, ref string) {
	missing := k.missing
	if id, ok := m.gone[k.name]; ok {
		missing = id
	}
	choice := slices.DeleteFunc(slices.Clone(*k.of(&m.model)), protected)
	if len(choice) == 0 || rapid.IntRange(0, 7).Draw(t, "missing") == 7 {
		return find(*k.of(&m.model), k.id, missing), missing
	}
	found = rapid.SampledFrom(choice).Draw(t, k.name)
	return found, text(found[k.id])
}

// identifiers are names that are easily confused.
var identifiers = []string{"https://a", "https://a/", "https:%2F%2Fa", "urn:b c"}

// audience draws the identifier of an API, which need not exist.
func (m *machine) audience(t *rapid.T) string {
	api, _ := m.pick(t, apiKind)
	if api == nil {
		return rapid.SampledFrom(identifiers).Draw(t, "identifier")
	}
	return text(api["identifier"])
}

// pickAPI draws an API by its id or by its identifier.
func (m *machine) pickAPI(t *rapid.T) (found object, ref string) {
	if rapid.Bool().Draw(t, "by identifier") {
		ref = m.audience(t)
		return m.api(ref), url.PathEscape(ref)
	}
	return m.pick(t, apiKind)
}

// add sends a create. The model makes an object of the body or expects one of the refusals.
// Generated values come from the answer.
func (m *machine) add(t *rapid.T, k kind, body, expected object, refusals []int, made ...string) {
	got := m.call(t, "POST", k.path, body)
	if len(refusals) > 0 {
		m.refused(t, got, refusals...)
		return
	}
	shown := m.sameObject(t, got, http.StatusCreated, expected, append(made, k.id)...)
	list := k.of(&m.model)
	*list = append(slices.Clone(*list), shown)
}

// change sends a PATCH as add sends a create. before is nil if the object does not exist.
func (m *machine) change(
	t *rapid.T, k kind, before object, ref string, body, expected object, refusals []int,
	made ...string,
) {
	got := m.call(t, "PATCH", k.path+"/"+ref, body)
	if before == nil {
		refusals = []int{http.StatusNotFound}
	}
	if len(refusals) > 0 {
		m.refused(t, got, refusals...)
		return
	}
	m.replace(k, m.sameObject(t, got, http.StatusOK, expected, made...))
}

func (m *machine) replace(k kind, changed object) {
	list := slices.Clone(*k.of(&m.model))
	for i, one := range list {
		if one[k.id] == changed[k.id] {
			list[i] = changed
		}
	}
	*k.of(&m.model) = list
}

// sameObject compares an answer with an expected object, except for generated values.
func (m *machine) sameObject(
	t *rapid.T, got servertest.Answer, status int, expected object, made ...string,
) object {
	m.succeeded(t, got, status)
	shown := essence(parsed(got.Body))
	expected = patched(expected, nil)
	for _, name := range made {
		value := text(shown[name])
		if value == "" || m.made[value] {
			t.Fatalf("%s is missing or not a new one: %s", name, got.Body)
		}
		m.made[value], expected[name] = true, value
	}
	if diff := cmp.Diff(expected, shown); diff != "" {
		t.Fatalf("object differs (-want +got):\n%s", diff)
	}
	return shown
}

// remove deletes an object that may not exist, which is also a success (API contract 1.5).
func (m *machine) remove(t *rapid.T, k kind, found object, ref string) {
	got := m.call(t, "DELETE", k.path+"/"+ref, nil)
	if isSystem(found) {
		m.refused(t, got, http.StatusBadRequest)
		return
	}
	m.succeeded(t, got, http.StatusNoContent)
	if found != nil {
		m.forget(found)
		m.gone[k.name] = text(found[k.id])
	}
}

func (m *machine) deleteAPI(t *rapid.T) {
	found, ref := m.pickAPI(t)
	m.remove(t, apiKind, found, ref)
}

func (m *machine) deleteClient(t *rapid.T)       { m.removeAny(t, clientKind) }
func (m *machine) deleteGrant(t *rapid.T)        { m.removeAny(t, grantKind) }
func (m *machine) deleteOrganization(t *rapid.T) { m.removeAny(t, organizationKind) }

func (m *machine) removeAny(t *rapid.T, k kind) {
	found, ref := m.pick(t, k)
	m.remove(t, k, found, ref)
}

// encoded is an object as JSON.
func encoded(body object) string {
	content, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(content)
}
