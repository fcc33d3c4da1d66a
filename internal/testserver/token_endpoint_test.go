// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
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

func TestToken_unreadableBodies(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.send("POST", "/oauth/token", `{"grant_type"`, asJSON), 400,
		`{"error":"invalid_request","error_description":"Invalid request payload JSON format"}`)
	want(t, x.send(
		"POST", "/oauth/token", `grant_type=%zz`, "Content-Type: application/x-www-form-urlencoded",
	), 400,
		`{"error":"invalid_request","error_description":"Invalid request payload form format"}`)
	want(t, x.send("POST", "/oauth/token", strings.Repeat("x", 1<<20+1), asJSON), 413,
		`{"error":"invalid_request","error_description":"request entity too large"}`)
}

func TestToken_oddCredentials(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant("")
	const machine, secret = testserver.MachineClientID, testserver.MachineClientSecret
	const grantType = "grant_type=client_credentials&" + sampleAudience
	for name, test := range map[string]struct {
		body    string
		headers []string
		status  int
	}{
		"Basic, badly encoded": {
			grantType, []string{asForm, basic(machine, secret+"%")}, 401,
		},
		"Basic, same id in the body": {
			grantType + "&client_id=" + machine, []string{asForm, basic(machine, secret)}, 200,
		},
		"Basic, other id in the body": {
			grantType + "&client_id=x", []string{asForm, basic(machine, secret)}, 401,
		},
		"Basic, wrong secret": {grantType, []string{asForm, basic(machine, "x")}, 401},
		"Basic, wrong, body right": {
			grantType + "&client_id=" + machine + "&client_secret=" + secret,
			[]string{asForm, basic(machine, "x")},
			401,
		},
		"client that has no secret": {
			grantType + "&client_id=ReferenceAllApplications00000001&client_secret=",
			[]string{asForm},
			401,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := x.send(
				"POST", "/oauth/token", test.body, test.headers...,
			); got.status != test.status {
				t.Errorf("got %d %s, want %d", got.status, got.body, test.status)
			}
		})
	}
}

func TestToken_missingScopesAreNamedOnce(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant(`,"scope":["read:orders"]`)
	want(t, x.askToken(sampleAudience+"&scope=openid+read:orders+openid"), 403,
		`{"error":"access_denied","error_description":"Client has not been granted scopes: openid"}`)
}

func TestToken_clockMovesIssueTimes(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant("")
	x.Clock().Advance(48 * time.Hour)
	issued := time.Unix(
		int64(claimsOf(t, x, tokenIn(t, x.askToken(sampleAudience)))["iat"].(float64)), 0,
	)
	if ahead := time.Until(issued); ahead < 47*time.Hour || ahead > 49*time.Hour {
		t.Errorf("issued %v ahead", ahead)
	}
	if now := time.Until(x.Clock().Now()); now < 47*time.Hour {
		t.Errorf("the clock is %v ahead", now)
	}
}

func TestTokenQuota_ofAnOrganization(t *testing.T) {
	t.Parallel()
	denied := false
	x := newTenantWith(t, testserver.Config{Action: func(testserver.Exchange) testserver.Verdict {
		if denied {
			return testserver.Verdict{Deny: &testserver.Denial{
				Code:   "invalid_request",
				Reason: "No.",
			}}
		}
		return testserver.Verdict{}
	}})
	x.sampleGrant(`,"organization_usage":"allow","allow_any_organization":true`)
	x.must(
		"POST", "/organizations",
		`{"name":"acme","token_quota":{"client_credentials":{"per_day":1}}}`,
	)
	ask := func() answer { return x.askToken(sampleAudience + "&organization=acme") }

	denied = true
	if got := ask(); got.status != 400 || got.header.Get("Auth0-Organization-Quota-Limit") != "" {
		t.Errorf("denied: %d %v", got.status, got.header)
	}
	denied = false
	got := ask() // The token that was denied did not count.
	tokenIn(t, got)
	if limit := got.header.Get("Auth0-Organization-Quota-Limit"); !strings.HasPrefix(
		limit, "b=per_day;q=1;r=0;t=",
	) {
		t.Errorf("limit %q", limit)
	}
	got = ask()
	want(t, got, 429, `{"error":"too_many_requests","error_description":"Client quota exceeded"}`)
	if got.header.Get("Retry-After") == "" || got.header.Get("Auth0-Client-Quota-Limit") != "" {
		t.Errorf("headers %v", got.header)
	}
	tokenIn(t, x.askToken(sampleAudience)) // Without the organization, its quota does not matter.
}
