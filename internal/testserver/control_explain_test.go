// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const machineQuestion = `{"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com"`

func TestExplain_question(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	steer(x, "POST", "/explain", machineQuestion+`}`).Want(t, 200,
		`{"issued":false,"status":403,"error":"access_denied","error_description":"Client \"ReferenceMachineClient0000000001\" is not authorized to access resource server \"https://sample-api.example.com\". You need to create a \"client-grant\" associated to this API.",`+
			`"refused_by":"grant","why":"The client \"Machine Client\" (ReferenceMachineClient0000000001) has no grant for the API \"Sample API\" (\"https://sample-api.example.com\").","change":"Create a client grant of this client for this API.",`+
			`"steps":[{"step":"request","result":"passed","found":"The request has the parameters grant_type, client_id, audience."},`+
			`{"step":"grant_type","result":"passed","found":"The request asks for the grant type client_credentials."},`+
			`{"step":"client","result":"passed","found":"No secret was given, so the client \"Machine Client\" (ReferenceMachineClient0000000001) counts as authenticated."},`+
			`{"step":"client_grant_type","result":"passed","found":"The client can use the grant type client_credentials."},`+
			`{"step":"api","result":"passed","found":"The API \"Sample API\" (\"https://sample-api.example.com\") defines 2 scopes."},`+
			`{"step":"grant","result":"refused","found":"The client \"Machine Client\" (ReferenceMachineClient0000000001) has no grant for the API \"Sample API\" (\"https://sample-api.example.com\")."},`+
			`{"step":"policy","result":"not_reached"},{"step":"scopes","result":"not_reached"},{"step":"organization","result":"not_reached"},`+
			`{"step":"action","result":"not_reached"},{"step":"quota","result":"not_reached"}],"faults":[]}`)
	x.SampleGrant(`,"scope":["read:orders"]`)
	got := steer(x, "POST", "/explain", machineQuestion+`,"scope":"read:orders"}`)
	if _, token, _ := strings.Cut(got.Body, `"token":`); token != `{"client_id":"ReferenceMachineClient0000000001",`+
		`"audience":"https://sample-api.example.com","scopes":["read:orders"],"expires_in":86400},"faults":[]}` {
		t.Errorf("got %s", got.Body)
	}
	for more, refusedBy := range map[string]string{
		`}`:                         "",
		`,"client_secret":"wrong"}`: "client",
		`,"client_secret":""}`:      "client",
		`,"scope":"write:orders"}`:  "scopes",
		`,"organization":"acme"}`:   "organization",
		`,"client_id":"ReferenceAllApplications00000001"}`: "client",
		`,"client_id":""}`: "client",
	} {
		said := decodeJSON[explained](t, steer(x, "POST", "/explain", machineQuestion+more).Body)
		if said.RefusedBy != refusedBy || said.Issued != (refusedBy == "") {
			t.Errorf("%s: refused by %q: %s", more, said.RefusedBy, said.Why)
		}
	}
	if n := len(x.Requests()); n != 2 { // Of the Management API: its token and the grant.
		t.Errorf("%d requests were recorded", n)
	}
}

func TestExplain_mistakes(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	for body, text := range map[string]string{
		``:                           "Send client_id, audience and",
		`[]`:                         "it cannot be a array",
		`{"client":"x"}`:             `unknown field "client"`,
		`{"client_id":1}`:            "client_id cannot be a number",
		`{"request":{},"scope":"a"}`: "Send either a request, or",
	} {
		got := steer(x, "POST", "/explain", body)
		if got.Status != 400 || !strings.Contains(got.Field(t, "error"), text) {
			t.Errorf("%s: %d %s", body, got.Status, got.Body)
		}
	}
}

// Faults come before the steps, so an explanation lists them.
func TestExplain_listsFaults(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	x.Next("GET /.well-known/jwks.json", testserver.Refuse(503))
	steer(x, "POST", "/faults", `[{"route":"*","fault":"stale_read"},
		{"route":"*","fault":"delay","delay":"1ms"},
		{"route":"POST /oauth/token","fault":"refuse","status":429,"times":1}]`)
	want := []map[string]any{
		{"id": 3.0, "route": "*", "fault": "delay", "delay": "1ms"},
		{"id": 4.0, "route": "POST /oauth/token", "fault": "refuse", "status": 429.0, "times": 1.0},
	}
	if diff := cmp.Diff(want, explain(x, map[string]any{}).Faults); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The log has the explanation in one line, without what a client may have put in a wrong place.
func TestExplain_isInTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	x := servertest.NewWith(t, testserver.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	x.SampleGrant(`,"scope":["read:orders"]`)
	log.Reset()
	x.AskToken(servertest.SampleAudience + "&scope=write:orders%1b[2J%0a")
	x.AskToken("client_id=secret&client_secret=secret&grant_type=client_credentials")
	x.AskToken("grant_type=secret")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 || strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "\x1b") {
		t.Fatalf("the log:\n%s", log.String())
	}
	if want := `reason="scopes: The grant `; !strings.Contains(lines[0], want) ||
		!strings.Contains(lines[0], `does not give \"write:orders\\x1b[2J\". The API does not define`) {
		t.Errorf("the log: %s", lines[0])
	}
}
