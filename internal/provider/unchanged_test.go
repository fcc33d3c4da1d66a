// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// unchanged is an object that has not changed since the last apply. The tenant is a handler with
// one answer, so that a benchmark measures the provider alone.
type unchanged struct {
	name     string
	typeName string
	id       string
	answer   string         // Of the tenant, to a read.
	given    map[string]any // The configuration.
}

var unchangedObjects = []unchanged{
	{
		"resource server",
		"m2m_resource_server",
		"68f0a1b2c3d4e5f60718293a",
		`{"id":"68f0a1b2c3d4e5f60718293a","identifier":"https://orders.example.com",
		  "name":"Orders","scopes":[{"value":"read:orders","description":"Read"}],
		  "signing_alg":"RS256",
		  "allow_offline_access":false,"token_lifetime":3600,"token_lifetime_for_web":7200,
		  "skip_consent_for_verifiable_first_party_clients":false,"subject_type_authorization":
		  {"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}}`,
		map[string]any{"identifier": true, "name": true, "scopes": true, "token_lifetime": true},
	},
	{
		"grant",
		"m2m_client_grant",
		"cgr_Planned000000001",
		`{"id":"cgr_Planned000000001","client_id":"client","audience":"https://orders.example.com",
		  "scope":["read:orders","write:orders"],"subject_type":"client",
		  "allow_all_scopes":false}`,
		map[string]any{"client_id": true, "audience": true, "scopes": true},
	},
	{
		"grant with 1000 scopes",
		"m2m_client_grant",
		"cgr_Planned000000001",
		`{"id":"cgr_Planned000000001","client_id":"client","audience":"https://orders.example.com",
		  "scope":[` + thousandScopes() + `],"subject_type":"client","allow_all_scopes":false}`,
		map[string]any{"client_id": true, "audience": true, "scopes": true},
	},
}

func thousandScopes() string {
	scopes := make([]string, 1000)
	for i := range scopes {
		scopes[i] = fmt.Sprintf("%q", fmt.Sprintf("read:thing-%04d", i))
	}
	return strings.Join(scopes, ",")
}

// calls are the RPCs with which Terraform refreshes and plans an object.
type calls map[string]func() []*tfprotov6.Diagnostic

// calls starts a provider, and reads the object into a state.
func (u unchanged) calls(t testing.TB) calls {
	t.Helper()
	tenant := newStub(t, u.answer)
	p := provider.NewServer(protocol.Options(map[string]string{
		"AUTH0_DOMAIN": tenant.URL, "AUTH0_API_TOKEN": "a.b.c",
	}))()
	ctx := t.Context()
	must := func(diags []*tfprotov6.Diagnostic, err error) {
		t.Helper()
		if err != nil || len(diags) > 0 {
			t.Fatal(err, diags)
		}
	}
	schemas, err := p.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	must(schemas.Diagnostics, err)
	none := value(t, schemas.Provider.ValueType(), nil)
	validated, err := p.ValidateProviderConfig(
		ctx, &tfprotov6.ValidateProviderConfigRequest{Config: &none},
	)
	must(validated.Diagnostics, err)
	configured, err := p.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: &none})
	must(configured.Diagnostics, err)

	kind := schemas.ResourceSchemas[u.typeName].ValueType()
	imported, err := p.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{
		TypeName: u.typeName, ID: u.id,
	})
	must(imported.Diagnostics, err)
	object := imported.ImportedResources[0]
	refresh := &tfprotov6.ReadResourceRequest{
		TypeName: u.typeName, CurrentState: object.State, CurrentIdentity: object.Identity,
		Private: object.Private,
	}
	read, err := p.ReadResource(ctx, refresh)
	must(read.Diagnostics, err)
	refresh = &tfprotov6.ReadResourceRequest{
		TypeName: u.typeName, CurrentState: read.NewState, CurrentIdentity: read.NewIdentity,
		Private: read.Private,
	}
	state, err := read.NewState.Unmarshal(kind)
	must(nil, err)
	all := map[string]tftypes.Value{}
	must(nil, state.As(&all))
	for name, value := range all {
		if u.given[name] == nil {
			all[name] = tftypes.NewValue(value.Type(), nil)
		}
	}
	config := value(t, kind, all)
	stateJSON, err := json.Marshal(protocol.PlainValue(t, state))
	must(nil, err)
	number := 0
	return calls{
		"Upgrade": func() []*tfprotov6.Diagnostic {
			resp, err := p.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
				TypeName: u.typeName, RawState: &tfprotov6.RawState{JSON: stateJSON},
			})
			must(nil, err)
			return resp.Diagnostics
		},
		"Validate": func() []*tfprotov6.Diagnostic {
			resp, err := p.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
				TypeName: u.typeName, Config: &config,
			})
			must(nil, err)
			return resp.Diagnostics
		},
		"Read": func() []*tfprotov6.Diagnostic {
			resp, err := p.ReadResource(ctx, refresh)
			must(nil, err)
			return resp.Diagnostics
		},
		"Plan": func() []*tfprotov6.Diagnostic {
			number++
			state := numbered(refresh.CurrentState, number)
			resp, err := p.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
				TypeName: u.typeName, PriorState: state, ProposedNewState: state,
				Config: numbered(&config, number), PriorPrivate: refresh.Private,
			})
			must(nil, err)
			return resp.Diagnostics
		},
	}
}

// numbered returns another object for the API orders.example.com, since a run plans each object
// only once.
func numbered(object *tfprotov6.DynamicValue, number int) *tfprotov6.DynamicValue {
	name := fmt.Appendf(nil, "%06d", number)
	return &tfprotov6.DynamicValue{
		MsgPack: bytes.ReplaceAll(object.MsgPack, []byte("orders.e"), append(name, ".e"...)),
	}
}

func value(t testing.TB, kind tftypes.Type, attributes map[string]tftypes.Value) tfprotov6.DynamicValue {
	t.Helper()
	if attributes == nil {
		attributes = map[string]tftypes.Value{}
		for name, kind := range kind.(tftypes.Object).AttributeTypes {
			attributes[name] = tftypes.NewValue(kind, nil)
		}
	}
	out, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// BenchmarkUnchanged measures the RPCs for one unchanged object.
func BenchmarkUnchanged(b *testing.B) {
	for _, u := range unchangedObjects {
		calls := u.calls(b)
		for _, name := range slices.Sorted(maps.Keys(calls)) {
			call := calls[name]
			b.Run(u.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					call()
				}
			})
		}
	}
}

// TestUnchanged_allocations limits the cost of an unchanged object. It counts allocations, because
// times depend on the machine. Allocations cannot be counted in a parallel test.
func TestUnchanged_allocations(t *testing.T) {
	limits := map[string]map[string]float64{
		"resource server": {"Plan": 250, "Read": 500, "Upgrade": 50, "Validate": 400},
		"grant":           {"Plan": 170, "Read": 400, "Upgrade": 50, "Validate": 250},
		// Linear in the number of scopes.
		"grant with 1000 scopes": {
			"Plan": 1700, "Read": 8000, "Upgrade": 4500, "Validate": 20_000,
		},
	}
	for _, u := range unchangedObjects {
		for name, call := range u.calls(t) {
			got := math.Inf(1)
			for range 5 { // Something else in the process may allocate in one of them.
				got = min(got, testing.AllocsPerRun(5, func() {
					if diags := call(); len(diags) > 0 {
						t.Fatal(diags[0])
					}
				}))
			}
			if limit := limits[u.name][name]; got > limit {
				t.Errorf("%s of %s: %v allocations, want at most %v", name, u.name, got, limit)
			}
		}
	}
}
