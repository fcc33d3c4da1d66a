// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// planRun simulates the plans of one run of Terraform. Terraform tests cannot check warnings,
// so the plans are requested directly.
type planRun struct {
	tenant *acctest.Tenant
	*protocol.Protocol
}

func newPlanRun(n *acctest.Tenant) *planRun {
	n.T.Helper()
	n.T.Parallel()
	p := protocol.ConfiguredProtocol(n.T, n.Env())
	if p.Said.Len() > 0 {
		n.T.Fatal(&p.Said)
	}
	n.ForgetRequests()
	return &planRun{n, p}
}

// again returns a new run with the same tenant.
func (p *planRun) again() *planRun {
	p.T.Helper()
	fresh := &protocol.Protocol{T: p.T, PlanWait: p.PlanWait, Transport: p.Transport}
	fresh.Start(p.tenant.Env())
	fresh.Configure(nil)
	p.tenant.ForgetRequests()
	return &planRun{p.tenant, fresh}
}

// impatient returns a new run that hardly waits for plans of other resources.
func (p *planRun) impatient() *planRun {
	p.PlanWait = time.Millisecond
	return p.again()
}

// values are the attributes of a configuration, a plan or a state. Attributes that are not
// named are null. A nil map means a null object.
type values map[string]any

var unknownText = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)

func (p *planRun) object(typeName string, given values) *tfprotov6.DynamicValue {
	p.T.Helper()
	return p.objectOf(p.Schema.ResourceSchemas[typeName], given)
}

func (p *planRun) objectOf(schema *tfprotov6.Schema, given values) *tfprotov6.DynamicValue {
	p.T.Helper()
	object := schema.ValueType().(tftypes.Object)
	value := tftypes.NewValue(object, nil)
	if given != nil {
		attributes := map[string]tftypes.Value{}
		for name, kind := range object.AttributeTypes {
			switch value := given[name].(type) {
			case tftypes.Value:
				attributes[name] = tftypes.NewValue(kind, tftypes.UnknownValue)
			case map[string]any:
				attributes[name] = nested(kind, value)
			case []string:
				attributes[name] = scopesValue(kind, value)
			case map[string]string:
				attributes[name] = described(kind, value)
			default:
				attributes[name] = tftypes.NewValue(kind, value)
			}
		}
		value = tftypes.NewValue(object, attributes)
	}
	out, err := tfprotov6.NewDynamicValue(object, value)
	if err != nil {
		p.T.Fatal(err)
	}
	return &out
}

// nested returns an object whose parts are objects and texts.
func nested(kind tftypes.Type, value any) tftypes.Value {
	parts, ok := value.(map[string]any)
	if !ok {
		return tftypes.NewValue(kind, value)
	}
	attributes := map[string]tftypes.Value{}
	for name, kind := range kind.(tftypes.Object).AttributeTypes {
		attributes[name] = nested(kind, parts[name])
	}
	return tftypes.NewValue(kind, attributes)
}

// described returns a map of texts.
func described(kind tftypes.Type, texts map[string]string) tftypes.Value {
	elements := map[string]tftypes.Value{}
	for name, text := range texts {
		elements[name] = tftypes.NewValue(tftypes.String, text)
	}
	return tftypes.NewValue(kind, elements)
}

// scopesValue returns a set of scopes, or a map of scopes without descriptions.
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

