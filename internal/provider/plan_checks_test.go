// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

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

// values are the attributes of a configuration, a plan or a state. Attributes that are not
// named are null. A nil map means a null object.
type values map[string]any

var unknownText = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)

func (p *planRun) object(typeName string, given values) *tfprotov6.DynamicValue {
	p.T.Helper()
	object := p.Schema.ResourceSchemas[typeName].ValueType().(tftypes.Object)
	value := tftypes.NewValue(object, nil)
	if given != nil {
		attributes := map[string]tftypes.Value{}
		for name, kind := range object.AttributeTypes {
			switch value := given[name].(type) {
			case tftypes.Value:
				attributes[name] = tftypes.NewValue(kind, tftypes.UnknownValue)
			case []string:
				attributes[name] = scopesValue(kind, value)
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
	if len(diags) != len(want) {
		p.T.Fatalf("%d diagnostics, want %d: %v", len(diags), len(want), diags)
	}
	for i, d := range diags {
		said := strings.ToLower(d.Severity.String()) + ": " + d.Summary + ": " + d.Detail
		if !text.Says(want[i]).MatchString(said) {
			p.T.Errorf("%s\nwant %s", said, want[i])
		}
	}
}

// asked checks the requests to the Management API since the last call.
func (p *planRun) asked(want ...string) {
	p.T.Helper()
	p.tenant.Expect(acctest.Requests(want...)).Now()
}

const (
	askedForSample = "GET resource-servers?identifiers=https://sample-api.example.com"
	askedForGrants = "GET client-grants?audience=https://orders.example.com&take=100"
)

func TestPlanScopes_plannedAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	p.says(p.api(nil, apiWith("read:orders").with("id", unknownText)))
	p.says(p.grant(nil, grantOf(acctest.OrdersAPI, "read:orders")))
	p.says(p.grant(nil, grantOf(
		acctest.OrdersAPI, "read:orders", "write:orders", "x",
	)), `error: Scope that the API does not define: This adds "write:orders",
		"x" to the grant. The API "https://orders.example.com" in this configuration defines "read:orders". The tenant would store them in the grant, but tokens would not include them. Add them to scopes of the m2m_resource_server, or remove them from the grant.`)
	// Scopes that the grant already holds, or may hold, are not an error.
	p.says(p.grant(grantOf(acctest.OrdersAPI, "old"), grantOf(acctest.OrdersAPI, "old")),
		`warning: Scope that the API does not define: The grant has "old", which the API "https://orders.example.com" in this configuration does not define, so tokens do not include it. Remove it from the grant, or define it.`)
	p.says(
		p.grant(grantOf(acctest.OrdersAPI, "old"), grantOf(acctest.OrdersAPI, "old", "new")),
		`error: … This adds "new" to the grant.`, `warning: … The grant has "old"`,
	)
	p.asked()
	p.says(
		p.grant(nil, grantOf(acctest.OrdersAPI, "new").with("use_existing", true)),
		`warning: … This adds "new" to the grant.`,
	)
	// With use_existing, to adopt the grant.
	p.asked("GET client-grants?audience=https://orders.example.com&client_id=" +
		testserver.MachineClientID + "&per_page=100")
	// A changed audience makes a new grant, which is planned separately.
	p.says(p.grant(grantOf("urn:other", "new"), grantOf(acctest.OrdersAPI, "new")))
	p.says(p.grant(nil, grantOf(acctest.OrdersAPI).with("scopes", nil).with(
		"allow_all_scopes", true,
	)))
	p.asked()
}

func TestPlanScopes_managedTwice(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	scope := values{"resource_server_identifier": acctest.OrdersAPI, "scope": "write:orders"}
	const warning = `warning: Scopes managed twice: The m2m_resource_server of the API "https://orders.example.com" in this configuration sets scopes`
	p.says(p.scope(nil, scope)) // Nothing is known about the API.
	p.says(p.api(nil, apiWith().with("scopes", nil)))
	p.says(p.scope(nil, scope))
	p.says(p.api(nil, apiWith("read:orders")))
	p.says(p.scope(nil, scope), warning)
	p.says(p.scope(scope, scope), warning)
	p.says(p.scope(nil, scope.with("resource_server_identifier", "urn:other")))
	p.says(p.scope(scope, nil))
	p.asked()
}

func TestPlanScopes_allScopesOfSystemAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	all := grantOf(n.Issuer()+"/api/v2/").with("scopes", nil).with("allow_all_scopes", true)
	p.says(p.grant(nil, all), `error: Not for a system API: The API "`+n.Issuer()+
		`/api/v2/" is a system API, whose scopes cannot be granted all at once. List the required scopes in scopes instead.`)
	p.says(p.grant(nil, all.with("audience", unknownText)))
	p.says(p.grant(nil, all.with("audience", acctest.OrdersAPI)))
	p.asked()
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
			PlanOnly: true,
			ExpectError: text.Says(
				`with m2m_client_grant.orders, … scopes = … This adds "write:orders" to the grant.`,
			),
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
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.ScopesPatch(
				`{"value":"read:orders"}`,
			)))},
			ExpectError: text.Says(`This adds "new:orders" to the grant.`),
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
			Config:            config,
			ConfigPlanChecks:  acctest.EmptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Lookups())},
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
	p.asked()
}

