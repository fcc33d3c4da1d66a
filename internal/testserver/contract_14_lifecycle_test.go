// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const noGrant = `{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`

// wantSampleAPI checks whether the sample API takes a token.
func wantSampleAPI(t *testing.T, x *tenant, token string, status int) {
	t.Helper()
	if got := x.send(
		"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
	); got.status != status {
		t.Errorf("the sample API says %d %s, want %d", got.status, got.body, status)
	}
}

func TestContract14Deletions(t *testing.T) {
	t.Parallel()
	observed(t, "14", "deleting a client deletes its grants, and deleting them once more is "+
		"still a 204",
		func(t *testing.T, x *tenant) {
			id, _ := x.makeClient("")
			grant := "/client-grants/" + x.grantTo(id, "")
			kept := x.sampleGrant("")
			x.must("DELETE", "/clients/"+id, "")
			wantJSON(t, x.api("GET", grant, ""), 404, noGrant)
			wantJSON(t, x.api("GET", "/client-grants?client_id="+id, ""), 200, `[]`)
			want(t, x.api("DELETE", grant, ""), 204, "")
			x.must("GET", "/client-grants/"+kept, "")
		})
	assumed(t, "14", "deleting an API deletes its grants", func(t *testing.T, x *tenant) {
		grant := "/client-grants/" + x.sampleGrant("")
		x.must("DELETE", samplePath, "")
		wantJSON(t, x.api("GET", grant, ""), 404, noGrant)
		wantJSON(
			t, x.api("GET", "/client-grants?audience=https://sample-api.example.com", ""), 200,
			`[]`,
		)
	})
	observed(t, "14", "deleting a grant whose API is gone is a 204", func(t *testing.T, x *tenant) {
		grant := "/client-grants/" + x.sampleGrant("")
		x.must("DELETE", samplePath, "")
		want(t, x.api("DELETE", grant, ""), 204, "")
	})
	assumed(t, "14", "an API that is made again has a new id, and the old grants do not count "+
		"for it",
		func(t *testing.T, x *tenant) {
			const body = `{"identifier":"https://sample-api.example.com","scopes":[{"value":"read:orders"}]}`
			before := field(t, x.must("GET", samplePath, "").body, "id")
			x.sampleGrant(`,"scope":["read:orders"]`)
			x.must("DELETE", samplePath, "")
			if after := field(
				t, x.must("POST", "/resource-servers", body).body, "id",
			); after == before {
				t.Errorf("the id is %s again", after)
			}
			wantJSON(t, x.askToken(sampleAudience), 403, notAuthorized)
		})
	documented(t, "14", "tokens that were issued outlive the deletion of their grant",
		func(t *testing.T, x *tenant) {
			grant := x.sampleGrant(`,"scope":["read:orders"]`)
			token := tokenIn(t, x.askToken(sampleAudience))
			x.must("DELETE", "/client-grants/"+grant, "")
			wantJSON(t, x.askToken(sampleAudience), 403, notAuthorized)
			wantSampleAPI(t, x, token, 200)
		})
	assumed(t, "14", "deleting a grant takes it from its organizations",
		func(t *testing.T, x *tenant) {
			org, grant := x.AddOrganization("acme"), x.sampleGrant("")
			x.associate(org, grant)
			x.must("DELETE", "/client-grants/"+grant, "")
			wantJSON(
				t, x.api("GET", "/organizations/"+org+"/client-grants?include_totals=true", ""),
				200, noGrants,
			)
		})
	assumed(t, "14", "deleting an organization leaves the grants that it had",
		func(t *testing.T, x *tenant) {
			org, grant := x.AddOrganization("acme"), x.sampleGrant("")
			x.associate(org, grant)
			x.must("DELETE", "/organizations/"+org, "")
			wantJSON(
				t, x.api("GET", "/client-grants/"+grant, ""), 200,
				shownGrant(`,"scope":[],"subject_type":"client"`),
			)
			wantJSON(t, x.api(
				"GET", "/client-grants/"+grant+"/organizations?include_totals=true", "",
			), 200,
				`{"organizations":[],"start":0,"limit":50,"total":0}`)
		})
}

func TestContract14Changes(t *testing.T) {
	t.Parallel()
	observed(t, "14", "a grant keeps listing a scope that was removed from the API",
		func(t *testing.T, x *tenant) {
			grant := "/client-grants/" + x.sampleGrant(`,"scope":["read:orders","write:orders"]`)
			x.must("PATCH", samplePath, `{"scopes":[{"value":"read:orders"}]}`)
			wantJSON(
				t, x.api("GET", grant, ""), 200,
				shownGrant(`,"scope":["read:orders","write:orders"],"subject_type":"client"`),
			)
		})
	observed(t, "14", "a grant keeps the old name of a scope that gets a new one",
		func(t *testing.T, x *tenant) {
			grant := "/client-grants/" + x.sampleGrant(`,"scope":["read:orders"]`)
			x.must(
				"PATCH", samplePath,
				`{"scopes":[{"value":"list:orders","description":"Read orders"}]}`,
			)
			wantJSON(
				t, x.api("GET", grant, ""), 200,
				shownGrant(`,"scope":["read:orders"],"subject_type":"client"`),
			)
		})
	observed(t, "14", "the secret of a client that turns to private_key_jwt is hidden and "+
		"unusable until it turns back",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			credential, _ := attachKey(t, x, testserver.MachineClientID)
			const secretOnly = machinePath + "?fields=client_secret"
			wantJSON(t, x.api("GET", secretOnly, ""), 200, `{}`)
			wantJSON(t, x.askToken(sampleAudience), 401, unauthorized)
			x.must("PATCH", machinePath, detachBody)
			wantJSON(
				t, x.api("GET", secretOnly, ""), 200,
				`{"client_secret":"`+testserver.MachineClientSecret+`"}`,
			)
			wantJSON(t, x.askToken(sampleAudience), 200, tokenOfNone)
			wantTokenError(
				t, x.askToken(assertionParams+signAssertion(t, x, jwt.SigningMethodRS256, "", nil)),
				401, "invalid_client",
			)
			x.must("GET", credentialsPath+"/"+credential, "")
		})
	assumed(t, "14", "a new signing_alg holds for new tokens, and the issued ones stay valid",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
			older := tokenIn(t, x.askToken(sampleAudience))
			x.must("PATCH", samplePath, `{"signing_alg":"PS256"}`)
			newer := tokenIn(t, x.askToken(sampleAudience))
			parseWith(t, x, older, "RS256", nil)
			parseWith(t, x, newer, "PS256", nil)
			wantSampleAPI(t, x, older, 200)
			wantSampleAPI(t, x, newer, 200)
		})
	documented(t, "14", "a new token_lifetime holds for new tokens only",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(`,"scope":["read:orders"]`)
			older := claimsOf(t, x, tokenIn(t, x.askToken(sampleAudience)))
			token := tokenIn(t, x.askToken(sampleAudience))
			x.must("PATCH", samplePath, `{"token_lifetime":60}`)
			newer := claimsOf(t, x, tokenIn(t, x.askToken(sampleAudience)))
			for lifetime, claims := range map[float64]jwt.MapClaims{86400: older, 60: newer} {
				if found := claims["exp"].(float64) - claims["iat"].(float64); found != lifetime {
					t.Errorf("lifetime %v, want %v", found, lifetime)
				}
			}
			wantSampleAPI(t, x, token, 200)
		})
}
