// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// TestManagementScopes_coverAllTypes finds types that the table of management scopes lacks.
func TestManagementScopes_coverAllTypes(t *testing.T) {
	t.Parallel()
	p := &protocol.Protocol{T: t}
	p.Start(nil)
	var want, got []string
	add := func(prefix string, names []string) {
		for _, name := range names {
			want = append(want, prefix+name)
		}
	}
	add("", slices.Sorted(maps.Keys(p.Schema.ResourceSchemas)))
	add("data.", slices.Sorted(maps.Keys(p.Schema.DataSourceSchemas)))
	add("ephemeral.", slices.Sorted(maps.Keys(p.Schema.EphemeralResourceSchemas)))
	add("list.", slices.Sorted(maps.Keys(p.Schema.ListResourceSchemas)))
	add("action.", slices.Sorted(maps.Keys(p.Schema.ActionSchemas)))
	for _, of := range run.AllNeeds() {
		got = append(got, of.Type)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("types (-provider +table):\n%s", diff)
	}
}

// needing are the management scopes of a client that must suffice for an operation and must all be
// necessary.
type needing struct{ *planRun }

// exactly runs an operation without each of the scopes, which must fail, and then with all of them.
func (p needing) exactly(name string, scopes []string, operation func(*planRun) []*tfprotov6.Diagnostic) {
	p.T.Helper()
	try := func(granted []string) []*tfprotov6.Diagnostic {
		list := `"` + strings.Join(granted, `","`) + `"`
		if len(granted) == 0 {
			list = ""
		}
		allow(p.tenant, list)
		return errorsOf(operation(p.again()))
	}
	for i, scope := range scopes {
		if len(try(slices.Delete(slices.Clone(scopes), i, i+1))) == 0 {
			p.T.Errorf("%s works without %s", name, scope)
		}
	}
	for _, d := range try(scopes) {
		p.T.Errorf("%s with %q: %s: %s", name, scopes, d.Summary, d.Detail)
	}
}

// stored is an object in a state.
type stored struct {
	state   *tfprotov6.DynamicValue
	private []byte
}

// change plans and applies a change from a state to a configuration; nil destroys the object.
func (p *planRun) change(typeName string, prior stored, config values) (stored, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	given, proposed := p.object(typeName, config), p.object(typeName, config)
	if config != nil && prior.private != nil {
		proposed = p.proposed(typeName, prior, config)
	}
	planned, err := p.Server.PlanResourceChange(p.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: prior.state, PriorPrivate: prior.private,
		ProposedNewState: proposed, Config: given,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	if failed := errorsOf(planned.Diagnostics); len(failed) > 0 {
		return prior, failed
	}
	applied, err := p.Server.ApplyResourceChange(p.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: prior.state, PlannedState: planned.PlannedState,
		Config: given, PlannedPrivate: planned.PlannedPrivate,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return stored{applied.NewState, applied.Private}, applied.Diagnostics
}

// proposed returns a state with the values of a configuration.
func (p *planRun) proposed(typeName string, prior stored, config values) *tfprotov6.DynamicValue {
	p.T.Helper()
	kind := p.Schema.ResourceSchemas[typeName].ValueType()
	of := func(encoded *tfprotov6.DynamicValue) map[string]tftypes.Value {
		decoded, err := encoded.Unmarshal(kind)
		if err != nil {
			p.T.Fatal(err)
		}
		attributes := map[string]tftypes.Value{}
		if err := decoded.As(&attributes); err != nil {
			p.T.Fatal(err)
		}
		return attributes
	}
	merged, given := of(prior.state), of(p.object(typeName, config))
	for name := range config {
		merged[name] = given[name]
	}
	return p.Value(p.Schema.ResourceSchemas[typeName], merged)
}

// TestManagementScopes_resources proves the table for resources: each operation works with exactly
// its scopes, and fails without any of them.
func TestManagementScopes_resources(t *testing.T) {
	t.Parallel()
	for typeName, configs := range managedObjects() {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			n := acctest.NewTenant(t)
			created, updated := configs(n)
			synctest.Test(t, func(t *testing.T) { // Without the pauses between looks.
				lifeWithExactScopes(t, n, typeName, created, updated)
			})
			n.Writes() // They are expected.
		})
	}
}

