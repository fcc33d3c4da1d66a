// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// partList is a query for parts of objects, with what it finds and sends.
type partList struct {
	config      string
	limit       int64
	want, calls []string
}

func (l partList) check(t *testing.T, n *acctest.Tenant, typeName string) {
	t.Helper()
	p := protocol.Configured(t, n.Env())
	n.ForgetRequests()
	got := query{typeName: typeName, config: l.config, limit: l.limit}.names(t, p)
	if diff := cmp.Diff(l.want, got); diff != "" {
		t.Errorf("%s, limit %d (-want +got):\n%s", l.config, l.limit, diff)
	}
	n.Expect(acctest.Requests(l.calls...)).Now()
}

func TestResourceServerScopeList_filters(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	for i := range 101 {
		n.Create("/api/v2/resource-servers", fmt.Sprintf(
			`{"identifier":"urn:%03d","scopes":[{"value":"read:it"},{"value":"Read:it"}]}`, i,
		))
	}
	const (
		paging = "include_totals=true&page=0&per_page=100"
		all    = "GET resource-servers?" + paging
		second = "GET resource-servers?include_totals=true&page=1&per_page=100"
		sample = testserver.SampleAPIAudience
	)
	system := n.Issuer() + "/api/v2/"
	var last []string
	for i := range 101 {
		last = append(last, fmt.Sprintf("Read:it of urn:%03d", i))
	}
	for _, l := range []partList{
		{
			`{"resource_server_identifier":"urn:007"}`, 100,
			[]string{"read:it of urn:007", "Read:it of urn:007"},
			[]string{"GET resource-servers?identifiers=urn:007&" + paging},
		},
		{
			`{"resource_server_identifier":"urn:007","scope_prefix":"read:"}`, 100,
			[]string{"read:it of urn:007"},
			[]string{"GET resource-servers?identifiers=urn:007&" + paging},
		},
		{
			`{"resource_server_identifier":"urn:nobody"}`, 100,
			[]string{},
			[]string{"GET resource-servers?identifiers=urn:nobody&" + paging},
		},
		{ // Scopes of system APIs cannot be managed.
			`{"resource_server_identifier":"` + system + `"}`, 100,
			[]string{},
			[]string{"GET resource-servers?identifiers=" + system + "&" + paging},
		},
		{
			"", 3,
			[]string{"read:orders of " + sample, "write:orders of " + sample, "read:it of urn:000"},
			[]string{all},
		},
		{`{"scope_prefix":"Read:"}`, 98, last[:98], []string{all}},
		{`{"scope_prefix":"Read:"}`, 99, last[:99], []string{all, second}},
		{`{"scope_prefix":"Read:"}`, 0, last, []string{all, second}},
		{`{"scope_prefix":"nothing"}`, 100, []string{}, []string{all, second}},
	} {
		l.check(t, n, "m2m_resource_server_scope")
	}
}

