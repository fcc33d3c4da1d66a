// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

// Values of each kind, good and bad for most attributes.
var (
	unknown    = tftypes.UnknownValue
	anyStrings = []any{
		nil, unknown, "", "urn:a", " read:orders", "read orders", "client", "deny", "RS256", "https://",
		"0123456789abcdef", "org_0123456789abcdef", "cgr_Abc0123456789012", "cafe\u0301",
	}
	anySets = []any{
		nil, unknown,
		[]any{},
		[]any{"read"},
		[]any{"read", "read"},
		[]any{nil},
		[]any{unknown, "read"},
		[]any{"read orders"},
		[]any{""},
		[]any{"caf\u00e9"},
		[]any{"cgr_Abc0123456789012", "cgr_Def0123456789012"},
	}
	anyMaps = []any{
		nil, unknown,
		map[string]any{},
		map[string]any{"read": "Read"},
		map[string]any{"read": nil},
		map[string]any{"re ad": unknown},
		map[string]any{"": ""},
	}
	anyNumbers = []any{nil, unknown, 0, -1, 1, 1.5, 3600, 2592001}
	anyBools   = []any{nil, unknown, true, false}
)

// valuesFor returns values of an attribute. It returns null for nested attributes.
func valuesFor(kind tftypes.Type) []tftypes.Value {
	var from []any
	switch {
	case kind.Is(tftypes.String):
		from = anyStrings
	case kind.Is(tftypes.Number):
		from = anyNumbers
	case kind.Is(tftypes.Bool):
		from = anyBools
	case kind.Is(tftypes.Map{}):
		from = anyMaps
	case kind.Is(tftypes.Set{}):
		from = anySets
	default:
		from = []any{nil, unknown}
	}
	values := make([]tftypes.Value, len(from))
	for i, value := range from {
		values[i] = typed(kind, value)
	}
	return values
}

// validIDs are attributes that not every string fits. A grant needs a client.
var validIDs = map[string]string{
	"organization_id": "org_0123456789abcdef", "client_grant_id": "cgr_Abc0123456789012",
	"client_id": "client",
}

// TestUnchanged_sameValidation validates configurations with and without the server for unchanged
// objects: each value of each attribute, and random values of two attributes.
func TestUnchanged_sameValidation(t *testing.T) {
	t.Parallel()
	on, off := startFast(t, ""), startFast(t, "off")
	valid, all := 0, 0
	for typeName, schema := range on.Schema.ResourceSchemas {
		kind := schema.ValueType().(tftypes.Object)
		usual := map[string]tftypes.Value{}
		for _, a := range schema.Block.Attributes {
			kind := kind.AttributeTypes[a.Name]
			switch id := validIDs[a.Name]; {
			case id != "" && (a.Required || a.Optional):
				usual[a.Name] = typed(kind, id)
			case a.Required && kind.Is(tftypes.Set{}):
				usual[a.Name] = typed(kind, []any{"cgr_Abc0123456789012"})
			case a.Required:
				usual[a.Name] = typed(kind, "urn:a")
			default:
				usual[a.Name] = tftypes.NewValue(kind, nil)
			}
		}
		check := func(t rapid.TB, changes map[string]tftypes.Value) {
			config := maps.Clone(usual)
			maps.Copy(config, changes)
			encoded, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, config))
			if err != nil {
				return // For example, a set with an element twice.
			}
			want, got := validate(off, typeName, &encoded), validate(on, typeName, &encoded)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s with %v (-without +with):\n%s", typeName, changes, diff)
			}
			if all++; len(want) == 0 {
				valid++
			}
		}
		names := slices.Sorted(maps.Keys(kind.AttributeTypes))
		for _, name := range names {
			for _, value := range valuesFor(kind.AttributeTypes[name]) {
				check(t, map[string]tftypes.Value{name: value})
			}
		}
		if typeName == "m2m_resource_server" {
			check(t, map[string]tftypes.Value{
				"signing_secret_wo":         tftypes.NewValue(tftypes.String, "0123456789abcdef"),
				"signing_secret_wo_version": tftypes.NewValue(tftypes.Number, 1),
			})
		}
		rapid.Check(t, func(rt *rapid.T) {
			changes := map[string]tftypes.Value{}
			for range 2 {
				name := rapid.SampledFrom(names).Draw(rt, "attribute")
				values := valuesFor(kind.AttributeTypes[name])
				changes[name] = values[rapid.IntRange(0, len(values)-1).Draw(rt, name)]
			}
			check(rt, changes)
		})
	}
	if valid < all/10 || valid > all*9/10 {
		t.Errorf("%d of %d configurations are valid, want some of both", valid, all)
	}
}

