// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// wantOrganization checks the organization of a token; "" means none.
func wantOrganization(t *testing.T, x *tenant, got servertest.Answer, id string) {
	t.Helper()
	claims := x.Claims(got.Token(t))
	if found, _ := claims["org_id"].(string); found != id {
		t.Errorf("org_id %q, want %q", found, id)
	}
}

// Settings of a grant for organizations.
const (
	denies        = `,"organization_usage":"deny","allow_any_organization":true`
	allowsAny     = `,"organization_usage":"allow","allow_any_organization":true`
	allowsSome    = `,"organization_usage":"allow"`
	requiresAny   = `,"organization_usage":"require","allow_any_organization":true`
	requiresSome  = `,"organization_usage":"require","allow_any_organization":false`
	organizations = servertest.SampleAudience + "&organization="
)

func TestContract9Organizations(t *testing.T) {
	t.Parallel()
	documented(t, "4.4", "a grant without organization_usage, or with deny, gives tokens to "+
		"requests without an organization",
		func(t *testing.T, x *tenant) {
			grant := x.SampleGrant("")
			wantOrganization(t, x, x.AskToken(servertest.SampleAudience), "")
			x.Must("PATCH", "/client-grants/"+grant, `{`+denies[1:]+`}`)
			wantOrganization(t, x, x.AskToken(servertest.SampleAudience), "")
		})
	documented(t, "4.4", "a grant without organization_usage, or with deny, refuses requests "+
		"that name an organization",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			grant := x.SampleGrant(`,"allow_any_organization":true`)
			wantNoToken(t, x.AskToken(organizations+acme))
			x.Must("PATCH", "/client-grants/"+grant, `{`+denies[1:]+`}`)
			wantNoToken(t, x.AskToken(organizations+acme))
		})
	documented(t, "4.4", "with allow_any_organization, organization_usage allow gives tokens "+
		"with and without an organization",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.SampleGrant(allowsAny)
			wantOrganization(t, x, x.AskToken(servertest.SampleAudience), "")
			wantOrganization(t, x, x.AskToken(organizations+acme), acme)
		})
	documented(t, "4.4", "with allow_any_organization, organization_usage require refuses a "+
		"request without an organization",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.SampleGrant(requiresAny)
			wantNoToken(t, x.AskToken(servertest.SampleAudience))
			wantOrganization(t, x, x.AskToken(organizations+acme), acme)
		})
	documented(t, "4.4", "with allow_any_organization, organization_usage require uses the "+
		"client's default organization unless the request names one",
		func(t *testing.T, x *tenant) {
			acme, other := x.AddOrganization("acme"), x.AddOrganization("other")
			x.SampleGrant(requiresAny)
			x.Must(
				"PATCH", machinePath,
				`{"default_organization":{"organization_id":"`+acme+
					`","flows":["client_credentials"]}}`,
			)
			wantOrganization(t, x, x.AskToken(servertest.SampleAudience), acme)
			wantOrganization(t, x, x.AskToken(organizations+other), other)
		})
	documented(t, "4.4", "without allow_any_organization, a grant permits only the organizations "+
		"that it is associated with",
		func(t *testing.T, x *tenant) {
			acme, other := x.AddOrganization("acme"), x.AddOrganization("other")
			for _, settings := range []string{allowsSome, requiresSome} {
				grant := x.SampleGrant(settings)
				wantNoToken(t, x.AskToken(organizations+acme))
				x.Associate(acme, grant)
				wantOrganization(t, x, x.AskToken(organizations+acme), acme)
				wantNoToken(t, x.AskToken(organizations+other))
				x.Must("DELETE", "/organizations/"+acme+"/client-grants/"+grant, "")
				wantNoToken(t, x.AskToken(organizations+acme))
				x.Must("DELETE", "/client-grants/"+grant, "")
			}
		})
	documented(t, "4.4",
		"an organization that does not exist is refused, even with "+
			"allow_any_organization",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(allowsAny)
			wantNoToken(t, x.AskToken(organizations+"org_0000000000000000"))
		})
	documented(t, "4.4", "third-party clients can use an organization only if their grant is "+
		"associated with it",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			id, secret := x.MakeClient(
				`,"is_first_party":false,"grant_types":["client_credentials"]`,
			)
			grant := x.GrantTo(id, allowsSome)
			wantNoToken(t, x.AskTokenAs(id, secret, "&organization="+acme))
			x.Associate(acme, grant)
			wantOrganization(t, x, x.AskTokenAs(id, secret, "&organization="+acme), acme)
		})
	documented(t, "9.1", "an organization can also be named by its name, which is then a claim "+
		"of the token",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.SampleGrant(allowsAny)
			got := x.AskToken(organizations + "acme")
			wantOrganization(t, x, got, acme)
			if name := x.Claims(got.Token(t))["org_name"]; name != "acme" {
				t.Errorf("org_name %v", name)
			}
		})
	assumed(t, "9.4", "if the grant denies organizations, a request with one is a 403 "+
		"access_denied",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(denies)
			x.AskToken(organizations+x.AddOrganization("acme")).WantJSON(t, 403,
				`{"error":"access_denied","error_description":"parameter organization is not allowed for this client"}`)
		})
	assumed(t, "9.4", "a request with an unknown or forbidden organization is a 403 "+
		"access_denied that names it",
		func(t *testing.T, x *tenant) {
			acme := x.AddOrganization("acme")
			x.SampleGrant(allowsSome)
			for _, name := range []string{acme, "other"} {
				x.AskToken(organizations+name).WantJSON(t, 403,
					`{"error":"access_denied","error_description":"parameter organization is invalid: `+name+`"}`)
			}
		})
	assumed(t, "9.4", "a request without a required organization is a 400 invalid_request",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(requiresAny)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 400,
				`{"error":"invalid_request","error_description":"parameter organization is required for this client"}`)
		})
}

func TestContract9DefaultGrants(t *testing.T) {
	t.Parallel()
	const machines = `,"grant_types":["client_credentials"]`
	const byDefault = `{"default_for":"third_party_clients","audience":"https://sample-api.example.com","scope":["read:orders"]}`
	documented(t, "4.2", "a default grant applies to third-party clients only",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/client-grants", byDefault)
			id, secret := x.MakeClient(`,"is_first_party":false` + machines)
			x.AskTokenAs(id, secret, "").WantJSON(t, 200, tokenOfOne)
			x.AskToken(servertest.SampleAudience).WantJSON(t, 403, notAuthorized)
		})
	documented(t, "4.2", "a third-party client's own grant replaces the default grant; the two "+
		"are not merged",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/client-grants", byDefault)
			id, secret := x.MakeClient(`,"is_first_party":false` + machines)
			x.GrantTo(id, `,"scope":["write:orders"]`)
			x.AskTokenAs(id, secret, "").WantJSON(t, 200,
				`{"access_token":"TOKEN","scope":"write:orders","expires_in":86400,"token_type":"Bearer"}`)
			wantNoToken(t, x.AskTokenAs(id, secret, "&scope=read:orders"))
		})
}