func TestOrganizationClientGrantList_filters(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.ManyAPIs(1)
	acme, globex := n.AddOrganization("acme"), n.AddOrganization("globex")
	sample := n.AddOrganizationGrant("client")
	other := n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":"urn:api:000","organization_usage":"allow"}`,
		testserver.WebClientID,
	))
	n.Associate(acme, sample)
	n.Associate(acme, other)
	n.Associate(globex, other)
	const (
		toSample = testserver.MachineClientID + " for " + testserver.SampleAPIAudience
		toOther  = testserver.WebClientID + " for urn:api:000"
		paging   = "include_totals=true&page=0&per_page=100"
		every    = "GET organizations?take=100"
	)
	of := func(organization, filter string) string {
		return "GET organizations/" + organization + "/client-grants?" + filter + paging
	}
	for _, l := range []partList{
		{
			"", 100,
			[]string{toSample + " in acme", toOther + " in acme", toOther + " in globex"},
			[]string{every, of(acme, ""), of(globex, "")},
		},
		{"", 2, []string{toSample + " in acme", toOther + " in acme"}, []string{every, of(acme, "")}},
		{
			`{"organization_id":"` + acme + `"}`, 100,
			[]string{toSample + " in " + acme, toOther + " in " + acme},
			[]string{of(acme, "")},
		},
		{
			`{"organization_id":"` + acme + `","audience":"urn:api:000"}`, 100,
			[]string{toOther + " in " + acme},
			[]string{of(acme, "audience=urn:api:000&")},
		},
		{
			`{"organization_id":"` + globex + `","grant_id":"` + sample + `"}`, 100,
			[]string{},
			[]string{of(globex, "grant_ids="+sample+"&")},
		},
		{
			`{"client_id":"` + testserver.MachineClientID + `"}`, 100,
			[]string{toSample + " in acme"},
			[]string{
				every, of(acme, "client_id="+testserver.MachineClientID+"&"),
				of(globex, "client_id="+testserver.MachineClientID+"&"),
			},
		},
		{
			`{"grant_id":"` + other + `"}`, 100,
			[]string{other + " in acme", other + " in globex"},
			[]string{"GET client-grants/" + other + "/organizations?take=100"},
		},
	} {
		l.check(t, n, "m2m_organization_client_grant")
	}
}

// What a list by id must find does not exist.
func TestOrganizationClientGrantList_missing(t *testing.T) {
	t.Parallel()
	p := protocol.Configured(t, acctest.NewTenant(t).Env())
	for filter, want := range map[string]string{
		`{"organization_id":"org_Nobody"}`: `organization "org_Nobody": 404 Not Found: No ` +
			"organization found by that id",
		`{"grant_id":"cgr_Nobody"}`: `client grant "cgr_Nobody": 404 Not Found ` +
			"(inexistent_client_grant)",
	} {
		results := slices.Collect(query{
			typeName: "m2m_organization_client_grant", config: filter, limit: 100,
		}.stream(t.Context(), t, p).Results)
		if len(results) != 1 || len(results[0].Diagnostics) != 1 ||
			results[0].Diagnostics[0].Summary != "Unable to list organization client grants" ||
			!strings.Contains(
				results[0].Diagnostics[0].Detail,
				"The API answered for the list of associations of the "+want,
			) {
			t.Errorf("%s: %+v", filter, results[0].Diagnostics)
		}
	}
}

// An error in the middle is the last result.
func TestPartLists_laterError(t *testing.T) {
	t.Parallel()
	for typeName, c := range map[string]struct {
		route, summary string
		complete       int
	}{
		"m2m_resource_server_scope": {
			"GET /api/v2/resource-servers", "Unable to list scopes of resource servers", 198,
		},
		"m2m_organization_client_grant": {
			"GET /api/v2/organizations/{id}/client-grants",
			"Unable to list organization client grants", 1,
		},
	} {
		n := acctest.NewTenant(t)
		grant := n.AddOrganizationGrant("client")
		n.Associate(n.AddOrganization("acme"), grant)
		n.Associate(n.AddOrganization("globex"), grant)
		for i := range 100 { // The first page also has the sample API and a system API.
			n.Create("/api/v2/resource-servers", fmt.Sprintf(
				`{"identifier":"urn:%03d","scopes":[{"value":"a"},{"value":"b"}]}`, i,
			))
		}
		got := 0
		for result := range (query{typeName: typeName, limit: 1000}).stream(
			t.Context(), t, protocol.Configured(t, n.Env()),
		).Results {
			if len(result.Diagnostics) == 0 {
				if got++; got == 1 {
					n.Next(c.route, testserver.Refuse(http.StatusForbidden))
				}
				continue
			}
			if got != c.complete || result.Identity != nil ||
				result.Diagnostics[0].Summary != c.summary {
				t.Errorf("%s: after %d results: %+v", typeName, got, result)
			}
			got = 0 // Nothing follows an error.
		}
		if got != 0 {
			t.Errorf("%s: %d results, and no error at the end", typeName, got)
		}
	}
}
