// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens_test

import (
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestToken_unreadableBodies(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Send("POST", "/oauth/token", `{"grant_type"`, servertest.AsJSON).Want(t, 400,
		`{"error":"invalid_request","error_description":"Invalid request payload JSON format"}`)
	x.Send(
		"POST", "/oauth/token", `grant_type=%zz`, "Content-Type: application/x-www-form-urlencoded",
	).Want(t, 400,
		`{"error":"invalid_request","error_description":"Invalid request payload form format"}`)
	x.Send("POST", "/oauth/token", strings.Repeat("x", 1<<20+1), servertest.AsJSON).Want(t, 413,
		`{"error":"invalid_request","error_description":"request entity too large"}`)
}

func TestToken_oddCredentials(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant("")
	const machine, secret = testserver.MachineClientID, testserver.MachineClientSecret
	const grantType = "grant_type=client_credentials&" + servertest.SampleAudience
	for name, test := range map[string]struct {
		body    string
		headers []string
		status  int
	}{
		"Basic, badly encoded": {
			grantType, []string{servertest.AsForm, servertest.Basic(machine, secret+"%")}, 401,
		},
		"Basic, same id in the body": {
			grantType + "&client_id=" + machine, []string{servertest.AsForm, servertest.Basic(machine, secret)}, 200,
		},
		"Basic, other id in the body": {
			grantType + "&client_id=x", []string{servertest.AsForm, servertest.Basic(machine, secret)}, 401,
		},
		"Basic, wrong secret": {grantType, []string{servertest.AsForm, servertest.Basic(machine, "x")}, 401},
		"Basic, wrong, body right": {
			grantType + "&client_id=" + machine + "&client_secret=" + secret,
			[]string{servertest.AsForm, servertest.Basic(machine, "x")},
			401,
		},
		"client that has no secret": {
			grantType + "&client_id=ReferenceAllApplications00000001&client_secret=",
			[]string{servertest.AsForm},
			401,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := x.Send(
				"POST", "/oauth/token", test.body, test.headers...,
			); got.Status != test.status {
				t.Errorf("got %d %s, want %d", got.Status, got.Body, test.status)
			}
		})
	}
}

func TestToken_missingScopesAreNamedOnce(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant(`,"scope":["read:orders"]`)
	x.AskToken(servertest.SampleAudience+"&scope=openid+read:orders+openid").Want(t, 403,
		`{"error":"access_denied","error_description":"Client has not been granted scopes: openid"}`)
}

func TestToken_clockMovesIssueTimes(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant("")
	x.Clock().Advance(48 * time.Hour)
	issued := time.Unix(
		int64(x.Claims(x.AskToken(servertest.SampleAudience).Token(t))["iat"].(float64)), 0,
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
	x := servertest.NewWith(
		t,
		testserver.Config{Action: func(testserver.Exchange) testserver.Verdict {
			if denied {
				return testserver.Verdict{Deny: &testserver.Denial{
					Code:   "invalid_request",
					Reason: "No.",
				}}
			}
			return testserver.Verdict{}
		}},
	)
	x.SampleGrant(`,"organization_usage":"allow","allow_any_organization":true`)
	x.Must(
		"POST", "/organizations",
		`{"name":"acme","token_quota":{"client_credentials":{"per_day":1}}}`,
	)
	ask := func() servertest.Answer { return x.AskToken(servertest.SampleAudience + "&organization=acme") }

	denied = true
	if got := ask(); got.Status != 400 || got.Header.Get("Auth0-Organization-Quota-Limit") != "" {
		t.Errorf("denied: %d %v", got.Status, got.Header)
	}
	denied = false
	got := ask() // The denied token did not count.
	got.Token(t)
	if limit := got.Header.Get("Auth0-Organization-Quota-Limit"); !strings.HasPrefix(
		limit, "b=per_day;q=1;r=0;t=",
	) {
		t.Errorf("limit %q", limit)
	}
	got = ask()
	got.Want(t, 429, `{"error":"too_many_requests","error_description":"Client quota exceeded"}`)
	if got.Header.Get("Retry-After") == "" || got.Header.Get("Auth0-Client-Quota-Limit") != "" {
		t.Errorf("headers %v", got.Header)
	}
	// Without the organization, its quota does not matter.
	x.AskToken(servertest.SampleAudience).Token(t)
}
