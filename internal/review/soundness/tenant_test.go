// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package soundness

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// The clients of each tenant.
const (
	machine      = "machine"
	web          = "web" // May not use the client credentials grant.
	thirdParty   = "partner"
	otherParty   = "vendor"              // Another third-party client.
	thirdParties = "third_party_clients" // Not a client: stands for all third-party clients.
)

var clients = []string{machine, web, thirdParty, thirdParties}

// tenant is a reference server with clients and organizations.
type tenant struct {
	server        *testserver.Server
	ids           map[string]string // The client IDs.
	secrets       map[string]string
	organizations []string
	empty         []byte            // The tenant without APIs and grants.
	made          map[string]string // The ids of APIs and grants by name.
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	server, err := testserver.Listen(testserver.Config{
		Addr: "127.0.0.1:0", SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	n := &tenant{server: server, ids: map[string]string{}, secrets: map[string]string{}}
	for name, properties := range map[string]string{
		machine:    `"grant_types":["client_credentials"]`,
		web:        `"grant_types":["authorization_code"]`,
		thirdParty: `"grant_types":["client_credentials"],"is_first_party":false`,
		otherParty: `"grant_types":["client_credentials"],"is_first_party":false`,
	} {
		var made struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
		}
		n.call("POST", "clients", fmt.Sprintf(`{"name":%q,%s}`, name, properties), &made)
		n.ids[name], n.secrets[name] = made.ID, made.Secret
	}
	n.ids[thirdParties] = thirdParties
	n.organizations = []string{server.AddOrganization("acme"), server.AddOrganization("globex")}
	n.empty = server.Snapshot()
	return n
}

// call asks the Management API, and panics if it refuses.
func (n *tenant) call(method, path, body string, into any) {
	status, answer := n.server.Dashboard(method, "/api/v2/"+path, body)
	if status >= http.StatusBadRequest {
		panic(fmt.Sprint(method, " ", path, " ", body, ": ", status, " ", string(answer)))
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			panic(err)
		}
	}
}

// reset makes the objects of worlds in an empty tenant.
func (n *tenant) reset(worlds ...world) {
	if err := n.server.Restore(n.empty); err != nil {
		panic(err)
	}
	n.made = map[string]string{}
	identifiers := map[string]string{}
	for _, w := range worlds {
		for _, name := range sortedKeys(w.apis) {
			n.putAPI(name, w.apis[name])
			identifiers[name] = w.apis[name].identifier
		}
	}
	for _, w := range worlds {
		for _, name := range sortedKeys(w.grants) {
			n.putGrant(name, w.grants[name], identifiers[w.grants[name].api])
		}
	}
}

func (n *tenant) putAPI(name string, a api) {
	properties := map[string]any{
		"scopes": scopeObjects(a.scopes), "signing_alg": "HS256", "enforce_policies": a.rbac,
		"token_lifetime": a.lifetime, "token_lifetime_for_web": a.lifetime,
		"subject_type_authorization": map[string]any{"client": map[string]any{"policy": a.client}},
	}
	n.put("resource-servers", name, properties, map[string]any{"identifier": a.identifier})
}

func scopeObjects(names []string) []map[string]any {
	objects := []map[string]any{}
	for _, name := range names {
		objects = append(objects, map[string]any{"value": name})
	}
	return objects
}

func (n *tenant) putGrant(name string, g grant, audience string) {
	properties := map[string]any{
		"allow_all_scopes": g.all, "scope": slices.Concat([]string{}, g.scopes),
		"organization_usage": nil, "allow_any_organization": g.any,
	}
	if g.usage != "" {
		properties["organization_usage"] = g.usage
	}
	key := map[string]any{"audience": audience, "client_id": n.ids[g.client]}
	if g.client == thirdParties {
		key = map[string]any{"audience": audience, "default_for": thirdParties}
	}
	n.put("client-grants", name, properties, key)
	id := n.made[name]
	for _, organization := range n.organizations {
		path := "organizations/" + organization + "/client-grants"
		if slices.Contains(g.organizations, organization) {
			status, _ := n.server.Dashboard(
				"POST",
				"/api/v2/"+path,
				fmt.Sprintf(`{"grant_id":%q}`, id),
			)
			if status != http.StatusCreated && status != http.StatusConflict {
				panic(fmt.Sprint(path, " ", status))
			}
		} else {
			n.call("DELETE", path+"/"+id, "", nil)
		}
	}
}

