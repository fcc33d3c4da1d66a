// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	readClient  = "data.m2m_client.it"
	readClients = "data.m2m_clients.it"

	// The fields that the client data sources request: none of them is secret.
	clientFields = "client_id,name,description,app_type,is_first_party,global,grant_types,token_endpoint_auth_method," +
		"client_authentication_methods,organization_usage,default_organization,resource_server_identifier&include_fields=true"
	listClients = "GET clients?fields=" + clientFields + "&is_global=false&take=100"
	machine     = "GET clients/" + testserver.MachineClientID + "?fields="
)

// addClient creates a client and returns its id.
func addClient(n *acctest.Tenant, properties string) string {
	n.T.Helper()
	var object struct {
		ID string `json:"client_id"`
	}
	n.AtDashboard(http.MethodPost, "/api/v2/clients", properties, &object)
	return object.ID
}

func TestAccClientData_byIDAndByName(t *testing.T) {
	n := acctest.NewTenant(t)
	shown := []statecheck.StateCheck{
		acctest.At(readClient, knownvalue.StringExact(testserver.MachineClientID), "client_id"),
		acctest.At(readClient, knownvalue.StringExact("Machine Client"), "name"),
		acctest.At(readClient, knownvalue.StringExact("non_interactive"), "app_type"),
		acctest.At(readClient, knownvalue.Bool(true), "is_first_party"),
		acctest.At(readClient, knownvalue.Bool(false), "is_global"),
		acctest.At(readClient, acctest.Exactly("client_credentials"), "grant_types"),
		acctest.At(
			readClient, knownvalue.StringExact("client_secret_post"), "token_endpoint_auth_method",
		),
		acctest.At(readClient, knownvalue.Null(), "client_authentication_methods"),
		acctest.At(readClient, knownvalue.Null(), "description"),
		acctest.At(readClient, knownvalue.Null(), "default_organization"),
		acctest.At(readClient, knownvalue.Null(), "with_secret"),
		acctest.At(readClient, knownvalue.Null(), "client_secret"),
	}
	with := func(last statecheck.StateCheck) []statecheck.StateCheck {
		return append([]statecheck.StateCheck{last}, shown...)
	}
	n.Test(
		resource.TestStep{
			Config: acctest.Reading("m2m_client", fmt.Sprintf(
				"client_id = %q", testserver.MachineClientID,
			)),
			ConfigStateChecks: with(n.Expect(acctest.Reads(machine + clientFields))),
		},
		resource.TestStep{
			Config:            acctest.Reading("m2m_client", `name = "Machine Client"`),
			ConfigStateChecks: with(n.Expect(acctest.Reads(listClients))),
		},
	)
}

func TestAccClientData_everyAttribute(t *testing.T) {
	n := acctest.NewTenant(t)
	organization := n.AddOrganization("acme")
	id := addClient(n,
		`{"name":"Reporter","description":"Reports","app_type":"non_interactive","is_first_party":true,
		"grant_types":["client_credentials","refresh_token"],"organization_usage":"allow",
		"default_organization":{"organization_id":"`+organization+
			`","flows":["client_credentials"]},
		"client_authentication_methods":{"private_key_jwt":{"credentials":[{"credential_type":"public_key","pem":`+
			fmt.Sprintf("%q", testkeys.PublicPEM())+`,"alg":"RS256"}]}}}`)
	n.Test(resource.TestStep{
		Config: acctest.Reading(
			"m2m_client", fmt.Sprintf("client_id = %q", id), "with_secret = true",
		),
		ConfigStateChecks: []statecheck.StateCheck{
			acctest.At(readClient, knownvalue.StringExact("Reporter"), "name"),
			acctest.At(readClient, knownvalue.StringExact("Reports"), "description"),
			acctest.At(
				readClient, acctest.Exactly("client_credentials", "refresh_token"), "grant_types",
			),
			acctest.At(
				readClient, acctest.Exactly("private_key_jwt"), "client_authentication_methods",
			),
			acctest.At(readClient, knownvalue.StringExact("allow"), "organization_usage"),
			acctest.At(
				readClient, knownvalue.StringExact(organization), "default_organization",
				"organization_id",
			),
			acctest.At(
				readClient, acctest.Exactly("client_credentials"), "default_organization", "flows",
			),
			// This client has no secret; a warning says so.
			acctest.At(readClient, knownvalue.Null(), "client_secret"),
		},
	})
}

