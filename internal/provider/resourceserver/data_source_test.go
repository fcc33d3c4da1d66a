// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	readAPI  = "data.m2m_resource_server.it"
	readAPIs = "data.m2m_resource_servers.it"
)

func TestAccResourceServerData_matchesResource(t *testing.T) {
	n := acctest.NewTenant(t)
	same := []statecheck.StateCheck{
		acctest.At(readAPI, knownvalue.Null(), "signing_secret"),
		acctest.At(readAPI, knownvalue.Bool(false), "is_system"),
		acctest.At(
			readAPI, knownvalue.StringExact("k1"), "token_encryption", "encryption_key", "kid",
		),
		acctest.At(readAPI, knownvalue.Null(), "token_encryption", "encryption_key", "pem"),
	}
	apis := protocol.DataSourceSchemas(t)["m2m_resource_servers"].Attributes["resource_servers"].(schema.ListNestedAttribute)
	for name := range apis.NestedObject.Attributes {
		// The data source has no PEM. In the resource, is_system is null for an ordinary API.
		if name != "token_encryption" && name != "is_system" {
			same = append(same, statecheck.CompareValuePairs(
				acctest.OrdersName, tfjsonpath.New(name), readAPI, tfjsonpath.New(name),
				compare.ValuesSame(),
			))
		}
	}
	n.Test(
		resource.TestStep{
			Config: fullConfig(testkeys.PublicPEM()) + acctest.Reading(
				"m2m_resource_server", "identifier = m2m_resource_server.orders.identifier",
			),
			// The resource does not exist yet.
			ConfigPlanChecks: acctest.Planned(readAPI, plancheck.ResourceActionRead),
			ConfigStateChecks: append(
				same,
				n.Expect(acctest.Writes("POST resource-servers").InAnyOrder().WithoutBodies()),
			),
		},
		resource.TestStep{
			Config: acctest.OrdersConfig() + acctest.Reading(
				"m2m_resource_server", "id = m2m_resource_server.orders.id",
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(
					acctest.Writes("PATCH resource-servers/{id}").InAnyOrder().WithoutBodies(),
				),
				acctest.At(readAPI, knownvalue.StringExact(acctest.OrdersAPI), "identifier"),
			},
		},
	)
}

func TestAccResourceServerData_oneRequest(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.Create(
		"/api/v2/resource-servers", `{"identifier":"urn:a,b c/ä","scopes":[{"value":"read:a"}]}`,
	)
	shown := []statecheck.StateCheck{
		acctest.At(readAPI, knownvalue.StringExact(id), "id"),
		acctest.At(readAPI, knownvalue.StringExact("urn:a,b c/ä"), "identifier"),
		acctest.At(
			readAPI, knownvalue.MapExact(map[string]knownvalue.Check{"read:a": knownvalue.Null()}),
			"scopes",
		),
		acctest.At(readAPI, knownvalue.Null(), "with_signing_secret"),
		acctest.At(readAPI, knownvalue.Null(), "signing_secret"),
	}
	n.Test(
		resource.TestStep{
			Config: acctest.Reading("m2m_resource_server", fmt.Sprintf("id = %q", id)),
			ConfigStateChecks: append(
				slices.Clone(shown), n.Expect(acctest.Reads("GET resource-servers/"+id)),
			),
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_resource_server", `identifier = "urn:a,b c/ä"`),
			ConfigStateChecks: append(
				slices.Clone(shown),
				n.Expect(acctest.Reads("GET resource-servers?identifiers=urn:a,b c/ä")),
			),
		},
	)
}

func TestAccResourceServerData_signingSecret(t *testing.T) {
	n := acctest.NewTenant(t)
	n.ChangeSampleAPI(`{"signing_alg":"HS256","signing_secret":"0123456789abcdef"}`)
	sample := fmt.Sprintf("identifier = %q", testserver.SampleAPIAudience)
	secret := func(check knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{acctest.At(readAPI, check, "signing_secret")}
	}
	n.Test(
		resource.TestStep{
			Config:            acctest.Reading("m2m_resource_server", sample),
			ConfigStateChecks: secret(knownvalue.Null()),
		},
		resource.TestStep{
			Config: acctest.Reading(
				"m2m_resource_server", sample, "with_signing_secret = false",
			),
			ConfigStateChecks: secret(knownvalue.Null()),
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_resource_server", sample, "with_signing_secret = true"),
			ConfigStateChecks: append(secret(knownvalue.StringExact("0123456789abcdef")),
				statecheck.ExpectSensitiveValue(readAPI, tfjsonpath.New("signing_secret"))),
		},
	)
}

