// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// drawn is a body in which each property is absent or has one of the given JSON values. Only
// patches contain null.
func drawn(t *rapid.T, create bool, values map[string][]string) object {
	body := object{}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		choice := slices.DeleteFunc(slices.Clone(values[name]), func(value string) bool {
			return create && value == "null"
		})
		value := rapid.SampledFrom(append([]string{""}, choice...)).Draw(t, name)
		if value != "" {
			body[name] = parsed(`{"value":` + value + `}`)["value"]
		}
	}
	return body
}

// scopes draws some scopes in any order. The Management API also defines one of them.
func scopes(t *rapid.T) []string {
	all := []string{"read:orders", "write:orders", "read:clients", "a"}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, 3, rapid.ID).Draw(t, "scopes")
}

// listed draws a list of scopes for an API or a grant, or nothing.
func listed(t *rapid.T, body object, name, form string) object {
	if rapid.IntRange(0, 3).Draw(t, "with "+name) == 3 {
		return body
	}
	list := []any{}
	for _, value := range scopes(t) {
		list = append(list, parsed(strings.ReplaceAll(form, "VALUE", value))["item"])
	}
	return patched(body, object{name: list})
}

func drawAPI(t *rapid.T, create bool) object {
	return listed(t, drawn(t, create, map[string][]string{
		"name":                 {`"Orders"`},
		"token_lifetime":       {"0", "600", "86400"},
		"signing_alg":          {`"HS256"`, `"PS256"`, `"RS256"`},
		"signing_secret":       {`"0123456789abcdef0123456789abcdef"`},
		"allow_offline_access": {"true", "false"},
		"subject_type_authorization": {
			`{"client":{"policy":"deny_all"}}`, `{"client":{"policy":"require_client_grant"}}`,
			`{"user":{"policy":"deny_all"}}`,
		},
	}), "scopes", `{"item":{"value":"VALUE","description":"May VALUE"}}`)
}

func (m *machine) createAPI(t *rapid.T) {
	body := patched(drawAPI(t, true), object{"identifier": rapid.SampledFrom(identifiers).Draw(
		t, "identifier",
	)})
	expected := newAPI(body)
	var refusals []int
	if find(m.apis, "identifier", text(body["identifier"])) != nil {
		refusals = []int{http.StatusConflict}
	}
	m.add(t, apiKind, body, expected, refusals, madeSecret(expected)...)
}

// madeSecret names the secret if the server generates it (API contract 3.3).
func madeSecret(api object) []string {
	if api["signing_alg"] == "HS256" && api["signing_secret"] == nil {
		return []string{"signing_secret"}
	}
	return nil
}

func (m *machine) patchAPI(t *rapid.T) {
	before, ref := m.pickAPI(t)
	if isSystem(before) {
		m.refused(
			t, m.call(t, "PATCH", apiKind.path+"/"+ref, object{"name": "Mine"}),
			http.StatusBadRequest,
		)
		return
	}
	body := drawAPI(t, false)
	expected := patchedAPI(before, body)
	m.change(t, apiKind, before, ref, body, expected, nil, madeSecret(expected)...)
}

func (m *machine) drawClient(t *rapid.T, create bool) object {
	body := drawn(t, create, map[string][]string{
		"description": {`"Ships orders."`, "null"},
		"grant_types": {`["client_credentials"]`, `["implicit"]`, `[]`},
	})
	if rapid.IntRange(0, 2).Draw(t, "with default_organization") == 0 {
		_, id := m.pick(t, organizationKind)
		body["default_organization"] = map[string]any{
			"organization_id": id,
			"flows":           []any{"client_credentials"},
		}
	}
	return body
}

func (m *machine) createClient(t *rapid.T) {
	body := m.drawClient(t, true)
	body["name"] = "Orders"
	if body["grant_types"] != nil && rapid.Bool().Draw(t, "third party") {
		body["is_first_party"] = false
	}
	expected := newClient(body)
	m.add(t, clientKind, body, expected, m.checkClient(nil, expected), "client_secret")
}

func (m *machine) patchClient(t *rapid.T) {
	before, ref := m.pick(t, clientKind)
	body := m.drawClient(t, false)
	expected := patched(before, body)
	m.change(t, clientKind, before, ref, body, expected, m.checkClient(before, expected))
}

