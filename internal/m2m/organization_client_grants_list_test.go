// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	twoOrganizations = `{"organizations":[{"id":"org_Acme","name":"acme"},
		{"id":"org_Gone","name":"gone"}]}`
	twoOfAcme = `{"client_grants":[
		{"id":"cgr_Orders","client_id":"abc","audience":"urn:orders","subject_type":"user"},
		{"id":"cgr_Default","default_for":"third_party_clients","audience":"urn:stock"}],
		"start":0,"limit":100,"total":2}`
	listQuery = "include_totals=true&page=0&per_page=100"
)

func TestOrganizationClientGrantList(t *testing.T) {
	t.Parallel()
	orders := ListedOrganizationClientGrant{acmeOrders, "acme", "abc", "urn:orders", "user"}
	standard := ListedOrganizationClientGrant{
		OrganizationClientGrant{"org_Acme", "cgr_Default"},
		"acme", "third_party_clients",
		"urn:stock", "",
	}
	unnamed := orders
	unnamed.OrganizationName = ""
	for name, c := range map[string]struct {
		filter  OrganizationClientGrantFilter
		answers []string
		sent    []string
		want    []ListedOrganizationClientGrant
	}{
		// An organization that was deleted since its page was read has no associations.
		"all": {
			answers: []string{twoOrganizations, twoOfAcme, noAcme},
			sent: []string{
				"GET /api/v2/organizations?take=100", "GET " + acmeGrants + "?" + listQuery,
				"GET /api/v2/organizations/org_Gone/client-grants?" + listQuery,
			},
			want: []ListedOrganizationClientGrant{orders, standard},
		},
		"an answer that ignores the filter": {
			filter: OrganizationClientGrantFilter{
				OrganizationID: "org_Acme", GrantID: "cgr_Orders", Audience: "urn:orders",
				ClientID: "abc",
			},
			answers: []string{twoOfAcme},
			sent: []string{
				"GET " + acmeGrants + "?audience=urn%3Aorders&client_id=abc&grant_ids=cgr_Orders&" +
					listQuery,
			},
			want: []ListedOrganizationClientGrant{unnamed},
		},
		"of a grant": {
			filter:  OrganizationClientGrantFilter{GrantID: "cgr_Orders"},
			answers: []string{`{"organizations":[{"id":"org_Acme","name":"acme"}]}`},
			sent:    []string{ordersOrgs},
			want: []ListedOrganizationClientGrant{{
				OrganizationClientGrant: acmeOrders, OrganizationName: "acme",
			}},
		},
	} {
		var answers []http.HandlerFunc
		for _, answer := range c.answers {
			status := http.StatusOK
			if answer == noAcme {
				status = http.StatusNotFound
			}
			answers = append(answers, reply(status, answer))
		}
		s := script(t, answers...)
		got, err := collect(client(t, s).OrganizationClientGrants.All(t.Context(), c.filter))
		var sent []string
		for _, a := range s.Arrived() {
			sent = append(sent, a.String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if diff := cmp.Diff(c.sent, sent); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", name, diff)
		}
	}
}
