// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// choices are the values of each attribute from which random objects are made. The first one is
// usual, and a few attributes of each object are unusual. Attributes that are not listed are null.
var choices = map[string]map[string][]any{
	"m2m_resource_server": {
		"id":         {"id"},
		"identifier": {"urn:a", "urn:b", "urn:c", "urn:d", "urn:e", "urn:f", "urn:g", "https://tenant.example.com/me/"},
		"is_system":  {nil, nil, nil, true},
		"client_id":  {nil, "linked"},
		"name":       {nil, "Orders", "Invoices"},
		"scopes": {
			map[string]any{"read": "Read"},
			map[string]any{},
			nil,
			map[string]any{"read": nil, "write": "Write"},
		},
		"signing_alg":               {"RS256", "HS256"},
		"signing_secret":            {nil, nil, "0123456789abcdef"},
		"signing_secret_wo":         {nil},
		"signing_secret_wo_version": {nil, nil, 1},
		"token_lifetime":            {86400, 600, nil},
		"token_lifetime_for_web":    {7200, 300},
		"token_dialect":             {nil, "access_token", "access_token_authz"},
		"enforce_policies":          {nil, true, false},
		"allow_offline_access":      {false, true},
		"subject_type_authorization": {
			map[string]any{
				"user":   map[string]any{"policy": "allow_all"},
				"client": map[string]any{"policy": "deny_all"},
			}, nil, map[string]any{"user": nil, "client": map[string]any{"policy": "deny_all"}},
		},
		"token_encryption": {nil, nil, nil, map[string]any{
			"format": "compact-nested-jwe", "encryption_key": map[string]any{
				"alg": "RSA-OAEP-256", "pem": "no PEM", "name": nil, "kid": nil,
				"thumbprint_sha256": "another",
			},
		}},
		"consent_policy": {nil, nil, "transactional-authorization-with-mfa"},
		"authorization_details": {
			nil, nil, []any{}, []any{map[string]any{"type": "payment"}},
		},
		"proof_of_possession": {nil, nil, map[string]any{
			"mechanism": "dpop", "required": true, "required_for": nil,
		}},
		"authorization_policy": {nil, nil, map[string]any{"policy_id": "p"}},
		"use_existing":         {nil, true, false},
	},
	"m2m_client_grant": {
		"id":                 {"id"},
		"client_id":          {"c1", "c2", nil},
		"default_for":        {nil},
		"audience":           {"urn:a", "urn:b", "urn:c", "urn:d", "https://tenant.example.com/me/"},
		"scopes":             {[]any{"read"}, []any{}, []any{"read", "write"}, nil},
		"allow_all_scopes":   {false, false, true},
		"subject_type":       {"client", "user"},
		"organization_usage": {nil, "allow", "deny"},
		"allow_any_organization": {
			nil, false, true,
		},
		"authorization_details_types": {nil, []any{}, []any{"payment"}},
		"is_system":                   {nil, nil, true},
		"use_existing":                {nil, true},
	},
}

// TestUnchanged_sameAnswers plans random objects with and without the server for unchanged objects.
// Both must answer alike, also to later plans that depend on earlier ones.
func TestUnchanged_sameAnswers(t *testing.T) {
	t.Parallel()
	// Plans wait for other plans that do not come, and for answers of another form.
	synctest.Test(t, checkSameAnswers)
}

