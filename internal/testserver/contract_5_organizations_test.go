// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newerOrganization is what newer answers show of every organization.
const newerOrganization = `,"third_party_client_access":"block","is_app_entitlement_active":false}`

const noGrants = `{"client_grants":[],"start":0,"limit":50,"total":0}`

// grantsOfOrganization are those of an organization.
func grantsOfOrganization(t *testing.T, x *tenant, organizationID, query string) []any {
	t.Helper()
	got := x.must(
		"GET", "/organizations/"+organizationID+"/client-grants?include_totals=true"+query, "",
	)
	grants, ok := properties(t, got.body)["client_grants"].([]any)
	if !ok {
		t.Fatalf("no grants: %s", got.body)
	}
	return grants
}

const acmeBody = `{"name":"acme","display_name":"Acme Inc."}`

const shownAcme = `{"id":"ORG_ID","name":"acme","display_name":"Acme Inc."` + newerOrganization

func TestContract5Organizations(t *testing.T) {
	t.Parallel()
	observed(t, "5.1", "creating an organization answers 201 with its id, name and display name",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.api("POST", "/organizations", acmeBody), 201, shownAcme)
		})
	observed(t, "5.1", "the branding of an organization comes back as it was sent",
		func(t *testing.T, x *tenant) {
			const branding = `,"branding":{"logo_url":"https://acme.example.com/logo.png"}`
			wantJSON(t, x.api(
				"POST", "/organizations", `{"name":"acme","display_name":"Acme Inc."`+branding+`}`,
			), 201,
				`{"id":"ORG_ID","name":"acme","display_name":"Acme Inc."`+branding+
					newerOrganization)
		})
	documented(t, "5.1", "the metadata of an organization comes back as it was sent",
		func(t *testing.T, x *tenant) {
			const metadata = `,"metadata":{"region":"eu"}`
			wantJSON(t, x.api(
				"POST", "/organizations", `{"name":"acme","display_name":"Acme Inc."`+metadata+`}`,
			), 201,
				`{"id":"ORG_ID","name":"acme","display_name":"Acme Inc."`+metadata+
					newerOrganization)
		})
	observed(t, "5.1", "is_app_entitlement_active is false unless true is sent",
		func(t *testing.T, x *tenant) {
			wantProperties(t, x.api("POST", "/organizations", `{"name":"acme"}`), 201,
				`{"is_app_entitlement_active":false}`)
			wantProperties(t, x.api(
				"POST", "/organizations", `{"name":"other","is_app_entitlement_active":true}`,
			), 201, `{"is_app_entitlement_active":true}`)
		})
	observed(t, "5.1", "an organization is read by its id", func(t *testing.T, x *tenant) {
		id := field(t, x.must("POST", "/organizations", acmeBody).body, "id")
		wantJSON(t, x.api("GET", "/organizations/"+id, ""), 200, shownAcme)
	})
	observed(t, "5.1", "an organization is read by its name under /organizations/name",
		func(t *testing.T, x *tenant) {
			x.must("POST", "/organizations", acmeBody)
			wantJSON(t, x.api("GET", "/organizations/name/acme", ""), 200, shownAcme)
		})
	observed(t, "5.1", "an organization that does not exist is a 404 without errorCode when it "+
		"is read by its name",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.api("GET", "/organizations/name/acme", ""), 404,
				`{"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}`)
		})
	observed(t, "5.1", "an organization that does not exist is a 404 without errorCode when it "+
		"is read, changed or used by its id",
		func(t *testing.T, x *tenant) {
			wantJSON(
				t, x.api("GET", "/organizations/org_0000000000000000", ""), 404, noOrganization,
			)
			wantJSON(
				t, x.api("PATCH", "/organizations/org_0000000000000000", `{"display_name":"A"}`),
				404, noOrganization,
			)
			wantJSON(
				t, x.api("GET", "/organizations/org_0000000000000000/client-grants", ""), 404,
				noParentOrganization,
			)
		})
	observed(t, "5.1", "organizations are listed as a bare array, or with totals when they are "+
		"asked for",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.api("GET", "/organizations", ""), 200, `[]`)
			x.must("POST", "/organizations", acmeBody)
			wantJSON(t, x.api("GET", "/organizations", ""), 200, `[`+shownAcme+`]`)
			wantJSON(t, x.api("GET", "/organizations?include_totals=true", ""), 200,
				`{"organizations":[`+shownAcme+`],"start":0,"limit":50,"total":1}`)
		})
	documented(t, "5.1", "organizations are paged by offset and by checkpoint",
		func(t *testing.T, x *tenant) {
			for _, name := range []string{"a", "b", "c"} {
				x.must("POST", "/organizations", `{"name":"`+name+`","display_name":"D"}`)
			}
			shown := func(name string) string {
				return `{"id":"ORG_ID","name":"` + name + `","display_name":"D"` + newerOrganization
			}
			wantJSON(t, x.api(
				"GET", "/organizations?per_page=2&page=1&include_totals=true", "",
			), 200,
				`{"organizations":[`+shown("c")+`],"start":2,"limit":2,"total":3}`)
			first := x.api("GET", "/organizations?take=2", "")
			next := field(t, first.body, "next")
			wantJSON(
				t, first, 200,
				`{"organizations":[`+shown("a")+`,`+shown("b")+`],"next":"`+next+`"}`,
			)
			wantJSON(
				t, x.api("GET", "/organizations?take=2&from="+next, ""), 200,
				`{"organizations":[`+shown("c")+`]}`,
			)
		})
	observed(t, "5.1", "an organization without connections or members answers empty lists in "+
		"the usual paging styles",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme")
			for _, name := range []string{"connections", "members"} {
				want(t, x.api("GET", path+"/"+name, ""), 200, `[]`)
				wantJSON(t, x.api("GET", path+"/"+name+"?include_totals=true", ""), 200,
					`{"`+name+`":[],"start":0,"limit":50,"total":0}`)
				wantJSON(t, x.api(
					"GET", path+"/"+name+"?page=1&per_page=10&include_totals=true", "",
				), 200, `{"`+name+`":[],"start":10,"limit":10,"total":0}`)
				want(t, x.api("GET", path+"/"+name+"?take=10", ""), 200, `{"`+name+`":[]}`)
			}
		})
	documented(t, "5.1", "the connections and members of a missing organization are a 404",
		func(t *testing.T, x *tenant) {
			const path = "/organizations/org_0000000000000000"
			wantJSON(t, x.api("GET", path+"/connections", ""), 404, noParentOrganization)
			wantJSON(t, x.api("GET", path+"/members", ""), 404, noParentOrganization)
		})
	observed(t, "5.1", "changing an organization answers 200 with the whole object",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + field(
				t, x.must("POST", "/organizations", acmeBody).body, "id",
			)
			const changed = `{"id":"ORG_ID","name":"acme","display_name":"Acme Ltd."` +
				newerOrganization
			wantJSON(t, x.api("PATCH", path, `{"display_name":"Acme Ltd."}`), 200, changed)
			wantJSON(t, x.api("GET", path, ""), 200, changed)
		})
	observed(t, "5.1", "deleting an organization answers 204, and it is gone",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + field(
				t, x.must("POST", "/organizations", acmeBody).body, "id",
			)
			want(t, x.api("DELETE", path, ""), 204, "")
			wantJSON(t, x.api("GET", path, ""), 404, noOrganization)
		})
	documented(t, "5.1", "the name of an organization is unique in the tenant",
		func(t *testing.T, x *tenant) {
			x.must("POST", "/organizations", acmeBody)
			wantProblem(
				t, x.api("POST", "/organizations", acmeBody), 409,
				"An organization with this name already exists.",
			)
		})
	documented(t, "5.1", "an organization's name is 1 to 50 lower case letters, digits, hyphens "+
		"and underscores, the first a letter or digit",
		func(t *testing.T, x *tenant) {
			for _, name := range []string{"a", "0", "0-a_b", strings.Repeat("a", 50)} {
				wantJSON(t, x.api(
					"POST", "/organizations", `{"name":"`+name+`","display_name":"D"}`,
				), 201,
					`{"id":"ORG_ID","name":"`+name+`","display_name":"D"`+newerOrganization)
			}
			for _, name := range []string{
				"", "Acme", "-a", "_a", "a b", "ä", strings.Repeat("a", 51),
			} {
				wantInvalid(
					t, x.api("POST", "/organizations", `{"name":"`+name+`"}`), "on property name",
				)
			}
			wantInvalid(
				t, x.api("POST", "/organizations", `{"display_name":"D"}`),
				"Missing required property: name",
			)
		})
}

