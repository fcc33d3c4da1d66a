// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// Two blocks for one natural key are an error in whichever order Terraform plans them.
func TestPlanOwner_twoResources(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	p := newPlanRun(n)
	for typeName, c := range map[string]struct {
		object, changed values
		name            string
	}{
		"m2m_resource_server": {
			apiWith("read:orders"), apiWith("write:orders"), `API "https://orders.example.com"`,
		},
		"m2m_client_grant": {
			grantOf(acctest.OrdersAPI), grantOf(
				acctest.OrdersAPI,
			).with("allow_any_organization", true),
			`grant of the API "https://orders.example.com" to the client "` +
				testserver.MachineClientID + `"`,
		},
		"m2m_resource_server_scope": {
			values{"resource_server_identifier": acctest.OrdersAPI, "scope": "a"},
			values{
				"resource_server_identifier": acctest.OrdersAPI,
				"scope":                      "a",
				"description":                "A",
			},
			`scope "a" of the API "https://orders.example.com"`,
		},
		"m2m_organization_client_grant": {
			values{"organization_id": "org_1", "grant_id": "cgr_1"},
			values{"organization_id": "org_1", "grant_id": "cgr_1", "id": "org_1::cgr_1"},
			`association of the grant "cgr_1" with the organization "org_1"`,
		},
		"m2m_client_grants_exclusive": {
			exclusiveOf(nil), exclusiveOf(nil).with("on_unmanaged", "report"),
			`grants of the API "https://orders.example.com"`,
		},
	} {
		twice := "error: Two resources for the " + c.name +
			": Another resource of this configuration also manages it. Two resources for one " +
			"object undo each other's changes in every apply. Remove one of the two blocks."
		imported := twice +
			" If the state already contains both, remove one block and add a removed"
		for _, plans := range []struct{ first, second [2]values }{
			{[2]values{nil, c.object}, [2]values{nil, c.object}},
			{[2]values{c.object, c.object}, [2]values{nil, c.changed}},
		} {
			p = p.again()
			p.says(p.plan(typeName, plans.first[0], plans.first[1]))
			p.says(p.plan(typeName, plans.second[0], plans.second[1]), twice)
		}
		p = p.again()
		p.says(p.plan(typeName, nil, c.object))
		p.says(p.plan(typeName, c.object, c.object), imported)
		p = p.again()
		p.says(p.plan(typeName, c.object, c.object))
		p.says(p.plan(typeName, c.object, c.object), imported)
		// A replacement is planned twice, with one configuration.
		p = p.again()
		p.says(p.plan(typeName, c.object, c.object))
		p.says(p.plan(typeName, nil, c.object))
		// A renamed block is not a second resource.
		p = p.again()
		p.says(p.plan(typeName, c.object, nil))
		p.says(p.plan(typeName, nil, c.object))
	}
}

func TestAccPlanOwner_twoResources(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	grant := acctest.GrantConfig(`scopes = ["read:orders"]`, "use_existing = true")
	terraform := cli.New(t, grant, n.Env())
	terraform.Must("apply", "-auto-approve")
	second := strings.NewReplacer(
		`"orders"`, `"second"`, "read:orders", "write:orders",
	).Replace(grant)
	terraform.Rewrite(grant, grant+second)
	for _, plan := range [][]string{{"plan"}, {"plan", "-refresh=false"}} {
		output, err := terraform.Run(append(plan, "-no-color")...)
		said := text.Says("Error: Two resources for the grant of the API")
		if err == nil || !said.MatchString(output) {
			t.Errorf("%v: %v %s", plan, err, output)
		}
	}
	terraform.Must("destroy", "-auto-approve", "-refresh=false")
	n.Expect(acctest.Writes(
		acctest.GrantPost(`,"scope":["read:orders"]`), "DELETE client-grants/{id}",
	)).Now()
}

