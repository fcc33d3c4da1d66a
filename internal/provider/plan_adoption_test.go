// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const askedForOrders = "GET resource-servers?identifiers=https://orders.example.com"

func TestPlanAdoption_ofAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.Create("/api/v2/resource-servers",
		`{"identifier":"https://orders.example.com","name":"Theirs","consent_policy":"transactional-authorization-with-mfa"}`)
	adopting := values{"identifier": acctest.OrdersAPI, "use_existing": true, "name": "Ours"}

	p := newPlanRun(n)
	adopted := fmt.Sprintf(`warning: Adopts the API "https://orders.example.com": It already exists (id %s), so the apply adopts it instead of creating it. `, id)
	const renamed = " If its block was only renamed, add a moved block. Otherwise, the apply may destroy it and create a new one with a new id."
	const policy = `~ consent_policy: "transactional-authorization-with-mfa" -> null`
	p.says(p.api(nil, adopting),
		adopted+"This changes: "+policy+` ~ name: "Theirs" -> "Ours"`+renamed)
	p.asked(askedForOrders)
	p = p.again()
	p.says(
		p.api(nil, adopting.with("name", "Theirs").with(
			"consent_policy", "transactional-authorization-with-mfa",
		)),
		adopted+"It already matches the configuration."+renamed,
	)
	p = p.again()
	p.says(
		p.api(nil, adopting.with("name", unknownText)),
		adopted+"This changes: "+policy+" Values known only after apply may change more.",
	)

	p.asked(askedForOrders)
	// Terraform shows only the warnings of the first plan of a replacement. The new API does not
	// keep what the old one had.
	p = p.again()
	old := values{
		"id": "68f0a1b2c3d4e5f60718293a", "identifier": "urn:old", "name": "Old",
		"token_lifetime": 600, "scopes": []string{"old"},
	}
	p.says(
		p.api(old, adopting),
		adopted+"This changes: "+policy+` ~ name: "Theirs" -> "Ours"`+renamed,
	)

	// A missing API is created, and no other API is looked up.
	p = p.again()
	p.says(p.api(nil, adopting.with("identifier", "urn:new")))
	p.asked("GET resource-servers?identifiers=urn:new")
	p = p.again()
	p.says(p.api(nil, adopting.with("use_existing", false)))
	p = p.again()
	p.says(p.api(nil, adopting.with("identifier", unknownText)))
	p.says(p.api(nil, adopting.with("use_existing", unknownText)))
	p.asked()
}

// An object in the state is kept or replaced, not adopted. The run knows about it if its other
// address is planned first, whether the object stays there or is destroyed.
func TestPlanAdoption_ofObjectInState(t *testing.T) {
	n := acctest.NewTenant(t)
	orders := n.Create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com"}`)
	id := n.Create("/api/v2/resource-servers", `{"identifier":"urn:staying"}`)
	adopting := values{"identifier": acctest.OrdersAPI, "use_existing": true}
	held := adopting.with("id", orders)
	staying := values{"identifier": "urn:staying", "use_existing": true, "id": id}
	grant := n.AddGrant(`,"scope":["read:orders"]`)
	granted := grantOf(testserver.SampleAPIAudience, "read:orders").with("id", grant)

	p := newPlanRun(n)
	p.says(p.api(held, nil))
	p.says(p.api(nil, adopting))
	p.says(p.api(staying, staying))
	p.says(p.api(nil, staying)) // As in a replacement, which has the same configuration.
	p.says(p.grant(granted, nil))
	p.says(p.grant(nil, granted.with("use_existing", true)))
}

// Renaming a block without a moved block plans a create and a destroy in any order, and the
// apply does both.
func TestAccPlanAdoption_renamedBlock(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	block := func(name string) string {
		return fmt.Sprintf(
			"resource \"m2m_resource_server\" %q {\n  identifier   = %q\n  use_existing = true\n}\n",
			name, acctest.OrdersAPI,
		) +
			strings.Replace(
				acctest.GrantConfig("use_existing = true"), `"orders"`, fmt.Sprintf("%q", name), 1,
			)
	}
	terraform := cli.New(t, block("before"), n.Env())
	terraform.Must("apply", "-auto-approve")
	n.Expect(
		acctest.Writes(acctest.OrdersPost(``), acctest.GrantPost(`,"scope":[]`)).InAnyOrder(),
	).Now()
	terraform.Rewrite(block("before"), block("after"))
	for _, plan := range [][]string{{"plan"}, {"plan", "-refresh=false"}} {
		output := terraform.Must(plan...)
		warned := strings.Count(output, "Adopts the ")
		for _, said := range []string{
			"If its block was only renamed, add a moved block.",
		} {
			if got := len(text.Says(said).FindAllString(output, -1)); got < warned {
				t.Errorf(
					"%v: %d adoptions, of which %d say %q:\n%s", plan, warned, got, said, output,
				)
			}
		}
		if text.Says("already exists (id …). Instead of creating one").MatchString(output) {
			t.Errorf("%v promises an adoption:\n%s", plan, output)
		}
	}
	terraform.Must("destroy", "-auto-approve")
	n.Expect(
		acctest.Writes("DELETE resource-servers/{id}", "DELETE client-grants/{id}").InAnyOrder(),
	).Now()
}

