// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	acctest "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// planRun is one run of Terraform as far as plans are concerned. Terraform tests
// cannot look at warnings, so the plans are asked for directly.
type planRun struct {
	tenant    *tenant
	resources map[string]resource.ResourceWithModifyPlan // By type.
}

func (n *tenant) planRun() *planRun {
	n.t.Helper()
	n.t.Parallel()
	p := n.planRunWith(n.env())
	n.ForgetRequests()
	return p
}

// planRunWith has the resources of a provider that is configured by the environment.
func (n *tenant) planRunWith(env map[string]string) *planRun {
	n.t.Helper()
	ctx := n.t.Context()
	served := New(testProvider(env))()
	var schema provider.SchemaResponse
	served.Schema(ctx, provider.SchemaRequest{}, &schema)
	empty := tftypes.NewValue(schema.Schema.Type().TerraformType(ctx), nil)
	object, _ := empty.Type().(tftypes.Object)
	attributes := map[string]tftypes.Value{}
	for name, t := range object.AttributeTypes {
		attributes[name] = tftypes.NewValue(t, nil)
	}
	config := tfsdk.Config{Schema: schema.Schema, Raw: tftypes.NewValue(object, attributes)}
	var configured provider.ConfigureResponse
	served.Configure(ctx, provider.ConfigureRequest{Config: config}, &configured)
	if configured.Diagnostics.HasError() {
		n.t.Fatal(configured.Diagnostics)
	}
	p := &planRun{n, map[string]resource.ResourceWithModifyPlan{}}
	for typeName, r := range planners(ctx, served) {
		var resp resource.ConfigureResponse
		r.(resource.ResourceWithConfigure).Configure(ctx, resource.ConfigureRequest{ProviderData: configured.ResourceData}, &resp)
		if resp.Diagnostics.HasError() {
			n.t.Fatal(resp.Diagnostics)
		}
		p.resources[typeName] = r
	}
	return p
}

// planners are the resources that plan more than their schemas do, by type.
func planners(ctx context.Context, p provider.Provider) map[string]resource.ResourceWithModifyPlan {
	found := map[string]resource.ResourceWithModifyPlan{}
	for _, constructor := range p.Resources(ctx) {
		r := constructor()
		var resp resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "m2m"}, &resp)
		if r, ok := r.(resource.ResourceWithModifyPlan); ok {
			found[resp.TypeName] = r
		}
	}
	return found
}

// values are the attributes of a configuration, a plan or a state; nil stands for
// none at all. What is not named is null.
type values map[string]any

var unknownText = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)

func (p *planRun) object(r resource.Resource, given values) (tftypes.Value, resource.SchemaResponse) {
	p.tenant.t.Helper()
	ctx := p.tenant.t.Context()
	var resp resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &resp)
	object, _ := resp.Schema.Type().TerraformType(ctx).(tftypes.Object)
	if given == nil {
		return tftypes.NewValue(object, nil), resp
	}
	attributes := map[string]tftypes.Value{}
	for name, t := range object.AttributeTypes {
		attributes[name] = tftypes.NewValue(t, nil)
		switch value := given[name].(type) {
		case nil:
		case tftypes.Value:
			attributes[name] = tftypes.NewValue(t, tftypes.UnknownValue)
		case []string:
			attributes[name] = scopesValue(t, value)
		default:
			attributes[name] = tftypes.NewValue(t, value)
		}
	}
	return tftypes.NewValue(object, attributes), resp
}

// scopesValue is a set of scopes or a map of them without descriptions.
func scopesValue(t tftypes.Type, scopes []string) tftypes.Value {
	if t.Is(tftypes.Set{}) {
		elements := []tftypes.Value{}
		for _, scope := range scopes {
			elements = append(elements, tftypes.NewValue(tftypes.String, scope))
		}
		return tftypes.NewValue(t, elements)
	}
	elements := map[string]tftypes.Value{}
	for _, scope := range scopes {
		elements[scope] = tftypes.NewValue(tftypes.String, nil)
	}
	return tftypes.NewValue(t, elements)
}

