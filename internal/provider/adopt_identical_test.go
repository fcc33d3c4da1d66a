// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/guide"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// adopting returns a new run that adopts identical objects.
func (p *planRun) adopting() *planRun {
	p.T.Helper()
	fresh := p.again()
	fresh.Start(p.tenant.Env("M2M_ADOPT_IDENTICAL", "true"))
	fresh.Configure(nil)
	return fresh
}

// create plans and applies a new object, and returns its state.
func (p *planRun) create(typeName string, given values) (any, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	config, none := p.object(typeName, given), p.object(typeName, nil)
	planned, err := p.Server.PlanResourceChange(p.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: none, ProposedNewState: config, Config: config,
	})
	protocol.NoDiagnostics(p.T, errorsOf(planned.Diagnostics), err)
	applied, err := p.Server.ApplyResourceChange(p.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: none, PlannedState: planned.PlannedState, Config: config,
		PlannedPrivate: planned.PlannedPrivate,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return protocol.StateOf(p.T, typeName, applied.NewState), applied.Diagnostics
}

// tookEffect returns the writes to the Management API since the last check that the tenant did not
// refuse as a conflict.
func tookEffect(n *acctest.Tenant) (writes []string) {
	for _, r := range n.Writes() {
		if r.Status != http.StatusConflict {
			writes = append(writes, fmt.Sprintf("%s: %d", r.Route, r.Status))
		}
	}
	return writes
}

// identicalCase is an object that a killed run has created.
type identicalCase struct {
	config values
	object string
	// others are changes that make the object different from what the configuration would create.
	others map[string]func()
}

func identicalCases(n *acctest.Tenant) map[string]identicalCase {
	grant := n.AddOrganizationGrant("user")
	acme := n.AddOrganization("acme")
	orders := acctest.ResourceServerPath(acctest.OrdersAPI)
	api := func(body string) func() {
		return func() { n.AtDashboard(http.MethodPatch, orders, body, nil) }
	}
	machine := func(body string) func() {
		return func() {
			var found []struct{ ID string }
			n.AtDashboard(http.MethodGet, "/api/v2/client-grants?subject_type=client&client_id="+
				testserver.MachineClientID, "", &found)
			n.AtDashboard(http.MethodPatch, "/api/v2/client-grants/"+found[0].ID, body, nil)
		}
	}
	return map[string]identicalCase{
		"m2m_resource_server": {
			values{
				"identifier": acctest.OrdersAPI, "name": "Orders", "signing_alg": "HS256",
				"signing_secret": "0123456789abcdef", "scopes": []string{"read:orders"},
			},
			`API "https://orders.example.com"`,
			map[string]func(){
				"name":       api(`{"name":"Theirs"}`),
				"lifetime":   api(`{"token_lifetime":1234}`),
				"no scopes":  api(`{"scopes":[]}`),
				"one more":   api(`{"scopes":[{"value":"read:orders"},{"value":"write:orders"}]}`),
				"its secret": api(`{"signing_secret":"another secret!!"}`),
			},
		},
		"m2m_client_grant": {
			values{
				"client_id": testserver.MachineClientID, "audience": testserver.SampleAPIAudience,
				"scopes": []string{"read:orders"},
			},
			`grant of the API "` + testserver.SampleAPIAudience + `" to the client "` +
				testserver.MachineClientID + `"`,
			map[string]func(){
				"scopes": machine(`{"scope":["write:orders"]}`),
				"usage":  machine(`{"organization_usage":"allow"}`),
			},
		},
		"m2m_resource_server_scope": {
			values{
				"resource_server_identifier": testserver.SampleAPIAudience, "scope": "new:orders",
				"description": "New",
			},
			`scope "new:orders" of the API "` + testserver.SampleAPIAudience + `"`,
			map[string]func(){
				"description": func() {
					n.ChangeSampleAPI(`{"scopes":[{"value":"new:orders","description":"Theirs"}]}`)
				},
				"no description": func() {
					n.ChangeSampleAPI(`{"scopes":[{"value":"new:orders"}]}`)
				},
			},
		},
		"m2m_organization_client_grant": {
			values{"organization_id": acme, "grant_id": grant},
			`association of the grant "` + grant + `" with the organization "` + acme + `"`, nil,
		},
	}
}

