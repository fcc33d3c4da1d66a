// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"testing"
	"time"
)

func TestStore_laggingListsHaveNoEmptyItems(t *testing.T) {
	t.Parallel()
	s := New("http://127.0.0.1:1", &Clock{})
	mustDo(t, s.AddClient(Client{ClientID: "c"}))
	mustDo(t, s.AddResourceServer(ResourceServer{ID: "rs", Identifier: "api"}))
	_, err := s.AddClientGrant(
		ClientGrant{ID: "cgr", ClientID: "c", Audience: "api"},
		func(*ClientGrant, ResourceServer) error { return nil },
	)
	mustDo(t, err)
	s.clock.Advance(time.Hour)
	mustDo(t, s.AddOrganization(Organization{ID: "org", Name: "acme"}))
	made := s.clock.Now()
	s.clock.Advance(-time.Hour)
	_, err = s.Associate(OrganizationGrant{OrganizationID: "org", GrantID: "cgr"})
	mustDo(t, err)
	found := s.OrganizationsOfGrant(
		Window{Limit: 10, View: View{Now: made.Add(time.Second), Lag: time.Minute}}, "cgr",
	)
	if len(found.Items) != 1 || found.Items[0].Name != "acme" {
		t.Errorf("got %+v", found.Items)
	}
}
