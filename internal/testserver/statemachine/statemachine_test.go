// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package statemachine_test sends random requests to a tenant and to a model of it, and checks that
// both agree.
package statemachine_test

import (
	"flag"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// TestMain bounds the sequences of requests of a test run. A flag on the command line wins.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// TestStateMachine sends random requests to a tenant and to a model of it. After each request, the
// answers must agree, both must have the same objects, and the invariants must hold. Some tenants
// have a data file and are restarted.
func TestStateMachine(t *testing.T) {
	t.Parallel()
	shared := servertest.NewWith(t, testserver.Config{Issuer: tenantURL})
	seeded := learn(shared)
	tokens := furnish(shared)
	start := checkpointOf(shared, learn(shared))
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{
			x: shared, seeded: seeded, saved: start, tokens: slices.Clone(tokens),
			gone: map[string]string{}, made: map[string]bool{},
		}
		actions := m.actions()
		if rapid.IntRange(0, 9).Draw(rt, "durable") < 9 {
			m.restore(rt)
			rt.Repeat(actions)
			return
		}
		path := filepath.Join(t.TempDir(), "tenant.db")
		m.x = servertest.NewWith(t, testserver.Config{Issuer: tenantURL, Data: path})
		actions["restart"] = func(rt *rapid.T) { m.restart(rt, path) }
		m.restore(rt)
		rt.Repeat(actions)
		m.restart(rt, path)
	})
}

// furnish creates objects that random requests seldom create, and returns a token signed with each
// of the previous keys.
func furnish(x *servertest.Tenant) (tokens []issuedToken) {
	x.T.Helper()
	acme, umbra := x.AddOrganization("acme"), x.AddOrganization("umbra")
	third, _ := x.MakeClient(`,"is_first_party":false,"grant_types":["client_credentials"]`)
	first, _ := x.MakeClient(`,"default_organization":{"organization_id":"` + umbra +
		`","flows":["client_credentials"]}`)
	x.Must(
		"POST",
		"/resource-servers",
		`{"identifier":"https://a","scopes":[{"value":"a"},{"value":"read:orders"}],"token_lifetime":600}`,
	)
	x.Must(
		"POST", "/client-grants",
		`{"client_id":"`+first+`","audience":"https://a","allow_all_scopes":true}`,
	)
	x.Must(
		"POST", "/client-grants",
		`{"default_for":"third_party_clients","audience":"https://a","scope":["a"]}`,
	)
	x.Associate(acme, x.GrantTo(
		third,
		`,"scope":["read:orders"],"organization_usage":"allow","allow_any_organization":true`,
	))
	x.Associate(umbra, x.GrantTo(
		first, `,"scope":["write:orders","read:orders"],"organization_usage":"require"`,
	))
	x.SampleGrant(`,"scope":["read:orders"]`)
	for range 5 {
		tokens = append(tokens, issuedToken{
			raw:      x.AskToken(servertest.SampleAudience).Token(x.T),
			audience: testserver.SampleAPIAudience,
			kid:      learn(x).keys.current,
			expires:  x.Clock().Now().Add(24 * time.Hour),
			scopes:   []string{"read:orders"},
		})
		x.Must("POST", "/keys/signing/rotate", "")
	}
	return tokens
}

const tenantURL = "https://tenant.example.com"

// machine drives a server and its model.
type machine struct {
	model
	x          *servertest.Tenant
	management string // The machine's token for the Management API.
	snapshot   string // The snapshot after the last request that may have changed something.
	checked    string // The last snapshot that check has read,
	held       stored // and its content.
	saved      checkpoint
	seeded     model
	tokens     []issuedToken
	gone       map[string]string // The id of the object of each kind that was deleted last.
	made       map[string]bool   // All ids and secrets that the server has generated.
}

func (m *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"create API":             m.createAPI,
		"patch API":              m.patchAPI,
		"delete API":             m.deleteAPI,
		"create client":          m.createClient,
		"patch client":           m.patchClient,
		"rotate secret":          m.rotateSecret,
		"delete client":          m.deleteClient,
		"create grant":           m.createGrant,
		"create another grant":   m.createGrant, // Most other things need grants.
		"patch grant":            m.patchGrant,
		"delete grant":           m.deleteGrant,
		"create organization":    m.createOrganization,
		"patch organization":     m.patchOrganization,
		"delete organization":    m.deleteOrganization,
		"associate":              m.associate,
		"dissociate":             m.dissociate,
		"read":                   m.read,
		"walk by checkpoint":     m.walkByCheckpoint,
		"walk by offset":         m.walkByOffset,
		"ask for a token":        m.askForToken,
		"ask for another token":  m.askForToken,
		"use a token":            m.useToken,
		"rotate the keys":        m.rotateKeys,
		"revoke a key":           m.revokeKey,
		"list the keys":          m.listKeys,
		"let time pass":          m.letTimePass,
		"take a snapshot":        func(*rapid.T) { m.saved = checkpointOf(m.x, m.model) },
		"restore the snapshot":   m.restore,
		"reset":                  m.reset,
		"send a refused request": m.sendRefused,
		"":                       m.check,
	}
}