func TestAdoptIdentical(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	for typeName, c := range identicalCases(n) {
		p = p.again()
		created, diags := p.create(typeName, c.config)
		p.says(diags)
		if wrote := tookEffect(n); len(wrote) != 1 {
			t.Fatalf("%s: %v, want one create", typeName, wrote)
		}
		refused := "error: Unable to create … The tenant already has the " + c.object

		// Off, the error names the switch.
		p = p.again()
		_, diags = p.create(typeName, c.config)
		p.says(diags, refused+`. It is as this configuration would create it: … once, without a
			change in the tenant, apply again with adopt_identical = true … M2M_ADOPT_IDENTICAL=true
			terraform apply … import {`)

		p = p.adopting()
		adopted, diags := p.create(typeName, c.config)
		p.says(diags, "warning: Adopted the "+c.object+": It already existed (id ")
		if diff := cmp.Diff(created, adopted); diff != "" {
			t.Errorf("%s: the state differs from that of a create:\n%s", typeName, diff)
		}
		if wrote := tookEffect(n); len(wrote) > 0 {
			t.Errorf("%s: the adoption sent %v", typeName, wrote)
		}

		for name, change := range c.others {
			change()
			p = p.adopting()
			state, diags := p.create(typeName, c.config)
			p.says(diags, refused+". If another block")
			if wrote := tookEffect(n); len(wrote) > 0 || state != nil {
				t.Errorf("%s, other %s: sent %v, state %v", typeName, name, wrote, state)
			}
		}
	}
}

// Scopes of an API that its block does not manage are objects of their own.
func TestAdoptIdentical_apiWithScopesOfOthers(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	config := values{"identifier": acctest.OrdersAPI}
	created, diags := p.create("m2m_resource_server", config)
	p.says(diags)
	_, diags = p.create("m2m_resource_server_scope", values{
		"resource_server_identifier": acctest.OrdersAPI, "scope": "read:orders",
	})
	p.says(diags)
	if wrote := tookEffect(n); len(wrote) != 2 {
		t.Fatal(wrote)
	}
	p = p.adopting()
	adopted, diags := p.create("m2m_resource_server", config)
	p.says(diags, `warning: Adopted the API "https://orders.example.com": `)
	if diff := cmp.Diff(created, adopted); diff != "" {
		t.Errorf("the state differs from that of a create:\n%s", diff)
	}
	if wrote := tookEffect(n); len(wrote) > 0 {
		t.Errorf("the adoption sent %v", wrote)
	}
}

// A secret that the tenant does not show may be another one.
func TestAdoptIdentical_hiddenSecret(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	id := n.Create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com",`+
		`"signing_alg":"HS256","signing_secret":"0123456789abcdef"}`)
	for _, secret := range []string{"signing_secret", "signing_secret_wo"} {
		config := values{
			"identifier": acctest.OrdersAPI, "signing_alg": "HS256", secret: "0123456789abcdef",
		}
		if secret == "signing_secret_wo" {
			config = config.with("signing_secret_wo_version", 1)
		}
		for shown, want := range map[string]string{
			`,"signing_secret":"0123456789abcdef"`: "warning: Adopted the API ",
			"":                                     "error: … already has the API … If another block",
		} {
			n.Next("GET /api/v2/resource-servers", acctest.Respond(http.StatusOK, fmt.Sprintf(
				`[{"id":%q,"identifier":%q,"signing_alg":"HS256","token_lifetime":86400,`+
					`"token_lifetime_for_web":7200,"allow_offline_access":false,`+
					`"skip_consent_for_verifiable_first_party_clients":false%s}]`,
				id, acctest.OrdersAPI, shown)))
			p = p.adopting()
			_, diags := p.create("m2m_resource_server", config)
			p.says(diags, want)
		}
	}
	if wrote := tookEffect(n); len(wrote) > 0 {
		t.Errorf("sent %v", wrote)
	}
}

