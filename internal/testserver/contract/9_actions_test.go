// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func addClaims(claims map[string]any) func(testserver.Exchange) testserver.Verdict {
	return func(testserver.Exchange) testserver.Verdict {
		return testserver.Verdict{Claims: claims}
	}
}

// plainClaims are the claims of a token without an action, except for the times.
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
		x := servertest.NewWithAction(
			t, addClaims(map[string]any{"https://acme.example.com/tier": "gold", "level": 3}),
		)
		wanted := plainClaims(x)
		wanted["https://acme.example.com/tier"], wanted["level"] = "gold", 3.0
		got := x.AskToken(servertest.SampleAudience)
		got.WantJSON(t, 200, tokenOfOne)
		wantClaims(t, x.Claims(got.Token(t)), wanted)
	})
	documented(t, "9.5", "claims with a reserved name are silently dropped",
		func(t *testing.T, _ *tenant) {
			claims := map[string]any{}
			for name := range strings.FieldsSeq("iss sub aud exp nbf iat jti azp gty scope " +
				"permissions roles groups org_id org_name" +
				" client_id act cnf authorization_details") {
				claims[name] = "mine"
			}
			x := servertest.NewWithAction(t, addClaims(claims))
			got := x.AskToken(servertest.SampleAudience)
			got.WantJSON(t, 200, tokenOfOne)
			wantClaims(t, x.Claims(got.Token(t)), plainClaims(x))
		})
	documented(t, "9.5", "actions can add at most 100 KB of claims",
		func(t *testing.T, _ *tenant) {
			x := servertest.NewWithAction(
				t,
				addClaims(map[string]any{"https://acme.example.com/x": strings.Repeat(
					"x", 100<<10,
				)}),
			)
			if got := x.AskToken(servertest.SampleAudience); got.Status < 400 ||
				has(t, got.Body, "access_token") {
				t.Errorf("status %d, %d bytes", got.Status, len(got.Body))
			}
		})
	documented(t, "9.4", "an action that denies with invalid_scope or invalid_request is a 400, "+
		"and with server_error a 500",
		func(t *testing.T, _ *tenant) {
			for code, status := range map[string]int{
				"invalid_scope":   400,
				"invalid_request": 400,
				"server_error":    500,
			} {
				x := servertest.NewWithAction(t, func(testserver.Exchange) testserver.Verdict {
					return testserver.Verdict{Deny: &testserver.Denial{
						Code:   code,
						Reason: "Not on Sundays.",
					}}
				})
				x.AskToken(servertest.SampleAudience).WantJSON(t, status,
					`{"error":"`+code+`","error_description":"Not on Sundays."}`)
			}
		})
	documented(t, "9.5", "actions run after all checks", func(t *testing.T, _ *tenant) {
		var runs atomic.Int32
		x := servertest.NewWithAction(t, func(testserver.Exchange) testserver.Verdict {
			runs.Add(1)
			return testserver.Verdict{}
		})
		wantNoToken(t, x.AskToken(servertest.SampleAudience+"&client_secret=wrong"))
		wantNoToken(t, x.AskToken(servertest.SampleAudience+"&scope=write:orders"))
		wantNoToken(t, x.AskToken(organizations+"org_0000000000000000"))
		if n := runs.Load(); n != 0 {
			t.Errorf("%d runs before a token was due", n)
		}
		x.AskToken(servertest.SampleAudience).Token(t)
		if n := runs.Load(); n != 1 {
			t.Errorf("%d runs for a token", n)
		}
	})
	observed(t, "9.1", "actions receive the parameters of the request, including unknown ones "+
		"but not the secret",
		func(t *testing.T, _ *tenant) {
			var seen atomic.Pointer[testserver.Exchange]
			x := servertest.NewWithAction(t, func(exchange testserver.Exchange) testserver.Verdict {
				seen.Store(&exchange)
				return testserver.Verdict{}
			})
			x.AskToken(servertest.SampleAudience + "&purpose=test").Token(t)
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
	documented(t, "9.5", "actions receive the organization of the token",
		func(t *testing.T, _ *tenant) {
			var seen atomic.Pointer[testserver.Exchange]
			x := servertest.NewWithAction(t, func(exchange testserver.Exchange) testserver.Verdict {
				seen.Store(&exchange)
				return testserver.Verdict{}
			})
			acme := x.AddOrganization("acme")
			grants := x.Must(
				"GET", "/client-grants?client_id="+testserver.MachineClientID+"&take=1", "",
			)
			grant, _ := servertest.Properties(t, grants.Body)["client_grants"].([]any)[0].(map[string]any)["id"].(string)
			x.Must("PATCH", "/client-grants/"+grant, `{`+allowsAny[1:]+`}`)
			wantOrganization(t, x, x.AskToken(organizations+acme), acme)
			if found := seen.Load(); found == nil || found.OrganizationID != acme {
				t.Errorf("exchange %+v", found)
			}
		})
	documented(t, "9.4", "an action that crashes is a 500 server_error",
		func(t *testing.T, _ *tenant) {
			x := servertest.NewWithAction(
				t,
				func(testserver.Exchange) testserver.Verdict { panic("crash") },
			)
			wantTokenError(t, x.AskToken(servertest.SampleAudience), 500, "server_error")
		})
}

func TestContract9ActionsOfTheManagementAPI(t *testing.T) {
	t.Parallel()
	documented(t, "9.5", "an action can add only namespaced claims to a token for the Management "+
		"API",
		func(t *testing.T, _ *tenant) {
			x := servertest.NewWith(t, testserver.Config{Action: addClaims(map[string]any{
				"tier": "gold",
			})})
			got := x.AskToken("client_id=" + testserver.ManagementClientID + "&client_secret=" +
				testserver.ManagementClientSecret +
				"&audience=$URL/api/v2/")
			// It is not known whether the request fails or the claim is dropped.
			if has(t, got.Body, "access_token") {
				if tier := x.Claims(got.Token(t))["tier"]; tier != nil {
					t.Errorf("tier %v", tier)
				}
			}
		})
}
