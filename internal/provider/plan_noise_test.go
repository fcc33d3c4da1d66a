// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// planned plans a create. It returns the values that the plan shows, and the names of the
// attributes that it does not know.
func (p *planRun) planned(typeName string, given values) (shown map[string]any, unknown []string) {
	p.T.Helper()
	config := p.object(typeName, given)
	proposed := values{}
	maps.Copy(proposed, given)
	for _, attribute := range p.Schema.ResourceSchemas[typeName].Block.Attributes {
		if _, ok := given[attribute.Name]; !ok && attribute.Computed {
			proposed[attribute.Name] = unknownText // As Terraform proposes it.
		}
	}
	resp, err := p.Server.PlanResourceChange(p.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: p.object(typeName, nil),
		ProposedNewState: p.object(typeName, proposed), Config: config,
	})
	protocol.NoDiagnostics(p.T, resp.Diagnostics, err)
	plan, err := resp.PlannedState.Unmarshal(p.Schema.ResourceSchemas[typeName].ValueType())
	if err != nil {
		p.T.Fatal(err)
	}
	var parts map[string]tftypes.Value
	if err := plan.As(&parts); err != nil {
		p.T.Fatal(err)
	}
	shown = map[string]any{}
	for name, part := range parts {
		switch {
		case !part.IsFullyKnown():
			unknown = append(unknown, name)
		case !part.IsNull():
			shown[name] = protocol.PlainValue(p.T, part)
		}
	}
	slices.Sort(unknown)
	return shown, unknown
}

// A plan shows the configuration and documented defaults, and leaves open only what the tenant
// decides.
func TestPlanNoise_create(t *testing.T) {
	p := newPlanRun(acctest.NewTenant(t))
	defaults := func(with map[string]any) map[string]any {
		out := map[string]any{
			"identifier": acctest.OrdersAPI, "scopes": map[string]any{}, "signing_alg": "RS256",
			"token_lifetime": 86400.0, "token_lifetime_for_web": 7200.0,
			"allow_offline_access": false, "skip_consent_for_verifiable_first_party_clients": false,
		}
		for name, value := range with {
			out[name] = value
			if value == nil {
				delete(out, name)
			}
		}
		return out
	}
	everything := []string{
		"allow_offline_access", "allow_online_access",
		"allow_online_access_with_ephemeral_sessions", "client_id", "enforce_policies", "id",
		"is_system", "name", "scopes", "signing_alg", "signing_secret",
		"skip_consent_for_verifiable_first_party_clients", "subject_type_authorization",
		"token_dialect", "token_lifetime", "token_lifetime_for_web",
	}
	grant := map[string]any{
		"client_id": testserver.MachineClientID, "audience": testserver.SampleAPIAudience,
		"scopes":           []any{},
		"allow_all_scopes": false, "subject_type": "client",
	}
	for name, tt := range map[string]struct {
		typeName string
		given    values
		shown    map[string]any
		unknown  []string
	}{
		"API": {
			"m2m_resource_server",
			values{"identifier": acctest.OrdersAPI},
			defaults(nil),
			[]string{"id", "subject_type_authorization"},
		},
		"API with values": {
			"m2m_resource_server",
			values{
				"identifier": acctest.OrdersAPI, "name": "Orders", "token_lifetime": 3600,
				"signing_alg": "HS256",
			},
			defaults(map[string]any{
				"name": "Orders", "token_lifetime": 3600.0, "signing_alg": "HS256",
				"token_lifetime_for_web": nil, // The default is greater than token_lifetime.
			}),
			[]string{
				"id", "signing_secret", "subject_type_authorization", "token_lifetime_for_web",
			},
		},
		"API that may be adopted": {
			"m2m_resource_server",
			values{"identifier": acctest.OrdersAPI, "use_existing": true},
			map[string]any{"identifier": acctest.OrdersAPI, "use_existing": true},
			everything,
		},
		"grant": {
			"m2m_client_grant",
			values{
				"client_id": testserver.MachineClientID,
				"audience":  testserver.SampleAPIAudience,
			},
			grant,
			[]string{"id"},
		},
	} {
		shown, unknown := p.again().planned(tt.typeName, tt.given)
		if diff := cmp.Diff(tt.shown, shown) + cmp.Diff(tt.unknown, unknown); diff != "" {
			t.Errorf("%s: values, and unknown attributes (-want +got):\n%s", name, diff)
		}
	}
}
