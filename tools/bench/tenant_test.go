// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"testing"
)

func TestSeedFor_holdsWhatTheConfigurationDoesNot(t *testing.T) {
	text, err := seedFor(Scenario{Objects: 10, Tenant: 25})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ResourceServers []struct{ Identifier string } `json:"resource_servers"`
		Clients         []struct {
			ID string `json:"client_id"`
		} `json:"clients"`
		ClientGrants []struct {
			ID       string `json:"client_id"`
			Audience string `json:"audience"`
		} `json:"client_grants"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	// The second client has a grant, too.
	if len(got.ResourceServers) != 15 || len(got.ClientGrants) != 16 {
		t.Fatalf("got %d APIs and %d grants", len(got.ResourceServers), len(got.ClientGrants))
	}
	if first := got.ResourceServers[0].Identifier; first != "https://api-00010.example.com" {
		t.Errorf("the first API is %s", first)
	}
	if last := got.ClientGrants[15]; last.ID != "BenchClient00001" ||
		last.Audience != "https://api-00024.example.com" {
		t.Errorf("the last grant is %+v", last)
	}
	if len(got.Clients) != 3 { // Two for 25 APIs, and the second client.
		t.Errorf("got %d clients", len(got.Clients))
	}
}

func TestVariablesFor(t *testing.T) {
	for want, s := range map[string]Scenario{
		`{"apis":{"api-00000":"BenchClient00000","api-00001":"BenchClient00000"}}`: {Objects: 2},
		`{"scopes":["read:thing-0000","read:thing-0001"]}`:                         {Scopes: 2},
	} {
		got, err := variablesFor(s)
		if err != nil || string(got) != want {
			t.Errorf("got %s and %v, want %s", got, err, want)
		}
	}
}
