// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	sampleAudience = "audience=https%3A%2F%2Fsample-api.example.com"
	notAuthorized  = `{"error":"access_denied","error_description":"Client \"ReferenceMachineClient0000000001\" is not authorized to access ` +
		`resource server \"https://sample-api.example.com\". You need to create a \"client-grant\" associated to this API."}`
)

func TestToken_errors(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant(`,"scope":["read:orders"]`)
	const unauthorized = `{"error":"access_denied","error_description":"Unauthorized"}`
	for name, test := range map[string]struct {
		params string
		status int
		body   string
	}{
		"no grant type": {
			"grant_type=", 400,
			`{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}`,
		},
		"unknown grant type": {
			"grant_type=magic", 403,
			`{"error":"unsupported_grant_type","error_description":"Unsupported grant type: magic"}`,
		},
		"no client id":                 {"client_id=", 401, `{"error":"invalid_client","error_description":"Missing client_id"}`},
		"unknown client":               {"client_id=nobody&" + sampleAudience, 401, unauthorized},
		"wrong secret":                 {"client_secret=wrong&" + sampleAudience, 401, unauthorized},
		"missing secret":               {"client_secret=&" + sampleAudience, 401, unauthorized},
		"client that never has secret": {"client_id=ReferenceAllApplications00000001&client_secret=&" + sampleAudience, 401, unauthorized},
		"grant type not enabled": {
			"client_id=" + testserver.WebClientID + "&client_secret=" + testserver.WebClientSecret + "&" + sampleAudience, 403,
			`{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}`,
		},
		"no audience": {
			"", 403, `{"error":"access_denied","error_description":"Non-global clients are not allowed access to APIv1"}`,
		},
		"unknown API": {
			sampleAudience + "%2F", 403,
			`{"error":"access_denied","error_description":"Service not enabled within domain: https://sample-api.example.com/"}`,
		},
		"id in place of the identifier": {
			"audience=6800000000000000000000b2", 403,
			`{"error":"access_denied","error_description":"Service not enabled within domain: 6800000000000000000000b2"}`,
		},
		"no grant": {
			sampleAudience + "&client_id=" + testserver.ManagementClientID + "&client_secret=" + testserver.ManagementClientSecret, 403,
			strings.Replace(notAuthorized, testserver.MachineClientID, testserver.ManagementClientID, 1),
		},
		"scopes not granted": {
			sampleAudience + "&scope=read:orders+write:orders+openid+openid", 403,
			`{"error":"access_denied","error_description":"Client has not been granted scopes: write:orders, openid"}`,
		},
		"organization not allowed": {
			sampleAudience + "&organization=org_x", 403,
			`{"error":"access_denied","error_description":"parameter organization is not allowed for this client"}`,
		},
		"credentials before grant type and audience": {"client_id=" + testserver.WebClientID, 401, unauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			got := x.askToken(test.params)
			want(t, got, test.status, test.body)
			wantHeader(t, got, "Content-Type", "application/json")
			if !strings.HasPrefix(got.header.Get("Cache-Control"), "private, no-store") {
				t.Errorf("Cache-Control: %s", got.header.Get("Cache-Control"))
			}
		})
	}
}

func TestToken_unreadableBodies(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.send("POST", "/oauth/token", `{"grant_type"`, asJSON), 400,
		`{"error":"invalid_request","error_description":"Invalid request payload JSON format"}`)
	want(t, x.send("POST", "/oauth/token", `grant_type=%zz`, "Content-Type: application/x-www-form-urlencoded"), 400,
		`{"error":"invalid_request","error_description":"Invalid request payload form format"}`)
	want(t, x.send("POST", "/oauth/token", strings.Repeat("x", 1<<20+1), asJSON), 413,
		`{"error":"invalid_request","error_description":"request entity too large"}`)
}

