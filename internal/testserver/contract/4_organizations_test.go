// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// makeOrganization returns the id.
func makeOrganization(x *tenant, name string) string {
	x.T.Helper()
	return x.Must(
		"POST", "/organizations",
		`{"name":"`+name+`","display_name":"`+strings.ToUpper(name)+`"}`,
	).Field(x.T, "id")
}

const noToken = "no token"

// organizationOf is the org_id of the token for these parameters, or noToken if the request is
// refused.
func organizationOf(t *testing.T, x *tenant, params string) any {
	t.Helper()
	got := x.AskToken(servertest.SampleAudience + params)
	if got.Status == 400 || got.Status == 403 {
		return noToken
	}
	return x.Claims(got.Token(t))["org_id"]
}

func TestContract4Organizations(t *testing.T) {
	t.Parallel()
	wantToken := func(t *testing.T, x *tenant, params string, organization any) {
		t.Helper()
		if got := organizationOf(t, x, params); got != organization {
			t.Errorf("%q: got %v, want %v", params, got, organization)
		}
	}
	documented(t, "4.4", "resetting organization_usage to null is the same as deny: tokens have "+
		"no org_id, and requests that name an organization are refused",
		func(t *testing.T, x *tenant) {
			acme := makeOrganization(x, "acme")
			grant := x.SampleGrant(`,"allow_any_organization":true`)
			for _, usage := range []string{`null`, `"deny"`} {
				x.Must("PATCH", "/client-grants/"+grant, `{"organization_usage":`+usage+`}`)
				wantToken(t, x, "", nil)
				wantToken(t, x, "&organization="+acme, noToken)
			}
		})
	documented(t, "4.4", "organization_usage allow gives tokens without an organization and for "+
		"an associated one, but for no other",
		func(t *testing.T, x *tenant) {
			acme, globex := makeOrganization(x, "acme"), makeOrganization(x, "globex")
			x.Associate(acme, x.SampleGrant(`,"organization_usage":"allow"`))
			wantToken(t, x, "", nil)
			wantToken(t, x, "&organization="+acme, acme)
			wantToken(t, x, "&organization="+globex, noToken)
		})
	documented(t, "4.4", "organization_usage require refuses a request without an organization, "+
		"even if one is associated",
		func(t *testing.T, x *tenant) {
			acme := makeOrganization(x, "acme")
			x.Associate(acme, x.SampleGrant(`,"organization_usage":"require"`))
			wantToken(t, x, "", noToken)
			wantToken(t, x, "&organization="+acme, acme)
		})
	documented(t, "4.4", "organization_usage require uses the client's default organization if "+
		"it is associated",
		func(t *testing.T, x *tenant) {
			acme := makeOrganization(x, "acme")
			x.Associate(acme, x.SampleGrant(`,"organization_usage":"require"`))
			x.Must("PATCH", "/clients/ReferenceMachineClient0000000001",
				`{"default_organization":{"organization_id":"`+acme+
					`","flows":["client_credentials"]}}`)
			wantToken(t, x, "", acme)
		})
	documented(t, "4.4", "allow_any_organization permits every organization that exists",
		func(t *testing.T, x *tenant) {
			acme := makeOrganization(x, "acme")
			x.SampleGrant(`,"organization_usage":"require","allow_any_organization":true`)
			wantToken(t, x, "&organization="+acme, acme)
			wantToken(t, x, "&organization=org_none000000000000", noToken)
		})
	observed(t, "4.4", "a grant with allow_any_organization can still be associated",
		func(t *testing.T, x *tenant) {
			acme := makeOrganization(x, "acme")
			grant := x.SampleGrant(`,"organization_usage":"allow","allow_any_organization":true`)
			x.API(
				"POST", "/organizations/"+acme+"/client-grants", `{"grant_id":"`+grant+`"}`,
			).WantProperties(t, 201, `{"grant_id":"`+grant+`","allow_any_organization":true}`)
		})
}

func TestContract4OrganizationsOfAGrant(t *testing.T) {
	t.Parallel()
	observed(t, "4.8", "the organizations of a grant are listed as full organizations",
		func(t *testing.T, x *tenant) {
			acme, globex := makeOrganization(x, "acme"), makeOrganization(x, "globex")
			grant := x.SampleGrant(`,"organization_usage":"allow"`)
			x.Associate(acme, grant)
			shown := x.Must("GET", "/organizations/"+acme, "").Body
			x.API(
				"GET", "/client-grants/"+grant+"/organizations?include_totals=true", "",
			).WantJSON(t, 200, `{"organizations":[`+shown+`],"start":0,"limit":50,"total":1}`)
			if strings.Contains(shown, globex) || !strings.Contains(shown, `"name":"acme"`) ||
				!strings.Contains(shown, `"display_name":"ACME"`) {
				t.Errorf("the organization is %s", shown)
			}
		})
	observed(t, "4.8", "a grant without organizations has an empty list of them",
		func(t *testing.T, x *tenant) {
			makeOrganization(x, "acme")
			x.API(
				"GET", "/client-grants/"+x.SampleGrant("")+"/organizations?include_totals=true", "",
			).WantJSON(t, 200, `{"organizations":[],"start":0,"limit":50,"total":0}`)
		})
	observed(t, "4.8", "the organizations of a grant are paged by checkpoint; the last page has "+
		"no checkpoint",
		func(t *testing.T, x *tenant) {
			acme, globex := makeOrganization(x, "acme"), makeOrganization(x, "globex")
			grant := x.SampleGrant(`,"organization_usage":"allow"`)
			x.Associate(acme, grant)
			x.Associate(globex, grant)
			path := "/client-grants/" + grant + "/organizations"
			first := x.API("GET", path+"?take=1", "")
			next := first.Field(t, "next")
			first.WantJSON(t, 200,
				`{"organizations":[`+x.Must("GET", "/organizations/"+acme, "").Body+`],"next":"`+
					next+`"}`)
			x.API("GET", path+"?take=1&from="+next, "").WantJSON(t, 200,
				`{"organizations":[`+x.Must("GET", "/organizations/"+globex, "").Body+`]}`)
		})
	documented(t, "4.8", "listing the organizations of a grant that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/client-grants/cgr_none/organizations", "").WantProperties(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"The grant does not exist."}`)
		})
}