func (m *machine) rotateSecret(t *rapid.T) {
	before, ref := m.pick(t, clientKind)
	got := m.call(t, "POST", clientKind.path+"/"+ref+"/rotate-secret", nil)
	if before == nil {
		m.refused(t, got, http.StatusNotFound)
		return
	}
	m.replace(clientKind, m.sameObject(t, got, http.StatusOK, before, "client_secret"))
}

func drawGrant(t *rapid.T, create bool) object {
	return listed(t, drawn(t, create, map[string][]string{
		"allow_all_scopes":       {"true", "false", "null"},
		"organization_usage":     {`"allow"`, `"require"`, `"deny"`, "null"},
		"allow_any_organization": {"true", "false", "null"},
	}), "scope", `{"item":"VALUE"}`)
}

func (m *machine) createGrant(t *rapid.T) {
	body := patched(drawGrant(t, true), object{"audience": m.audience(t)})
	if rapid.IntRange(0, 4).Draw(t, "default") == 4 {
		body["default_for"] = "third_party_clients"
	} else {
		_, body["client_id"] = m.pick(t, clientKind)
	}
	if rapid.IntRange(0, 3).Draw(t, "other subject") == 3 {
		body["subject_type"] = rapid.SampledFrom([]string{
			"user", "client", "anonymous_user",
		}).Draw(t, "subject_type")
	}
	expected, refusals := m.newGrant(body)
	m.add(t, grantKind, body, expected, refusals)
}

func (m *machine) patchGrant(t *rapid.T) {
	before, ref := m.pick(t, grantKind)
	body := drawGrant(t, false)
	if len(body) == 0 {
		body["scope"] = nil
	}
	expected := patchedGrant(before, body)
	m.change(t, grantKind, before, ref, body, expected, m.checkGrant(expected, body))
}

func drawOrganization(t *rapid.T) object {
	return drawn(t, true, map[string][]string{
		"name":         {`"acme"`, `"umbra"`, `"org_1"`},
		"display_name": {`"Acme"`, `"Umbra"`},
	})
}

// takenName is the refusal of a name that another organization has (API contract 1.5).
func (m *machine) takenName(body, before object) []int {
	if holder := find(m.organizations, "name", text(body["name"])); holder != nil &&
		holder["id"] != before["id"] {
		return []int{http.StatusConflict}
	}
	return nil
}

func (m *machine) createOrganization(t *rapid.T) {
	body := drawOrganization(t)
	if body["name"] == nil {
		body["name"] = "third"
	}
	expected := patched(
		parsed(`{"third_party_client_access":"block","is_app_entitlement_active":false}`), body,
	)
	m.add(t, organizationKind, body, expected, m.takenName(body, nil))
}

func (m *machine) patchOrganization(t *rapid.T) {
	before, ref := m.pick(t, organizationKind)
	body := drawOrganization(t)
	m.change(
		t, organizationKind, before, ref, body, patched(before, body), m.takenName(body, before),
	)
}

func (m *machine) associate(t *rapid.T) {
	organization, organizationID := m.pick(t, organizationKind)
	grant, grantID := m.pick(t, grantKind)
	added := association{organizationID, grantID}
	got := m.call(
		t, "POST", "/organizations/"+organizationID+"/client-grants", object{"grant_id": grantID},
	)
	switch {
	case organization == nil || grant == nil:
		m.refused(t, got, http.StatusNotFound)
	case slices.Contains(m.associations, added):
		m.refused(t, got, http.StatusConflict)
	default:
		m.succeeded(t, got, http.StatusCreated)
		m.associations = append(slices.Clone(m.associations), added)
	}
}

func (m *machine) dissociate(t *rapid.T) {
	organization, organizationID := m.pick(t, organizationKind)
	_, grantID := m.pick(t, grantKind)
	got := m.call(t, "DELETE", "/organizations/"+organizationID+"/client-grants/"+grantID, nil)
	if organization == nil {
		m.refused(t, got, http.StatusNotFound)
		return
	}
	m.succeeded(t, got, http.StatusNoContent)
	m.associations = slices.DeleteFunc(slices.Clone(m.associations), func(a association) bool {
		return a == association{organizationID, grantID}
	})
}