func checkSameAnswers(t *testing.T) {
	tenant := protocol.InMemory(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]"))
	}))
	token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"scope":"read:clients"}`)) + "."
	start := func(fastPath string) *protocol.Protocol {
		p := &protocol.Protocol{T: t, Transport: tenant}
		p.Start(map[string]string{
			"AUTH0_DOMAIN": "http://127.0.0.1", "AUTH0_API_TOKEN": token,
			"AUTH0_AUDIENCE": "https://tenant.example.com/api/v2/", "M2M_UNCHANGED_FAST_PATH": fastPath,
		})
		p.Configure(nil)
		return p
	}
	plans, answered := 0, 0
	// Rapid asks a *testing.T for its deadline, which one with a fake clock does not have.
	rapid.Check(struct{ rapid.TB }{t}, func(rt *rapid.T) {
		on, off := start(""), start("off")
		for i := range rapid.IntRange(1, 8).Draw(rt, "plans") {
			req := randomPlan(rt, on.Schema)
			got, want := answer(rt, on, req), answer(rt, off, req)
			if diff := cmp.Diff(want.plain(), got.plain()); diff != "" {
				rt.Fatalf("plan %d of %s (-without +with):\n%s", i+1, req.TypeName, diff)
			}
			if plans++; got.unchanged {
				answered++
			}
		}
	})
	if answered < plans/10 {
		t.Errorf("%d of %d plans are without changes, want at least a tenth", answered, plans)
	}
}

// randomPlan returns a request as Terraform makes it.
func randomPlan(
	rt *rapid.T, schemas *tfprotov6.GetProviderSchemaResponse,
) *tfprotov6.PlanResourceChangeRequest {
	typeName := rapid.SampledFrom(slices.Sorted(maps.Keys(choices))).Draw(rt, "type")
	schema := schemas.ResourceSchemas[typeName]
	kind := schema.ValueType().(tftypes.Object)
	unusual := map[string]bool{"identifier": true, "audience": true, "client_id": true}
	names := slices.Sorted(maps.Keys(choices[typeName]))
	for range 3 {
		unusual[rapid.SampledFrom(names).Draw(rt, "unusual")] = true
	}
	draw := func(name string) tftypes.Value {
		from := choices[typeName][name]
		if len(from) == 0 {
			from = []any{nil}
		}
		if !unusual[name] {
			from = from[:1]
		}
		return typed(kind.AttributeTypes[name], rapid.SampledFrom(from).Draw(rt, name))
	}
	state, config, plan := map[string]tftypes.Value{}, map[string]tftypes.Value{},
		map[string]tftypes.Value{}
	var given []string
	removed := rapid.IntRange(0, 3).Draw(rt, "removed") == 0
	changing := rapid.IntRange(0, 3).Draw(rt, "changing") == 0
	for _, attribute := range schema.Block.Attributes {
		name := attribute.Name
		state[name] = draw(name)
		config[name] = typed(kind.AttributeTypes[name], nil)
		switch settable := attribute.Optional || attribute.Required; {
		case !settable:
		case changing && rapid.IntRange(0, 4).Draw(rt, "change of "+name) == 0:
			config[name] = draw(name)
		case attribute.Required, rapid.Bool().Draw(rt, "sets "+name), !attribute.Computed && !changing:
			config[name] = state[name]
		}
		if plan[name] = config[name]; config[name].IsNull() && attribute.Computed {
			plan[name] = state[name]
			// Terraform proposes null if the object has required parts.
			if kind.AttributeTypes[name].Is(tftypes.Object{}) && rapid.Bool().Draw(rt, "null") {
				plan[name] = config[name]
			}
		}
		if !config[name].IsNull() || removed && rapid.Bool().Draw(rt, "set "+name) {
			given = append(given, name)
		}
	}
	private, err := json.Marshal(map[string]any{"tenant": "t", "configured": given})
	if err == nil {
		private, err = json.Marshal(map[string][]byte{"m2m": private})
	}
	if err != nil {
		rt.Fatal(err)
	}
	encode := func(null bool, values map[string]tftypes.Value) *tfprotov6.DynamicValue {
		value := tftypes.NewValue(kind, values)
		if null {
			value = tftypes.NewValue(kind, nil)
		}
		out, err := tfprotov6.NewDynamicValue(kind, value)
		if err != nil {
			rt.Fatal(err)
		}
		return &out
	}
	verb := rapid.IntRange(0, 9).Draw(rt, "verb")
	creates, destroys := verb == 1, verb == 2
	if creates {
		private = nil
		plan = config
	}
	return &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: encode(creates, state), Config: encode(destroys, config),
		ProposedNewState: encode(destroys, plan), PriorPrivate: private,
	}
}

// typed converts a value of Go to a value of the protocol.
func typed(kind tftypes.Type, value any) tftypes.Value {
	switch value := value.(type) {
	case map[string]any:
		parts := map[string]tftypes.Value{}
		for name, part := range value {
			element := kind
			switch kind := kind.(type) {
			case tftypes.Object:
				element = kind.AttributeTypes[name]
			case tftypes.Map:
				element = kind.ElementType
			}
			parts[name] = typed(element, part)
		}
		return tftypes.NewValue(kind, parts)
	case []any:
		elements := []tftypes.Value{}
		for _, element := range value {
			switch kind := kind.(type) {
			case tftypes.List:
				elements = append(elements, typed(kind.ElementType, element))
			case tftypes.Set:
				elements = append(elements, typed(kind.ElementType, element))
			}
		}
		return tftypes.NewValue(kind, elements)
	default:
		return tftypes.NewValue(kind, value)
	}
}

// planAnswer is an answer in a form that can be compared.
type planAnswer struct {
	State, Identity, Private any
	Diagnostics, Replace     []string
	unchanged                bool
}

func (a planAnswer) plain() []any {
	return []any{a.State, a.Identity, a.Private, a.Diagnostics, a.Replace}
}

func answer(
	rt *rapid.T, p *protocol.Protocol, req *tfprotov6.PlanResourceChangeRequest,
) (out planAnswer) {
	resp, err := p.Server.PlanResourceChange(p.T.Context(), req)
	if err != nil {
		rt.Fatal(err)
	}
	kind := p.Schema.ResourceSchemas[req.TypeName].ValueType()
	planned, err := resp.PlannedState.Unmarshal(kind)
	if err != nil {
		rt.Fatal(err)
	}
	prior, err := req.PriorState.Unmarshal(kind)
	if err != nil {
		rt.Fatal(err)
	}
	out.State = planned.String()
	out.unchanged = len(resp.Diagnostics) == 0 && !prior.IsNull() && planned.Equal(prior)
	if resp.PlannedIdentity != nil {
		out.Identity = string(resp.PlannedIdentity.IdentityData.MsgPack)
	}
	if len(resp.PlannedPrivate) > 0 {
		if err := json.Unmarshal(resp.PlannedPrivate, &out.Private); err != nil {
			rt.Fatal(err)
		}
	}
	for _, d := range resp.Diagnostics {
		said := fmt.Sprint(d.Severity, d.Summary, d.Detail, d.Attribute)
		out.Diagnostics = append(out.Diagnostics, said)
	}
	for _, path := range resp.RequiresReplace {
		out.Replace = append(out.Replace, path.String())
	}
	return out
}

// TestUnchanged_sameReads reads objects with and without the server for unchanged objects. Both
// must answer alike, and ask the tenant once.
func TestUnchanged_sameReads(t *testing.T) {
	t.Parallel()
	for _, u := range unchangedObjects[:2] {
		for name, second := range map[string]string{
			"unchanged":  u.answer,
			"changed":    strings.Replace(u.answer, "read:orders", "other:orders", 1),
			"decomposed": strings.Replace(u.answer, "read:orders", "cafe\\u0301", 1),
			"gone":       "",
		} {
			var replies [2]any
			for i, fastPath := range []string{"", "off"} {
				tenant := newStub(t, u.answer)
				p := &protocol.Protocol{T: t}
				p.Start(map[string]string{
					"AUTH0_DOMAIN": tenant.URL, "AUTH0_API_TOKEN": "a.b.c",
					"AUTH0_AUDIENCE":          "https://tenant.example.com/api/v2/",
					"M2M_UNCHANGED_FAST_PATH": fastPath,
				})
				p.Configure(nil)
				first := protocol.ImportedBy(t, p.Server, &tfprotov6.ImportResourceStateRequest{
					TypeName: u.typeName, ID: u.id,
				})
				tenant.answer, tenant.asked = second, 0
				resp, err := p.Server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
					TypeName: u.typeName, CurrentState: first.NewState, Private: first.Private,
				})
				if err != nil {
					t.Fatal(err)
				}
				state, err := resp.NewState.Unmarshal(
					p.Schema.ResourceSchemas[u.typeName].ValueType(),
				)
				if err != nil {
					t.Fatal(err)
				}
				var said []string
				for _, d := range resp.Diagnostics {
					detail := strings.ReplaceAll(d.Detail, tenant.URL, "URL")
					said = append(said, d.Severity.String(), d.Summary, detail)
				}
				replies[i] = []any{
					state.String(), string(resp.Private), said,
					resp.NewIdentity.IdentityData.MsgPack, tenant.asked,
				}
			}
			if diff := cmp.Diff(replies[1], replies[0]); diff != "" {
				t.Errorf("%s, %s (-without +with):\n%s", u.name, name, diff)
			}
		}
	}
}

// stub is a tenant with one answer. An empty answer means that it has no such object.
type stub struct {
	*httptest.Server
	answer string
	asked  int
}

func newStub(t testing.TB, answer string) *stub {
	s := &stub{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.asked++
		w.Header().Set("Content-Type", "application/json")
		answer := s.answer
		if answer == "" {
			w.WriteHeader(http.StatusNotFound)
			answer = `{"statusCode":404,"error":"Not Found","message":"Not found.",` +
				`"errorCode":"inexistent_resource_server"}`
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(s.Close)
	return s
}