// An object that the state contains at another address is never adopted.
func TestAdoptIdentical_ofAnotherAddress(t *testing.T) {
	n := acctest.NewTenant(t)
	p := newPlanRun(n)
	for typeName, c := range identicalCases(n) {
		held := "error: Another address has the " + c.object + ": The state contains it at " +
			"another address, where this plan destroys it. … If the block was renamed, add a " +
			"moved block."
		plans := map[string][2]values{
			"destroys": {c.config, nil}, "creates": {nil, c.config}, "keeps": {c.config, c.config},
		}
		for _, order := range []struct{ first, second, want string }{
			{"destroys", "creates", held},
			{"creates", "destroys", held},
			{"creates", "keeps", "error: Two resources for the " + c.object},
		} {
			p = p.adopting()
			first, second := plans[order.first], plans[order.second]
			p.plan(typeName, first[0], first[1])
			p.says(errorsOf(p.plan(typeName, second[0], second[1])), order.want)
		}
		// A second create of one run.
		p = p.adopting()
		if _, diags := p.create(typeName, c.config); len(errorsOf(diags)) > 0 {
			t.Fatal(diags[0].Summary, diags[0].Detail)
		}
		applied, err := p.Server.ApplyResourceChange(
			p.Context(), &tfprotov6.ApplyResourceChangeRequest{
				TypeName: typeName, PriorState: p.object(typeName, nil),
				PlannedState: p.object(typeName, c.config), Config: p.object(typeName, c.config),
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		p.says(applied.Diagnostics, "error: Unable to create … Another resource has already "+
			"created or adopted the "+c.object)
		tookEffect(n)
	}
	// The object of a replacement with another name.
	p = p.adopting()
	p.says(errorsOf(p.api(nil, apiWith())))
	p.says(errorsOf(p.api(apiWith(), apiWith().with("identifier", "urn:other"))),
		`error: Another address has the API "https://orders.example.com"`)
}

func errorsOf(diags []*tfprotov6.Diagnostic) (errs []*tfprotov6.Diagnostic) {
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, d)
		}
	}
	return errs
}

func TestAdoptIdentical_settings(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com"}`)
	p := newPlanRun(n)
	on, off := tftypes.NewValue(tftypes.Bool, true), tftypes.NewValue(tftypes.Bool, false)
	for _, c := range []struct {
		env     string
		given   map[string]tftypes.Value
		adopted bool
	}{
		{"", nil, false},
		{"1", nil, true},
		{"false", nil, false},
		{"", map[string]tftypes.Value{"adopt_identical": on}, true},
		{"true", map[string]tftypes.Value{"adopt_identical": off}, false},
	} {
		p = p.again()
		p.Start(n.Env("M2M_ADOPT_IDENTICAL", c.env))
		p.Configure(c.given)
		state, _ := p.create("m2m_resource_server", values{"identifier": acctest.OrdersAPI})
		if (state != nil) != c.adopted {
			t.Errorf("%q %v: state %v", c.env, c.given, state)
		}
	}
	p = p.again()
	p.Start(n.Env("M2M_ADOPT_IDENTICAL", "maybe"))
	p.Configure(map[string]tftypes.Value{"domain": protocol.Text(n.URL())})
	if want := `The environment variable M2M_ADOPT_IDENTICAL: "maybe" is neither true nor false.`; !strings.
		Contains(p.Said.String(), want) {
		t.Errorf("%s, want %s", &p.Said, want)
	}
	if wrote := tookEffect(n); len(wrote) > 0 {
		t.Errorf("sent %v", wrote)
	}
}

