// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const noGrant = `{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`

// wantSampleAPI checks whether the sample API accepts a token.
func wantSampleAPI(t *testing.T, x *tenant, token string, status int) {
	t.Helper()
	if got := x.Send(
		"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
	); got.Status != status {
		t.Errorf("the sample API says %d %s, want %d", got.Status, got.Body, status)
	}
}

func TestContract14Deletions(t *testing.T) {
	t.Parallel()
	observed(t, "14", "deleting a client deletes its grants; deleting those again is a 204",
		func(t *testing.T, x *tenant) {
			id, _ := x.MakeClient("")
			grant := "/client-grants/" + x.GrantTo(id, "")
			kept := x.SampleGrant("")
			x.Must("DELETE", "/clients/"+id, "")
			x.API("GET", grant, "").WantJSON(t, 404, noGrant)
			x.API("GET", "/client-grants?client_id="+id, "").WantJSON(t, 200, `[]`)
			x.API("DELETE", grant, "").Want(t, 204, "")
			x.Must("GET", "/client-grants/"+kept, "")
		})
	assumed(t, "14", "deleting an API deletes its grants", func(t *testing.T, x *tenant) {
		grant := "/client-grants/" + x.SampleGrant("")
		x.Must("DELETE", samplePath, "")
		x.API("GET", grant, "").WantJSON(t, 404, noGrant)
		x.API("GET", "/client-grants?audience=https://sample-api.example.com", "").WantJSON(t, 200,
			`[]`)
	})
	observed(t, "14", "deleting a grant after its API was deleted is a 204",
		func(t *testing.T, x *tenant) {
			grant := "/client-grants/" + x.SampleGrant("")
			x.Must("DELETE", samplePath, "")
			x.API("DELETE", grant, "").Want(t, 204, "")
		})
	assumed(t, "14", "an API that is created again has a new id and none of the old grants",
		func(t *testing.T, x *tenant) {
			const body = `{"identifier":"https://sample-api.example.com","scopes":[{"value":"read:orders"}]}`
			before := x.Must("GET", samplePath, "").Field(t, "id")
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.Must("DELETE", samplePath, "")
			if after := x.Must("POST", "/resource-servers", body).Field(t, "id"); after == before {
				t.Errorf("the id is %s again", after)
			}
			x.AskToken(servertest.SampleAudience).WantJSON(t, 403, notAuthorized)
		})
	documented(t, "14", "issued tokens stay valid after their grant is deleted",
		func(t *testing.T, x *tenant) {
			grant := x.SampleGrant(`,"scope":["read:orders"]`)
			token := x.AskToken(servertest.SampleAudience).Token(t)
			x.Must("DELETE", "/client-grants/"+grant, "")
			x.AskToken(servertest.SampleAudience).WantJSON(t, 403, notAuthorized)
			wantSampleAPI(t, x, token, 200)
		})
	assumed(t, "14", "deleting a grant removes it from its organizations",
		func(t *testing.T, x *tenant) {
			org, grant := x.AddOrganization("acme"), x.SampleGrant("")
			x.Associate(org, grant)
			x.Must("DELETE", "/client-grants/"+grant, "")
			x.API("GET", "/organizations/"+org+"/client-grants?include_totals=true", "").
				WantJSON(t, 200, noGrants)
		})
	assumed(t, "14", "deleting an organization does not delete its grants",
		func(t *testing.T, x *tenant) {
			org, grant := x.AddOrganization("acme"), x.SampleGrant("")
			x.Associate(org, grant)
			x.Must("DELETE", "/organizations/"+org, "")
			x.API("GET", "/client-grants/"+grant, "").WantJSON(t, 200,
				shownGrant(`,"scope":[],"subject_type":"client"`))
			x.API(
				"GET", "/client-grants/"+grant+"/organizations?include_totals=true", "",
			).WantJSON(t, 200, `{"organizations":[],"start":0,"limit":50,"total":0}`)
		})
}

func TestContract14Changes(t *testing.T) {
	t.Parallel()
	observed(t, "14", "a grant still lists a scope that was removed from the API",
		func(t *testing.T, x *tenant) {
			grant := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders","write:orders"]`)
			x.Must("PATCH", samplePath, `{"scopes":[{"value":"read:orders"}]}`)
			x.API("GET", grant, "").WantJSON(t, 200,
				shownGrant(`,"scope":["read:orders","write:orders"],"subject_type":"client"`))
		})
	observed(t, "14", "a grant still lists the old name of a renamed scope",
		func(t *testing.T, x *tenant) {
			grant := "/client-grants/" + x.SampleGrant(`,"scope":["read:orders"]`)
			x.Must(
				"PATCH", samplePath,
				`{"scopes":[{"value":"list:orders","description":"Read orders"}]}`,
			)
			x.API("GET", grant, "").WantJSON(t, 200,
				shownGrant(`,"scope":["read:orders"],"subject_type":"client"`))
		})
	observed(t, "14", "after a client changes to private_key_jwt, its secret is hidden and "+
		"unusable until it changes back",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			credential, _ := attachKey(t, x, testserver.MachineClientID)
			const secretOnly = machinePath + "?fields=client_secret"
			x.API("GET", secretOnly, "").WantJSON(t, 200, `{}`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 401, unauthorized)
			x.Must("PATCH", machinePath, detachBody)
			x.API("GET", secretOnly, "").WantJSON(t, 200,
				`{"client_secret":"`+testserver.MachineClientSecret+`"}`)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 200, tokenOfNone)
			wantTokenError(
				t,
				x.AskToken(
					servertest.AssertionParams+x.SignAssertion(jwt.SigningMethodRS256, "", nil),
				),
				401,
				"invalid_client",
			)
			x.Must("GET", credentialsPath+"/"+credential, "")
		})
	assumed(t, "14", "a new signing_alg applies to new tokens; issued tokens stay valid",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			older := x.AskToken(servertest.SampleAudience).Token(t)
			x.Must("PATCH", samplePath, `{"signing_alg":"PS256"}`)
			newer := x.AskToken(servertest.SampleAudience).Token(t)
			x.ParseToken(older, "RS256", nil)
			x.ParseToken(newer, "PS256", nil)
			wantSampleAPI(t, x, older, 200)
			wantSampleAPI(t, x, newer, 200)
		})
	documented(t, "14", "a new token_lifetime applies to new tokens only",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			older := x.Claims(x.AskToken(servertest.SampleAudience).Token(t))
			token := x.AskToken(servertest.SampleAudience).Token(t)
			x.Must("PATCH", samplePath, `{"token_lifetime":60}`)
			newer := x.Claims(x.AskToken(servertest.SampleAudience).Token(t))
			for lifetime, claims := range map[float64]jwt.MapClaims{86400: older, 60: newer} {
				if found := claims["exp"].(float64) - claims["iat"].(float64); found != lifetime {
					t.Errorf("lifetime %v, want %v", found, lifetime)
				}
			}
			wantSampleAPI(t, x, token, 200)
		})
}