func TestContract5OrganizationClientGrants(t *testing.T) {
	t.Parallel()
	const settings = `,"scope":["read:orders"],"organization_usage":"allow","allow_any_organization":false`
	const ofGrant = `"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com"` + settings
	const listed = `{"id":"CGR_ID",` + ofGrant + `,"subject_type":"client"}`

	observed(t, "5.2", "associating a grant with an organization answers 201 with the grant's id "+
		"as grant_id",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme") + "/client-grants"
			grant := x.sampleGrant(settings)
			wantJSON(
				t, x.api("POST", path, `{"grant_id":"`+grant+`"}`), 201,
				`{"grant_id":"`+grant+`",`+ofGrant+`}`,
			)
		})
	observed(t, "5.2", "a grant that allows any organization can be associated all the same",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme") + "/client-grants"
			grant := x.sampleGrant(
				`,"scope":[],"organization_usage":"allow","allow_any_organization":true`,
			)
			wantJSON(t, x.api("POST", path, `{"grant_id":"`+grant+`"}`), 201, `{"grant_id":"`+grant+
				`",`+
				`"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com","scope":[],`+
				`"organization_usage":"allow","allow_any_organization":true}`)
		})
	observed(t, "5.2", "the grants of an organization are listed in full, with their id as id",
		func(t *testing.T, x *tenant) {
			org := x.AddOrganization("acme")
			path := "/organizations/" + org + "/client-grants?include_totals=true"
			wantJSON(t, x.api("GET", path, ""), 200, noGrants)
			x.associate(org, x.sampleGrant(settings))
			wantJSON(
				t, x.api("GET", path, ""), 200,
				`{"client_grants":[`+listed+`],"start":0,"limit":50,"total":1}`,
			)
		})
	documented(t, "5.2", "the grants of an organization are paged by offset",
		func(t *testing.T, x *tenant) {
			org := x.AddOrganization("acme")
			x.associate(org, x.sampleGrant(`,"subject_type":"user"`))
			x.associate(org, x.sampleGrant(settings))
			wantJSON(t, x.api(
				"GET", "/organizations/"+org+"/client-grants?include_totals=true&per_page=1&page=1",
				"",
			), 200,
				`{"client_grants":[`+listed+`],"start":1,"limit":1,"total":2}`)
		})
	documented(t, "5.2", "the grants of an organization are filtered by audience, by client and "+
		"by the ids of up to ten grants",
		func(t *testing.T, x *tenant) {
			org := x.AddOrganization("acme")
			x.must("POST", "/resource-servers", `{"identifier":"urn:b"}`)
			first := x.sampleGrant("")
			second := field(t, x.must("POST", "/client-grants",
				`{"client_id":"ReferenceWebClient00000000000001","audience":"urn:b"}`).body, "id")
			x.associate(org, first)
			x.associate(org, second)
			for query, ids := range map[string][]any{
				"audience=urn:b": {second},
				"client_id=ReferenceMachineClient0000000001":                {first},
				"audience=urn:b&client_id=ReferenceMachineClient0000000001": nil,
				"grant_ids=" + first:                          {first},
				"grant_ids=" + first + "&grant_ids=" + second: {first, second},
				"grant_ids=cgr_0000000000000000":              nil,
			} {
				var found []any
				for _, one := range grantsOfOrganization(t, x, org, "&"+query) {
					found = append(found, one.(map[string]any)["id"])
				}
				if !cmp.Equal(found, ids) {
					t.Errorf("%s: found %v, want %v", query, found, ids)
				}
			}
			var eleven []string
			for i := range 11 {
				eleven = append(eleven, fmt.Sprintf("grant_ids=cgr_%016d", i))
			}
			if got := x.api(
				"GET", "/organizations/"+org+"/client-grants?"+strings.Join(eleven, "&"), "",
			); got.status != 400 {
				t.Errorf("eleven ids: %d %s", got.status, got.body)
			}
		})
	observed(t, "5.2",
		"taking a grant from an organization answers 204, and the grant itself stays",
		func(t *testing.T, x *tenant) {
			org, grant := x.AddOrganization("acme"), x.sampleGrant(settings)
			x.associate(org, grant)
			want(t, x.api("DELETE", "/organizations/"+org+"/client-grants/"+grant, ""), 204, "")
			wantJSON(
				t, x.api("GET", "/organizations/"+org+"/client-grants?include_totals=true", ""),
				200, noGrants,
			)
			wantJSON(t, x.api("GET", "/client-grants/"+grant, ""), 200, listed)
		})
	assumed(t, "5.2", "taking a grant from an organization that does not have it answers 204",
		func(t *testing.T, x *tenant) {
			want(
				t,
				x.api(
					"DELETE",
					"/organizations/"+x.AddOrganization("acme")+"/client-grants/"+x.sampleGrant(""),
					"",
				),
				204, "",
			)
		})
	documented(t, "5.2", "taking a grant from an organization that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			wantJSON(
				t,
				x.api(
					"DELETE",
					"/organizations/org_0000000000000000/client-grants/"+x.sampleGrant(""), "",
				),
				404, noParentOrganization,
			)
		})
	documented(t, "5.2", "associating a grant or an organization that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.api(
				"POST", "/organizations/"+x.AddOrganization("acme")+"/client-grants",
				`{"grant_id":"cgr_0000000000000000"}`,
			), 404,
				`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`)
			wantJSON(t, x.api(
				"POST", "/organizations/org_0000000000000000/client-grants",
				`{"grant_id":"`+x.sampleGrant("")+`"}`,
			), 404,
				noParentOrganization)
		})
	documented(t, "5.2", "associating a grant twice is a 409", func(t *testing.T, x *tenant) {
		org, grant := x.AddOrganization("acme"), x.sampleGrant("")
		x.associate(org, grant)
		wantProblem(t, x.api(
			"POST", "/organizations/"+org+"/client-grants", `{"grant_id":"`+grant+`"}`,
		), 409,
			"The client grant has already been added to this organization.")
	})
	documented(t, "5.2", "an organization takes 100 grants", func(t *testing.T, x *tenant) {
		org := x.AddOrganization("acme")
		grantOf := func(i int, subject string) string {
			return field(t, x.must("POST", "/client-grants", fmt.Sprintf(
				`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:%d","subject_type":"%s"}`, i, subject)).body, "id")
		}
		for i := range 51 {
			x.must("POST", "/resource-servers", fmt.Sprintf(`{"identifier":"urn:%d"}`, i))
		}
		for i := range 50 {
			x.associate(org, grantOf(i, "client"))
			x.associate(org, grantOf(i, "user"))
		}
		wantProblem(t, x.api(
			"POST", "/organizations/"+org+"/client-grants",
			`{"grant_id":"`+grantOf(50, "client")+`"}`,
		), 409,
			"Quota exceeded; cannot add more than 100 client grants to a single organization")
	})
	assumed(t, "5.2", "a grant that denies organizations can be associated",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme") + "/client-grants"
			for _, grant := range []string{
				x.sampleGrant(""),
				x.sampleGrant(`,"subject_type":"user","organization_usage":"deny"`),
			} {
				got := x.api("POST", path, `{"grant_id":"`+grant+`"}`)
				if got.status != 201 || field(t, got.body, "grant_id") != grant {
					t.Errorf("got %d %s", got.status, got.body)
				}
			}
		})
}