// applyTroubleshootingGuide follows the guide after a run that lost its state.
func applyTroubleshootingGuide(t *testing.T, g *guide.Guide) {
	const apply = "terraform apply"
	g.NotApplied("shell", apply, "M2M_ADOPT_IDENTICAL=true "+apply, "terraform plan")
	t.Parallel()
	n := acctest.NewTenant(t)
	acme := n.AddOrganization("acme")
	terraform := cli.New(t, fmt.Sprintf(`
resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"
}

resource "m2m_resource_server_scope" "orders" {
  for_each                   = { "read:orders" = "Read", "write:orders" = "Write" }
  resource_server_identifier = m2m_resource_server.orders.identifier
  scope                      = each.key
  description                = each.value
}

resource "m2m_resource_server" "billing" {
  identifier     = "urn:billing"
  signing_alg    = "HS256"
  scopes         = { "read:bills" = "Read bills" }
  token_lifetime = 600
}

resource "m2m_client_grant" "orders" {
  client_id          = %q
  audience           = m2m_resource_server.orders.identifier
  scopes             = [for scope in m2m_resource_server_scope.orders : scope.scope]
  organization_usage = "allow"
}

resource "m2m_organization_client_grant" "acme" {
  organization_id = %q
  grant_id        = m2m_client_grant.orders.id
}
`, testserver.MachineClientID, acme), n.Env())
	terraform.Must("apply", "-auto-approve")
	if wrote := tookEffect(n); len(wrote) < 5 {
		t.Fatalf("wrote %v", wrote)
	}
	state := terraform.Must("state", "pull")
	for _, address := range []string{
		"m2m_resource_server.billing", "m2m_resource_server.orders",
		"m2m_resource_server_scope.orders", "m2m_client_grant.orders",
		"m2m_organization_client_grant.acme",
	} {
		terraform.Must("state", "rm", address)
	}

	output, err := terraform.Run("apply", "-auto-approve", "-no-color")
	if !text.Says("It is as this configuration would create it").MatchString(output) || err == nil {
		t.Errorf("the first apply: %v\n%s", err, output)
	}
	output = terraform.With(map[string]string{"M2M_ADOPT_IDENTICAL": "true"}).Must(
		"apply", "-auto-approve",
	)
	for _, object := range []string{
		`API "https://orders.example.com"`, `API "urn:billing"`,
		`scope "read:orders" of the API "https://orders.example.com"`,
		`scope "write:orders" of the API "https://orders.example.com"`,
		`grant of the API "https://orders.example.com" to the client`, "association of the grant",
	} {
		if !text.Says("Warning: Adopted the " + object).MatchString(output) {
			t.Errorf("the apply does not say that it has adopted the %s:\n%s", object, output)
		}
	}
	if wrote := tookEffect(n); len(wrote) > 0 {
		t.Errorf("the adoption sent %v", wrote)
	}
	terraform.Must("plan", "-detailed-exitcode")
	if diff := cmp.Diff(
		instances(t, state), instances(t, terraform.Must("state", "pull")),
	); diff != "" {
		t.Errorf("the state differs from the lost one:\n%s", diff)
	}
	terraform.Must("destroy", "-auto-approve")
	if left := n.Writes(); len(left) < 4 {
		t.Errorf("the destroy sent %d writes", len(left))
	}
}

// instances returns the attributes of all objects in a state file, by address.
func instances(t *testing.T, state string) map[string]any {
	t.Helper()
	var file struct {
		Resources []struct {
			Type, Name string
			Instances  []struct {
				Key        any `json:"index_key"`
				Attributes map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(state), &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for _, r := range file.Resources {
		for _, i := range r.Instances {
			all[fmt.Sprint(r.Type, ".", r.Name, i.Key)] = i.Attributes
		}
	}
	return all
}
