// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// TestEntitle_thirdPartyClients bypasses the endpoints, because they refuse some of these pairs of
// client and API.
func TestEntitle_thirdPartyClients(t *testing.T) {
	t.Parallel()
	yes, allow, require := true, "allow", "require"
	machine := []string{tenant.ClientCredentials}
	own := tenant.Client{ClientID: "own", GrantTypes: machine}
	bare := tenant.Client{ClientID: "bare", GrantTypes: machine}
	house := tenant.Client{ClientID: "house", GrantTypes: machine, IsFirstParty: true}
	house.DefaultOrganization = &tenant.DefaultOrganization{OrganizationID: "org_b", Flows: machine}
	store := tenant.New("http://127.0.0.1:1", &tenant.Clock{})
	s := New(store, nil, slog.New(slog.DiscardHandler))
	for _, name := range []string{"a", "b", "c"} {
		mustSucceed(t, store.AddOrganization(tenant.Organization{ID: "org_" + name, Name: name}))
	}
	for _, c := range []tenant.Client{own, bare, house} {
		c.IsFirstParty = true // So that it can have any grant.
		mustSucceed(t, store.AddClient(c))
	}
	for _, api := range []tenant.ResourceServer{
		{ID: "1", Identifier: "open", Scopes: []tenant.Scope{{Value: "a"}, {Value: "b"}}},
		{ID: "2", Identifier: "system", IsSystem: true},
	} {
		mustSucceed(t, store.AddResourceServer(api))
	}
	for _, grant := range []tenant.ClientGrant{
		{
			ID: "own", ClientID: "own", Audience: "open", Scope: []string{"a"},
			OrganizationUsage: &allow, AllowAnyOrganization: &yes,
		},
		{
			ID: "default", DefaultFor: tenant.ThirdPartyClients, Audience: "open",
			Scope: []string{"b"}, OrganizationUsage: &allow,
		},
		{ID: "system", ClientID: "own", Audience: "system"},
		{
			ID: "house", ClientID: "house", Audience: "open", OrganizationUsage: &require,
			AllowAnyOrganization: &yes,
		},
		{ID: "house system", ClientID: "house", Audience: "system"},
	} {
		grant.SubjectType = tenant.ClientSubject
		_, err := store.AddClientGrant(
			grant, func(*tenant.ClientGrant, tenant.ResourceServer) error { return nil },
		)
		mustSucceed(t, err)
	}
	for _, c := range []tenant.Client{own, bare} {
		_, err := store.UpdateClient(c.ClientID, func(stored *tenant.Client) error {
			stored.IsFirstParty = false
			return nil
		})
		mustSucceed(t, err)
	}
	for _, grant := range []string{"own", "default"} {
		_, err := store.Associate(tenant.OrganizationGrant{OrganizationID: "org_a", GrantID: grant})
		mustSucceed(t, err)
	}
	for _, test := range []struct {
		who                           tenant.Client
		audience, scope, organization string
		refused                       *wire.Refusal
		scopes, organizationID        string
	}{
		{who: own, audience: "open", scopes: "a"},
		{who: own, audience: "open", scope: "b", refused: errScopesNotGranted},
		{who: bare, audience: "open", scopes: "b"},
		{who: own, audience: "open", organization: "a", scopes: "a", organizationID: "org_a"},
		{who: own, audience: "open", organization: "b", refused: errOrganizationInvalid},
		{who: bare, audience: "open", organization: "org_a", scopes: "b", organizationID: "org_a"},
		{who: bare, audience: "open", organization: "org_b", refused: errOrganizationInvalid},
		{who: own, audience: "system", refused: errThirdPartyNotGranted},
		{who: bare, audience: "system", refused: errThirdPartyNotGranted},
		{who: house, audience: "system"},
		{who: house, audience: "open", organizationID: "org_b"},
		{who: house, audience: "open", organization: "org_c", organizationID: "org_c"},
	} {
		got, err := entitle(s, test.who, tokenParams{
			"audience":     test.audience,
			"scope":        test.scope,
			"organization": test.organization,
		})
		switch {
		case test.refused != nil:
			if !errors.Is(err, test.refused) {
				t.Errorf("%+v: %v", test, err)
			}
		case err != nil || strings.Join(got.scopes, " ") != test.scopes ||
			got.organization.ID != test.organizationID:
			t.Errorf("%+v: %v %+v %v", test, got.scopes, got.organization, err)
		}
	}
	// A deleted default organization does not entitle the client to anything.
	mustSucceed(t, store.DeleteOrganization("org_b"))
	_, err := entitle(s, house, tokenParams{"audience": "open"})
	if !errors.Is(err, errOrganizationInvalid) {
		t.Errorf("got %v", err)
	}
}

// entitle takes the steps between the authentication of the client and the action.
func entitle(s *Service, who tenant.Client, params tokenParams) (*decision, error) {
	d := &decision{client: who, params: params}
	inside := false
	for _, next := range steps {
		inside = next.name != "action" && (inside || next.name == "client_grant_type")
		if !inside {
			continue
		}
		if err := next.check(s, d); err != nil {
			return nil, err
		}
	}
	return d, nil
}