// plan plans a change from state to plan; the configuration is the plan.
func (p *planRun) plan(typeName string, state, plan values) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Server.PlanResourceChange(p.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: p.object(typeName, state),
		ProposedNewState: p.object(typeName, plan), Config: p.object(typeName, plan),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

func (p *planRun) api(state, plan values) []*tfprotov6.Diagnostic {
	p.T.Helper()
	return p.plan("m2m_resource_server", state, plan)
}

func (p *planRun) grant(state, plan values) []*tfprotov6.Diagnostic {
	p.T.Helper()
	return p.plan("m2m_client_grant", state, plan)
}

func (p *planRun) scope(state, plan values) []*tfprotov6.Diagnostic {
	p.T.Helper()
	return p.plan("m2m_resource_server_scope", state, plan)
}

func apiWith(scopes ...string) values {
	return values{
		"id":         "68f0a1b2c3d4e5f60718293a",
		"identifier": acctest.OrdersAPI,
		"scopes":     scopes,
	}
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

// says expects the given diagnostics, each as severity and text, and no others.
func (p *planRun) says(diags []*tfprotov6.Diagnostic, want ...string) {
	p.T.Helper()
	var said []string
	for _, d := range diags {
		said = append(said, strings.ToLower(d.Severity.String())+": "+d.Summary+": "+d.Detail)
	}
	if len(said) != len(want) {
		p.T.Fatalf(
			"%d diagnostics, want %d:\n%s", len(said), len(want), strings.Join(said, "\n"),
		)
	}
	for i := range said {
		if !text.Says(want[i]).MatchString(said[i]) {
			p.T.Errorf("%s\nwant %s", said[i], want[i])
		}
	}
}

// asked checks the requests to the Management API since the last call, except those that only look
// whether a client exists.
func (p *planRun) asked(want ...string) {
	p.T.Helper()
	p.tenant.Expect(acctest.Requests(want...).Ignoring("GET clients")).Now()
}

// clients creates clients.
func clients(n *acctest.Tenant, count int) (ids []string) {
	n.T.Helper()
	for i := range count {
		var client struct {
			ID string `json:"client_id"`
		}
		n.AtDashboard(
			http.MethodPost, "/api/v2/clients", fmt.Sprintf(`{"name":"Client %d"}`, i), &client,
		)
		ids = append(ids, client.ID)
	}
	return ids
}

const (
	askedForSample = "GET resource-servers?identifiers=https://sample-api.example.com"
	askedForGrants = "GET client-grants?audience=https://orders.example.com&take=100"
)

func TestPlanScopes_plannedAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	of := clients(n, 6)
	p := newPlanRun(n)
	p.says(p.api(nil, apiWith("read:orders").with("id", unknownText)))
	orders := func(client string, scopes ...string) values {
		return grantOf(acctest.OrdersAPI, scopes...).with("client_id", client)
	}
	p.says(p.grant(nil, orders(of[0], "read:orders")))
	const title = `warning: Scopes that the API does not define in the grant of the API "https://orders.example.com" to the client `
	p.says(p.grant(nil, orders(of[1], "read:orders", "write:orders", "x")),
		title+`"`+of[1]+`": The plan adds "write:orders", "x". The API "https://orders.example.com" in this configuration defines "read:orders". Tokens will not include undefined scopes, although the tenant stores them in the grant. Add them to scopes of the m2m_resource_server, or remove them from the grant.`)
	p.says(p.grant(orders(of[2], "old"), orders(of[2], "old")), title+`"`+of[2]+`": The grant already has "old". The API`)
	p.says(p.grant(orders(of[3], "old"), orders(of[3], "old", "new")),
		title+`"`+of[3]+`": The plan adds "new". The grant already has "old". The API`)
	p.asked()
	// With use_existing, the grant is looked up too.
	p.says(p.grant(nil, orders(of[4], "new").with("use_existing", true)), title+`"`+of[4]+`": The plan adds "new".`)
	p.asked("GET client-grants?audience=https://orders.example.com&client_id=" + of[4] + "&per_page=100")
	// Terraform shows only the warnings of the first plan of a replacement.
	p.says(p.grant(grantOf("urn:other", "new"), grantOf(acctest.OrdersAPI, "new")),
		title+`"`+testserver.MachineClientID+`": The plan adds "new".`)
	p.says(p.grant(nil, orders(of[5]).with("scopes", nil).with("allow_all_scopes", true)))
	p.asked()
}

func TestPlanScopes_managedTwice(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	scope := values{"resource_server_identifier": acctest.OrdersAPI, "scope": "write:orders"}
	p.says(p.scope(scope, scope)) // Nothing is known about the API.
	for _, api := range []values{
		apiWith().with("scopes", nil),
		// If the API ignores changes of its scopes, Terraform gives the scopes in the state.
		apiWith("read:orders", "write:orders"),
	} {
		p = p.again()
		p.says(p.api(api, api))
		p.says(p.scope(scope, scope))
	}
	p = p.again()
	p.says(p.api(nil, apiWith("read:orders")))
	p.says(p.scope(scope, scope), `warning: The scope "write:orders" of the API "https://orders.example.com" is managed twice: The m2m_resource_server of this API in this configuration sets scopes, which are all scopes of the API, so it removes this scope.`)
	// With ignored changes, the first apply of both is right.
	p.says(p.scope(nil, scope.with("scope", "new")))
	p.says(
		p.scope(nil, scope.with("resource_server_identifier", testserver.SampleAPIAudience)),
	)
	p.asked(askedForSample)
}

func TestPlanScopes_allScopesOfSystemAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	all := grantOf(n.Issuer()+"/api/v2/").with("scopes", nil).with("allow_all_scopes", true)
	p.says(p.grant(nil, all), `error: Not for a system API: The API "`+n.Issuer()+
		`/api/v2/" is a system API, whose scopes cannot be granted all at once. List the required scopes in scopes instead.`)
	p.says(p.grant(nil, all.with("audience", unknownText)))
	p.says(p.grant(nil, all.with("audience", testserver.SampleAPIAudience)))
	p.asked(askedForSample)
}