// plan plans a change from state to plan, both as the configuration has them.
func (p *planRun) plan(typeName string, state, plan values) diag.Diagnostics {
	p.tenant.t.Helper()
	r := p.resources[typeName]
	config, schema := p.object(r, plan)
	planned, _ := p.object(r, plan)
	prior, _ := p.object(r, state)
	resp := resource.ModifyPlanResponse{Plan: tfsdk.Plan{Schema: schema.Schema, Raw: planned}}
	r.ModifyPlan(p.tenant.t.Context(), resource.ModifyPlanRequest{
		Config: tfsdk.Config{Schema: schema.Schema, Raw: config},
		Plan:   tfsdk.Plan{Schema: schema.Schema, Raw: planned},
		State:  tfsdk.State{Schema: schema.Schema, Raw: prior},
	}, &resp)
	return resp.Diagnostics
}

func (p *planRun) api(state, plan values) diag.Diagnostics {
	p.tenant.t.Helper()
	return p.plan("m2m_resource_server", state, plan)
}

func (p *planRun) grant(state, plan values) diag.Diagnostics {
	p.tenant.t.Helper()
	return p.plan("m2m_client_grant", state, plan)
}

func apiWith(scopes ...string) values {
	return values{"id": "68f0a1b2c3d4e5f60718293a", "identifier": ordersAPI, "scopes": scopes}
}

func grantOf(audience string, scopes ...string) values {
	return values{
		"id": "cgr_Planned000000001", "client_id": testserver.MachineClientID, "audience": audience,
		"subject_type": "client", "allow_all_scopes": false, "scopes": scopes,
	}
}

func (v values) with(name string, value any) values {
	out := values{name: value}
	for other, value := range v {
		if other != name {
			out[other] = value
		}
	}
	return out
}

// says expects diagnostics, each as its severity and text, or none.
func (p *planRun) says(diags diag.Diagnostics, want ...string) {
	p.tenant.t.Helper()
	if len(diags) != len(want) {
		p.tenant.t.Fatalf("%d diagnostics, want %d: %v", len(diags), len(want), diags)
	}
	for i, d := range diags {
		text := strings.ToLower(d.Severity().String()) + ": " + d.Summary() + ": " + d.Detail()
		if !says(want[i]).MatchString(text) {
			p.tenant.t.Errorf("%s\nwant %s", text, want[i])
		}
	}
}

// asked checks the requests to the Management API since the last call.
func (p *planRun) asked(want ...string) {
	p.tenant.t.Helper()
	if err := p.tenant.asked(want...)(); err != nil {
		p.tenant.t.Error(err)
	}
}

const (
	askedForSample = "GET resource-servers?identifiers=https://sample-api.example.com"
	askedForGrants = "GET client-grants?audience=https://orders.example.com&take=100"
)

func TestPlanScopes_ofAPIPlannedInTheSameRun(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	p.says(p.api(nil, apiWith("read:orders").with("id", unknownText)))
	p.says(p.grant(nil, grantOf(ordersAPI, "read:orders")))
	p.says(p.grant(nil, grantOf(ordersAPI, "read:orders", "write:orders", "x")), `error: Scope that the API does not define: This adds "write:orders",
		"x" to the grant. The API "https://orders.example.com" in this configuration defines "read:orders". The tenant would store them in
		the grant all the same, but tokens come without. Add what is missing to scopes of the m2m_resource_server, or take it out of the grant.`)
	// What it holds already, or may hold, is no error.
	p.says(p.grant(grantOf(ordersAPI, "old"), grantOf(ordersAPI, "old")),
		`warning: Scope that the API does not define: The grant holds "old", which the API "https://orders.example.com" in this configuration does
		not define: tokens come without. Take what is stale out of the grant, or define it.`)
	p.says(p.grant(grantOf(ordersAPI, "old"), grantOf(ordersAPI, "old", "new")), `error: … This adds "new" to the grant.`, `warning: … The grant holds "old"`)
	p.asked()
	p.says(p.grant(nil, grantOf(ordersAPI, "new").with("use_existing", true)), `warning: … This adds "new" to the grant.`)
	p.asked("GET client-grants?audience=https://orders.example.com&client_id=" + testserver.MachineClientID + "&per_page=100") // To adopt it.
	// An audience that changes makes a new grant, which is planned by itself.
	p.says(p.grant(grantOf("urn:other", "new"), grantOf(ordersAPI, "new")))
	p.says(p.grant(nil, grantOf(ordersAPI).with("scopes", nil).with("allow_all_scopes", true)))
	p.asked()
}

