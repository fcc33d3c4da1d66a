// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// object is a JSON object in an answer. It is replaced, never changed, so that copying a list of
// objects copies the objects.
type object map[string]any

// model is the simplest tenant that the API contract describes: lists in the order of creation. Its
// ids come from the answers.
type model struct {
	apis, clients, grants, organizations []object
	associations                         []association
	keys                                 signingKeyRing
}

type association struct{ organization, grant string }

// signingKeyRing lists the newest previous and revoked keys first (API contract 8).
type signingKeyRing struct {
	current, next     string
	previous, revoked []string
	rotations         int
}

func (m *model) clone() model {
	return model{
		apis: slices.Clone(m.apis), clients: slices.Clone(m.clients),
		grants:        slices.Clone(m.grants),
		organizations: slices.Clone(m.organizations), associations: slices.Clone(m.associations),
		keys: m.keys,
	}
}

// find returns nil if no object has this value.
func find(list []object, property, value string) object {
	for _, one := range list {
		if one[property] == value {
			return one
		}
	}
	return nil
}

// api finds an API by its id, its identifier or its escaped identifier (API contract 1.9).
func (m *model) api(ref string) object {
	unescaped, _ := url.PathUnescape(ref)
	for _, found := range []object{
		find(m.apis, "id", ref), find(m.apis, "identifier", ref),
		find(m.apis, "identifier", unescaped),
	} {
		if found != nil {
			return found
		}
	}
	return nil
}

// patched merges the top level; null clears a property (API contract 1.7).
func patched(before, body object) object {
	after := object{}
	maps.Copy(after, before)
	for name, value := range body {
		if after[name] = value; value == nil {
			delete(after, name)
		}
	}
	return after
}

// newAPI has the defaults of API contract 3.1.
func newAPI(body object) object {
	return patchedAPI(
		parsed(
			`{"allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,
		"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},
		"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`,
		),
		body,
	)
}

// patchedAPI keeps user or client of subject_type_authorization if it is not sent (API contract
// 3.5).
func patchedAPI(before, body object) object {
	after := patched(before, body)
	if halves, given := body["subject_type_authorization"]; given {
		after["subject_type_authorization"] = map[string]any(patched(
			inner(before["subject_type_authorization"]), inner(halves),
		))
	}
	return after
}

// newClient has the defaults of API contract 6.1.
func newClient(body object) object {
	return patched(parsed(`{"global":false,"is_first_party":true,
		"grant_types":["authorization_code","implicit","refresh_token","client_credentials"]}`),
		body)
}

// checkClient lists the statuses with which a client can be refused (API contract 6.1). A client
// may keep an organization that was deleted.
func (m *model) checkClient(before, after object) (refusals []int) {
	const thirdParty = "authorization_code refresh_token client_credentials"
	for _, one := range texts(after["grant_types"]) {
		if after["is_first_party"] == false && !slices.Contains(strings.Fields(thirdParty), one) {
			refusals = append(refusals, http.StatusBadRequest)
		}
	}
	wanted := defaultOrganization(after)
	if wanted != "" && wanted != defaultOrganization(before) &&
		find(m.organizations, "id", wanted) == nil {
		refusals = append(refusals, http.StatusNotFound)
	}
	return refusals
}

func defaultOrganization(client object) string {
	id, _ := inner(client["default_organization"])["organization_id"].(string)
	return id
}

// newGrant returns a grant, or the statuses with which it can be refused. No source says which of
// several reasons comes first (API contract 4.5).
func (m *model) newGrant(body object) (grant object, refusals []int) {
	grant = patchedGrant(object{"subject_type": "client"}, body)
	api, client := find(m.apis, "identifier", text(body["audience"])), find(
		m.clients, "client_id", text(body["client_id"]),
	)
	if api == nil || (client == nil && body["default_for"] == nil) {
		refusals = append(refusals, http.StatusNotFound)
	}
	if m.grantOf(grant) != nil {
		refusals = append(refusals, http.StatusConflict)
	}
	forThirdParties := body["default_for"] != nil ||
		(client != nil && client["is_first_party"] == false)
	if forThirdParties && isSystem(api) {
		refusals = append(refusals, http.StatusBadRequest)
	}
	return grant, append(refusals, m.checkGrant(grant, body)...)
}

// grantOf finds the grant with the same natural key (API contract 4.2).
func (m *model) grantOf(key object) object {
	for _, one := range m.grants {
		if one["client_id"] == key["client_id"] && one["default_for"] == key["default_for"] &&
			one["audience"] == key["audience"] && one["subject_type"] == key["subject_type"] {
			return one
		}
	}
	return nil
}