// Terraform plans the API first, so its planned scopes are used and no request is needed.
func TestAccClientGrant_undefinedScopes(t *testing.T) {
	n := acctest.NewTenant(t)
	config := func(apiScopes, grantScopes string) string {
		return acctest.OrdersConfig("scopes = "+apiScopes) + fmt.Sprintf("resource \"m2m_client_grant\" \"orders\" {\n  client_id = %q\n"+
			"  audience = m2m_resource_server.orders.identifier\n  scopes = %s\n}\n",
			testserver.MachineClientID, grantScopes)
	}
	grantPatch := func(scopes string) string {
		return `PATCH client-grants/{id} {"scope":[` + scopes + `]}`
	}
	n.Test(
		resource.TestStep{
			Config:   config(`{ "read:orders" = null }`, `["read:orders", "write:orders"]`),
			PlanOnly: true, ExpectNonEmptyPlan: true, // Only a warning.
		},
		resource.TestStep{
			Config: config(`{ "read:orders" = null }`, `["read:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.OrdersPost(`,"scopes":[{"value":"read:orders"}]`),
					strings.Replace(
						acctest.GrantPost(`,"scope":["read:orders"]`), testserver.SampleAPIAudience,
						acctest.OrdersAPI, 1,
					))),
				n.Expect(acctest.Lookups()),
			},
		},
		resource.TestStep{
			Config:            config(`{ "read:orders" = null }`, `["read:orders"]`),
			ConfigPlanChecks:  acctest.EmptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Lookups())},
		},
		// When a scope is removed from the API, the list of its grants is read once at plan and
		// once at apply.
		resource.TestStep{
			Config: config(`{ "write:orders" = null }`, `["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(
					acctest.ScopesPatch(`{"value":"write:orders"}`), grantPatch(`"write:orders"`),
				)), n.Expect(acctest.Lookups(askedForGrants, askedForGrants)),
			},
		},
		// An unchanged API is not planned again at apply, so it is looked up then.
		resource.TestStep{
			Config: config(`{ "write:orders" = null, "read:orders" = null }`, `["write:orders"]`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.ScopesPatch(
					`{"value":"read:orders"},{"value":"write:orders"}`,
				))), n.Expect(acctest.Lookups()),
			},
		},
		resource.TestStep{
			Config: config(
				`{ "write:orders" = null, "read:orders" = null }`,
				`["write:orders", "read:orders"]`,
			),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(grantPatch(`"read:orders","write:orders"`))),
				n.Expect(acctest.Lookups(
					"GET resource-servers?identifiers=https://orders.example.com",
				)),
			},
		},
		// Here the scope is known only after apply, so it is checked then.
		resource.TestStep{
			Config: config(
				`{ (terraform_data.later.output) = null }`, `["read:orders", "new:orders"]`,
			) +
				"resource \"terraform_data\" \"later\" {\n  input = \"read:orders\"\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				acctest.ScopesPatch(`{"value":"read:orders"}`), grantPatch(`"new:orders","read:orders"`),
			))},
		},
	)
}