func TestPlanScopes_managedTwice(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	const r = "m2m_resource_server_scope"
	scope := values{"resource_server_identifier": ordersAPI, "scope": "write:orders"}
	const warning = `warning: Scopes managed twice: The m2m_resource_server of the API "https://orders.example.com" in this configuration sets scopes`
	p.says(p.plan(r, nil, scope)) // Nothing is known of the API.
	p.says(p.api(nil, apiWith().with("scopes", nil)))
	p.says(p.plan(r, nil, scope))
	p.says(p.api(nil, apiWith("read:orders")))
	p.says(p.plan(r, nil, scope), warning)
	p.says(p.plan(r, scope, scope), warning)
	p.says(p.plan(r, nil, scope.with("resource_server_identifier", "urn:other")))
	p.says(p.plan(r, scope, nil))
	p.asked()
}

func TestPlanScopes_allOfASystemAPI(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	all := grantOf(n.Issuer()+"/api/v2/").with("scopes", nil).with("allow_all_scopes", true)
	p.says(p.grant(nil, all), `error: Not for a system API: The API "`+n.Issuer()+`/api/v2/" is one of the tenant's own, whose scopes cannot be granted
		all at once. List those that are needed in scopes instead.`)
	p.says(p.grant(nil, all.with("audience", unknownText)))
	p.says(p.grant(nil, all.with("audience", ordersAPI)))
	p.asked()
}

// Terraform plans the API first, whose scopes settle it without a request.
func TestAccClientGrant_scopesThatTheAPIDoesNotDefine(t *testing.T) {
	n := newTenant(t)
	config := func(apiScopes, grantScopes string) string {
		return ordersConfig("scopes = "+apiScopes) + fmt.Sprintf("resource \"m2m_client_grant\" \"orders\" {\n  client_id = %q\n"+
			"  audience = m2m_resource_server.orders.identifier\n  scopes = %s\n}\n", testserver.MachineClientID, grantScopes)
	}
	grantPatch := func(scopes string) string { return `PATCH client-grants/{id} {"scope":[` + scopes + `]}` }
	n.accTest(
		acctest.TestStep{
			Config: config(`{ "read:orders" = null }`, `["read:orders", "write:orders"]`), PlanOnly: true,
			ExpectError: says(`with m2m_client_grant.orders, … scopes = … This adds "write:orders" to the grant.`),
		},
		acctest.TestStep{
			Config: config(`{ "read:orders" = null }`, `["read:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(ordersPost(`,"scopes":[{"value":"read:orders"}]`),
					strings.Replace(grantPost(`,"scope":["read:orders"]`), testserver.SampleAPIAudience, ordersAPI, 1)),
				n.lookedUp(),
			},
		},
		acctest.TestStep{
			Config: config(`{ "read:orders" = null }`, `["read:orders"]`), ConfigPlanChecks: emptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.lookedUp()},
		},
		// When it is taken from the API, one list of its grants is read, at plan and at apply.
		acctest.TestStep{
			Config: config(`{ "write:orders" = null }`, `["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(patchOf(`{"value":"write:orders"}`), grantPatch(`"write:orders"`)), n.lookedUp(askedForGrants, askedForGrants),
			},
		},
		// An API that stays as it is is not planned anew at apply, so that it is looked up then.
		acctest.TestStep{
			Config: config(`{ "write:orders" = null, "read:orders" = null }`, `["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(patchOf(`{"value":"read:orders"},{"value":"write:orders"}`)), n.lookedUp(),
			},
		},
		acctest.TestStep{
			Config:            config(`{ "write:orders" = null, "read:orders" = null }`, `["write:orders", "read:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPatch(`"read:orders","write:orders"`)), n.lookedUp("GET resource-servers?identifiers=https://orders.example.com")},
		},
		// Here the scope is known after apply, so that it is judged then.
		acctest.TestStep{
			Config: config(`{ (terraform_data.later.output) = null }`, `["read:orders", "new:orders"]`) +
				"resource \"terraform_data\" \"later\" {\n  input = \"read:orders\"\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{n.sent(patchOf(`{"value":"read:orders"}`))},
			ExpectError:       says(`This adds "new:orders" to the grant.`),
		},
	)
}

// Another configuration's API is looked up once for all grants, at plan and at
// apply.
func TestAccClientGrant_scopesOfAnotherConfiguration(t *testing.T) {
	n := newTenant(t)
	users := strings.Replace(grantConfig(`scopes = ["write:orders"]`, `subject_type = "user"`), `"orders"`, `"users"`, 1)
	config := grantConfig(`scopes = ["read:orders", "undefined"]`) + users
	n.accTest(
		acctest.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			n.sentTogether(grantPost(`,"scope":["read:orders","undefined"]`), grantPost(`,"scope":["write:orders"],"subject_type":"user"`)),
			n.lookedUp(askedForSample, askedForSample),
		}},
		acctest.TestStep{Config: config, ConfigPlanChecks: emptyPlan(), ConfigStateChecks: []statecheck.StateCheck{n.lookedUp()}},
	)
}

func TestPlanScopes_unknownNeverFails(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	p.says(p.api(nil, apiWith().with("scopes", unknownText)))
	p.says(p.grant(nil, grantOf(ordersAPI, "write:orders")))
	p.says(p.grant(nil, grantOf("", "write:orders").with("audience", unknownText)))
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience).with("scopes", unknownText)))
	p.asked()
}

