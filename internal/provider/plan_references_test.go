// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	noAPI     = `warning: No API has the identifier "`
	wouldFail = `has no such API, and this plan does not create it as far as is known, so the ` +
		`apply would fail.`
	askedForAll = "GET resource-servers?include_totals=true&page=0&per_page=100"
)

// A plan names an API that neither the tenant nor the plan has, once per run, and the API that was
// probably meant.
func TestPlanReferences_missingAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	p := newPlanRun(n).impatient()
	unknown := grantOf("urn:unknown", "read:orders")
	users := grantOf("urn:unknown").with("subject_type", "user")
	p.says(p.grant(nil, unknown), noAPI+`urn:unknown": The tenant `+n.Issuer()+" "+wouldFail+
		` If this configuration creates the API, refer to its identifier (audience = `+
		`m2m_resource_server.NAME.identifier), so that it is created first.`)
	p.says(p.grant(nil, users))
	p.asked("GET resource-servers?identifiers=urn:unknown", askedForAll)
	p.says(p.scope(nil, values{
		"resource_server_identifier": acctest.OrdersAPI + "/", "scope": "a",
	}), noAPI+`https://orders.example.com/": … so the apply would fail. The tenant has `+
		`"https://orders.example.com", without the slash. If this configuration creates the API, `+
		`refer to its identifier (resource_server_identifier = m2m_resource_server`)
	p.asked("GET resource-servers?identifiers=https://orders.example.com/")

	p = p.again()
	p.says(p.api(nil, values{"identifier": "urn:planned"}))
	p.says(p.grant(nil, grantOf("urn:planed")), noAPI+`urn:planed": … This configuration has `+
		`"urn:planned". If`)

	// What exists, what is planned, what does not change, and what is unknown is no mistake.
	p = p.again()
	p.says(p.grant(nil, grantOf("urn:planned").with("audience", unknownText)))
	p.says(p.api(nil, values{"identifier": "urn:planned"}))
	p.says(p.grant(nil, grantOf("urn:planned")))
	p.says(p.grant(unknown, unknown))
	p.says(p.grant(users, users.with("allow_any_organization", false)))
	p.asked()
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience)))
	p.asked(askedForSample)
	// Terraform shows only the warnings of the first plan of a replacement.
	p.says(p.grant(unknown, grantOf("urn:other")), noAPI+"urn:other")
}

// Terraform may plan an API after a grant that does not refer to it.
func TestPlanReferences_apiPlannedLater(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	planned := make(chan struct{})
	go func() {
		defer close(planned)
		for len(n.Requests()) == 0 { // The grant has not found the API in the tenant.
			time.Sleep(time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond) // The answer has arrived.
		p.api(nil, values{"identifier": "urn:planned"})
	}()
	p.says(p.grant(nil, grantOf("urn:planned").with("client_id", unknownText)))
	<-planned
	p.asked("GET resource-servers?identifiers=urn:planned")
}

func TestPlanReferences_missingClient(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	of := func(client, subject string) values {
		return grantOf(testserver.SampleAPIAudience).with("client_id", client).with(
			"subject_type", subject,
		)
	}
	p.says(p.grant(nil, of("unknown", "client")), `warning: The tenant has no client "unknown": `+
		`A grant needs a client of the tenant `+n.Issuer()+`, so the apply would fail. Set `+
		`client_id to the id of the client, not to its name. If this configuration creates the `+
		`client, refer to its id, so that it is created first.`)
	p.says(p.grant(nil, of("unknown", "user")))
	p.says(p.grant(nil, of(testserver.WebClientID, "client")), `warning: The client "`+
		testserver.WebClientID+`" may not use client credentials: Its grant types in the tenant `+
		`are: authorization_code, implicit, refresh_token. It gets no token with a grant of the subject `+
		`type client. Add client_credentials to its grant types, as machine-to-machine `+
		`applications have, or set subject_type = "user" if it acts for users.`)
	p.says(p.grant(nil, of(testserver.MachineClientID, "client")))
	p.tenant.Expect(acctest.Requests(
		// A page of the list costs as much as one client.
		"GET clients?…", "GET clients/unknown?…", askedForSample,
	)).Now()

	p = p.again()
	web := of(testserver.WebClientID, "client")
	p.says(p.grant(nil, of(testserver.WebClientID, "user")))
	p.says(p.grant(web, web))
	p.says(p.grant(of("unknown", "client"), nil))
	p.says(p.grant(nil, of("", "client").with("client_id", nil).with(
		"default_for", "third_party_clients",
	)))
	p.tenant.Expect(acctest.Requests("GET clients?…", askedForSample)).Now()
	p = p.again()
	p.says(
		p.grant(web, web.with("scopes", []string{"read:orders"})),
		`warning: The client "`+testserver.WebClientID+`" may not use client credentials`,
	)
}

// Without a management scope that shows clients, the run asks for none of them.
func TestPlanReferences_clientsNotReadable(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	allow(n, `"create:client_grants","read:client_grants","read:resource_servers"`)
	unknown := grantOf(testserver.SampleAPIAudience).with("client_id", "unknown")
	p.says(p.grant(nil, unknown), `warning: Check skipped: The plan was not checked for clients `+
		`that do not exist or may not use client credentials: this check needs the management `+
		`scope read:clients, which the client … does not have. The plan itself is complete.`)
	p.says(p.grant(nil, unknown.with("subject_type", "user")))
	p.tenant.Expect(acctest.Requests(askedForSample)).Now()
}

// The error of an apply names the API that was probably meant, too.
func TestAccReferences_hintInApply(t *testing.T) {
	n := acctest.NewTenant(t)
	config := func(identifier string) string {
		return fmt.Sprintf(
			"resource \"m2m_client_grant\" \"orders\" {\n  client_id = %q\n  audience = %q\n}\n",
			testserver.MachineClientID, identifier,
		)
	}
	n.Test(
		resource.TestStep{
			Config: config(testserver.SampleAPIAudience + "/"),
			ExpectError: text.Says(`Unable to create client grant … No resource with identifier ` +
				`https://sample-api.example.com/. The tenant has "https://sample-api.example.com", ` +
				`without the slash. Check that the objects it refers to exist in the tenant`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("POST client-grants").WithoutBodies()),
			},
		},
		resource.TestStep{
			Config: `resource "m2m_resource_server_scope" "orders" {
				resource_server_identifier = "http://sample-api.example.com"
				scope                      = "a"
			}`,
			ExpectError: text.Says(`The tenant has "https://sample-api.example.com", with https://.`),
		},
	)
}

// A failed look-up is no mistake of the configuration.
func TestPlanReferences_failedLookup(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	for _, object := range []string{"resource-servers", "clients/{id}"} {
		n.Next("GET /api/v2/"+object, testserver.Respond(http.StatusForbidden,
			"application/json",
			`{"statusCode":403,"error":"Forbidden","message":"No.","errorCode":"operation_not_supported"}`))
	}
	p.says(p.grant(nil, grantOf("urn:unknown").with("client_id", "unknown")))
}

// Without the management scope, a plan says that it has not looked for the API.
func TestPlanReferences_lookupNotAllowed(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	n.Next("GET /api/v2/resource-servers", testserver.Respond(http.StatusForbidden,
		"application/json",
		`{"statusCode":403,"error":"Forbidden","message":"No.","errorCode":"insufficient_scope"}`))
	p.says(
		p.scope(nil, values{"resource_server_identifier": "urn:unknown", "scope": "a"}),
		`warning: Check skipped: The plan was not checked for APIs that do not exist: this check `+
			`needs the management scope read:resource_servers, which`,
	)
}
