// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const (
	scopeName = "m2m_resource_server_scope.read"
	// foreignScopes are scopes of another writer, with each kind of description.
	foreignScopes = `{"value":"z:last","description":"Z"},{"value":"a:first"},{"value":"m","description":""}`
)

// addOrdersAPI creates an API with the given scopes, in JSON, at the dashboard.
func addOrdersAPI(n *acctest.Tenant, scopes string) {
	n.T.Helper()
	n.Create("/api/v2/resource-servers", fmt.Sprintf(
		`{"identifier":%q,"scopes":[%s]}`, acctest.OrdersAPI, scopes,
	))
}

// putScopes replaces all scopes, as another writer does.
func putScopes(n *acctest.Tenant, scopes string) {
	n.T.Helper()
	n.AtDashboard(
		http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI), `{"scopes":[`+scopes+`]}`,
		nil,
	)
}

// expectScopes checks the scopes in the tenant, including their order.
func expectScopes(n *acctest.Tenant, want string) {
	n.T.Helper()
	var got struct {
		Scopes []struct {
			Value       string  `json:"value"`
			Description *string `json:"description,omitempty"`
		} `json:"scopes"`
	}
	n.AtDashboard(http.MethodGet, acctest.ResourceServerPath(acctest.OrdersAPI), "", &got)
	var scopes []string
	for _, scope := range got.Scopes {
		text := fmt.Sprintf(`{"value":%q`, scope.Value)
		if scope.Description != nil {
			text += fmt.Sprintf(`,"description":%q`, *scope.Description)
		}
		scopes = append(scopes, text+"}")
	}
	if diff := cmp.Diff(want, strings.Join(scopes, ",")); diff != "" {
		n.T.Errorf("scopes (-want +got):\n%s", diff)
	}
}

// scopeConfig is the configuration of a scope with additional lines.
func scopeConfig(scope string, lines ...string) string {
	return fmt.Sprintf("resource \"m2m_resource_server_scope\" \"read\" {\n  "+
		"resource_server_identifier = %q\n  scope = %q\n  %s\n}\n",
		acctest.OrdersAPI, scope, strings.Join(lines, "\n  "))
}

func scopeValues(scope string, description knownvalue.Check) []statecheck.StateCheck {
	value := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(scopeName, tfjsonpath.New(name), want)
	}
	return []statecheck.StateCheck{
		value("resource_server_identifier", knownvalue.StringExact(acctest.OrdersAPI)),
		value("scope", knownvalue.StringExact(scope)),
		value("id", knownvalue.StringExact(acctest.OrdersAPI+"::"+scope)),
		value("description", description),
	}
}

func TestAccResourceServerScope_lifecycle(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrdersAPI(n, foreignScopes)
	step := func(config string, plan plancheck.ResourceActionType, description knownvalue.Check, scope, sent string) resource.TestStep {
		writes := []string{acctest.ScopesPatch(sent)}
		if plan == plancheck.ResourceActionDestroyBeforeCreate {
			writes = []string{acctest.ScopesPatch(foreignScopes), acctest.ScopesPatch(sent)}
		}
		return resource.TestStep{
			Config: config, ConfigPlanChecks: acctest.Planned(scopeName, plan),
			ConfigStateChecks: append(
				scopeValues(scope, description), n.Expect(acctest.Writes(writes...)),
			),
		}
	}
	const (
		update  = plancheck.ResourceActionUpdate
		replace = plancheck.ResourceActionDestroyBeforeCreate
	)
	described := scopeConfig("read:orders", `description = "Read orders"`)
	n.Test(
		step(described, plancheck.ResourceActionCreate, knownvalue.StringExact(
			"Read orders",
		), "read:orders",
			foreignScopes+`,{"value":"read:orders","description":"Read orders"}`),
		resource.TestStep{Config: described, ConfigPlanChecks: acctest.EmptyPlan(), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Requests("GET resource-servers?identifiers=https://orders.example.com")),
		}},
		step(
			scopeConfig("read:orders"), update, knownvalue.Null(), "read:orders",
			foreignScopes+`,{"value":"read:orders"}`,
		),
		step(scopeConfig("read:orders", `description = ""`), update, knownvalue.StringExact(
			"",
		), "read:orders",
			foreignScopes+`,{"value":"read:orders","description":""}`),
		// Terraform generates null for an empty string, so null must not plan a change.
		resource.TestStep{Config: scopeConfig("read:orders"), PlanOnly: true},
		step(
			scopeConfig("read::all"), replace, knownvalue.Null(), "read::all",
			foreignScopes+`,{"value":"read::all"}`,
		),
		// The id is ambiguous; the scope that exists in the tenant decides.
		resource.TestStep{ResourceName: scopeName, ImportState: true, ImportStateVerify: true},
	)
	expectScopes(n, foreignScopes)
}