// An API of another configuration is looked up once for all grants, at plan and at apply.
func TestAccClientGrant_scopesOfAnotherConfiguration(t *testing.T) {
	n := acctest.NewTenant(t)
	users := strings.Replace(
		acctest.GrantConfig(`scopes = ["write:orders"]`, `subject_type = "user"`), `"orders"`,
		`"users"`, 1,
	)
	config := acctest.GrantConfig(`scopes = ["read:orders", "undefined"]`) + users
	n.Test(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(
				acctest.Writes(
					acctest.GrantPost(`,"scope":["read:orders","undefined"]`),
					acctest.GrantPost(`,"scope":["write:orders"],"subject_type":"user"`),
				).InAnyOrder(),
			),
			n.Expect(acctest.Lookups(askedForSample, askedForSample)),
		}},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: acctest.EmptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{
				// Both grants may be read in one request.
				n.Expect(acctest.Lookups().Ignoring("GET client")),
			},
		},
	)
}

func TestPlanScopes_unknownNeverFails(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	p.says(p.api(nil, apiWith().with("scopes", unknownText)))
	p.says(p.grant(nil, grantOf(acctest.OrdersAPI, "write:orders")))
	p.says(p.grant(nil, grantOf("", "write:orders").with("audience", unknownText)))
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience).with("scopes", unknownText)))
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience).with("client_id", unknownText)))
	p.asked(askedForSample)
}

func TestPlanScopes_liveAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	of := clients(n, 3)
	p := newPlanRun(n)
	sample := testserver.SampleAPIAudience
	p.says(p.grant(grantOf(sample, "old"), grantOf(sample, "old")))
	p.asked()
	p.says(p.grant(nil, grantOf(sample, "read:orders", "delete:all").with("client_id", of[0])),
		`warning: … The plan adds "delete:all". The API
		"https://sample-api.example.com" in the tenant defines … "read:orders" … Define them before the grant is used, or remove them from the grant. If this configuration defines a missing scope, let the grant depend on the resource that defines it (depends_on), so that the plan knows.`)
	p.says(p.grant(nil, grantOf(n.URL()+"/api/v2/", "read:client")),
		`warning: … The scopes of a system API cannot be changed. Remove them from the grant.`)
	p.asked(askedForSample, "GET resource-servers?identifiers="+n.URL()+"/api/v2/")
	p.says(p.grant(nil, grantOf(sample, "read:orders").with("client_id", of[1])))
	p.says(
		p.grant(
			grantOf(sample, "old").with("client_id", of[2]),
			grantOf(sample, "old", "read:orders").with("client_id", of[2]),
		),
		`warning: … The grant already has "old"`,
	)
	p.asked() // One lookup for all of them.
}

func TestPlanScopes_addedByAnotherResource(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	sample := testserver.SampleAPIAudience
	p.says(p.scope(nil, values{"resource_server_identifier": sample, "scope": "delete:all"}))
	p.says(p.grant(nil, grantOf(sample, "read:orders", "delete:all")))
	p.asked(askedForSample)
}

func TestPlanScopes_failedLookup(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
		`{"scope":["create:client_grants","delete:resource_servers"]}`, nil,
	)
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience, "delete:all")),
		`warning: Check skipped: The plan was not checked for clients that do not exist or may not use client credentials: this check needs the management scope read:clients, which the client … does not have. Other checks need read:resource_servers and read:client_grants, which it lacks too. The plan itself is complete.`)
	p.says(p.grant(nil, grantOf("urn:nothing", "delete:all"))) // The warning is given only once.
	p.says(p.api(apiWith(), nil))
	unreachable := planRunClosed(acctest.NewTenant(t))
	unreachable.says(unreachable.grant(nil, grantOf(testserver.SampleAPIAudience, "delete:all")))
}

// planRunClosed returns a run whose credentials the tenant refuses.
func planRunClosed(n *acctest.Tenant) *planRun {
	return &planRun{
		n, protocol.ConfiguredProtocol(n.T, n.Env("AUTH0_CLIENT_SECRET", "wrong-secret")),
	}
}

// grants creates grants of the orders API, each for its own client.
func grants(n *acctest.Tenant, count int, scope string) (ids []string) {
	n.T.Helper()
	for _, client := range clients(n, count) {
		var grant struct {
			ID string `json:"id"`
		}
		n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
			fmt.Sprintf(
				`{"client_id":%q,"audience":%q,"scope":[%q]}`, client, acctest.OrdersAPI, scope,
			), &grant)
		ids = append(ids, grant.ID)
	}
	return ids
}

