// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// wantProblem compares an error of the Management API whose errorCode the contract does not know.
func wantProblem(t *testing.T, got servertest.Answer, status int, message string) {
	t.Helper()
	shown := servertest.Properties(t, got.Body)
	delete(shown, "errorCode")
	rest, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := json.Marshal(map[string]any{
		"statusCode": status,
		"error":      http.StatusText(status),
		"message":    message,
	})
	if err != nil {
		t.Fatal(err)
	}
	servertest.Answer{Status: got.Status, Body: string(rest)}.WantJSON(t, status, string(wanted))
}

// wantInvalid checks the refusal of a body if the contract knows only a part of the message.
func wantInvalid(t *testing.T, got servertest.Answer, part string) {
	t.Helper()
	if got.Status != http.StatusBadRequest {
		t.Errorf("status %d, want 400: %s", got.Status, got.Body)
		return
	}
	if code := got.Field(t, "errorCode"); code != "invalid_body" {
		t.Errorf("errorCode %q", code)
	}
	if message := got.Field(t, "message"); !strings.Contains(message, part) {
		t.Errorf("message %q lacks %q", message, part)
	}
}

// wantRefusal checks that the Management API refuses, if the contract does not say how.
func wantRefusal(t *testing.T, got servertest.Answer) {
	t.Helper()
	known := got.Status == http.StatusBadRequest || got.Status == http.StatusForbidden ||
		got.Status == http.StatusConflict
	if !known || servertest.Properties(t, got.Body)["statusCode"] != float64(got.Status) {
		t.Errorf("got %d %s, want a refusal", got.Status, got.Body)
	}
}

// wantNoToken checks that the token endpoint refuses, if the contract does not say how.
func wantNoToken(t *testing.T, got servertest.Answer) {
	t.Helper()
	if got.Status < 400 || got.Status > 403 || has(t, got.Body, "access_token") {
		t.Errorf("got %d %s, want a refusal", got.Status, got.Body)
	}
}

// wantTokenError compares the status and error of the token endpoint, if the contract does not know
// the description.
func wantTokenError(t *testing.T, got servertest.Answer, status int, code string) {
	t.Helper()
	if got.Status != status {
		t.Errorf("status %d, want %d: %s", got.Status, status, got.Body)
	}
	if shown := servertest.Properties(t, got.Body)["error"]; shown != code {
		t.Errorf("error %v, want %q", shown, code)
	}
}

func items(t *testing.T, body string) []any {
	t.Helper()
	var list []any
	if err := json.Unmarshal([]byte(body), &list); err != nil || list == nil {
		t.Fatalf("not an array: %s", body)
	}
	return list
}

func has(t *testing.T, body, name string) bool {
	t.Helper()
	_, ok := servertest.Properties(t, body)[name]
	return ok
}

const samplePath = "/resource-servers/https:%2F%2Fsample-api.example.com"

const (
	noOrganization       = `{"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}`
	noParentOrganization = `{"statusCode":404,"error":"Not Found","message":"No organization found by that id"}`
)