func TestAccResourceServerScope_unknownAtPlan(t *testing.T) {
	n := acctest.NewTenant(t)
	config := fmt.Sprintf(`resource "terraform_data" "scope" {
  input = "read:orders"
}
resource "m2m_resource_server" "orders" {
  identifier = %q
}
resource "m2m_resource_server_scope" "read" {
  resource_server_identifier = m2m_resource_server.orders.identifier
  scope                      = terraform_data.scope.output
  description                = m2m_resource_server.orders.id
}
`, acctest.OrdersAPI)
	n.Test(
		// Afterwards, the API shows the scope without managing it: the next plan is empty.
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(scopeName, tfjsonpath.New("scope")),
				plancheck.ExpectUnknownValue(scopeName, tfjsonpath.New("description")),
			}},
			ConfigStateChecks: append(scopeValues(
				"read:orders", knownvalue.StringRegexp(acctest.HexID),
			),
				n.Expect(
					acctest.Writes(
						"POST resource-servers", "PATCH resource-servers/{id}",
					).InAnyOrder().WithoutBodies(),
				)),
		},
	)
}

// stateCheck and planCheck run a function at the time of a check.
type (
	stateCheck func()
	planCheck  func()
)

func (look stateCheck) CheckState(
	context.Context, statecheck.CheckStateRequest, *statecheck.CheckStateResponse,
) {
	look()
}

func (look planCheck) CheckPlan(
	context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse,
) {
	look()
}

