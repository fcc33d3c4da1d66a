// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// newerOrganization has the properties that newer answers add to every organization.
const newerOrganization = `,"third_party_client_access":"block","is_app_entitlement_active":false}`

const noGrants = `{"client_grants":[],"start":0,"limit":50,"total":0}`

// grantsOfOrganization lists the grants of an organization.
func grantsOfOrganization(t *testing.T, x *tenant, organizationID, query string) []any {
	t.Helper()
	got := x.Must(
		"GET", "/organizations/"+organizationID+"/client-grants?include_totals=true"+query, "",
	)
	grants, ok := servertest.Properties(t, got.Body)["client_grants"].([]any)
	if !ok {
		t.Fatalf("no grants: %s", got.Body)
	}
	return grants
}

const acmeBody = `{"name":"acme","display_name":"Acme Inc."}`

const shownAcme = `{"id":"ORG_ID","name":"acme","display_name":"Acme Inc."` + newerOrganization

func TestContract5Organizations(t *testing.T) {
	t.Parallel()
	observed(t, "5.1", "creating an organization answers 201 with its id, name and display name",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/organizations", acmeBody).WantJSON(t, 201, shownAcme)
		})
	observed(t, "5.1", "the branding of an organization is returned as it was sent",
		func(t *testing.T, x *tenant) {
			const branding = `,"branding":{"logo_url":"https://acme.example.com/logo.png"}`
			x.API(
				"POST", "/organizations", `{"name":"acme","display_name":"Acme Inc."`+branding+`}`,
			).WantJSON(t, 201,
				`{"id":"ORG_ID","name":"acme","display_name":"Acme Inc."`+branding+
					newerOrganization)
		})
	documented(t, "5.1", "the metadata of an organization is returned as it was sent",
		func(t *testing.T, x *tenant) {
			const metadata = `,"metadata":{"region":"eu"}`
			x.API(
				"POST", "/organizations", `{"name":"acme","display_name":"Acme Inc."`+metadata+`}`,
			).WantJSON(t, 201,
				`{"id":"ORG_ID","name":"acme","display_name":"Acme Inc."`+metadata+
					newerOrganization)
		})
	observed(t, "5.1", "the default of is_app_entitlement_active is false",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/organizations", `{"name":"acme"}`).WantProperties(t, 201,
				`{"is_app_entitlement_active":false}`)
			x.API(
				"POST", "/organizations", `{"name":"other","is_app_entitlement_active":true}`,
			).WantProperties(t, 201, `{"is_app_entitlement_active":true}`)
		})
	observed(t, "5.1", "an organization is read by its id", func(t *testing.T, x *tenant) {
		id := x.Must("POST", "/organizations", acmeBody).Field(t, "id")
		x.API("GET", "/organizations/"+id, "").WantJSON(t, 200, shownAcme)
	})
	observed(t, "5.1", "an organization is read by its name under /organizations/name",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/organizations", acmeBody)
			x.API("GET", "/organizations/name/acme", "").WantJSON(t, 200, shownAcme)
		})
	observed(t, "5.1", "reading an organization that does not exist by its name is a 404 without "+
		"errorCode",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/organizations/name/acme", "").WantJSON(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}`)
		})
	observed(t, "5.1", "reading, changing or using an organization that does not exist by its id "+
		"is a 404 without errorCode",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/organizations/org_0000000000000000", "").WantJSON(t, 404, noOrganization)
			x.API("PATCH", "/organizations/org_0000000000000000", `{"display_name":"A"}`).
				WantJSON(t, 404, noOrganization)
			x.API("GET", "/organizations/org_0000000000000000/client-grants", "").WantJSON(t, 404,
				noParentOrganization)
		})
	observed(t, "5.1", "organizations are listed as an array, or as an object with totals if "+
		"include_totals is set",
		func(t *testing.T, x *tenant) {
			x.API("GET", "/organizations", "").WantJSON(t, 200, `[]`)
			x.Must("POST", "/organizations", acmeBody)
			x.API("GET", "/organizations", "").WantJSON(t, 200, `[`+shownAcme+`]`)
			x.API("GET", "/organizations?include_totals=true", "").WantJSON(t, 200,
				`{"organizations":[`+shownAcme+`],"start":0,"limit":50,"total":1}`)
		})
	documented(t, "5.1", "organizations are paged by offset and by checkpoint",
		func(t *testing.T, x *tenant) {
			for _, name := range []string{"a", "b", "c"} {
				x.Must("POST", "/organizations", `{"name":"`+name+`","display_name":"D"}`)
			}
			shown := func(name string) string {
				return `{"id":"ORG_ID","name":"` + name + `","display_name":"D"` + newerOrganization
			}
			x.API(
				"GET", "/organizations?per_page=2&page=1&include_totals=true", "",
			).WantJSON(t, 200, `{"organizations":[`+shown("c")+`],"start":2,"limit":2,"total":3}`)
			first := x.API("GET", "/organizations?take=2", "")
			next := first.Field(t, "next")
			first.WantJSON(t, 200,
				`{"organizations":[`+shown("a")+`,`+shown("b")+`],"next":"`+next+`"}`)
			x.API("GET", "/organizations?take=2&from="+next, "").WantJSON(t, 200,
				`{"organizations":[`+shown("c")+`]}`)
		})
	observed(t, "5.1", "the lists of connections and members are empty, in every paging style",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme")
			for _, name := range []string{"connections", "members"} {
				x.API("GET", path+"/"+name, "").Want(t, 200, `[]`)
				x.API("GET", path+"/"+name+"?include_totals=true", "").WantJSON(t, 200,
					`{"`+name+`":[],"start":0,"limit":50,"total":0}`)
				x.API(
					"GET", path+"/"+name+"?page=1&per_page=10&include_totals=true", "",
				).WantJSON(t, 200, `{"`+name+`":[],"start":10,"limit":10,"total":0}`)
				x.API("GET", path+"/"+name+"?take=10", "").Want(t, 200, `{"`+name+`":[]}`)
			}
		})
	documented(t, "5.1", "listing the connections or members of an organization that does not "+
		"exist is a 404",
		func(t *testing.T, x *tenant) {
			const path = "/organizations/org_0000000000000000"
			x.API("GET", path+"/connections", "").WantJSON(t, 404, noParentOrganization)
			x.API("GET", path+"/members", "").WantJSON(t, 404, noParentOrganization)
		})
	observed(t, "5.1", "changing an organization answers 200 with the whole object",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.Must("POST", "/organizations", acmeBody).Field(t, "id")
			const changed = `{"id":"ORG_ID","name":"acme","display_name":"Acme Ltd."` +
				newerOrganization
			x.API("PATCH", path, `{"display_name":"Acme Ltd."}`).WantJSON(t, 200, changed)
			x.API("GET", path, "").WantJSON(t, 200, changed)
		})
	observed(t, "5.1", "deleting an organization answers 204 and removes it",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.Must("POST", "/organizations", acmeBody).Field(t, "id")
			x.API("DELETE", path, "").Want(t, 204, "")
			x.API("GET", path, "").WantJSON(t, 404, noOrganization)
		})
	documented(t, "5.1", "the name of an organization is unique in the tenant",
		func(t *testing.T, x *tenant) {
			x.Must("POST", "/organizations", acmeBody)
			wantProblem(
				t, x.API("POST", "/organizations", acmeBody), 409,
				"An organization with this name already exists.",
			)
		})
	documented(t, "5.1", "the name of an organization has 1 to 50 lower-case letters, digits, "+
		"hyphens and underscores, and starts with a letter or digit",
		func(t *testing.T, x *tenant) {
			for _, name := range []string{"a", "0", "0-a_b", strings.Repeat("a", 50)} {
				x.API(
					"POST", "/organizations", `{"name":"`+name+`","display_name":"D"}`,
				).WantJSON(t, 201,
					`{"id":"ORG_ID","name":"`+name+`","display_name":"D"`+newerOrganization)
			}
			for _, name := range []string{
				"", "Acme", "-a", "_a", "a b", "ä", strings.Repeat("a", 51),
			} {
				wantInvalid(
					t, x.API("POST", "/organizations", `{"name":"`+name+`"}`), "on property name",
				)
			}
			wantInvalid(
				t, x.API("POST", "/organizations", `{"display_name":"D"}`),
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
			grant := x.SampleGrant(settings)
			x.API("POST", path, `{"grant_id":"`+grant+`"}`).WantJSON(t, 201,
				`{"grant_id":"`+grant+`",`+ofGrant+`}`)
		})
	observed(t, "5.2", "a grant with allow_any_organization can be associated",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme") + "/client-grants"
			grant := x.SampleGrant(
				`,"scope":[],"organization_usage":"allow","allow_any_organization":true`,
			)
			x.API("POST", path, `{"grant_id":"`+grant+`"}`).WantJSON(t, 201, `{"grant_id":"`+grant+
				`",`+
				`"client_id":"ReferenceMachineClient0000000001","audience":"https://sample-api.example.com","scope":[],`+
				`"organization_usage":"allow","allow_any_organization":true}`)
		})
	observed(t, "5.2", "the grants of an organization are listed in full, with the grant's id as "+
		"id",
		func(t *testing.T, x *tenant) {
			org := x.AddOrganization("acme")
			path := "/organizations/" + org + "/client-grants?include_totals=true"
			x.API("GET", path, "").WantJSON(t, 200, noGrants)
			x.Associate(org, x.SampleGrant(settings))
			x.API("GET", path, "").WantJSON(t, 200,
				`{"client_grants":[`+listed+`],"start":0,"limit":50,"total":1}`)
		})
	documented(t, "5.2", "the grants of an organization are paged by offset",
		func(t *testing.T, x *tenant) {
			org := x.AddOrganization("acme")
			x.Associate(org, x.SampleGrant(`,"subject_type":"user"`))
			x.Associate(org, x.SampleGrant(settings))
			x.API(
				"GET", "/organizations/"+org+"/client-grants?include_totals=true&per_page=1&page=1",
				"",
			).WantJSON(t, 200, `{"client_grants":[`+listed+`],"start":1,"limit":1,"total":2}`)
		})
	documented(t, "5.2", "the grants of an organization can be filtered by audience, by client "+
		"and by up to ten grant ids",
		func(t *testing.T, x *tenant) {
			org := x.AddOrganization("acme")
			x.Must("POST", "/resource-servers", `{"identifier":"urn:b"}`)
			first := x.SampleGrant("")
			second := x.Must(
				"POST",
				"/client-grants",
				`{"client_id":"ReferenceWebClient00000000000001","audience":"urn:b"}`,
			).Field(t, "id")
			x.Associate(org, first)
			x.Associate(org, second)
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
			if got := x.API(
				"GET", "/organizations/"+org+"/client-grants?"+strings.Join(eleven, "&"), "",
			); got.Status != 400 {
				t.Errorf("eleven ids: %d %s", got.Status, got.Body)
			}
		})
	observed(t, "5.2",
		"removing a grant from an organization answers 204 and does not delete "+
			"the grant",
		func(t *testing.T, x *tenant) {
			org, grant := x.AddOrganization("acme"), x.SampleGrant(settings)
			x.Associate(org, grant)
			x.API("DELETE", "/organizations/"+org+"/client-grants/"+grant, "").Want(t, 204, "")
			x.API("GET", "/organizations/"+org+"/client-grants?include_totals=true", "").
				WantJSON(t, 200, noGrants)
			x.API("GET", "/client-grants/"+grant, "").WantJSON(t, 200, listed)
		})
	assumed(t, "5.2", "removing a grant from an organization that it is not associated with "+
		"answers 204",
		func(t *testing.T, x *tenant) {
			x.API(
				"DELETE",
				"/organizations/"+x.AddOrganization("acme")+"/client-grants/"+x.SampleGrant(""),
				"",
			).Want(t, 204, "")
		})
	documented(t, "5.2", "removing a grant from an organization that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			x.API(
				"DELETE",
				"/organizations/org_0000000000000000/client-grants/"+x.SampleGrant(""), "",
			).WantJSON(t, 404, noParentOrganization)
		})
	documented(t, "5.2", "associating a grant is a 404 if the grant or the organization does not "+
		"exist",
		func(t *testing.T, x *tenant) {
			x.API(
				"POST", "/organizations/"+x.AddOrganization("acme")+"/client-grants",
				`{"grant_id":"cgr_0000000000000000"}`,
			).WantJSON(t, 404,
				`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`)
			x.API(
				"POST", "/organizations/org_0000000000000000/client-grants",
				`{"grant_id":"`+x.SampleGrant("")+`"}`,
			).WantJSON(t, 404, noParentOrganization)
		})
	documented(t, "5.2", "associating a grant twice is a 409", func(t *testing.T, x *tenant) {
		org, grant := x.AddOrganization("acme"), x.SampleGrant("")
		x.Associate(org, grant)
		wantProblem(t, x.API(
			"POST", "/organizations/"+org+"/client-grants", `{"grant_id":"`+grant+`"}`,
		), 409,
			"The client grant has already been added to this organization.")
	})
	documented(t, "5.2", "an organization can have at most 100 grants",
		func(t *testing.T, x *tenant) {
			org := x.AddOrganization("acme")
			grantOf := func(i int, subject string) string {
				return x.Must("POST", "/client-grants", fmt.Sprintf(
					`{"client_id":"ReferenceMachineClient0000000001","audience":"urn:%d","subject_type":"%s"}`,
					i,
					subject,
				)).Field(t, "id")
			}
			for i := range 51 {
				x.Must("POST", "/resource-servers", fmt.Sprintf(`{"identifier":"urn:%d"}`, i))
			}
			for i := range 50 {
				x.Associate(org, grantOf(i, "client"))
				x.Associate(org, grantOf(i, "user"))
			}
			wantProblem(t, x.API(
				"POST", "/organizations/"+org+"/client-grants",
				`{"grant_id":"`+grantOf(50, "client")+`"}`,
			), 409,
				"Quota exceeded; cannot add more than 100 client grants to a single organization")
		})
	assumed(t, "5.2", "a grant that denies organizations can be associated",
		func(t *testing.T, x *tenant) {
			path := "/organizations/" + x.AddOrganization("acme") + "/client-grants"
			for _, grant := range []string{
				x.SampleGrant(""),
				x.SampleGrant(`,"subject_type":"user","organization_usage":"deny"`),
			} {
				got := x.API("POST", path, `{"grant_id":"`+grant+`"}`)
				if got.Status != 201 || got.Field(t, "grant_id") != grant {
					t.Errorf("got %d %s", got.Status, got.Body)
				}
			}
		})
}
