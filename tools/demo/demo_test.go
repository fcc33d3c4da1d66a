// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTokenInState(t *testing.T) {
	const state = `{"format_version": "1.0", "values": {"root_module": {"resources": [
		{"mode": "managed", "type": "m2m_resource_server", "values": {"identifier": "https://orders.example.com"}},
		{"mode": "data", "type": "m2m_access_token", "values": {"access_token": "abc", "audience": "https://orders.example.com"}}
	]}}}`
	got, err := tokenInState([]byte(state))
	if err != nil {
		t.Fatal(err)
	}
	if want := (token{AccessToken: "abc", Audience: "https://orders.example.com"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTokenInState_missing(t *testing.T) {
	for name, state := range map[string]string{
		"empty state": `{"format_version": "1.0"}`,
		"no token": `{"values": {"root_module": {"resources": [
			{"mode": "data", "type": "m2m_access_token", "values": {"access_token": "", "audience": "a"}}]}}}`,
		"not JSON": `Error`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tokenInState([]byte(state)); err == nil {
				t.Error("got no error")
			}
		})
	}
}

func TestCall(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer abc" ||
			r.URL.Query().Get("audience") != "https://orders.example.com" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodPost {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope"`)
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer api.Close()
	tok := token{AccessToken: "abc", Audience: "https://orders.example.com"}

	if _, err := call(t.Context(), http.MethodGet, api.URL, tok, http.StatusOK); err != nil {
		t.Error(err)
	}
	challenge, err := call(t.Context(), http.MethodPost, api.URL, tok, http.StatusForbidden)
	if err != nil || !strings.Contains(challenge, "insufficient_scope") {
		t.Errorf("got challenge %q and error %v", challenge, err)
	}
	if _, err := call(t.Context(), http.MethodPost, api.URL, tok, http.StatusOK); err == nil {
		t.Error("got no error for an unexpected status")
	}
}
