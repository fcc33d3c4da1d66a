// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const unhandled = `{"error":"server_error","error_description":"Script generated an unhandled asynchronous exception."}`

func TestAction_mistakesAreCrashes(t *testing.T) {
	t.Parallel()
	loop := map[string]any{}
	loop["loop"] = loop
	for name, action := range map[string]func(testserver.Exchange) testserver.Verdict{
		"panic": func(testserver.Exchange) testserver.Verdict { panic("mistake") },
		"unknown code": func(testserver.Exchange) testserver.Verdict {
			return testserver.Verdict{Deny: &testserver.Denial{
				Code:   "access_denied",
				Reason: "secret reason",
			}}
		},
		"no JSON": addClaims(map[string]any{"a": make(chan int)}),
		"endless": addClaims(loop),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := servertest.NewWithAction(t, action)
			x.AskToken(servertest.SampleAudience).Want(t, 500, unhandled)
			if got := x.API("GET", "/client-grants", ""); got.Status != 200 {
				t.Errorf("afterwards: %d %s", got.Status, got.Body)
			}
		})
	}
}

func TestAction_customClaimsComeFirst(t *testing.T) {
	t.Parallel()
	x := servertest.NewWith(t, testserver.Config{Action: addClaims(map[string]any{
		"tier": "<gold>", "sub": "other", "scope": "all", "email": "a@example.com",
		"https://acme.example.com/x": []int{1},
		"https:/no-host":             1, "urn:acme:y": nil,
	})})
	x.SampleGrant(`,"scope":["read:orders"]`)
	if diff := cmp.Diff(x.Expand(`{"email":"a@example.com","https://acme.example.com/x":[1],"https:/no-host":1,"tier":"<gold>","urn:acme:y":null,`+
		`"iss":"$URL/","sub":"ReferenceMachineClient0000000001@clients","aud":"https://sample-api.example.com",`+
		`"iat":IAT,"exp":EXP,"scope":"read:orders","gty":"client-credentials","azp":"ReferenceMachineClient0000000001"}`),
		payloadOf(t, x.AskToken(servertest.SampleAudience).Token(t))); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	management := x.AskToken("client_id=" + testserver.ManagementClientID +
		"&client_secret=" + testserver.ManagementClientSecret +
		"&audience=$URL/api/v2/").Token(t)
	if payload := payloadOf(t, management); !strings.HasPrefix(
		payload, `{"https://acme.example.com/x":[1],"urn:acme:y":null,"iss":`,
	) {
		t.Errorf("a system API's token: %s", payload)
	}
}

func TestAction_getsCopyOfRequestWithoutSecrets(t *testing.T) {
	t.Parallel()
	var seen map[string]string
	x := servertest.NewWithAction(t, func(e testserver.Exchange) testserver.Verdict {
		seen = maps.Clone(e.Parameters)
		e.Scopes[0], e.Parameters["scope"] = "write:orders", "write:orders"
		return testserver.Verdict{}
	})
	const body = `{"grant_type":"client_credentials","client_id":"ReferenceMachineClient0000000001","client_secret":"` +
		testserver.MachineClientSecret +
		`","audience":"https://sample-api.example.com","scope":null,"resource":"urn:other",` +
		`"deep":{"a":["<",1]},"empty":""}`
	got := x.Send("POST", "/oauth/token", body, servertest.AsJSON)
	if scope := x.Claims(got.Token(t))["scope"]; scope != "read:orders" {
		t.Errorf("the action changed the scope to %v", scope)
	}
	if diff := cmp.Diff(map[string]string{
		"grant_type": "client_credentials", "client_id": "ReferenceMachineClient0000000001",
		"audience": "https://sample-api.example.com", "resource": "urn:other",
		"deep": `{"a":["<",1]}`, "empty": "",
	}, seen); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

// payloadOf is the literal payload with the times replaced by IAT and EXP.
func payloadOf(t *testing.T, token string) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var times struct{ IAT, EXP json.Number }
	if err := json.Unmarshal(payload, &times); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(
		times.IAT.String(), "IAT", times.EXP.String(), "EXP",
	).Replace(string(payload))
}

func addClaims(claims map[string]any) func(testserver.Exchange) testserver.Verdict {
	return func(testserver.Exchange) testserver.Verdict {
		return testserver.Verdict{Claims: claims}
	}
}