// validate returns the diagnostics of a configuration, or an error.
func validate(
	p *protocol.Protocol, typeName string, config *tfprotov6.DynamicValue,
) (said []string) {
	resp, err := p.Server.ValidateResourceConfig(
		p.T.Context(),
		&tfprotov6.ValidateResourceConfigRequest{TypeName: typeName, Config: config},
	)
	if err != nil {
		return []string{err.Error()}
	}
	for _, d := range resp.Diagnostics {
		said = append(said, fmt.Sprint(d.Severity, d.Attribute, d.Summary, d.Detail))
	}
	slices.Sort(said)
	return said
}

func startFast(t *testing.T, fastPath string) *protocol.Protocol {
	p := &protocol.Protocol{T: t}
	p.Start(map[string]string{"M2M_UNCHANGED_FAST_PATH": fastPath})
	return p
}

// TestUnchanged_sameUpgrade upgrades states with and without the server for unchanged objects.
func TestUnchanged_sameUpgrade(t *testing.T) {
	t.Parallel()
	const state = `{"id":"i","identifier":"urn:a","is_system":null,"token_lifetime":86400,` +
		`"scopes":{"read":"Read","write":null},"use_existing":false,"token_encryption":` +
		`{"format":"f","encryption_key":{"alg":"a","kid":null,"name":null,"pem":"p"}},` +
		`"authorization_details":[{"type":"payment"}]}`
	on, off := startFast(t, ""), startFast(t, "off")
	kind := on.Schema.ResourceSchemas["m2m_resource_server"].ValueType()
	for name, tt := range map[string]struct {
		state   string
		version int64
		fast    bool
	}{
		"state":                           {state, 0, true},
		"another version":                 {state, 7, false},
		"an attribute of another version": {`{"id":"i","old":1}`, 0, false},
		"a nested one": {
			`{"id":"i","token_encryption":{"format":"f","old":1}}`, 0, false,
		},
		"a number as string":   {`{"token_lifetime":"86400"}`, 0, false},
		"a string as number":   {`{"id":1}`, 0, false},
		"a boolean as string":  {`{"use_existing":"true"}`, 0, false},
		"a list for an object": {`{"token_encryption":[]}`, 0, false},
		"an object for a list": {`{"authorization_details":{}}`, 0, false},
		"a bad element":        {`{"scopes":{"read":1}}`, 0, false},
		"null":                 {`null`, 0, false},
		"no object":            {`[]`, 0, false},
		"two objects":          {`{} {}`, 0, false},
		"cut":                  {`{"id":`, 0, false},
		"empty":                {``, 0, false},
	} {
		var answers [2]string
		for i, p := range []*protocol.Protocol{on, off} {
			resp, err := p.Server.UpgradeResourceState(
				t.Context(), &tfprotov6.UpgradeResourceStateRequest{
					TypeName: "m2m_resource_server", Version: tt.version,
					RawState: &tfprotov6.RawState{JSON: []byte(tt.state)},
				},
			)
			if err != nil {
				t.Fatal(err)
			}
			fast := resp.UpgradedState != nil && len(resp.UpgradedState.JSON) > 0
			if i == 0 && fast != tt.fast {
				t.Errorf("%s: passed through: %t, want %t", name, fast, tt.fast)
			}
			said, err := json.Marshal(resp.Diagnostics)
			if err != nil {
				t.Fatal(err)
			}
			answers[i] = string(said)
			if resp.UpgradedState != nil {
				upgraded, err := resp.UpgradedState.Unmarshal(kind)
				if err != nil {
					t.Fatal(name, err)
				}
				answers[i] += upgraded.String()
			}
		}
		if diff := cmp.Diff(answers[1], answers[0]); diff != "" {
			t.Errorf("%s (-without +with):\n%s", name, diff)
		}
	}
}