func lifeWithExactScopes(
	t *testing.T, n *acctest.Tenant, typeName string, created, updated values,
) {
	t.Helper()
	p := needing{(&planRun{n, &protocol.Protocol{
		T: t, Transport: protocol.InMemory(t, n),
	}}).again()}
	needs := run.NeedsOf(typeName)
	object := stored{state: p.object(typeName, nil)}
	changed := func(config values) func(*planRun) []*tfprotov6.Diagnostic {
		prior := object
		return func(p *planRun) (diags []*tfprotov6.Diagnostic) {
			object, diags = p.change(typeName, prior, config)
			return diags
		}
	}
	p.exactly("create", needs.Create, changed(created))
	p.exactly("read", needs.Read, func(p *planRun) []*tfprotov6.Diagnostic {
		read, err := p.Server.ReadResource(p.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: typeName, CurrentState: object.state, Private: object.private,
		})
		if err != nil {
			t.Fatal(err)
		}
		return read.Diagnostics
	})
	if updated != nil {
		p.exactly("update", needs.Update, changed(updated))
	} else if needs.Update != nil {
		t.Errorf("the table says that an update needs %q", needs.Update)
	}
	p.exactly("delete", needs.Delete, changed(nil))
}

// managedObjects are functions by type that return a configuration, and one that updates it.
func managedObjects() map[string]func(*acctest.Tenant) (created, updated values) {
	return map[string]func(*acctest.Tenant) (created, updated values){
		"m2m_resource_server": func(*acctest.Tenant) (created, updated values) {
			api := values{"identifier": acctest.OrdersAPI, "name": "Orders"}
			return api, api.with("name", "All orders")
		},
		"m2m_resource_server_scope": func(*acctest.Tenant) (created, updated values) {
			scope := values{
				"resource_server_identifier": testserver.SampleAPIAudience, "scope": "delete:orders",
			}
			return scope, scope.with("description", "Delete orders")
		},
		"m2m_client_grant": func(*acctest.Tenant) (created, updated values) {
			grant := values{
				"client_id": testserver.MachineClientID, "audience": testserver.SampleAPIAudience,
				"scopes": []string{"read:orders"},
			}
			return grant, grant.with("scopes", []string{"write:orders"})
		},
		"m2m_organization_client_grant": func(n *acctest.Tenant) (created, updated values) {
			return values{
				"organization_id": n.AddOrganization("acme"),
				"grant_id":        n.AddOrganizationGrant("client"),
			}, nil
		},
		"m2m_client_grants_exclusive": func(n *acctest.Tenant) (created, updated values) {
			n.AddGrant("")
			all := values{
				"audience": testserver.SampleAPIAudience, "grant_ids": []string{},
				"on_unmanaged": "report",
			}
			return all, all.with("on_unmanaged", "remove")
		},
	}
}

// TestManagementScopes_otherTypes proves the table for data sources, lists and all other types.
func TestManagementScopes_otherTypes(t *testing.T) { //nolint:paralleltest // newPlanRun.
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Associate(acme, grant)
	p := needing{newPlanRun(n)}
	arguments := map[string]map[string]tftypes.Value{
		"data.m2m_access_token": protocol.TokenArguments(map[string]tftypes.Value{
			"organization": protocol.Text(acme),
		}),
		"data.m2m_client":          {"client_id": protocol.Text(testserver.MachineClientID)},
		"data.m2m_organization":    {"name": protocol.Text("acme")},
		"data.m2m_resource_server": {"identifier": protocol.Text(testserver.SampleAPIAudience)},
	}
	for _, of := range run.AllNeeds() {
		kind, name, _ := strings.Cut(of.Type, ".")
		var operation func(*planRun) []*tfprotov6.Diagnostic
		switch kind {
		case "data":
			operation = func(p *planRun) []*tfprotov6.Diagnostic {
				read, err := p.Server.ReadDataSource(p.Context(), &tfprotov6.ReadDataSourceRequest{
					TypeName: name,
					Config:   p.Value(p.Schema.DataSourceSchemas[name], arguments[of.Type]),
				})
				if err != nil {
					t.Fatal(err)
				}
				return read.Diagnostics
			}
		case "list":
			operation = func(p *planRun) (said []*tfprotov6.Diagnostic) {
				for result := range (query{typeName: name, limit: 10}).stream(t.Context(), t, p.Server).Results {
					said = append(said, result.Diagnostics...)
				}
				return said
			}
		case "action":
			operation = func(p *planRun) []*tfprotov6.Diagnostic {
				_, diags := invoked(t, p.Protocol, arguments["data.m2m_access_token"])
				return diags
			}
		case "ephemeral":
			operation = func(p *planRun) []*tfprotov6.Diagnostic {
				open, err := p.Server.OpenEphemeralResource(p.Context(), &tfprotov6.OpenEphemeralResourceRequest{
					TypeName: name, Config: p.Value(
						p.Schema.EphemeralResourceSchemas[name], arguments["data.m2m_access_token"],
					),
				})
				if err != nil {
					t.Fatal(err)
				}
				return open.Diagnostics
			}
		default:
			continue // A resource.
		}
		p.exactly(of.Type, of.Read, operation)
	}
}