// If an API is replaced, its grants are deleted, whatever causes the replacement.
func TestAccPlanOwner_replacedAPI(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	api := acctest.OrdersConfig() + fmt.Sprintf("resource \"m2m_client_grant\" \"ours\" {\n  "+
		"client_id = %q\n  "+
		"audience = m2m_resource_server.orders.identifier\n  scopes = []\n}\n",
		testserver.MachineClientID)
	terraform := cli.New(t, api, n.Env())
	terraform.Must("apply", "-auto-approve")
	grants(n, 2, "read:orders")
	warned := func(what string, says []string, plan ...string) {
		t.Helper()
		output := terraform.Must(append([]string{"plan"}, plan...)...)
		for _, said := range append(says, "deletes 3 client grants: cgr_") {
			if got := len(text.Says(said).FindAllString(output, -1)); got != 1 {
				t.Errorf("%s: %d times %q:\n%s", what, got, said, output)
			}
		}
	}
	const (
		name    = acctest.OrdersName
		apiIs   = ` the API "https://orders.example.com", which client grants use`
		renamed = "If its block was only renamed, add a moved block instead: it keeps the API " +
			"and its grants."
	)
	// Terraform ignores warnings of the second plan of a replacement, so the grant gives them.
	deleted := []string{
		`Warning: The grant of the API "https://orders.example.com" to the client "` +
			testserver.MachineClientID + `" is deleted with its API`,
	}
	warned("-replace", deleted, "-replace="+name)
	warned("-replace without refresh", deleted, "-replace="+name, "-refresh=false")
	terraform.Must("plan", "-replace="+name, "-out=replace")
	output := terraform.Must("apply", "replace")
	if got := len(text.Says(`Warning: Deleted client grants with the API `+
		`"https://orders.example.com" … The apply replaces the API, and the tenant deletes its `+
		`grants with it: 3 client grants: cgr_`).FindAllString(output, -1)); got != 1 {
		t.Errorf("the apply names the grants %d times:\n%s", got, output)
	}
	terraform.Must("apply", "-auto-approve") // It creates the grant again.
	grants(n, 2, "read:orders")
	terraform.Must("taint", name)
	warned("tainted", []string{"Warning: Replaces" + apiIs, renamed})
	terraform.Must("untaint", name)
	terraform.Rewrite(api, strings.ReplaceAll(
		strings.Replace(api, `"orders"`, `"renamed"`, 1), "server.orders", "server.renamed",
	))
	warned("renamed", []string{"Warning: Destroys" + apiIs, renamed})
	terraform.Must("destroy", "-auto-approve")
	n.Expect(acctest.Writes(
		"POST resource-servers", "POST client-grants", "DELETE resource-servers/{id}",
		"POST resource-servers", "POST client-grants", "DELETE client-grants/{id}",
		"DELETE resource-servers/{id}",
	).InAnyOrder().WithoutBodies()).Now()
}

// replaced plans the second plan of a replacement, which gets the private state of the first. It
// returns the private state of the plan.
func (p *planRun) replaced(typeName string, object values, private []byte) []byte {
	p.T.Helper()
	plan := p.object(typeName, object)
	resp, err := p.Server.PlanResourceChange(p.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: p.object(typeName, nil), ProposedNewState: plan,
		Config: plan, PriorPrivate: private,
	})
	protocol.NoDiagnostics(p.T, resp.Diagnostics, err)
	return resp.PlannedPrivate
}

// The plan of a replacement stores who loses access, and the apply says it.
func TestPlanOwner_grantsLostByReplacement(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.Create("/api/v2/resource-servers", acctest.Adoptable)
	ids := grants(n, 3, "read:orders")
	p := newPlanRun(n)
	api := apiWith().with("id", id)
	p.says(p.api(api, api))
	p.says(p.grant(grantOf(acctest.OrdersAPI).with("id", ids[0]), nil))
	private := p.replaced("m2m_resource_server", api, p.read("m2m_resource_server", api))
	p.asked("GET resource-servers/"+id, askedForGrants)

	destroy := func(typeName string, object values, private []byte) []*tfprotov6.Diagnostic {
		resp, err := p.Server.ApplyResourceChange(
			p.Context(), &tfprotov6.ApplyResourceChangeRequest{
				TypeName: typeName, PriorState: p.object(typeName, object),
				PlannedState: p.object(typeName, nil), Config: p.object(typeName, nil),
				PlannedPrivate: private,
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		return resp.Diagnostics
	}
	p = p.again()
	// A grant that the apply destroys itself is no surprise.
	p.says(destroy("m2m_client_grant", grantOf(acctest.OrdersAPI).with("id", ids[1]), nil))
	p.says(destroy("m2m_resource_server", api, private),
		`warning: Deleted client grants with the API "https://orders.example.com": The apply `+
			`replaces the API, and the tenant deletes its grants with it: 1 client grant: `+ids[2]+
			` (client …). Their clients lose access to the API. Grants of this configuration are `+
			`created again, by this apply if it replaces them too, otherwise by the next one.`)
	n.Expect(
		acctest.Writes("DELETE client-grants/{id}", "DELETE resource-servers/{id}"),
	).Now()
}

// read reads an object, and returns its private state.
func (p *planRun) read(typeName string, object values) []byte {
	p.T.Helper()
	resp, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: p.object(typeName, object),
	})
	protocol.NoDiagnostics(p.T, resp.Diagnostics, err)
	return resp.Private
}