func TestToken_successHasTheHeadersOfTheRealOne(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant("")
	got := x.askToken(sampleAudience)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache",
	} {
		wantHeader(t, got, name, value)
	}
	if got.header.Get("X-Auth0-RequestId") == "" {
		t.Error("no request id")
	}
	if strings.Contains(got.body, `"scope"`) {
		t.Errorf("a scope although none was granted: %s", got.body)
	}
	if claims := claimsOf(t, x, tokenIn(t, got)); claims["scope"] != nil {
		t.Errorf("a scope claim although none was granted: %v", claims["scope"])
	}
}

func TestToken_clientsAuthenticateInTheBodyOrByBasic(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant("")
	const machine, secret = testserver.MachineClientID, testserver.MachineClientSecret
	basic := func(user, password string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	const form = "Content-Type: application/x-www-form-urlencoded"
	const grantType = "grant_type=client_credentials&" + sampleAudience
	for name, test := range map[string]struct {
		body    string
		headers []string
		status  int
	}{
		"JSON": {`{"grant_type":"client_credentials","client_id":"` + machine + `","client_secret":"` + secret +
			`","audience":"https://sample-api.example.com","scope":null}`, []string{asJSON}, 200},
		"Basic":                       {grantType, []string{form, basic(machine, secret)}, 200},
		"Basic, encoded":              {grantType, []string{form, basic(machine, strings.ReplaceAll(secret, "_", "%5F"))}, 200},
		"Basic, badly encoded":        {grantType, []string{form, basic(machine, secret+"%")}, 401},
		"Basic, same id in the body":  {grantType + "&client_id=" + machine, []string{form, basic(machine, secret)}, 200},
		"Basic, other id in the body": {grantType + "&client_id=x", []string{form, basic(machine, secret)}, 401},
		"Basic, wrong secret":         {grantType, []string{form, basic(machine, "x")}, 401},
		"Basic, wrong, body right": {
			grantType + "&client_id=" + machine + "&client_secret=" + secret,
			[]string{form, basic(machine, "x")},
			401,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := x.send("POST", "/oauth/token", test.body, test.headers...); got.status != test.status {
				t.Errorf("got %d %s, want %d", got.status, got.body, test.status)
			}
		})
	}
}

func TestToken_scopesComeFromTheGrant(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	grant := "/client-grants/" + x.sampleGrant(`,"scope":["write:orders","gone:orders","read:orders"]`)
	sample := "/resource-servers/" + url.PathEscape(testserver.SampleAPIAudience)
	issued := func(params string) string {
		t.Helper()
		got := x.askToken(sampleAudience + params)
		if got.status != http.StatusOK {
			return got.body
		}
		scope := field(t, got.body, "scope")
		if claim := claimsOf(t, x, tokenIn(t, got))["scope"]; claim != scope {
			t.Errorf("the answer says %q, the token %q", scope, claim)
		}
		return scope
	}
	check := func(what, got, wanted string) {
		t.Helper()
		if got != wanted {
			t.Errorf("%s: got %q, want %q", what, got, wanted)
		}
	}
	check("all of the grant that the API defines", issued(""), "write:orders read:orders")
	check("narrowed", issued("&scope=read:orders"), "read:orders")
	check("narrowed, in the order of the grant", issued("&scope=read:orders+write:orders"), "write:orders read:orders")
	check("asked for by name though the API lacks it", issued("&scope=gone:orders"),
		`{"error":"access_denied","error_description":"Client has not been granted scopes: gone:orders"}`)

	x.must("PATCH", sample, `{"scopes":[{"value":"read:orders"}]}`)
	check("scope removed from the API", issued(""), "read:orders")
	x.must("PATCH", grant, `{"allow_all_scopes":true}`)
	check("all scopes", issued(""), "read:orders")
	x.must("PATCH", sample, `{"scopes":[{"value":"b"},{"value":"a"}]}`)
	check("all scopes that the API defines now", issued(""), "b a")
}