// put creates an object, or changes the one of this name.
func (n *tenant) put(path, name string, properties, key map[string]any) {
	if id, ok := n.made[name]; ok {
		n.call("PATCH", path+"/"+id, encode(properties), nil)
		return
	}
	for property, value := range properties {
		if value != nil {
			key[property] = value
		}
	}
	var made struct{ ID string }
	n.call("POST", path, encode(key), &made)
	n.made[name] = made.ID
}

func (n *tenant) drop(path, name string) {
	n.call("DELETE", path+"/"+n.made[name], "", nil)
	delete(n.made, name)
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// take makes the changes of a step, as an apply does.
func (n *tenant) take(s step) {
	for _, name := range sortedKeys(s.before.grants) {
		g := s.before.grants[name]
		if _, stays := s.after.grants[name]; !s.forgotten[name] && (!stays || s.moves(g.api)) {
			n.drop("client-grants", name)
		}
	}
	for _, name := range sortedKeys(s.before.apis) {
		_, stays := s.after.apis[name]
		if !stays && !s.forgotten[name] || s.replaces(name) {
			n.drop("resource-servers", name)
		}
	}
	for _, name := range sortedKeys(s.after.apis) {
		n.putAPI(name, s.after.apis[name])
	}
	for _, name := range sortedKeys(s.after.grants) {
		g := s.after.grants[name]
		_, had := s.before.grants[name]
		if had && s.after.apis[g.api].tainted {
			continue // Went with the API; Terraform does not know.
		}
		n.putGrant(name, g, s.after.apis[g.api].identifier)
	}
}

// moves reports whether the identifier of an API changes, so that its grants are replaced.
func (s step) moves(name string) bool {
	after, has := s.after.apis[name]
	return has && s.before.apis[name].identifier != after.identifier
}

// token is one thing that a token can be used for.
type token struct{ client, api, scope, organization string }

// tokens returns all that can be done with tokens that the clients can get. The scope of the token
// itself is empty.
func (n *tenant) tokens() map[token]bool {
	found := map[token]bool{}
	var apis []struct{ Identifier string }
	n.call("GET", "resource-servers?per_page=100", "", &apis)
	for _, a := range apis {
		if !strings.HasPrefix(a.Identifier, "urn:") {
			continue
		}
		for name := range n.secrets {
			for _, organization := range append([]string{""}, n.organizations...) {
				scopes, ok := n.mint(name, a.Identifier, organization)
				if !ok {
					continue
				}
				for _, scope := range append(scopes, "") {
					found[token{n.ids[name], a.Identifier, scope, organization}] = true
				}
			}
		}
	}
	return found
}

// mint asks for a token and returns its scopes.
func (n *tenant) mint(client, audience, organization string) (scopes []string, ok bool) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {n.ids[client]},
		"client_secret": {n.secrets[client]}, "audience": {audience},
	}
	if organization != "" {
		form.Set("organization", organization)
	}
	request := httptest.NewRequestWithContext(
		context.Background(), "POST", "/oauth/token", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	n.server.ServeHTTP(answer, request)
	var got struct {
		Token string `json:"access_token"`
		Error string
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		panic(err)
	}
	if answer.Code != http.StatusOK {
		if got.Error == "" || answer.Code == http.StatusUnauthorized {
			panic(fmt.Sprint(client, " ", answer.Code, " ", answer.Body))
		}
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(got.Token, ".")[1])
	if err != nil {
		panic(err)
	}
	var claims struct{ Scope string }
	if err := json.Unmarshal(payload, &claims); err != nil {
		panic(err)
	}
	return strings.Fields(claims.Scope), true
}