// By default, Terraform handles ten resources at a time.
func TestAccResourceServerScope_manyShareOneWrite(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrdersAPI(n, foreignScopes)
	config := func(description string) string {
		return fmt.Sprintf(`resource "m2m_resource_server_scope" "all" {
  count                      = 10
  resource_server_identifier = %q
  scope                      = "scope:${count.index}"
  description                = %s
}
`, acctest.OrdersAPI, description)
	}
	// requests counts the requests since the last call, by method.
	requests := func() string {
		sent := map[string]int{}
		for _, r := range n.Requests() {
			if strings.HasPrefix(r.Path, "/api/v2/") {
				sent[r.Method]++
			}
		}
		n.ForgetRequests()
		return fmt.Sprint(sent)
	}
	expect := func(when, want string) func() {
		return func() {
			t.Helper()
			if got := requests(); got != want {
				t.Errorf("%s took %s, want %s", when, got, want)
			}
		}
	}
	p := protocol.Options(n.Env())
	p.GatherScopes = protocol.Together(10)
	one := n.Expect(acctest.Writes("PATCH resource-servers/{id}").InAnyOrder().WithoutBodies())
	n.Run(resource.TestCase{
		ProtoV6ProviderFactories: protocol.Serving(p),
		Steps: []resource.TestStep{
			{
				Config: config(`"old"`),
				ConfigStateChecks: []statecheck.StateCheck{
					one, // The plan and the apply also look for the API, once each.
					stateCheck(expect("create", "map[GET:5 PATCH:1]")),
				},
			},
			{
				Config: config(`"new ${count.index}"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					planCheck(expect("refresh", "map[GET:1]")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					one, stateCheck(expect("update", "map[GET:3 PATCH:1]")),
				},
			},
			{
				Config: config(`"new ${count.index}"`), Destroy: true,
				ConfigStateChecks: []statecheck.StateCheck{one},
			},
		},
	})
	expectScopes(n, foreignScopes)
}

func TestAccResourceServerScope_deletedElsewhere(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(n *acctest.Tenant){
		"scope": func(n *acctest.Tenant) { putScopes(n, foreignScopes) },
		"API": func(n *acctest.Tenant) {
			n.AtDashboard(http.MethodDelete, acctest.ResourceServerPath(acctest.OrdersAPI), "", nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			addOrdersAPI(n, "")
			n.Test(
				resource.TestStep{
					Config: scopeConfig("read:orders"),
					ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
						acctest.ScopesPatch(`{"value":"read:orders"}`),
					))},
				},
				resource.TestStep{
					PreConfig: func() { remove(n) }, RefreshState: true, ExpectNonEmptyPlan: true,
					RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(scopeName, plancheck.ResourceActionCreate),
					}},
				},
			)
		})
	}
}

func TestAccResourceServerScope_changedElsewhere(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrdersAPI(n, "")
	n.Test(
		resource.TestStep{Config: scopeConfig(
			"read:orders", `description = "Read orders"`,
		), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(acctest.ScopesPatch(
				`{"value":"read:orders","description":"Read orders"}`,
			))),
		}},
		resource.TestStep{
			PreConfig: func() {
				putScopes(n, `{"value":"read:orders"},`+foreignScopes)
			},
			Config:           scopeConfig("read:orders", `description = "Read orders"`),
			ConfigPlanChecks: acctest.Planned(scopeName, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(acctest.ScopesPatch(
					`{"value":"read:orders","description":"Read orders"},` + foreignScopes,
				))),
			},
		},
	)
}

func TestAccResourceServerScope_conflict(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrdersAPI(n, foreignScopes)
	id := acctest.OrdersAPI + "::a:first"
	n.Test(
		resource.TestStep{
			Config: scopeConfig("a:first"),
			ExpectError: text.Says(fmt.Sprintf(`The tenant already has the scope "a:first" of the API %q. … import {
				to = m2m_resource_server_scope.NAME id = %q } If this plan replaces it, set create_before_destroy = false.`,
				acctest.OrdersAPI, id)),
		},
		resource.TestStep{
			Config:           scopeConfig("a:first") + acctest.ImportBlock(scopeName, id),
			ConfigPlanChecks: acctest.Planned(scopeName, plancheck.ResourceActionNoop),
			ConfigStateChecks: append(
				scopeValues("a:first", knownvalue.Null()), n.Expect(acctest.Writes()),
			),
		},
	)
}

func TestAccResourceServerScope_errors(t *testing.T) {
	t.Parallel()
	const added = foreignScopes + `,{"value":"read:orders"}`
	for name, c := range map[string]struct {
		prepare func(n *acctest.Tenant)
		want    string
		sent    []string
	}{
		"no API": {
			func(n *acctest.Tenant) {
				n.AtDashboard(
					http.MethodDelete, acctest.ResourceServerPath(acctest.OrdersAPI), "", nil,
				)
			},
			`resource_server_identifier = "https://orders.example.com" The API answered for the scope "read:orders" of the API
			"https://orders.example.com": 404 Not Found (inexistent_resource_server) … Check that the objects it refers to exist in the tenant`, nil,
		},
		"management scope": {
			func(n *acctest.Tenant) {
				n.AtDashboard(
					http.MethodPatch, "/api/v2/client-grants/cgr_Reference0000001",
					`{"scope":["read:resource_servers"]}`, nil,
				)
			},
			`Insufficient scope, expected any of: update:resource_servers … Grant the missing management scope to the client`,
			[]string{acctest.ScopesPatch(added)},
		},
		"refused": {
			func(n *acctest.Tenant) {
				n.Next("PATCH /api/v2/resource-servers/{id}",
					testserver.Respond(http.StatusBadRequest, "application/json",
						`{"statusCode":400,"error":"Bad Request","message":"The scope read:orders is reserved.","errorCode":"invalid_body"}`))
			},
			`The API answered for the scope "read:orders" of the API "https://orders.example.com": 400 Bad Request (invalid_body): The scope
			read:orders is reserved. Change the configuration accordingly. Nothing was changed in the tenant.`,
			[]string{acctest.ScopesPatch(added)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			addOrdersAPI(n, foreignScopes)
			c.prepare(n)
			n.Test(resource.TestStep{
				Config: scopeConfig("read:orders"), ExpectError: text.Says(c.want),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(c.sent...))},
			})
		})
	}
}

// A refusal is reported for the scope that caused it; the other scopes are created.
func TestAccResourceServerScope_limit(t *testing.T) {
	n := acctest.NewTenant(t)
	var scopes []string
	for i := range 999 {
		scopes = append(scopes, fmt.Sprintf(`{"value":"scope:%d"}`, i))
	}
	addOrdersAPI(n, strings.Join(scopes, ","))
	config := fmt.Sprintf(`resource "m2m_resource_server_scope" "all" {
  count                      = 2
  resource_server_identifier = %q
  scope                      = "new:${count.index}"
}
`, acctest.OrdersAPI)
	p := protocol.Options(n.Env())
	var first sync.Once
	p.GatherScopes = func(pending func() int) { first.Do(func() { protocol.Together(2)(pending) }) }
	n.Run(resource.TestCase{
		ProtoV6ProviderFactories: protocol.Serving(p),
		Steps: []resource.TestStep{{
			Config: config,
			ExpectError: text.Says(
				`The API answered for the scope "new: … 400 Bad Request (invalid_body): … on property scopes`,
			),
			// First both scopes, then each one separately.
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(
				acctest.Writes(slices.Repeat(
					[]string{"PATCH resource-servers/{id}"}, 3,
				)...).InAnyOrder().WithoutBodies(),
			)},
		}},
	})
	expectScopes(n, strings.Join(scopes, ","))
}