func TestAccClientData_secret(t *testing.T) {
	n := acctest.NewTenant(t)
	secret := []statecheck.StateCheck{
		acctest.At(
			readClient, knownvalue.StringExact(testserver.MachineClientSecret), "client_secret",
		),
		statecheck.ExpectSensitiveValue(readClient, tfjsonpath.New("client_secret")),
	}
	byID, byName := fmt.Sprintf(
		"client_id = %q", testserver.MachineClientID,
	), `name = "Machine Client"`
	n.Test(
		resource.TestStep{
			Config: acctest.Reading("m2m_client", byID, "with_secret = true"),
			ConfigStateChecks: append(
				secret, n.Expect(acctest.Reads(machine+"client_secret,"+clientFields)),
			),
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_client", byName, "with_secret = true"),
			ConfigStateChecks: append(
				secret, n.Expect(acctest.Reads(listClients, machine+"client_secret,"+clientFields)),
			),
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_client", byID, "with_secret = false"),
			ConfigStateChecks: []statecheck.StateCheck{
				acctest.At(readClient, knownvalue.Null(), "client_secret"),
				n.Expect(acctest.Reads(machine + clientFields)),
			},
		},
	)
}

func TestAccClientData_secretNeedsScope(t *testing.T) {
	n := acctest.NewTenant(t)
	n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:clients"]}`,
			testserver.MachineClientID, n.URL()+"/api/v2/"), nil)
	byID := fmt.Sprintf("client_id = %q", testserver.MachineClientID)
	n.TestIn(n.Env(
		"AUTH0_CLIENT_ID", testserver.MachineClientID, "AUTH0_CLIENT_SECRET",
		testserver.MachineClientSecret,
	),
		resource.TestStep{
			Config: acctest.Reading("m2m_client", byID),
			ConfigStateChecks: []statecheck.StateCheck{acctest.At(
				readClient, knownvalue.StringExact("Machine Client"), "name",
			)},
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_client", byID, "with_secret = true"),
			ExpectError: text.Says(
				`Unable to read client … read:client_keys … Grant the missing management scope to`,
			),
		},
	)
}

func TestAccClientData_missingOrAmbiguous(t *testing.T) {
	n := acctest.NewTenant(t)
	one, two := addClient(n, `{"name":"Twin","app_type":"spa"}`), addClient(n, `{"name":"Twin"}`)
	ids := []string{one + " (spa)", two}
	if two < one {
		ids = []string{two, one + " (spa)"}
	}
	n.Test(
		resource.TestStep{
			Config: acctest.Reading("m2m_client", `name = "twin"`),
			ExpectError: text.Says(`Unable to read client … has no client with the name "twin". Names are compared byte for byte, ` +
				`and none of the 5 clients has this name. Check the name and the domain.`),
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_client", `name = "Twin"`),
			ExpectError: text.Says(`has 2 clients with the name "Twin": ` +
				strings.Join(ids, " ") +
				` Set client_id to the id of the client you want, instead of name.`),
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_client", `client_id = "Twin"`),
			ExpectError: text.Says(
				`has no client with the id "Twin". … To read a client by name, set name instead of client_id.`,
			),
		},
		resource.TestStep{
			// The global client is not included.
			Config:      acctest.Reading("m2m_client", `name = "All Applications"`),
			ExpectError: text.Says(`has no client with the name "All Applications".`),
		},
	)
}

