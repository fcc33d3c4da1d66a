// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestStore_keepsItsInvariants runs random calls and looks at what must hold after each.
func TestStore_keepsItsInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newStore(&Clock{})
		clients := []string{"c1", "c2", "missing"}
		for _, id := range clients[:2] {
			if err := s.addClient(client{ClientID: id}); err != nil {
				t.Fatal(err)
			}
		}
		audiences := []string{"a1", "a2", "a3"}
		var grantIDs []string
		made := 0
		t.Repeat(map[string]func(*rapid.T){
			"add resource server": func(t *rapid.T) {
				identifier := rapid.SampledFrom(audiences).Draw(t, "identifier")
				_, before := s.resourceServer(present, identifier)
				made++
				err := s.addResourceServer(resourceServer{ID: fmt.Sprint("rs", made), Identifier: identifier})
				if (before == nil) != errors.Is(err, errIdentifierTaken) {
					t.Fatalf("add %s: %v, before: %v", identifier, err, before)
				}
			},
			"delete resource server": func(t *rapid.T) {
				identifier := rapid.SampledFrom(audiences).Draw(t, "identifier")
				if err := s.deleteResourceServer(identifier); err != nil {
					t.Fatal(err)
				}
				if left := s.listClientGrants(window{limit: 100}, clientGrantFilter{audience: &identifier}); left.total != 0 {
					t.Fatalf("%d grants outlive %s", left.total, identifier)
				}
			},
			"add grant": func(t *rapid.T) {
				made++
				grant := clientGrant{
					ID:          fmt.Sprint("cgr", made),
					ClientID:    rapid.SampledFrom(clients).Draw(t, "client"),
					Audience:    rapid.SampledFrom(audiences).Draw(t, "audience"),
					SubjectType: rapid.SampledFrom([]string{"client", "user"}).Draw(t, "subject type"),
				}
				_, noAPI := s.resourceServer(present, grant.Audience)
				_, noGrant := s.clientGrantByKey(grant.key())
				_, err := s.addClientGrant(grant, func(*clientGrant, resourceServer) error { return nil })
				switch {
				case noAPI != nil && !errors.Is(err, errNoAudience),
					noAPI == nil && grant.ClientID == "missing" && !errors.Is(err, errNoClient),
					noGrant == nil && !errors.Is(err, errClientGrantExists):
					t.Fatalf("add %+v: %v", grant, err)
				}
				if err == nil {
					grantIDs = append(grantIDs, grant.ID)
				}
			},
			"delete grant": func(t *rapid.T) {
				if len(grantIDs) == 0 {
					t.Skip("no grant was made yet")
				}
				if err := s.deleteClientGrant(rapid.SampledFrom(grantIDs).Draw(t, "grant")); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) { checkInvariants(t, s, audiences, clients) },
		})
	})
}

func checkInvariants(t *rapid.T, s *store, audiences, clients []string) {
	all := s.listClientGrants(window{limit: 1000}, clientGrantFilter{})
	if all.total != len(s.clientGrants.byKey) || all.total != len(s.clientGrants.byID) {
		t.Fatalf("%d grants, %d keys, %d ids", all.total, len(s.clientGrants.byKey), len(s.clientGrants.byID))
	}
	for _, grant := range all.items {
		if _, err := s.resourceServerByIdentifier(grant.Audience); err != nil {
			t.Fatalf("grant %+v: %v", grant, err)
		}
	}
	byAudience, byClient := 0, 0
	for _, audience := range audiences {
		byAudience += s.listClientGrants(window{limit: 1000}, clientGrantFilter{audience: &audience}).total
	}
	for _, clientID := range clients {
		byClient += s.listClientGrants(window{limit: 1000}, clientGrantFilter{clientID: &clientID}).total
	}
	if byAudience != all.total || byClient != all.total {
		t.Fatalf("%d grants, %d by audience, %d by client", all.total, byAudience, byClient)
	}
}

func TestStore_copiesOut(t *testing.T) {
	t.Parallel()
	s := newStore(&Clock{})
	if err := s.addResourceServer(resourceServer{ID: "rs", Identifier: "a", Name: "before"}); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	_, err := s.updateResourceServer("a", func(api *resourceServer) error {
		api.Name = "after"
		return refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	taken, err := s.resourceServer(present, "rs")
	if err != nil || taken.Name != "before" {
		t.Errorf("got %q, %v", taken.Name, err)
	}
	taken.Name = "changed outside"
	if again, _ := s.resourceServer(present, "rs"); again.Name != "before" {
		t.Errorf("got %q", again.Name)
	}
}
