// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import "testing"

// wantOrganization checks which organization a token is for; an empty one means none.
func wantOrganization(t *testing.T, x *tenant, got answer, id string) {
	t.Helper()
	claims := claimsOf(t, x, tokenIn(t, got))
	if found, _ := claims["org_id"].(string); found != id {
		t.Errorf("org_id %q, want %q", found, id)
	}
}

// settings of a grant that differ in what they say of organizations.
const (
	denies        = `,"organization_usage":"deny","allow_any_organization":true`
	allowsAny     = `,"organization_usage":"allow","allow_any_organization":true`
	allowsSome    = `,"organization_usage":"allow"`
	requiresAny   = `,"organization_usage":"require","allow_any_organization":true`
	requiresSome  = `,"organization_usage":"require","allow_any_organization":false`
	organizations = sampleAudience + "&organization="
)

func TestContract9Organizations(t *testing.T) {
	t.Parallel()
	documented(t, "4.4", "a grant that says nothing of organizations, or denies them, gives "+
		"tokens without one",
		func(t *testing.T, x *tenant) {
			grant := x.sampleGrant("")
			wantOrganization(t, x, x.askToken(sampleAudience), "")
			x.must("PATCH", "/client-grants/"+grant, `{`+denies[1:]+`}`)
			wantOrganization(t, x, x.askToken(sampleAudience), "")
		})
	documented(t, "4.4", "a grant that says nothing of organizations, or denies them, refuses a "+
		"request that names one",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			grant := x.sampleGrant(`,"allow_any_organization":true`)
			wantNoToken(t, x.askToken(organizations+acme))
			x.must("PATCH", "/client-grants/"+grant, `{`+denies[1:]+`}`)
			wantNoToken(t, x.askToken(organizations+acme))
		})
	documented(t, "4.4", "a grant that allows organizations gives tokens with and without one",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.sampleGrant(allowsAny)
			wantOrganization(t, x, x.askToken(sampleAudience), "")
			wantOrganization(t, x, x.askToken(organizations+acme), acme)
		})
	documented(t, "4.4", "a grant that requires an organization gives no token without one",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.sampleGrant(requiresAny)
			wantNoToken(t, x.askToken(sampleAudience))
			wantOrganization(t, x, x.askToken(organizations+acme), acme)
		})
	documented(t, "4.4", "a grant that requires an organization uses the client's default "+
		"organization if none is named",
		func(t *testing.T, x *tenant) {
			acme, other := x.AddOrganization("acme"), x.AddOrganization("other")
			x.sampleGrant(requiresAny)
			x.must(
				"PATCH", machinePath,
				`{"default_organization":{"organization_id":"`+acme+
					`","flows":["client_credentials"]}}`,
			)
			wantOrganization(t, x, x.askToken(sampleAudience), acme)
			wantOrganization(t, x, x.askToken(organizations+other), other)
		})
	documented(t, "4.4", "a grant permits the organizations that it is associated with and no "+
		"others",
		func(t *testing.T, x *tenant) {
			acme, other := x.AddOrganization("acme"), x.AddOrganization("other")
			for _, settings := range []string{allowsSome, requiresSome} {
				grant := x.sampleGrant(settings)
				wantNoToken(t, x.askToken(organizations+acme))
				x.associate(acme, grant)
				wantOrganization(t, x, x.askToken(organizations+acme), acme)
				wantNoToken(t, x.askToken(organizations+other))
				x.must("DELETE", "/organizations/"+acme+"/client-grants/"+grant, "")
				wantNoToken(t, x.askToken(organizations+acme))
				x.must("DELETE", "/client-grants/"+grant, "")
			}
		})
	documented(t, "4.4",
		"an organization that does not exist is refused, even where any is allowed",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(allowsAny)
			wantNoToken(t, x.askToken(organizations+"org_0000000000000000"))
		})
	documented(t, "4.4", "third-party clients use organizations through an association only",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			id, secret := x.makeClient(
				`,"is_first_party":false,"grant_types":["client_credentials"]`,
			)
			grant := x.grantTo(id, allowsSome)
			wantNoToken(t, x.askTokenAs(id, secret, "&organization="+acme))
			x.associate(acme, grant)
			wantOrganization(t, x, x.askTokenAs(id, secret, "&organization="+acme), acme)
		})
	documented(t, "9.1", "an organization can be given by its name as well, and then the token "+
		"names it too",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.sampleGrant(allowsAny)
			got := x.askToken(organizations + "acme")
			wantOrganization(t, x, got, acme)
			if name := claimsOf(t, x, tokenIn(t, got))["org_name"]; name != "acme" {
				t.Errorf("org_name %v", name)
			}
		})
	assumed(t, "9.4", "an organization that the grant denies is a 403 access_denied",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(denies)
			wantJSON(t, x.askToken(organizations+x.AddOrganization("acme")), 403,
				`{"error":"access_denied","error_description":"parameter organization is not allowed for this client"}`)
		})
	assumed(t, "9.4", "an organization that is unknown or not permitted is a 403 access_denied "+
		"that names it",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.sampleGrant(allowsSome)
			for _, name := range []string{acme, "other"} {
				wantJSON(t, x.askToken(organizations+name), 403,
					`{"error":"access_denied","error_description":"parameter organization is invalid: `+name+`"}`)
			}
		})
	assumed(t, "9.4", "an organization that is required and missing is a 400 invalid_request",
		func(t *testing.T, x *tenant) {
			x.sampleGrant(requiresAny)
			wantJSON(t, x.askToken(sampleAudience), 400,
				`{"error":"invalid_request","error_description":"parameter organization is required for this client"}`)
		})
}

func TestContract9DefaultGrants(t *testing.T) {
	t.Parallel()
	const machines = `,"grant_types":["client_credentials"]`
	const byDefault = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com","scope":["read:orders"]}`
	documented(t, "4.2", "a default grant serves third-party clients and no others",
		func(t *testing.T, x *tenant) {
			x.must("POST", "/client-grants", byDefault)
			id, secret := x.makeClient(`,"is_first_party":false` + machines)
			wantJSON(t, x.askTokenAs(id, secret, ""), 200, tokenOfOne)
			wantJSON(t, x.askToken(sampleAudience), 403, notAuthorized)
		})
	documented(t, "4.2", "a third-party client's own grant takes the place of the default grant, "+
		"nothing is merged",
		func(t *testing.T, x *tenant) {
			x.must("POST", "/client-grants", byDefault)
			id, secret := x.makeClient(`,"is_first_party":false` + machines)
			x.grantTo(id, `,"scope":["write:orders"]`)
			wantJSON(t, x.askTokenAs(id, secret, ""), 200,
				`{"access_token":"TOKEN","scope":"write:orders","expires_in":86400,"token_type":"Bearer"}`)
			wantNoToken(t, x.askTokenAs(id, secret, "&scope=read:orders"))
		})
}
