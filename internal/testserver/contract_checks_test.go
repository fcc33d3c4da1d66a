// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// wantProperties compares a status and the properties that are named; null stands for one that is
// absent.
func wantProperties(t *testing.T, got answer, status int, expected string) {
	t.Helper()
	if got.status != status {
		t.Errorf("status %d, want %d", got.status, status)
	}
	wanted, named := properties(t, withoutMade(expected)), properties(t, withoutMade(got.body))
	maps.DeleteFunc(named, func(name string, _ any) bool {
		_, asked := wanted[name]
		return !asked
	})
	maps.DeleteFunc(wanted, func(_ string, value any) bool { return value == nil })
	if diff := cmp.Diff(wanted, named); diff != "" {
		t.Errorf("properties differ (-want +got):\n%s", diff)
	}
}

// wantProblem compares an error of the Management API whose errorCode the contract does not know.
func wantProblem(t *testing.T, got answer, status int, message string) {
	t.Helper()
	shown := properties(t, got.body)
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
	wantJSON(t, answer{status: got.status, body: string(rest)}, status, string(wanted))
}

// wantInvalid checks for a refused body of which the contract knows only a part of the message.
func wantInvalid(t *testing.T, got answer, part string) {
	t.Helper()
	if got.status != http.StatusBadRequest {
		t.Errorf("status %d, want 400: %s", got.status, got.body)
		return
	}
	if code := field(t, got.body, "errorCode"); code != "invalid_body" {
		t.Errorf("errorCode %q", code)
	}
	if message := field(t, got.body, "message"); !strings.Contains(message, part) {
		t.Errorf("message %q lacks %q", message, part)
	}
}

// wantRefusal checks that the Management API refuses where the contract says no more than that.
func wantRefusal(t *testing.T, got answer) {
	t.Helper()
	known := got.status == http.StatusBadRequest || got.status == http.StatusForbidden ||
		got.status == http.StatusConflict
	if !known || properties(t, got.body)["statusCode"] != float64(got.status) {
		t.Errorf("got %d %s, want a refusal", got.status, got.body)
	}
}

// wantNoToken checks that the token endpoint refuses where the contract says no more than that.
func wantNoToken(t *testing.T, got answer) {
	t.Helper()
	if got.status < 400 || got.status > 403 || has(t, got.body, "access_token") {
		t.Errorf("got %d %s, want a refusal", got.status, got.body)
	}
}

// wantTokenError compares status and error of the token endpoint where the contract does not know
// the description.
func wantTokenError(t *testing.T, got answer, status int, code string) {
	t.Helper()
	if got.status != status {
		t.Errorf("status %d, want %d: %s", got.status, status, got.body)
	}
	if shown := properties(t, got.body)["error"]; shown != code {
		t.Errorf("error %v, want %q", shown, code)
	}
}

func properties(t *testing.T, body string) map[string]any {
	t.Helper()
	object, ok := decoded(t, body).(map[string]any)
	if !ok {
		t.Fatalf("no object: %s", body)
	}
	return object
}

func items(t *testing.T, body string) []any {
	t.Helper()
	list, ok := decoded(t, body).([]any)
	if !ok {
		t.Fatalf("no array: %s", body)
	}
	return list
}

func has(t *testing.T, body, name string) bool {
	t.Helper()
	_, ok := properties(t, body)[name]
	return ok
}

// bearer is the header with a Management API token that has the scopes given and no others.
func (x *tenant) bearer(scopes string) string {
	x.t.Helper()
	return "Authorization: Bearer " +
		x.fetchToken(testserver.ManagementClientID, testserver.ManagementClientSecret,
			x.Issuer()+"/api/v2/", scopes)
}

// makeClient creates a client named Orders with further settings.
func (x *tenant) makeClient(settings string) (id, secret string) {
	x.t.Helper()
	got := x.must("POST", "/clients", `{"name":"Orders"`+settings+`}`)
	return field(x.t, got.body, "client_id"), field(x.t, got.body, "client_secret")
}

// grantTo lets a client use the sample API.
func (x *tenant) grantTo(clientID, settings string) string {
	x.t.Helper()
	got := x.must(
		"POST", "/client-grants",
		`{"client_id":"`+clientID+`","audience":"`+testserver.SampleAPIAudience+`"`+settings+`}`,
	)
	return field(x.t, got.body, "id")
}

// askTokenAs sends a token request for the sample API with a client's secret.
func (x *tenant) askTokenAs(clientID, secret, more string) answer {
	x.t.Helper()
	return x.askToken("client_id=" + clientID + "&client_secret=" + secret + "&" + sampleAudience +
		more)
}

// associate permits an organization to a grant.
func (x *tenant) associate(organizationID, grantID string) {
	x.t.Helper()
	x.must("POST", "/organizations/"+organizationID+"/client-grants", `{"grant_id":"`+grantID+`"}`)
}

const samplePath = "/resource-servers/https:%2F%2Fsample-api.example.com"

const (
	noOrganization       = `{"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}`
	noParentOrganization = `{"statusCode":404,"error":"Not Found","message":"No organization found by that id"}`
)