func TestPlanScopes_ofTheLiveAPI(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	sample := testserver.SampleAPIAudience
	p.says(p.grant(grantOf(sample, "old"), grantOf(sample, "old")))
	p.asked()
	p.says(p.grant(nil, grantOf(sample, "read:orders", "delete:all")), `warning: … This adds "delete:all" to the grant. The API
		"https://sample-api.example.com" in the tenant defines … "read:orders" … Define what is missing before the grant is used, or take it out of the
		grant. If this configuration defines it, let the grant refer to the resource that does (depends_on), so that the plan knows.`)
	p.says(p.grant(nil, grantOf(n.URL()+"/api/v2/", "read:client")), `warning: … The API is the tenant's own, so nobody can add to its scopes:
		take what is missing out of the grant.`)
	p.asked(askedForSample, "GET resource-servers?identifiers="+n.URL()+"/api/v2/")
	p.says(p.grant(nil, grantOf(sample, "read:orders")))
	p.says(p.grant(grantOf(sample, "old"), grantOf(sample, "old", "read:orders")), `warning: … The grant holds "old"`)
	p.asked() // Once for all of them.
	p.says(p.grant(nil, grantOf("urn:nothing", "read:orders")))
	p.asked("GET resource-servers?identifiers=urn:nothing")
}

func TestPlanScopes_addedByAnotherResource(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	sample := testserver.SampleAPIAudience
	p.says(p.plan("m2m_resource_server_scope", nil, values{"resource_server_identifier": sample, "scope": "delete:all"}))
	p.says(p.grant(nil, grantOf(sample, "read:orders", "delete:all")))
	p.asked(askedForSample)
}

func TestPlanScopes_failedLookupFailsNoPlan(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	n.dashboard(http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001", `{"scope":["update:clients"]}`, nil)
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience, "delete:all")), `warning: Check skipped: The plan could not be checked for scopes that the
		API "https://sample-api.example.com" does not define: that needs the management scope read:resource_servers, which the client …
		does not have. The plan is complete without it.`)
	p.says(p.grant(nil, grantOf("urn:nothing", "delete:all"))) // It is said once.
	p.says(p.api(apiWith(), nil))
	unreachable := newTenant(t).planRunClosed()
	unreachable.says(unreachable.grant(nil, grantOf(testserver.SampleAPIAudience, "delete:all")))
}

// planRunClosed is a run whose credentials the tenant refuses.
func (n *tenant) planRunClosed() *planRun {
	return n.planRunWith(n.env("AUTH0_CLIENT_SECRET", "wrong-secret"))
}

