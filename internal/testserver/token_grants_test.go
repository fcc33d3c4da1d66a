// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// TestEntitle_thirdPartyClients has clients and APIs that the endpoints refuse to pair, so it goes around them.
func TestEntitle_thirdPartyClients(t *testing.T) {
	t.Parallel()
	yes, allow, require := true, "allow", "require"
	machine := []string{clientCredentials}
	own := client{ClientID: "own", GrantTypes: machine}
	bare := client{ClientID: "bare", GrantTypes: machine}
	house := client{ClientID: "house", GrantTypes: machine, IsFirstParty: true}
	house.DefaultOrganization = &defaultOrganization{OrganizationID: "org_b", Flows: machine}
	s := &Server{store: newStore(&Clock{})}
	for _, name := range []string{"a", "b", "c"} {
		mustDo(t, s.store.addOrganization(organization{ID: "org_" + name, Name: name}))
	}
	for _, c := range []client{own, bare, house} {
		mustDo(t, s.store.addClient(c))
	}
	for _, api := range []resourceServer{
		{ID: "1", Identifier: "open", Scopes: []scope{{Value: "a"}, {Value: "b"}}}, {ID: "2", Identifier: "system", IsSystem: true},
	} {
		mustDo(t, s.store.addResourceServer(api))
	}
	for _, grant := range []clientGrant{
		{ID: "own", ClientID: "own", Audience: "open", Scope: []string{"a"}, OrganizationUsage: &allow, AllowAnyOrganization: &yes},
		{ID: "default", DefaultFor: thirdPartyClients, Audience: "open", Scope: []string{"b"}, OrganizationUsage: &allow},
		{ID: "system", ClientID: "own", Audience: "system"},
		{ID: "house", ClientID: "house", Audience: "open", OrganizationUsage: &require, AllowAnyOrganization: &yes},
		{ID: "house system", ClientID: "house", Audience: "system"},
	} {
		grant.SubjectType = clientSubject
		mustDo(t, s.store.commit(s.store.clientGrants.adding(grant, s.clock.Now())))
	}
	for _, grant := range []string{"own", "default"} {
		_, err := s.store.associate(organizationGrant{OrganizationID: "org_a", GrantID: grant})
		mustDo(t, err)
	}
	for _, test := range []struct {
		who                           client
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
		got, err := s.entitle(test.who, tokenParams{"audience": test.audience, "scope": test.scope, "organization": test.organization})
		switch {
		case test.refused != nil:
			if !errors.Is(err, test.refused) {
				t.Errorf("%+v: %v", test, err)
			}
		case err != nil || strings.Join(got.scopes, " ") != test.scopes || got.organization.ID != test.organizationID:
			t.Errorf("%+v: %v %+v %v", test, got.scopes, got.organization, err)
		}
	}
	// A default organization that is gone permits nothing.
	mustDo(t, s.store.deleteOrganization("org_b"))
	if _, err := s.entitle(house, tokenParams{"audience": "open"}); !errors.Is(err, errOrganizationInvalid) {
		t.Errorf("got %v", err)
	}
}
