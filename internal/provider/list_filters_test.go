// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestResourceServerList_filter(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.ManyAPIs(12)
	p := protocol.Configured(t, n.Env())
	const paging = "include_totals=true&page=0&per_page=100"
	list := func(count int) string {
		identifiers := []string{"urn:api:000"} // Duplicate.
		for i := range count {
			identifiers = append(identifiers, fmt.Sprintf("urn:api:%03d", i))
		}
		config, err := json.Marshal(map[string]any{"identifiers": identifiers})
		if err != nil {
			t.Fatal(err)
		}
		return string(config)
	}
	var ten, eleven []string
	for i := range 11 {
		eleven = append(eleven, fmt.Sprintf("urn:api:%03d", i))
	}
	ten = eleven[:10]
	firstTen := "GET resource-servers?identifiers=" + strings.Join(ten, "&identifiers=") + "&" +
		paging
	for _, c := range []struct {
		query       query
		want, calls []string
	}{
		{
			query{config: `{"identifiers":["urn:api:001"]}`},
			[]string{"urn:api:001"},
			[]string{"GET resource-servers?identifiers=urn:api:001&" + paging},
		},
		{
			query{config: `{"identifiers":["urn:nobody"]}`},
			[]string{},
			[]string{"GET resource-servers?identifiers=urn:nobody&" + paging},
		},
		{query{config: `{"identifiers":[]}`}, []string{}, nil},
		{
			query{config: list(11)},
			eleven,
			[]string{firstTen, "GET resource-servers?identifiers=urn:api:010&" + paging},
		},
		{query{config: list(11), limit: 10}, ten, []string{firstTen}},
	} {
		n.ForgetRequests()
		c.query.typeName = "m2m_resource_server"
		got := c.query.names(t, p)
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query.config, diff)
		}
		n.Expect(acctest.Requests(c.calls...)).Now()
	}
}

func TestClientGrantList_filters(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	n.AddGrant(`,"scope":["read:orders"]`)
	n.AddGrant(`,"subject_type":"user","organization_usage":"allow","allow_any_organization":true`)
	n.Create("/api/v2/client-grants", fmt.Sprintf(
		`{"default_for":"third_party_clients","audience":%q}`, testserver.SampleAPIAudience,
	))
	p := protocol.Configured(t, n.Env())
	const (
		machine  = testserver.MachineClientID + " for " + testserver.SampleAPIAudience
		user     = machine + " (user)"
		standard = "third_party_clients for " + testserver.SampleAPIAudience
	)
	for filter, c := range map[string]struct {
		query string
		want  []string
	}{
		`"client_id":"` + testserver.MachineClientID + `"`: {
			"client_id=" + testserver.MachineClientID + "&", []string{machine, user},
		},
		`"audience":"` + testserver.SampleAPIAudience + `"`: {
			"audience=" + testserver.SampleAPIAudience + "&", []string{machine, user, standard},
		},
		`"subject_type":"user"`:         {"subject_type=user&", []string{user}},
		`"allow_any_organization":true`: {"allow_any_organization=true&", []string{user}},
		`"default_for":"third_party_clients"`: {
			"default_for=third_party_clients&", []string{standard},
		},
		`"audience":"urn:nobody"`: {"audience=urn:nobody&", []string{}},
		`"subject_type":"client","default_for":"third_party_clients"`: {
			"default_for=third_party_clients&subject_type=client&", []string{standard},
		},
		`"client_id":null,"subject_type":"user","audience":"urn:nobody"`: {
			"audience=urn:nobody&subject_type=user&", []string{},
		},
	} {
		n.ForgetRequests()
		if diff := cmp.Diff(
			c.want,
			query{typeName: "m2m_client_grant", config: "{" + filter + "}", limit: 100}.names(t, p),
		); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
		n.Expect(acctest.Requests("GET client-grants?" + c.query + "take=100")).Now()
	}
}
