// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const (
	acmeJSON = `{"id":"org_Acme","name":"acme","display_name":"Acme Inc.",
 "branding":{"logo_url":"https://acme.example.com/logo.png","colors":{"primary":"#0a0b0c"}},
 "metadata":{"tier":"gold"},"third_party_client_access":"block","is_app_entitlement_active":false,"unheard_of":1}`
	noOrganization = `{"statusCode":404,"error":"Not Found","message":"No organization found by that id or name"}`
)

func TestOrganizations_everyPropertyIsRead(t *testing.T) {
	t.Parallel()
	want := Organization{
		ID: "org_Acme", Name: "acme", DisplayName: new("Acme Inc."),
		Branding: &OrganizationBranding{
			LogoURL: new("https://acme.example.com/logo.png"),
			Colors:  map[string]string{"primary": "#0a0b0c"},
		},
		Metadata:               map[string]string{"tier": "gold"},
		ThirdPartyClientAccess: new("block"), IsAppEntitlementActive: new(false),
	}
	s := script(t, reply(200, acmeJSON), reply(200, acmeJSON), reply(
		200, `{"organizations":[`+acmeJSON+`,{"id":"org_Bare","name":"bare"}]}`,
	))
	c := client(t, s)
	got, err := c.Organizations.Get(t.Context(), "org_Acme")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("by id: %v (-want +got):\n%s", err, diff)
	}
	got, err = c.Organizations.GetByName(t.Context(), "acme")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("by name: %v (-want +got):\n%s", err, diff)
	}
	all, err := c.Organizations.List(t.Context())
	if diff := cmp.Diff([]Organization{want, {ID: "org_Bare", Name: "bare"}}, all); err != nil ||
		diff != "" {
		t.Errorf("listed: %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{
		"GET /api/v2/organizations/org_Acme", "GET /api/v2/organizations/name/acme",
		"GET /api/v2/organizations?take=100",
	}, s.Lines()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestOrganizations_pathIsEscaped(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"client-grants": "client-grants",
		"a/b":           "a%2Fb",
		"a b?c#d":       "a%20b%3Fc%23d",
		"50%":           "50%25",
	} {
		named := reply(200, fmt.Sprintf(`{"id":"org_Acme","name":%q}`, in))
		s := script(t, named, named)
		c := client(t, s)
		_, err := c.Organizations.GetByName(t.Context(), in)
		_, other := c.Organizations.Get(t.Context(), in)
		if err = errors.Join(err, other); err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if diff := cmp.Diff([]string{
			"GET /api/v2/organizations/name/" + want, "GET /api/v2/organizations/" + want,
		}, s.Lines()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

// An empty name would read the organization with the id "name", and ".." would list all.
func TestOrganizations_unusableNameIsNotSent(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", ".", ".."} {
		s := script(t)
		if _, err := client(t, s).Organizations.GetByName(t.Context(), in); err == nil ||
			!strings.Contains(err.Error(), "read organization") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestOrganizations_missingIsNotFound(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   bool
	}{
		"missing":                  {reply(404, noOrganization), true},
		"missing in a nested path": {reply(404, noAcme), true},
		"unknown route":            {reply(404, noRoute), false},
		"another server":           {html(404), false},
		"forbidden":                {reply(403, forbidden), false},
	} {
		for how, get := range map[string]func(
			*Organizations, context.Context, string,
		) (Organization, error){
			"by id": (*Organizations).Get, "by name": (*Organizations).GetByName,
		} {
			_, err := get(client(t, script(t, tc.answer)).Organizations, t.Context(), "acme")
			if err == nil || rest.IsNotFound(err) != tc.want {
				t.Errorf("%s, %s: IsNotFound is %t for %v", name, how, rest.IsNotFound(err), err)
			}
		}
	}
}

func TestOrganizations_answerWithoutIDIsAnError(t *testing.T) {
	t.Parallel()
	s := script(t, reply(200, `{"name":"acme"}`))
	got, err := client(t, s).Organizations.GetByName(t.Context(), "acme")
	if err == nil {
		t.Errorf("no error for %v", got)
	}
}

func TestOrganizations_listReadsAllPages(t *testing.T) {
	t.Parallel()
	page := func(first, count int, next string) http.HandlerFunc {
		items := make([]string, count)
		for i := range items {
			items[i] = fmt.Sprintf(`{"id":"org_%d","name":"n%d"}`, first+i, first+i)
		}
		return reply(200, fmt.Sprintf(
			`{"organizations":[%s]%s}`, strings.Join(items, ","), next,
		))
	}
	s := script(t, page(0, 100, `,"next":"x/y"`), page(100, 2, ""))
	all, err := client(t, s).Organizations.List(t.Context())
	if err != nil || len(all) != 102 || all[101].ID != "org_101" {
		t.Errorf("%d organizations, %v", len(all), err)
	}
	if diff := cmp.Diff([]string{
		"GET /api/v2/organizations?take=100", "GET /api/v2/organizations?from=x%2Fy&take=100",
	}, s.Lines()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	all, err = client(t, script(t, page(0, 0, ""))).Organizations.List(t.Context())
	if err != nil || all == nil || len(all) != 0 {
		t.Errorf("an empty tenant: %v, %v", all, err)
	}
}
