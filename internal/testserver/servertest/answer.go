// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package servertest

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// MinimalAPI is the end of an API that was created with an identifier alone, after that identifier.
const MinimalAPI = `"allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,` +
	`"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},` +
	`"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256"}`

// Answer is the answer to a request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Want compares the status and the exact body, except for generated values.
func (a Answer) Want(t *testing.T, status int, body string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("status %d, want %d", a.Status, status)
	}
	if diff := cmp.Diff(WithoutGenerated(body), WithoutGenerated(a.Body)); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

// WantJSON compares the status and the JSON of the body, except for generated values. The order of
// keys does not matter.
func (a Answer) WantJSON(t *testing.T, status int, body string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("status %d, want %d", a.Status, status)
	}
	if diff := cmp.Diff(
		decoded(t, WithoutGenerated(body)), decoded(t, WithoutGenerated(a.Body)),
	); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

// WantProperties compares the status and only the properties that expected names; null means that
// the property is absent.
func (a Answer) WantProperties(t *testing.T, status int, expected string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("status %d, want %d", a.Status, status)
	}
	wanted := Properties(t, WithoutGenerated(expected))
	named := Properties(t, WithoutGenerated(a.Body))
	maps.DeleteFunc(named, func(name string, _ any) bool {
		_, asked := wanted[name]
		return !asked
	})
	maps.DeleteFunc(wanted, func(_ string, value any) bool { return value == nil })
	if diff := cmp.Diff(wanted, named); diff != "" {
		t.Errorf("properties differ (-want +got):\n%s", diff)
	}
}

// WantHeader compares a header.
func (a Answer) WantHeader(t *testing.T, name, value string) {
	t.Helper()
	if diff := cmp.Diff(value, a.Header.Get(name)); diff != "" {
		t.Errorf("header %s differs (-want +got):\n%s", name, diff)
	}
}

// Field is a string property of the body.
func (a Answer) Field(t *testing.T, name string) string {
	t.Helper()
	text, ok := Properties(t, a.Body)[name].(string)
	if !ok {
		t.Fatalf("no string %q in %s", name, a.Body)
	}
	return text
}

// Token is the access token in the body.
func (a Answer) Token(t *testing.T) string {
	t.Helper()
	if a.Status != http.StatusOK {
		t.Fatalf("no token: %d %s", a.Status, a.Body)
	}
	return a.Field(t, "access_token")
}

// Properties decodes a JSON object.
func Properties(t *testing.T, body string) map[string]any {
	t.Helper()
	object, ok := decoded(t, body).(map[string]any)
	if !ok {
		t.Fatalf("not an object: %s", body)
	}
	return object
}

func decoded(t *testing.T, body string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	return value
}

var generated = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`"id":"[0-9a-f]{24}"`), `"id":"RS_ID"`},
	{regexp.MustCompile(`"id":"cgr_[A-Za-z0-9]{16}"`), `"id":"CGR_ID"`},
	{regexp.MustCompile(`"signing_secret":"[A-Za-z0-9]{32}"`), `"signing_secret":"MADE"`},
	{regexp.MustCompile(`"id":"org_[A-Za-z0-9]{16}"`), `"id":"ORG_ID"`},
	{regexp.MustCompile(`"id":"cred_[A-Za-z0-9]{22}"`), `"id":"CRED_ID"`},
	{
		regexp.MustCompile(`"(created_at|updated_at)":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`),
		`"$1":"TIME"`,
	},
	{regexp.MustCompile(`"access_token":"[^"]+"`), `"access_token":"TOKEN"`},
}

// WithoutGenerated replaces values that the server generates, such as ids, times and tokens, with
// fixed words.
func WithoutGenerated(body string) string {
	for _, value := range generated {
		body = value.pattern.ReplaceAllString(body, value.replacement)
	}
	return body
}