func TestPlanForGrants_destroy(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	ids := grants(n, 8, "read:orders")
	p := newPlanRun(n)
	p.says(p.grant(grantOf(acctest.OrdersAPI, "read:orders").with("id", ids[0]), nil))
	p.says(p.grant(
		grantOf(acctest.OrdersAPI, "read:orders").with("id", ids[2]),
		grantOf(testserver.SampleAPIAudience, "read:orders").with("id", ids[2]),
	))
	p.asked(askedForSample)
	diags := p.api(apiWith("read:orders"), nil)
	p.says(diags,
		`warning: Destroys the API "https://orders.example.com", which client grants use: This deletes 6 client grants: `+
			ids[1]+` (client … and 1 more. This plan may destroy some of them itself. The clients of all others lose access to the API. If its block was only renamed, add a moved block instead: it keeps the API and its grants.`)
	if named := regexp.MustCompile(`cgr_\w+`).FindAllString(diags[0].Detail, -1); cmp.Diff(
		named, []string{ids[1], ids[3], ids[4], ids[5], ids[6]},
	) != "" {
		t.Errorf("%v are named of %v", named, ids)
	}
	p.asked(askedForGrants)
}

func TestPlanForGrants_replacement(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	id := grants(n, 1, "read:orders")[0]
	p := newPlanRun(n)
	p.says(p.api(
		apiWith("read:orders"), apiWith("read:orders").with("identifier", "urn:new"),
	), `warning: Replaces the API "https://orders.example.com", which client grants use: This destroys the API and creates a new one, which deletes 1 client grant: `+id+
		` (client …). Grants of this configuration can move to the new identifier in the same apply.`)
	p.asked(askedForGrants)
}

func TestPlanForGrants_removedScope(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	ids := grants(n, 3, "read:orders")
	p := newPlanRun(n)
	p.says(p.api(apiWith("read:orders"), apiWith("read:orders", "new")))
	p.asked()
	p = p.again()
	p.says(p.api(apiWith("read:orders"), apiWith().with("scopes", unknownText)))
	p.asked()
	p = p.again()
	p.says(p.grant(
		grantOf(acctest.OrdersAPI, "read:orders").with("id", ids[0]),
		grantOf(acctest.OrdersAPI).with("id", ids[0]),
	))
	p.says(p.api(apiWith("read:orders", "unused"), apiWith("new")),
		`warning: Removes scopes of the API "https://orders.example.com" that client grants use: Tokens will no longer include these scopes, although the grants keep listing them, unless this plan changes the grants too: - "read:orders": 2 client grants: `+
			ids[1]+` (client …), `+ids[2])
	p.asked(askedForGrants)
	p = p.again()
	p.says(p.api(apiWith("unused"), apiWith()))
	p.asked(askedForGrants)
}

func TestPlanForGrants_failedLookup(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
		`{"scope":["read:resource_servers","delete:resource_servers"]}`, nil,
	)
	p.says(p.api(apiWith(), nil),
		`warning: Check skipped: The plan was not checked for client grants that use the API
		"https://orders.example.com": this check needs the management scope read:client_grants`)
	// The Management API is never destroyed.
	p.tenant.ForgetRequests()
	p.says(p.api(apiWith().with("identifier", n.URL()+"/api/v2/"), nil))
	p.asked()
}

// If the provider is not configured, the framework plans with resources that are not configured
// either.
func TestModifyPlan_unconfiguredProvider(t *testing.T) {
	t.Parallel()
	p := &planRun{Protocol: &protocol.Protocol{T: t}}
	p.Start(nil)
	for typeName, object := range map[string]values{
		"m2m_resource_server": apiWith("read:orders"),
		"m2m_client_grant":    grantOf(acctest.OrdersAPI, "read:orders"),
		"m2m_resource_server_scope": {
			"resource_server_identifier": acctest.OrdersAPI, "scope": "read:orders",
		},
		"m2m_organization_client_grant": {"organization_id": "org_1", "grant_id": "cgr_1"},
	} {
		p.says(p.plan(typeName, nil, object))
		p.says(p.plan(typeName, object, object))
		p.says(p.plan(typeName, object, nil))
	}
}