func TestPlanAdoption_ofGrant(t *testing.T) {
	n := acctest.NewTenant(t)
	create := func(subject, scope string) string {
		return n.Create("/api/v2/client-grants",
			fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":[%q],"subject_type":%q}`,
				testserver.MachineClientID, testserver.SampleAPIAudience, scope, subject))
	}
	machines, users := create("client", "read:orders"), create("user", "write:orders")
	adopting := values{
		"client_id": testserver.MachineClientID, "audience": testserver.SampleAPIAudience,
		"subject_type": "client", "use_existing": true,
		"allow_all_scopes": false, "scopes": []string{"read:orders"},
	}
	p := newPlanRun(n)
	p.says(
		p.grant(nil, adopting),
		"warning: Adopts the grant of … (id "+machines+
			"), … It already matches the configuration.",
	)
	p.says(
		p.grant(nil, adopting.with("subject_type", "user")),
		"warning: Adopts the grant of … with the subject type \"user\": … (id "+users+
			`), … This changes: ~ scopes: + "read:orders" - "write:orders"`,
	)
	other := clients(n, 1)[0]
	p.says(p.grant(nil, adopting.with("client_id", other)))
	// Terraform shows only the warnings of the first plan of a replacement.
	p = p.again()
	p.says(
		p.grant(adopting.with("client_id", other).with("id", "cgr_1"), adopting.with(
			"subject_type", "user",
		)),
		"warning: Adopts the grant of … with the subject type \"user\": … (id "+users+
			`), … This changes: ~ scopes: + "read:orders" - "write:orders"`,
	)
}

// A partly unknown value, such as a set with a scope from another resource, may turn out to
// match the tenant.
func TestAccPlanAdoption_partlyKnownValue(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers",
		`{"identifier":"https://orders.example.com","scopes":[{"value":"read:orders"}],
		"authorization_details":[{"type":"payment"}],"subject_type_authorization":{"user":{"policy":"deny_all"}}}`)
	n.Create("/api/v2/client-grants",
		fmt.Sprintf(`{"client_id":%q,"audience":"https://orders.example.com","scope":["read:orders"]}`,
			testserver.MachineClientID))
	n.Test(resource.TestStep{
		Config: fmt.Sprintf(`
			resource "terraform_data" "later" {
			  input = "read:orders"
			}
			resource "m2m_resource_server" "orders" {
			  identifier            = "https://orders.example.com"
			  use_existing          = true
			  scopes                = { "read:orders" = terraform_data.later.output }
			  authorization_details = [{ type = terraform_data.later.output }]
			  token_encryption = {
			    format         = "compact-nested-jwe"
			    encryption_key = { alg = "RSA-OAEP-256", pem = terraform_data.later.output }
			  }
			}
			resource "m2m_client_grant" "orders" {
			  client_id    = %q
			  audience     = m2m_resource_server.orders.identifier
			  scopes       = ["read:orders", terraform_data.later.output]
			  use_existing = true
			}`, testserver.MachineClientID),
		PlanOnly: true, ExpectNonEmptyPlan: true,
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
	})
}

// A plan does not need the lookup.
func TestPlanAdoption_failedLookup(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	n.Next("GET /api/v2/resource-servers", testserver.Respond(http.StatusForbidden,
		"application/json",
		`{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:resource_servers","errorCode":"insufficient_scope"}`))
	p.says(p.api(nil, values{
		"identifier":   acctest.OrdersAPI,
		"use_existing": true,
	}), "warning: Check skipped: The plan was not checked for APIs to adopt: this check needs "+
		"the management scope read:resource_servers")
}

// Properties that the tenant does not let anyone change are refused at plan, before anything is
// done.
func TestAccResourceServer_managementAPIFixedProperties(t *testing.T) {
	n := acctest.NewTenant(t)
	management := n.URL() + "/api/v2/"
	n.Test(resource.TestStep{
		Config: acctest.SystemConfig(
			management, "use_existing = true", `name = "Mine"`, "token_lifetime = 600",
		), PlanOnly: true,
		ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
		ExpectError: text.Says(`name = "Mine" The tenant does not allow changing name of the Management API, only token_lifetime,
			… Remove name from the configuration: the adopted API keeps its value.`),
	})
}
