// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// rotateKeys runs seldom, because making a key takes a while. The limit is from API contract 8.
func (m *machine) rotateKeys(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "rotate") < 3 {
		return
	}
	got := m.call(t, "POST", "/keys/signing/rotate", nil)
	if m.keys.rotations == 5 {
		m.refused(t, got, http.StatusTooManyRequests)
		return
	}
	m.succeeded(t, got, http.StatusCreated)
	m.keys.previous = append([]string{m.keys.current}, m.keys.previous...)
	m.keys.current, m.keys.next = m.keys.next, text(parsed(got.Body)["kid"])
	m.keys.rotations++
	m.login(t)
}

// revokeKey tries any key. Only previous ones can be revoked (API contract 8).
func (m *machine) revokeKey(t *rapid.T) {
	all := slices.Concat(
		m.keys.previous, []string{m.keys.current, m.keys.next, "missing"}, m.keys.revoked,
	)
	kid := rapid.SampledFrom(all).Draw(t, "kid")
	got := m.call(t, "PUT", "/keys/signing/"+kid+"/revoke", nil)
	switch {
	case kid == "missing":
		m.refused(t, got, http.StatusNotFound)
	case !slices.Contains(m.keys.previous, kid):
		m.refused(t, got, http.StatusBadRequest)
	default:
		m.succeeded(t, got, http.StatusOK)
		m.keys.previous = slices.DeleteFunc(
			slices.Clone(m.keys.previous), func(one string) bool { return one == kid },
		)
		m.keys.revoked = append(slices.Clone(m.keys.revoked), kid)
		for _, token := range m.tokens {
			if token.kid == kid {
				m.tryToken(t, token)
			}
		}
	}
}

// listKeys compares both lists of keys with the model.
func (m *machine) listKeys(t *rapid.T) {
	var listed []object
	if err := json.Unmarshal(
		[]byte(m.call(t, "GET", "/keys/signing", nil).Body), &listed,
	); err != nil {
		t.Fatal(err)
	}
	shown := map[string][]string{}
	for _, key := range listed {
		for _, state := range []string{"current", "next", "previous", "revoked"} {
			if key[state] == true {
				shown[state] = append(shown[state], text(key["kid"]))
			}
		}
	}
	wanted := map[string][]string{"current": {m.keys.current}, "next": {m.keys.next}}
	for state, kids := range map[string][]string{
		"previous": m.keys.previous,
		"revoked":  m.keys.revoked[max(0, len(m.keys.revoked)-3):],
	} {
		if len(kids) > 0 {
			wanted[state] = kids
		}
	}
	for _, kid := range slices.Concat(m.keys.previous, []string{m.keys.current, m.keys.next}) {
		m.publishedKey(t, kid)
	}
	sorted := cmp.Transformer("sorted", func(kids []string) string {
		return strings.Join(slices.Sorted(slices.Values(kids)), " ")
	})
	if diff := cmp.Diff(wanted, shown, sorted); diff != "" {
		t.Fatalf("keys differ (-want +got):\n%s", diff)
	}
}

// publishedKey finds a key in the JWKS.
func (m *machine) publishedKey(t *rapid.T, kid string) any {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(
		[]byte(m.send(t, "GET", "/.well-known/jwks.json", "").Body), &set,
	); err != nil {
		t.Fatal(err)
	}
	found := set.Key(kid)
	if len(found) != 1 {
		t.Fatalf("%d keys %s in the JWKS", len(found), kid)
	}
	return found[0].Key
}