// grants makes grants of the orders API for as many clients.
func (n *tenant) grants(count int, scope string) (ids []string) {
	n.t.Helper()
	for i := range count {
		var client, grant struct {
			ID       string `json:"id"`
			ClientID string `json:"client_id"`
		}
		n.dashboard(http.MethodPost, "/api/v2/clients", fmt.Sprintf(`{"name":"Client %d"}`, i), &client)
		n.dashboard(http.MethodPost, "/api/v2/client-grants",
			fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":[%q]}`, client.ClientID, ordersAPI, scope), &grant)
		ids = append(ids, grant.ID)
	}
	return ids
}

func TestPlanForGrants_destroy(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	ids := n.grants(8, "read:orders")
	p := n.planRun()
	p.says(p.grant(grantOf(ordersAPI, "read:orders").with("id", ids[0]), nil))
	p.says(p.grant(grantOf(ordersAPI, "read:orders").with("id", ids[2]), grantOf("urn:other", "read:orders").with("id", ids[2])))
	p.asked()
	diags := p.api(apiWith("read:orders"), nil)
	p.says(diags, `warning: API in use: Destroying the API "https://orders.example.com" ends 6 client grants: `+
		ids[1]+` (client … and 1 more. Grants that this run destroys as well can be among them`)
	if named := regexp.MustCompile(`cgr_\w+`).FindAllString(diags[0].Detail(), -1); cmp.Diff(named, []string{ids[1], ids[3], ids[4], ids[5], ids[6]}) != "" {
		t.Errorf("%v are named of %v", named, ids)
	}
	p.asked(askedForGrants)
}

func TestPlanForGrants_replacement(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	id := n.grants(1, "read:orders")[0]
	p := n.planRun()
	p.says(p.api(apiWith("read:orders"), apiWith("read:orders").with("identifier", "urn:new")), `warning: API in use: Another identifier replaces the API
		"https://orders.example.com", which ends 1 client grant: `+id+` (client …). Those that this configuration manages`)
	p.asked(askedForGrants)
}

func TestPlanForGrants_removedScope(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	ids := n.grants(3, "read:orders")
	p := n.planRun()
	p.says(p.api(apiWith("read:orders"), apiWith("read:orders", "new")))
	p.says(p.api(apiWith("read:orders"), apiWith().with("scopes", unknownText)))
	p.asked()
	p.says(p.grant(grantOf(ordersAPI, "read:orders").with("id", ids[0]), grantOf(ordersAPI).with("id", ids[0])))
	p.says(p.api(apiWith("read:orders", "unused"), apiWith("new")), `warning: Scope in use: The API "https://orders.example.com" loses scopes that client
		grants hold. The grants keep listing them unless this run changes that too, but tokens come without: - "read:orders": 2 client grants: `+
		ids[1]+` (client …), `+ids[2])
	p.asked(askedForGrants)
	p.says(p.api(apiWith("unused"), apiWith()))
	p.asked() // The grants are known by now.
}

func TestPlanForGrants_failedLookupFailsNoPlan(t *testing.T) {
	n := newTenant(t)
	p := n.planRun()
	n.dashboard(http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001", `{"scope":["read:resource_servers"]}`, nil)
	p.says(p.api(apiWith(), nil), `warning: Check skipped: The plan could not be checked for client grants that use the API
		"https://orders.example.com": that needs the management scope read:client_grants`)
	// The Management API stays in any case.
	p.tenant.ForgetRequests()
	p.says(p.api(apiWith().with("identifier", n.URL()+"/api/v2/"), nil))
	p.asked()
}

// The framework plans with an unconfigured resource where the provider could not be
// configured.
func TestModifyPlan_ofAProviderThatIsNotConfigured(t *testing.T) {
	t.Parallel()
	p := &planRun{&tenant{t: t}, planners(t.Context(), New(testProvider(nil))())}
	if len(p.resources) < 3 {
		t.Fatalf("only %d resources have plans of their own", len(p.resources))
	}
	scope := values{"resource_server_identifier": ordersAPI, "scope": "read:orders"}
	for typeName, object := range map[string]values{
		"m2m_resource_server":       apiWith("read:orders"),
		"m2m_client_grant":          grantOf(ordersAPI, "read:orders"),
		"m2m_resource_server_scope": scope,
	} {
		p.says(p.plan(typeName, nil, object))
		p.says(p.plan(typeName, object, object))
		p.says(p.plan(typeName, object, nil))
	}
}
