// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// newActionTenant is a tenant with an action, in which the machine client may read orders. The
// action sees the requests for the sample API only.
func newActionTenant(t *testing.T, action func(testserver.Exchange) testserver.Verdict) *tenant {
	t.Helper()
	x := newTenantWith(t,
		testserver.Config{Action: func(exchange testserver.Exchange) testserver.Verdict {
			if exchange.Audience != testserver.SampleAPIAudience {
				return testserver.Verdict{}
			}
			return action(exchange)
		}})
	x.sampleGrant(`,"scope":["read:orders"]`)
	return x
}

func addClaims(claims map[string]any) func(testserver.Exchange) testserver.Verdict {
	return func(testserver.Exchange) testserver.Verdict {
		return testserver.Verdict{Claims: claims}
	}
}

// plainClaims are those of a token of such a tenant without an action, but for the times.
func plainClaims(x *tenant) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": x.URL() + "/", "sub": "ReferenceMachineClient0000000001@clients",
		"aud":   "https://sample-api.example.com",
		"scope": "read:orders", "gty": "client-credentials",
		"azp": "ReferenceMachineClient0000000001",
	}
}

func TestContract9Actions(t *testing.T) {
	t.Parallel()
	documented(t, "9.5", "an action adds claims to the token", func(t *testing.T, _ *tenant) {
		x := newActionTenant(
			t, addClaims(map[string]any{"https://acme.example.com/tier": "gold", "level": 3}),
		)
		wanted := plainClaims(x)
		wanted["https://acme.example.com/tier"], wanted["level"] = "gold", 3.0
		got := x.askToken(sampleAudience)
		wantJSON(t, got, 200, tokenOfOne)
		wantClaims(t, claimsOf(t, x, tokenIn(t, got)), wanted)
	})
	documented(t, "9.5", "claims with a reserved name are left out without a word",
		func(t *testing.T, _ *tenant) {
			claims := map[string]any{}
			for name := range strings.FieldsSeq("iss sub aud exp nbf iat jti azp gty scope " +
				"permissions roles groups org_id org_name" +
				" client_id act cnf authorization_details") {
				claims[name] = "mine"
			}
			x := newActionTenant(t, addClaims(claims))
			got := x.askToken(sampleAudience)
			wantJSON(t, got, 200, tokenOfOne)
			wantClaims(t, claimsOf(t, x, tokenIn(t, got)), plainClaims(x))
		})
	documented(t, "9.5", "the claims of actions have 100 KB at most",
		func(t *testing.T, _ *tenant) {
			x := newActionTenant(
				t,
				addClaims(map[string]any{"https://acme.example.com/x": strings.Repeat(
					"x", 100<<10,
				)}),
			)
			if got := x.askToken(sampleAudience); got.status < 400 ||
				has(t, got.body, "access_token") {
				t.Errorf("status %d, %d bytes", got.status, len(got.body))
			}
		})
	documented(t, "9.4", "an action that denies is a 400 for invalid_scope and invalid_request, "+
		"a 500 for server_error",
		func(t *testing.T, _ *tenant) {
			for code, status := range map[string]int{
				"invalid_scope":   400,
				"invalid_request": 400,
				"server_error":    500,
			} {
				x := newActionTenant(t, func(testserver.Exchange) testserver.Verdict {
					return testserver.Verdict{Deny: &testserver.Denial{
						Code:   code,
						Reason: "Not on Sundays.",
					}}
				})
				wantJSON(
					t, x.askToken(sampleAudience), status,
					`{"error":"`+code+`","error_description":"Not on Sundays."}`,
				)
			}
		})
	documented(t, "9.5", "actions run after all checks", func(t *testing.T, _ *tenant) {
		var runs atomic.Int32
		x := newActionTenant(t, func(testserver.Exchange) testserver.Verdict {
			runs.Add(1)
			return testserver.Verdict{}
		})
		wantNoToken(t, x.askToken(sampleAudience+"&client_secret=wrong"))
		wantNoToken(t, x.askToken(sampleAudience+"&scope=write:orders"))
		wantNoToken(t, x.askToken(organizations+"org_0000000000000000"))
		if n := runs.Load(); n != 0 {
			t.Errorf("%d runs before a token was due", n)
		}
		tokenIn(t, x.askToken(sampleAudience))
		if n := runs.Load(); n != 1 {
			t.Errorf("%d runs for a token", n)
		}
	})
	observed(t, "9.1", "actions are handed the request's parameters, the unknown ones too, "+
		"without the secret",
		func(t *testing.T, _ *tenant) {
			var seen atomic.Pointer[testserver.Exchange]
			x := newActionTenant(t, func(exchange testserver.Exchange) testserver.Verdict {
				seen.Store(&exchange)
				return testserver.Verdict{}
			})
			tokenIn(t, x.askToken(sampleAudience+"&purpose=test"))
			wanted := &testserver.Exchange{
				ClientID: testserver.MachineClientID, Audience: testserver.SampleAPIAudience,
				Scopes: []string{"read:orders"},
				Parameters: map[string]string{
					"grant_type": "client_credentials", "client_id": testserver.MachineClientID,
					"audience": testserver.SampleAPIAudience, "purpose": "test",
				},
			}
			if diff := cmp.Diff(wanted, seen.Load()); diff != "" {
				t.Errorf("exchange (-want +got):\n%s", diff)
			}
		})
	documented(t, "9.5", "actions are told which organization the token is for",
		func(t *testing.T, _ *tenant) {
			var seen atomic.Pointer[testserver.Exchange]
			x := newActionTenant(t, func(exchange testserver.Exchange) testserver.Verdict {
				seen.Store(&exchange)
				return testserver.Verdict{}
			})
			acme := x.AddOrganization("acme")
			grants := x.must(
				"GET", "/client-grants?client_id="+testserver.MachineClientID+"&take=1", "",
			)
			grant, _ := properties(t, grants.body)["client_grants"].([]any)[0].(map[string]any)["id"].(string)
			x.must("PATCH", "/client-grants/"+grant, `{`+allowsAny[1:]+`}`)
			wantOrganization(t, x, x.askToken(organizations+acme), acme)
			if found := seen.Load(); found == nil || found.OrganizationID != acme {
				t.Errorf("exchange %+v", found)
			}
		})
	documented(t, "9.4", "an action that crashes is a 500 server_error",
		func(t *testing.T, _ *tenant) {
			x := newActionTenant(t, func(testserver.Exchange) testserver.Verdict { panic("crash") })
			wantTokenError(t, x.askToken(sampleAudience), 500, "server_error")
		})
}

func TestContract9ActionsOfTheManagementAPI(t *testing.T) {
	t.Parallel()
	documented(t, "9.5", "a token for the Management API gets no claim without a namespace from "+
		"an action",
		func(t *testing.T, _ *tenant) {
			x := newTenantWith(t, testserver.Config{Action: addClaims(map[string]any{
				"tier": "gold",
			})})
			got := x.askToken("client_id=" + testserver.ManagementClientID + "&client_secret=" +
				testserver.ManagementClientSecret +
				"&audience=$URL/api/v2/")
			// Whether the request fails or the claim is left out is not known.
			if has(t, got.body, "access_token") {
				if tier := claimsOf(t, x, tokenIn(t, got))["tier"]; tier != nil {
					t.Errorf("tier %v", tier)
				}
			}
		})
}