func TestAccResourceServerScope_systemAPIs(t *testing.T) {
	n := acctest.NewTenant(t)
	config := func(identifier string) string {
		return strings.Replace(scopeConfig("read:orders"), acctest.OrdersAPI, identifier, 1)
	}
	management, express := n.Issuer()+"/api/v2/", "urn:auth0:express-configure"
	n.Create("/api/v2/resource-servers", fmt.Sprintf(`{"identifier":%q,"name":"x"}`, express))
	n.Test(
		resource.TestStep{Config: config(management), PlanOnly: true, ExpectError: text.Says(`Unable to create resource server scope … The scope "read:orders" of the
			API "` + management +
			`" cannot be managed, because the scopes of a system API cannot be changed.`)},
		resource.TestStep{
			Config:      config(express),
			ExpectError: text.Says(`because the scopes of a system API cannot be changed.`),
		},
	)
}

// interrupted returns an environment in which hook runs after each PATCH, before the next request.
func interrupted(n *acctest.Tenant, hook func()) map[string]string {
	n.T.Helper()
	target, err := url.Parse(n.URL())
	if err != nil {
		n.T.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		forward.ServeHTTP(answer, r)
		if r.Method == http.MethodPatch {
			hook()
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	n.T.Cleanup(proxy.Close)
	return n.Env("AUTH0_DOMAIN", proxy.URL, "AUTH0_AUDIENCE", n.Issuer()+"/api/v2/")
}

func TestAccResourceServerScope_lostRaceIsRepaired(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrdersAPI(n, foreignScopes)
	undo := ""
	env := interrupted(n, func() {
		if undo != "" {
			putScopes(n, undo)
			undo = ""
		}
	})
	const other = `{"value":"other"}`
	n.TestIn(env,
		resource.TestStep{
			PreConfig: func() { undo = other },
			Config:    scopeConfig("read:orders"),
			ConfigStateChecks: append(
				scopeValues("read:orders", knownvalue.Null()),
				n.Expect(acctest.Writes(
					acctest.ScopesPatch(foreignScopes+`,{"value":"read:orders"}`),
					acctest.ScopesPatch(other+`,{"value":"read:orders"}`),
				)),
			),
		},
		resource.TestStep{
			PreConfig: func() { undo = `{"value":"read:orders","description":"Theirs"},` + other },
			Config:    scopeConfig("read:orders", `description = "Ours"`),
			ConfigStateChecks: append(
				scopeValues("read:orders", knownvalue.StringExact("Ours")),
				n.Expect(acctest.Writes(
					acctest.ScopesPatch(other+`,{"value":"read:orders","description":"Ours"}`),
					acctest.ScopesPatch(other+`,{"value":"read:orders","description":"Ours"}`),
				)),
			),
		},
		resource.TestStep{
			PreConfig: func() { undo = `{"value":"read:orders"},` + other },
			Config:    scopeConfig("read:orders", `description = "Ours"`), Destroy: true,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				acctest.ScopesPatch(other), acctest.ScopesPatch(other),
			))},
		},
	)
	expectScopes(n, other)
}