func TestAccResourceServerData_missing(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", `{"identifier":"urn:orders"}`)
	var steps []resource.TestStep
	for argument, want := range map[string]string{
		`identifier = "urn:orders/"`: `Unable to read resource server … identifier = "urn:orders/" … has no API with the identifier "urn:orders/". ` +
			`… including a trailing slash … If this configuration creates it,`,
		`id = "68f0a1b2c3d4e5f60718293a"`: `has no API with the id "68f0a1b2c3d4e5f60718293a".`,
		`id = "urn:orders"`:               `has no API with the id "urn:orders". … To read an API by its identifier, set identifier instead of id.`,
	} {
		steps = append(steps, resource.TestStep{
			Config:      acctest.Reading("m2m_resource_server", argument),
			ExpectError: text.Says(want),
		})
	}
	n.Test(steps...)
	// Each step logs in and looks only once, because its run has created nothing.
	for i, r := range n.Server.Requests() {
		if want := []string{"POST", "GET"}[i%2]; r.Method != want || i >= 2*len(steps) {
			t.Errorf("request %d: %s %s", i+1, r.Method, r.Path)
		}
	}
}

func TestAccResourceServerData_laggingRead(t *testing.T) {
	n := acctest.NewTenant(t)
	missing := acctest.Respond(http.StatusNotFound,
		`{"statusCode":404,"error":"Not Found","message":"The resource server does not exist","errorCode":"inexistent_resource_server"}`)
	n.Next("GET /api/v2/resource-servers/{id}", missing, missing)
	n.Next("GET /api/v2/resource-servers", acctest.Respond(http.StatusOK, "[]"))
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig() + acctest.Reading(
			"m2m_resource_server", "id = m2m_resource_server.orders.id",
		) +
			strings.Replace(acctest.Reading("m2m_resource_server",
				"identifier = m2m_resource_server.orders.identifier",
				"depends_on = [m2m_resource_server.orders]"), `"it"`, `"again"`, 1),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrdersPost(``))),
			acctest.At(readAPI, knownvalue.StringExact(acctest.OrdersAPI), "identifier"),
			acctest.At(
				"data.m2m_resource_server.again", knownvalue.StringExact(acctest.OrdersAPI),
				"identifier",
			),
		},
	})
}

func TestAccResourceServerData_badInput(t *testing.T) {
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"neither": {
			acctest.Reading("m2m_resource_server"),
			`Set identifier or id to select the API to read.`,
		},
		"both": {
			acctest.Reading("m2m_resource_server", `id = "a"`, `identifier = "b"`),
			`Set only one of identifier and id to select the API to read.`,
		},
		"empty identifier": {
			acctest.Reading("m2m_resource_server", `identifier = ""`), `between 1 and 600`,
		},
		"empty id": {acctest.Reading("m2m_resource_server", `id = ""`), `at least 1`},
		"null identifiers": {
			acctest.Reading("m2m_resource_servers", `identifiers = [null]`), `Null Set Value`,
		},
		"empty identifiers": {
			acctest.Reading("m2m_resource_servers", `identifiers = [""]`), `between 1 and 600`,
		},
	})
}

func TestAccResourceServerData_forbiddenRead(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Next("GET /api/v2/resource-servers", slices.Repeat(
		[]testserver.Fault{testserver.Refuse(http.StatusForbidden)}, 2,
	)...)
	n.Test(
		resource.TestStep{
			Config: acctest.Reading("m2m_resource_server", `identifier = "urn:orders"`),
			ExpectError: text.Says(
				`Unable to read resource server … The API answered for the API with the identifier "urn:orders": 403 Forbidden`,
			),
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_resource_servers"),
			ExpectError: text.Says(
				`Unable to list resource servers … The API answered for the list of APIs: 403 Forbidden`,
			),
		},
	)
}