func TestAccClientData_badInput(t *testing.T) {
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"neither": {
			acctest.Reading("m2m_client"),
			`Set client_id or name to select the client to read.`,
		},
		"both": {
			acctest.Reading("m2m_client", `client_id = "a"`, `name = "b"`),
			`Set only one of client_id and name to select the client to read.`,
		},
		"empty id":   {acctest.Reading("m2m_client", `client_id = ""`), `client_id is empty.`},
		"empty name": {acctest.Reading("m2m_client", `name = ""`), `at least 1`},
		"two types": {
			acctest.Reading("m2m_clients", `app_types = ["spa,native"]`),
			`must be one type, without commas or white space`,
		},
		"type is null": {acctest.Reading("m2m_clients", `app_types = [null]`), `Null Set Value`},
	})
}

func TestAccClientsData_filters(t *testing.T) {
	n := acctest.NewTenant(t)
	single := addClient(n, `{"name":"A single page","app_type":"spa"}`)
	foreign := addClient(n, `{"name":"Foreign","app_type":"regular_web","is_first_party":false}`)
	var steps []resource.TestStep
	for _, tc := range []struct {
		query     string
		arguments []string
		want      []string
	}{
		{
			"fields=" + clientFields + "&is_global=false&take=100", nil,
			[]string{
				single, foreign, testserver.MachineClientID, testserver.ManagementClientID,
				testserver.WebClientID,
			},
		},
		{
			"app_type=regular_web,spa&fields=" + clientFields + "&is_global=false&take=100",
			[]string{`app_types = ["spa", "regular_web"]`},
			[]string{single, foreign, testserver.WebClientID},
		},
		{
			"app_type=regular_web&fields=" + clientFields +
				"&is_first_party=false&is_global=false&take=100",
			[]string{`app_types = ["regular_web"]`, "is_first_party = false"},
			[]string{foreign},
		},
		{
			"fields=" + clientFields + "&is_global=true&take=100",
			[]string{"is_global = true"},
			[]string{"ReferenceAllApplications00000001"},
		},
		{"", []string{"app_types = []"}, nil},
	} {
		checks := []statecheck.StateCheck{acctest.At(
			readClients, knownvalue.ListSizeExact(len(tc.want)), "clients",
		)}
		if tc.query == "" {
			checks = append(checks, n.Expect(acctest.Reads()))
		} else {
			checks = append(checks, n.Expect(acctest.Reads("GET clients?"+tc.query)))
		}
		for i, id := range tc.want {
			checks = append(checks, acctest.At(
				readClients, knownvalue.StringExact(id), "clients", i, "client_id",
			))
		}
		steps = append(steps, resource.TestStep{
			Config: acctest.Reading("m2m_clients", tc.arguments...), ConfigStateChecks: checks,
		})
	}
	n.Test(steps...)
}

func TestAccClientsData_allPages(t *testing.T) {
	n := acctest.NewTenant(t)
	for i := range 98 { // In addition to the three clients of every server.
		addClient(n, fmt.Sprintf(`{"name":"client %03d"}`, i))
	}
	n.Test(resource.TestStep{
		Config: acctest.Reading("m2m_clients"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Reads(listClients, strings.Replace(
				listClients, "&include_fields", "&from=…&include_fields", 1,
			))),
			acctest.At(readClients, knownvalue.ListSizeExact(101), "clients"),
			acctest.At(readClients, knownvalue.StringExact("client 097"), "clients", 100, "name"),
		},
	})
}

func TestAccClientsData_awkwardServer(t *testing.T) {
	n := acctest.AwkwardTenant(t, 11)
	for i := range 25 {
		addClient(n, fmt.Sprintf(`{"name":"client %03d"}`, i))
	}
	n.Clock().Advance(time.Second) // Lagging reads now return all clients.
	config := acctest.Reading("m2m_clients") + acctest.Reading("m2m_client", `name = "client 024"`)
	n.Test(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			acctest.At(readClients, knownvalue.ListSizeExact(28), "clients"),
			acctest.At(readClients, knownvalue.StringExact("client 024"), "clients", 27, "name"),
			acctest.At(readClient, knownvalue.StringRegexp(acctest.AlphanumericID), "client_id"),
		}},
	)
}
