// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestStore_associationsLeadToWhatExists runs random calls that make and end what associations need.
func TestStore_associationsLeadToWhatExists(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newStore(&Clock{})
		one := func(t *rapid.T, kind string) string {
			return kind + fmt.Sprint(rapid.IntRange(0, 2).Draw(t, kind))
		}
		if err := s.addClient(client{ClientID: "c"}); err != nil {
			t.Fatal(err)
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				n := one(t, "")
				_ = s.addResourceServer(resourceServer{ID: "rs" + n, Identifier: "api" + n})
				_, _ = s.addClientGrant(clientGrant{ID: "cgr" + n, ClientID: "c", Audience: "api" + n},
					func(*clientGrant, resourceServer) error { return nil })
				_ = s.addOrganization(organization{ID: "org" + n, Name: "name" + n})
			},
			"associate": func(t *rapid.T) {
				a := organizationGrant{OrganizationID: one(t, "org"), GrantID: one(t, "cgr")}
				_, noOrganization := s.organization(present, a.OrganizationID)
				_, noGrant := s.clientGrant(present, a.GrantID)
				before := s.isAssociated(a)
				_, err := s.associate(a)
				possible := noOrganization == nil && noGrant == nil && !before
				if possible != (err == nil) || before != errors.Is(err, errGrantAssociated) {
					t.Fatalf("associate %+v: %v", a, err)
				}
			},
			"dissociate": func(t *rapid.T) {
				a := organizationGrant{OrganizationID: one(t, "org"), GrantID: one(t, "cgr")}
				if err := s.dissociate(a); err != nil && !errors.Is(err, errNoOrganizationID) {
					t.Fatal(err)
				}
				if s.isAssociated(a) {
					t.Fatalf("%+v is still associated", a)
				}
			},
			"delete organization":    func(t *rapid.T) { mustDo(t, s.deleteOrganization(one(t, "org"))) },
			"delete grant":           func(t *rapid.T) { mustDo(t, s.deleteClientGrant(one(t, "cgr"))) },
			"delete resource server": func(t *rapid.T) { mustDo(t, s.deleteResourceServer(one(t, "api"))) },
			"":                       func(t *rapid.T) { checkAssociations(t, s) },
		})
	})
}

// mustDo is for steps that are there to set the scene, in tests of either kind.
func mustDo(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// checkAssociations reads both lists of every object, which follow each association to its end.
func checkAssociations(t *rapid.T, s *store) {
	ofOrganizations, ofGrants := 0, 0
	for i := range 3 {
		id := fmt.Sprint(i)
		all := window{limit: 100}
		grants := s.grantsOfOrganization(all, "org"+id, func(clientGrant) bool { return true })
		for _, grant := range grants.items {
			if _, err := s.clientGrant(present, grant.ID); err != nil {
				t.Fatalf("org%s: %v", id, err)
			}
		}
		ofOrganizations += grants.total
		ofGrants += s.organizationsOfGrant(all, "cgr"+id).total
	}
	if total := len(s.organizationGrants.byID); ofOrganizations != total || ofGrants != total {
		t.Fatalf("%d associations, %d by organization, %d by grant", total, ofOrganizations, ofGrants)
	}
}

func TestStore_laggingListsShowNothingEmpty(t *testing.T) {
	t.Parallel()
	s := newStore(&Clock{})
	none := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	none(s.addClient(client{ClientID: "c"}))
	none(s.addResourceServer(resourceServer{ID: "rs", Identifier: "api"}))
	_, err := s.addClientGrant(clientGrant{ID: "cgr", ClientID: "c", Audience: "api"}, func(*clientGrant, resourceServer) error { return nil })
	none(err)
	s.clock.Advance(time.Hour)
	none(s.addOrganization(organization{ID: "org", Name: "acme"}))
	made := s.clock.Now()
	s.clock.Advance(-time.Hour)
	_, err = s.associate(organizationGrant{OrganizationID: "org", GrantID: "cgr"})
	none(err)
	found := s.organizationsOfGrant(window{limit: 10, view: view{now: made.Add(time.Second), lag: time.Minute}}, "cgr")
	if len(found.items) != 1 || found.items[0].Name != "acme" {
		t.Errorf("got %+v", found.items)
	}
}