func TestAccResourceServersData_byIdentifiers(t *testing.T) {
	n := acctest.NewTenant(t)
	n.ManyAPIs(24)
	ten := func(first, count int) string {
		query := ""
		for i := range count {
			query += fmt.Sprintf("identifiers=urn:api:%03d&", first+i)
		}
		return "GET resource-servers?" + query + "include_totals=true&page=0&per_page=100"
	}
	n.Test(
		resource.TestStep{
			// The last one does not exist.
			Config: acctest.Reading(
				"m2m_resource_servers",
				`identifiers = [for i in range(25) : format("urn:api:%03d", i)]`,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Reads(ten(0, 10), ten(10, 10), ten(20, 5))),
				acctest.At(readAPIs, knownvalue.ListSizeExact(24), "resource_servers"),
				acctest.At(
					readAPIs, knownvalue.StringExact("urn:api:000"), "resource_servers", 0,
					"identifier",
				),
				acctest.At(
					readAPIs, knownvalue.StringExact("urn:api:023"), "resource_servers", 23,
					"identifier",
				),
				acctest.At(
					readAPIs, knownvalue.Int64Exact(86400), "resource_servers", 23,
					"token_lifetime",
				),
			},
		},
		resource.TestStep{
			Config: acctest.Reading(
				"m2m_resource_servers", `identifiers = ["urn:nobody"]`,
			),
			ConfigStateChecks: []statecheck.StateCheck{acctest.At(
				readAPIs, knownvalue.ListSizeExact(0), "resource_servers",
			)},
		},
		resource.TestStep{
			Config: acctest.Reading("m2m_resource_servers", `identifiers = []`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Reads()),
				acctest.At(readAPIs, knownvalue.ListSizeExact(0), "resource_servers"),
			},
		},
	)
}

func TestAccResourceServersData_allPages(t *testing.T) {
	n := acctest.NewTenant(t)
	n.ManyAPIs(120) // Besides the Management API and the sample API.
	n.Test(resource.TestStep{
		Config: acctest.Reading("m2m_resource_servers"),
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Reads(
				"GET resource-servers?include_totals=true&page=0&per_page=100",
				"GET resource-servers?include_totals=true&page=1&per_page=100",
			)),
			acctest.At(readAPIs, knownvalue.ListSizeExact(122), "resource_servers"),
			acctest.At(readAPIs, knownvalue.Bool(true), "resource_servers", 0, "is_system"),
			acctest.At(
				readAPIs, knownvalue.StringExact("urn:api:119"), "resource_servers", 121,
				"identifier",
			),
		},
	})
}

func TestAccResourceServersData_awkwardServer(t *testing.T) {
	n := acctest.AwkwardTenant(t, 3)
	n.ManyAPIs(30)
	n.Clock().Advance(time.Second) // So that lagging reads show them all.
	n.Test(resource.TestStep{
		Config: acctest.Reading("m2m_resource_servers"),
		ConfigStateChecks: []statecheck.StateCheck{
			acctest.At(readAPIs, knownvalue.ListSizeExact(32), "resource_servers"),
			acctest.At(
				readAPIs, knownvalue.StringExact("urn:api:000"), "resource_servers", 2,
				"identifier",
			),
			acctest.At(
				readAPIs, knownvalue.StringExact("urn:api:029"), "resource_servers", 31,
				"identifier",
			),
		},
	})
}

func TestAccResourceServersData_unknownAtPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(resource.TestStep{
		Config: acctest.OrdersConfig() + acctest.Reading(
			"m2m_resource_servers",
			"identifiers = [m2m_resource_server.orders.id, m2m_resource_server.orders.identifier]",
		),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(readAPIs, plancheck.ResourceActionRead),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.OrdersPost(``))),
			acctest.At(readAPIs, knownvalue.ListSizeExact(1), "resource_servers"),
			acctest.At(
				readAPIs, knownvalue.StringExact(acctest.OrdersAPI), "resource_servers", 0,
				"identifier",
			),
		},
	})
}