func TestPlanScopes_liveAPI(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	sample := testserver.SampleAPIAudience
	p.says(p.grant(grantOf(sample, "old"), grantOf(sample, "old")))
	p.asked()
	p.says(p.grant(nil, grantOf(sample, "read:orders", "delete:all")),
		`warning: … This adds "delete:all" to the grant. The API
		"https://sample-api.example.com" in the tenant defines … "read:orders" … Define it before the grant is used, or remove it from the grant. If this configuration defines a missing scope, let the grant depend on the resource that defines it (depends_on), so that the plan knows.`)
	p.says(p.grant(nil, grantOf(n.URL()+"/api/v2/", "read:client")),
		`warning: … The scopes of a system API cannot be changed. Remove it from the grant.`)
	p.asked(askedForSample, "GET resource-servers?identifiers="+n.URL()+"/api/v2/")
	p.says(p.grant(nil, grantOf(sample, "read:orders")))
	p.says(
		p.grant(grantOf(sample, "old"), grantOf(sample, "old", "read:orders")),
		`warning: … The grant has "old"`,
	)
	p.asked() // One lookup for all of them.
	p.says(p.grant(nil, grantOf("urn:nothing", "read:orders")))
	p.asked("GET resource-servers?identifiers=urn:nothing")
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
		`{"scope":["update:clients"]}`, nil,
	)
	p.says(p.grant(nil, grantOf(testserver.SampleAPIAudience, "delete:all")),
		`warning: Check skipped: The plan was not checked for scopes that the
		API "https://sample-api.example.com" does not define: this check needs the management scope read:resource_servers, which the client … does not have. The plan itself is complete.`)
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
	for i := range count {
		var client, grant struct {
			ID       string `json:"id"`
			ClientID string `json:"client_id"`
		}
		n.AtDashboard(
			http.MethodPost, "/api/v2/clients", fmt.Sprintf(`{"name":"Client %d"}`, i), &client,
		)
		n.AtDashboard(http.MethodPost, "/api/v2/client-grants",
			fmt.Sprintf(
				`{"client_id":%q,"audience":%q,"scope":[%q]}`, client.ClientID, acctest.OrdersAPI,
				scope,
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
		grantOf("urn:other", "read:orders").with("id", ids[2]),
	))
	p.asked()
	diags := p.api(apiWith("read:orders"), nil)
	p.says(diags,
		`warning: API in use: Destroying the API "https://orders.example.com" deletes 6 client grants: `+
			ids[1]+` (client … and 1 more. This run may also destroy some of these grants`)
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
	), `warning: API in use: Changing the identifier replaces the API
		"https://orders.example.com", which deletes 1 client grant: `+id+
		` (client …). Grants that this configuration manages`)
	p.asked(askedForGrants)
}

func TestPlanForGrants_removedScope(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", acctest.Adoptable)
	ids := grants(n, 3, "read:orders")
	p := newPlanRun(n)
	p.says(p.api(apiWith("read:orders"), apiWith("read:orders", "new")))
	p.says(p.api(apiWith("read:orders"), apiWith().with("scopes", unknownText)))
	p.asked()
	p.says(p.grant(
		grantOf(acctest.OrdersAPI, "read:orders").with("id", ids[0]),
		grantOf(acctest.OrdersAPI).with("id", ids[0]),
	))
	p.says(p.api(apiWith("read:orders", "unused"), apiWith("new")),
		`warning: Scope in use: This removes scopes of the API "https://orders.example.com" that client grants list. The grants keep listing them unless this run changes the grants too, but tokens will not include them: - "read:orders": 2 client grants: `+
			ids[1]+` (client …), `+ids[2])
	p.asked(askedForGrants)
	p.says(p.api(apiWith("unused"), apiWith()))
	p.asked() // The grants have already been read.
}

func TestPlanForGrants_failedLookup(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	n.AtDashboard(
		http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
		`{"scope":["read:resource_servers"]}`, nil,
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