// Terraform may plan the new block of a renamed API before the address that destroys the API. Only
// that one warns.
func TestPlanOwner_renamedAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.Create("/api/v2/resource-servers", acctest.Adoptable)
	grants(n, 1, "read:orders")
	p := newPlanRun(n)
	api := apiWith().with("id", id)
	p.read("m2m_resource_server", api)
	created := make(chan []*tfprotov6.Diagnostic)
	go func() { created <- p.api(nil, apiWith()) }()
	time.Sleep(50 * time.Millisecond) // The create waits.
	p.says(p.api(api, nil), `warning: Destroys the API "https://orders.example.com", which client `+
		`grants use: … Another block of this configuration creates the API again.`)
	p.says(<-created)
}

func TestPlanOwner_keptByAnotherResource(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	p.says(p.api(apiWith(), apiWith()))
	p.says(p.api(apiWith(), nil),
		`warning: Destroys the API "https://orders.example.com", which another
		resource keeps: Another resource in the state manages the same API, so this deletes it for both.`)
}

// A scope of its own resource is lost by its destroy and by a change of its value.
func TestPlanForGrants_removedScopeResource(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	id := grants(n, 1, "read:orders")[0]
	p := newPlanRun(n)
	scope := values{"resource_server_identifier": acctest.OrdersAPI, "scope": "read:orders"}
	warning := `warning: Removes scopes of the API "https://orders.example.com" that client grants use: … - "read:orders": 1 client grant: ` + id
	p.says(p.scope(scope, nil), warning)
	p = p.again()
	p.says(p.scope(scope, scope.with("scope", "other")), warning)
	p = p.again()
	p.says(p.scope(scope.with("scope", "unused"), nil))
	// The scope stays, or the API goes.
	p = p.again()
	p.says(p.scope(nil, scope))
	p.says(p.scope(scope, nil))
	p = p.again()
	p.says(p.api(apiWith("read:orders"), apiWith("read:orders")))
	p.says(p.scope(scope, nil))
	p = p.again()
	p.says(
		p.api(apiWith("read:orders"), nil),
		`warning: Destroys the API "https://orders.example.com", which`,
	)
	p.says(p.scope(scope, nil))
}

// A renamed block keeps the scope, whichever of its two addresses Terraform plans first.
func TestPlanForGrants_renamedScopeResource(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	grants(n, 1, "read:orders")
	p := newPlanRun(n)
	scope := values{"resource_server_identifier": acctest.OrdersAPI, "scope": "read:orders"}
	removed := make(chan []*tfprotov6.Diagnostic)
	go func() { removed <- p.scope(scope, nil) }()
	time.Sleep(50 * time.Millisecond) // The removal waits.
	p.says(p.scope(nil, scope))
	p.says(<-removed)
}

// Adoption lists what it changes value by value, and who loses a scope by it.
func TestPlanAdoption_removesScopes(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", fmt.Sprintf(
		`{"identifier":%q,"scopes":[{"value":"a"},{"value":"b","description":"B"},{"value":"c"}],"token_lifetime":3600}`,
		acctest.OrdersAPI))
	id := grants(n, 1, "b")[0]
	p := newPlanRun(n)
	p.says(p.api(nil, values{
		"identifier": acctest.OrdersAPI, "use_existing": true, "scopes": []string{"a", "d"},
		"token_lifetime": 600,
	}),
		`warning: Adopts the API "https://orders.example.com": … This changes: ~ scopes: - "b" - "c" + "d" ~ token_lifetime: 3600 -> 600 If its block`,
		`warning: Removes scopes of the API "https://orders.example.com" that client grants use: … - "b": 1 client grant: `+id)
}