func TestToken_denyAllRefusesMachines(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant("")
	x.must("PATCH", "/resource-servers/"+url.PathEscape(testserver.SampleAPIAudience),
		`{"subject_type_authorization":{"client":{"policy":"deny_all"}}}`)
	want(t, x.askToken(sampleAudience), 403, notAuthorized)
}

func TestToken_onlyGrantsForMachinesCount(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant(`,"subject_type":"user"`)
	want(t, x.askToken(sampleAudience), 403, notAuthorized)
}

func TestToken_deletedGrantIsNoGrant(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	id := x.sampleGrant("")
	tokenIn(t, x.askToken(sampleAudience))
	x.must("DELETE", "/client-grants/"+id, "")
	want(t, x.askToken(sampleAudience), 403, notAuthorized)
}

func TestToken_organizations(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	acme := x.AddOrganization("acme")
	grant := "/client-grants/" + x.sampleGrant("")
	const required = `{"error":"invalid_request","error_description":"parameter organization is required for this client"}`
	const notAllowed = `{"error":"access_denied","error_description":"parameter organization is not allowed for this client"}`
	invalid := func(ref string) string {
		return `{"error":"access_denied","error_description":"parameter organization is invalid: ` + ref + `"}`
	}
	for _, test := range []struct{ patch, params, want string }{
		{`{"organization_usage":"deny","allow_any_organization":true}`, "", "no organization"},
		{`{"organization_usage":"deny","allow_any_organization":true}`, acme, notAllowed},
		{`{"organization_usage":null,"allow_any_organization":true}`, acme, notAllowed},
		{`{"organization_usage":"allow","allow_any_organization":true}`, "", "no organization"},
		{`{"organization_usage":"allow","allow_any_organization":true}`, acme, acme},
		{`{"organization_usage":"allow","allow_any_organization":true}`, "acme", acme},
		{`{"organization_usage":"allow","allow_any_organization":true}`, "other", invalid("other")},
		{`{"organization_usage":"allow","allow_any_organization":null}`, acme, invalid(acme)},
		{`{"organization_usage":"require","allow_any_organization":true}`, "", required},
		{`{"organization_usage":"require","allow_any_organization":true}`, acme, acme},
	} {
		x.must("PATCH", grant, test.patch)
		answer := x.askToken(sampleAudience + "&organization=" + test.params)
		got := answer.body
		if answer.status == http.StatusOK {
			got = "no organization"
			if claims := claimsOf(t, x, tokenIn(t, answer)); claims["org_id"] != nil {
				got = claims["org_id"].(string)
				if claims["org_name"] != "acme" {
					t.Errorf("org_name %v", claims["org_name"])
				}
			}
		}
		if got != test.want {
			t.Errorf("%s with organization %q: got %s, want %s", test.patch, test.params, got, test.want)
		}
	}
}

func TestToken_lifetimeFollowsTheAPI(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant("")
	x.must("PATCH", "/resource-servers/"+url.PathEscape(testserver.SampleAPIAudience), `{"token_lifetime":90}`)
	got := x.askToken(sampleAudience)
	if !strings.Contains(got.body, `"expires_in":90,`) {
		t.Errorf("got %s", got.body)
	}
	claims := claimsOf(t, x, tokenIn(t, got))
	if claims["exp"].(float64)-claims["iat"].(float64) != 90 {
		t.Errorf("exp %v, iat %v", claims["exp"], claims["iat"])
	}
}

func TestToken_clockMovesIssueTimes(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant("")
	x.Clock().Advance(48 * time.Hour)
	issued := time.Unix(int64(claimsOf(t, x, tokenIn(t, x.askToken(sampleAudience)))["iat"].(float64)), 0)
	if ahead := time.Until(issued); ahead < 47*time.Hour || ahead > 49*time.Hour {
		t.Errorf("issued %v ahead", ahead)
	}
	if now := time.Until(x.Clock().Now()); now < 47*time.Hour {
		t.Errorf("the clock is %v ahead", now)
	}
}