// checkpoint is a tenant and its model, saved at the same time.
type checkpoint struct {
	snapshot []byte
	model    model
}

func checkpointOf(x *servertest.Tenant, m model) checkpoint {
	return checkpoint{x.Snapshot(), m.clone()}
}

func (m *machine) restore(t *rapid.T) {
	if err := m.x.Restore(m.saved.snapshot); err != nil {
		t.Fatal(err)
	}
	m.become(t, m.saved.model)
	if taken := string(m.saved.snapshot); taken != m.snapshot {
		t.Fatalf("snapshot differs (-taken +restored):\n%s", cmp.Diff(taken, m.snapshot))
	}
}

func (m *machine) reset(t *rapid.T) {
	if err := m.x.Reset(); err != nil {
		t.Fatal(err)
	}
	m.become(t, m.seeded)
}

func (m *machine) become(t *rapid.T, other model) {
	m.model, m.snapshot = other.clone(), string(m.x.Snapshot())
	m.login(t)
}

// restart closes a server with a data file and opens it again.
func (m *machine) restart(t *rapid.T, path string) {
	if err := m.x.Close(); err != nil {
		t.Fatal(err)
	}
	m.x = servertest.NewWith(m.x.T, testserver.Config{Issuer: tenantURL, Data: path})
	if diff := cmp.Diff(m.snapshot, string(m.x.Snapshot())); diff != "" {
		t.Fatalf("snapshot differs (-closed +opened):\n%s", diff)
	}
}

// letTimePass stops before the machine's own token expires. Other tokens expire.
func (m *machine) letTimePass(t *rapid.T) {
	m.x.Clock().Advance(7 * time.Minute)
	for _, token := range m.tokens {
		m.tryToken(t, token)
	}
}

// check checks the invariants, and that the tenant has the objects of the model.
func (m *machine) check(t *rapid.T) {
	if m.checked != m.snapshot {
		m.checked, m.held = m.snapshot, storedIn(m.snapshot)
		if err := m.held.sound(); err != nil {
			t.Fatal(err)
		}
	}
	wanted := map[string][]string{}
	for _, k := range kinds {
		for _, one := range *k.of(&m.model) {
			wanted[k.name] = append(wanted[k.name], text(one[k.id]))
		}
	}
	for _, a := range m.associations {
		wanted["organization_grants"] = append(
			wanted["organization_grants"], a.organization+" "+a.grant,
		)
	}
	if diff := cmp.Diff(wanted, m.held.ids()); diff != "" {
		t.Fatalf("the tenant holds something else than the model (-want +got):\n%s", diff)
	}
}

// call sends a request to the Management API.
func (m *machine) call(t *rapid.T, method, path string, body object) servertest.Answer {
	content := ""
	if body != nil {
		content = encoded(body)
	}
	return m.send(
		t,
		method,
		"/api/v2"+path,
		content,
		"Authorization: Bearer "+m.management,
		servertest.AsJSON,
	)
}

// send checks that only a successful write changes the tenant.
func (m *machine) send(t *rapid.T, method, path, body string, headers ...string) servertest.Answer {
	got, err := m.x.Request(method, path, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodGet {
		// A wrong change shows at the next request that must not change anything.
		return got
	}
	before := m.snapshot
	m.snapshot = string(m.x.Snapshot())
	mayChange := path != "/oauth/token" && got.Status < 300
	if before != m.snapshot && !mayChange {
		t.Fatalf(
			"%s %s %s: %d changed the tenant (-before +after):\n%s", method, path, body, got.Status,
			cmp.Diff(before, m.snapshot),
		)
	}
	return got
}

func (m *machine) succeeded(t *rapid.T, got servertest.Answer, status int) {
	if got.Status != status {
		t.Fatalf("%d %s, want %d", got.Status, got.Body, status)
	}
}

// refused accepts one of several statuses, because no source says which reason comes first.
func (m *machine) refused(t *rapid.T, got servertest.Answer, statuses ...int) {
	if shown := parsed(got.Body); !slices.Contains(statuses, got.Status) ||
		shown["statusCode"] != float64(got.Status) || text(shown["message"]) == "" {
		t.Fatalf("%d %s, want a refusal with %d", got.Status, got.Body, statuses)
	}
}
