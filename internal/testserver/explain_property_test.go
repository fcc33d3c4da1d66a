// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// explainedTenant has a client, a grant or an API for each way through the steps.
const explainedTenant = `
resource_servers:
  - {identifier: "urn:a", scopes: [{value: read}, {value: write}]}
  - {identifier: "urn:closed", subject_type_authorization: {client: {policy: deny_all}}}
organizations:
  - {id: org_Acme000000000001, name: acme}
  - {id: org_Other00000000001, name: other, token_quota: {client_credentials: {per_hour: 3}}}
clients:
  - {client_id: plain, client_secret: s, name: Plain, grant_types: [client_credentials]}
  - {client_id: thirds, client_secret: s, name: Thirds, grant_types: [client_credentials],
     is_first_party: false}
  - {client_id: counted, client_secret: s, name: Counted, grant_types: [client_credentials],
     token_quota: {client_credentials: {per_hour: 4, per_day: 9}}}
  - {client_id: bound, client_secret: s, name: Bound, grant_types: [client_credentials]}
client_grants:
  - {client_id: plain, audience: "urn:a", scope: [read, gone], organization_usage: allow,
     organizations: [acme]}
  - {client_id: plain, audience: "urn:closed", scope: []}
  - {client_id: counted, audience: "urn:a", allow_all_scopes: true, organization_usage: allow,
     allow_any_organization: true}
  - {client_id: bound, audience: "urn:a", scope: [write], organization_usage: require,
     allow_any_organization: true}
  - {client_id: bound, audience: "urn:closed", scope: [], subject_type: user}
  - {default_for: third_party_clients, audience: "urn:a", scope: [read]}
actions:
  - {client_id: bound, scope: write, deny: {code: invalid_scope, reason: No.}}
  - {audience: "urn:a", claims: {"https://example.com/tier": gold}}
`

// TestExplain_agreesWithTheEndpoint sends random requests, and asks before each what it gets.
func TestExplain_agreesWithTheEndpoint(t *testing.T) {
	t.Parallel()
	x := servertest.NewWith(t, testserver.Config{
		ControlAddr: ":0", Tenant: []byte(explainedTenant),
	})
	x.UseKey("RS256")
	x.Must("PATCH", "/clients/bound", `{"default_organization":
		{"organization_id":"org_Acme000000000001","flows":["client_credentials"]}}`)
	outcomes := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		if rapid.IntRange(0, 9).Draw(r, "clock") == 0 {
			x.Clock().Advance(20 * time.Minute)
		}
		for range 10 {
			request := randomTokenRequest(x, r)
			before := explain(x, map[string]any{"request": request})
			again := explain(x, map[string]any{"request": request})
			wantAgreement(t, before, request.send(x))
			if before.RefusedBy != again.RefusedBy || before.Issued != again.Issued {
				t.Errorf("the second explanation is %q, the first %q", again.RefusedBy,
					before.RefusedBy)
			}
			if t.Failed() {
				r.Fatalf("%+v", request)
			}
			outcomes[before.RefusedBy]++
		}
	})
	for _, outcome := range []string{
		"", "request", "grant_type", "client", "client_grant_type", "api", "grant", "policy", "scopes",
		"organization", "action", "quota",
	} {
		if outcomes[outcome] == 0 {
			t.Errorf("no request ended with %q: %v", outcome, outcomes)
		}
	}
}

func randomTokenRequest(x *servertest.Tenant, r *rapid.T) sentRequest {
	one := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(r, name) }
	params := map[string]string{
		"grant_type": one("grant_type", append(slices.Repeat(
			[]string{"client_credentials"}, 20), "password", "")...),
		"client_id": one("client", "plain", "plain", "thirds", "counted", "counted", "bound",
			"bound", "nobody", "", testserver.MachineClientID, testserver.WebClientID),
		"client_secret": one("secret", append(slices.Repeat([]string{"s"}, 12), "wrong", "")...),
		"audience": one("audience", "urn:a", "urn:a", "urn:a", "urn:a", "urn:closed", "urn:a/",
			"", testserver.SampleAPIAudience, "urn:none\x1b[2J"),
		"scope":        one("scope", "", "", "read", "write", "read write", "gone", "<b>"),
		"organization": one("organization", "", "", "", "acme", "other", "org_Acme000000000001", "x"),
		"more":         one("more", "", "1"),
	}
	if one("assertion", "no", "no", "no", "yes") == "yes" {
		params["client_id"], params["client_secret"] = "", ""
		params["audience"] = one("audience", testserver.SampleAPIAudience, "urn:a")
		params["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
		params["client_assertion"] = x.Assertion(jwt.SigningMethodRS256, jwt.MapClaims{
			"jti": one("jti", "1", "2", "3", ""),
		})
	}
	if rapid.Bool().Draw(r, "lean") {
		for name, value := range params {
			if value == "" {
				delete(params, name)
			}
		}
	}
	var sent sentRequest
	if one("basic", "no", "no", "no", "yes") == "yes" {
		sent.Authorization = strings.TrimPrefix(
			servertest.Basic(params["client_id"], params["client_secret"]), "Authorization: ",
		)
		delete(params, "client_id")
	}
	if params["client_id"] == testserver.WebClientID {
		params["client_secret"] = testserver.WebClientSecret
	}
	switch one("body", "form", "form", "form", "JSON", "JSON", "JSON", "spoiled") {
	case "JSON":
		body, err := json.Marshal(params)
		if err != nil {
			r.Fatal(err)
		}
		sent.ContentType, sent.Body = asJSON, string(body)
	case "form":
		form := url.Values{}
		for name, value := range params {
			form.Set(name, value)
		}
		sent.ContentType, sent.Body = asForm, form.Encode()
	default:
		sent.ContentType = one("type", asForm, asJSON, "text/plain", "")
		sent.Body = one("spoiled", "", "{}", `{"audience":1}`, "scope=a&scope=b", "%zz", "null", "[]")
	}
	return sent
}
