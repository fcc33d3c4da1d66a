// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"testing"
	"time"
)

func TestStore_laggingListsShowNothingEmpty(t *testing.T) {
	t.Parallel()
	s := newStore(&Clock{})
	mustDo(t, s.addClient(client{ClientID: "c"}))
	mustDo(t, s.addResourceServer(resourceServer{ID: "rs", Identifier: "api"}))
	_, err := s.addClientGrant(clientGrant{ID: "cgr", ClientID: "c", Audience: "api"}, func(*clientGrant, resourceServer) error { return nil })
	mustDo(t, err)
	s.clock.Advance(time.Hour)
	mustDo(t, s.addOrganization(organization{ID: "org", Name: "acme"}))
	made := s.clock.Now()
	s.clock.Advance(-time.Hour)
	_, err = s.associate(organizationGrant{OrganizationID: "org", GrantID: "cgr"})
	mustDo(t, err)
	found := s.organizationsOfGrant(window{limit: 10, view: view{now: made.Add(time.Second), lag: time.Minute}}, "cgr")
	if len(found.items) != 1 || found.items[0].Name != "acme" {
		t.Errorf("got %+v", found.items)
	}
}
