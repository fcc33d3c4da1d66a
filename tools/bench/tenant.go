// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"fmt"
)

// maxObjects is how many numbers have five digits in the name of an object.
const maxObjects = 99_999

// apisPerClient is how many APIs of the tenant each client may call.
const apisPerClient = 20

// The second client of the tenant, which stands for production.
const (
	productionID     = "BenchProduction"
	productionSecret = "not-a-secret-of-production"
)

// wideAPI is the API of the grant with many scopes.
const wideAPI = "https://wide.example.com"

type (
	document = map[string]any

	// seed is what the reference server reads with -seed.
	seed struct {
		ResourceServers []document `json:"resource_servers,omitempty"`
		Clients         []document `json:"clients,omitempty"`
		ClientGrants    []document `json:"client_grants,omitempty"`
	}
)

// seedFor makes the tenant that the configuration of s is applied to: the clients, and the objects
// that the configuration does not contain.
func seedFor(s Scenario) ([]byte, error) {
	out := seed{
		Clients: []document{{
			"client_id": productionID, "client_secret": productionSecret, "name": "Production",
			"app_type": "non_interactive", "grant_types": []string{"client_credentials"},
		}},
		ClientGrants: []document{{
			"client_id": productionID, "audience": "$ISSUER/api/v2/",
			"scope": []string{"read:resource_servers"},
		}},
	}
	if s.Scopes > 0 {
		scopes := []document{}
		for _, name := range scopeNames(s.Scopes) {
			scopes = append(scopes, document{"value": name})
		}
		out.ResourceServers = append(out.ResourceServers, document{
			"identifier": wideAPI, "name": "Wide", "scopes": scopes,
		})
	}
	objects := max(s.Objects, s.Tenant)
	for i := range max(1, (objects+apisPerClient-1)/apisPerClient) {
		id := fmt.Sprintf("BenchClient%05d", i)
		out.Clients = append(out.Clients, document{
			"client_id": id, "name": id,
			"app_type": "non_interactive", "grant_types": []string{"client_credentials"},
		})
	}
	for i := s.Objects; i < objects; i++ {
		identifier := "https://" + apiName(i) + ".example.com"
		out.ResourceServers = append(out.ResourceServers, document{
			"identifier": identifier, "name": apiName(i),
			"scopes": []document{{"value": "read:things"}},
		})
		out.ClientGrants = append(out.ClientGrants, document{
			"client_id": clientOf(i), "audience": identifier, "scope": []string{"read:things"},
		})
	}
	return json.Marshal(out)
}

// variablesFor are the variables of the configuration of s.
func variablesFor(s Scenario) ([]byte, error) {
	if s.Scopes > 0 {
		return json.Marshal(document{"scopes": scopeNames(s.Scopes)})
	}
	apis := map[string]string{}
	for i := range s.Objects {
		apis[apiName(i)] = clientOf(i)
	}
	return json.Marshal(document{"apis": apis})
}

func apiName(i int) string { return fmt.Sprintf("api-%05d", i) }

func clientOf(i int) string { return fmt.Sprintf("BenchClient%05d", i/apisPerClient) }

func scopeNames(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("read:thing-%04d", i))
	}
	return all
}