// patchedGrant has a list of scopes, unless it allows all of them (API contract 4.1).
func patchedGrant(before, body object) object {
	after := patched(before, body)
	if after["allow_all_scopes"] == true {
		delete(after, "scope")
	} else if after["scope"] == nil {
		after["scope"] = []any{}
	}
	return after
}

func (m *model) checkGrant(after, body object) (refusals []int) {
	api := find(m.apis, "identifier", text(after["audience"]))
	if (isSystem(api) && body["allow_all_scopes"] != nil) ||
		(after["allow_all_scopes"] == true && len(texts(body["scope"])) > 0) ||
		(after["default_for"] != nil && after["allow_any_organization"] == true) {
		refusals = append(refusals, http.StatusBadRequest)
	}
	return refusals
}

// forget removes an object and all objects that depend on it (API contract 14).
func (m *model) forget(gone object) {
	is := func(one object) bool {
		return one["id"] == gone["id"] && one["client_id"] == gone["client_id"]
	}
	m.apis, m.clients = slices.DeleteFunc(slices.Clone(m.apis), is), slices.DeleteFunc(
		slices.Clone(m.clients), is,
	)
	m.grants, m.organizations = slices.DeleteFunc(slices.Clone(m.grants), is), slices.DeleteFunc(
		slices.Clone(m.organizations), is,
	)
	m.grants = slices.DeleteFunc(m.grants, func(grant object) bool {
		return find(m.apis, "identifier", text(grant["audience"])) == nil ||
			(grant["default_for"] == nil &&
				find(m.clients, "client_id", text(grant["client_id"])) == nil)
	})
	m.associations = slices.DeleteFunc(slices.Clone(m.associations), func(a association) bool {
		return find(m.organizations, "id", a.organization) == nil ||
			find(m.grants, "id", a.grant) == nil
	})
}

// learn reads a tenant from its lists, because only the API knows the initial objects.
func learn(x *servertest.Tenant) model {
	read := func(path string) []object {
		var list []object
		_, body := x.Dashboard("GET", "/api/v2"+path, "")
		if err := json.Unmarshal(body, &list); err != nil {
			x.T.Fatal(err)
		}
		for i := range list {
			list[i] = essence(list[i])
		}
		return list
	}
	m := model{
		apis: read("/resource-servers"), clients: read("/clients"),
		grants: read("/client-grants"), organizations: read("/organizations"),
	}
	for _, one := range m.organizations {
		for _, grant := range read("/organizations/" + text(one["id"]) + "/client-grants") {
			m.associations = append(m.associations, association{text(one["id"]), text(grant["id"])})
		}
	}
	for _, key := range read("/keys/signing") {
		switch kid := text(key["kid"]); {
		case key["current"] == true:
			m.keys.current = kid
		case key["next"] == true:
			m.keys.next = kid
		default:
			m.keys.previous = append(m.keys.previous, kid)
		}
	}
	m.keys.rotations = len(m.keys.previous)
	return m
}

// essence keeps the properties of a client that the model knows. For other kinds the model knows
// every property.
func essence(shown object) object {
	if _, isClient := shown["callback_url_template"]; !isClient {
		return shown
	}
	known := strings.Fields(
		"client_id client_secret name description app_type global is_first_party grant_types " +
			"default_organization")
	kept := maps.Clone(shown)
	maps.DeleteFunc(kept, func(name string, _ any) bool { return !slices.Contains(known, name) })
	return kept
}

func isSystem(api object) bool { return api["is_system"] == true }

func text(value any) string {
	found, _ := value.(string)
	return found
}

func inner(value any) object {
	found, _ := value.(map[string]any)
	return found
}

func texts(value any) []string {
	list, _ := value.([]any)
	found := make([]string, len(list))
	for i, one := range list {
		found[i] = text(one)
	}
	return found
}

// scopeValues lists the scopes that an API defines.
func scopeValues(api object) []string {
	list, _ := api["scopes"].([]any)
	found := make([]string, len(list))
	for i, one := range list {
		found[i] = text(inner(one)["value"])
	}
	return found
}

// parsed is the object as an answer contains it.
func parsed(text string) object {
	var found object
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		panic(err)
	}
	return found
}

// protected are the clients that the machine does not change: its own client and the global one.
func protected(one object) bool {
	return one["client_id"] == testserver.ManagementClientID || one["global"] == true
}