// A rename of the block removes and adds the scope in one run. If both share a request, nothing
// changes.
func TestAccResourceServerScope_renamedResource(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrdersAPI(n, foreignScopes)
	config := scopeConfig("read:orders")
	renamed := strings.Replace(config, `"read"`, `"renamed"`, 1)
	var calls atomic.Int32
	expect := func(count int32) func() { return func() { calls.Store(count) } }
	p := protocol.Options(n.Env())
	p.GatherScopes = func(pending func() int) { protocol.Together(int(calls.Load()))(pending) }
	n.Run(resource.TestCase{ProtoV6ProviderFactories: protocol.Serving(
		p,
	), Steps: []resource.TestStep{
		{
			PreConfig: expect(1), Config: config,
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.ScopesPatch(
				foreignScopes + `,{"value":"read:orders"}`,
			)))},
		},
		{
			PreConfig: expect(2), Config: renamed, ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes()),
				statecheck.ExpectKnownValue(
					"m2m_resource_server_scope.renamed", tfjsonpath.New("id"),
					knownvalue.StringExact(acctest.OrdersAPI+"::read:orders"),
				),
			},
		},
		{PreConfig: expect(1), Config: renamed, PlanOnly: true},
	}})
	expectScopes(n, foreignScopes)
}

func TestAccResourceServerScope_badInput(t *testing.T) {
	acctest.RefusedAtPlan(t, map[string]struct{ Config, Want string }{
		"empty scope": {scopeConfig(""), `A scope must not be empty.`},
		"overlong scope": {
			scopeConfig(strings.Repeat("s", 281)), `A scope may have at most 280 characters`,
		},
		"description": {
			scopeConfig("a", fmt.Sprintf(`description = %q`, strings.Repeat("d", 501))),
			`Attribute description UTF-8 character count must be at most 500`,
		},
		"empty identifier": {
			strings.Replace(scopeConfig("a"), acctest.OrdersAPI, "", 1),
			`UTF-8 character count must be between 1 and 600`,
		},
	})
}

func TestAccResourceServerScope_importBadID(t *testing.T) {
	n := acctest.NewTenant(t)
	var steps []resource.TestStep
	for _, id := range []string{
		acctest.OrdersAPI, acctest.OrdersAPI + ":read", "::read:orders", acctest.OrdersAPI + "::",
	} {
		steps = append(steps, resource.TestStep{
			Config: scopeConfig("read:orders"), ResourceName: scopeName, ImportState: true,
			ImportStateId: id,
			ExpectError: text.Says(fmt.Sprintf(
				`%q is not the id of a scope. … IDENTIFIER::SCOPE`, id,
			)),
		})
	}
	n.Test(append(steps, resource.TestStep{
		Config: scopeConfig("read:orders"), ResourceName: scopeName, ImportState: true,
		ImportStateId: acctest.OrdersAPI + "::read:orders",
		ExpectError:   text.Says("Cannot import non-existent remote object"),
	})...)
}

func TestAccResourceServerScope_importByIdentity(t *testing.T) {
	n := acctest.NewTenant(t)
	addOrdersAPI(n, foreignScopes)
	n.Run(resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(
			tfversion.Version1_12_0,
		)},
		Steps: []resource.TestStep{
			{
				Config: scopeConfig("read:orders"),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(
					acctest.Writes("PATCH resource-servers/{id}").InAnyOrder().WithoutBodies(),
				), statecheck.ExpectIdentity(scopeName, map[string]knownvalue.Check{
					"resource_server_identifier": knownvalue.StringExact(acctest.OrdersAPI),
					"scope":                      knownvalue.StringExact("read:orders"),
				})},
			},
			{
				ResourceName:    scopeName,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
			},
		},
	})
}

// The CLI of these tests may not support identities, so this test uses the protocol.
func TestResourceServerScope_identity(t *testing.T) {
	t.Parallel()
	n := acctest.NewTenant(t)
	addOrdersAPI(n, `{"value":"a::b"}`)
	n.TestIdentity("m2m_resource_server_scope", map[string]string{
		"resource_server_identifier": acctest.OrdersAPI,
		"scope":                      "a::b",
	},
		func() { putScopes(n, "") }, acctest.OrdersAPI+"::a::b")
}
