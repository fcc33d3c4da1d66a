// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

func TestAccResourceServerScope_moved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stored, line, old string
		want              knownvalue.Check
	}{
		"described": {
			`,"description":"Read"`, `description = "Read"`, "Read", knownvalue.StringExact("Read"),
		},
		// The auth0 provider stores both in the same way.
		"empty":       {`,"description":""`, `description = ""`, "", knownvalue.StringExact("")},
		"undescribed": {``, ``, "", knownvalue.Null()},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			addOrdersAPI(n, `{"value":"read:orders"`+c.stored+`}`)
			old := fmt.Sprintf("resource \"auth0_resource_server_scope\" \"read\" {\n  id = %q\n "+
				" resource_server_identifier = %q\n"+
				"  scope = \"read:orders\"\n  description = %q\n}\n",
				acctest.OrdersAPI+"::read:orders", acctest.OrdersAPI, c.old)
			n.TestMove(
				map[string]schema.Schema{
					"auth0_resource_server_scope": incumbent.StringsSchema(
						"id", "resource_server_identifier", "scope", "description",
					),
				},
				old, "auth0_resource_server_scope.read", scopeConfig("read:orders", c.line),
				scopeName, scopeValues("read:orders", c.want)...,
			)
		})
	}
}

func TestResourceServerScope_move(t *testing.T) {
	t.Parallel()
	const (
		official = "registry.terraform.io/auth0/auth0"
		typeName = "auth0_resource_server_scope"
		whole    = `{"id":"urn:a::b:c","resource_server_identifier":"urn:a","scope":"b:c","description":"D"}`
	)
	described, none := tftypes.NewValue(tftypes.String, "D"), tftypes.NewValue(tftypes.String, nil)
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"id": tftypes.String, "resource_server_identifier": tftypes.String, "scope": tftypes.String,
		"description": tftypes.String,
	}}
	identityType := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"resource_server_identifier": tftypes.String,
		"scope":                      tftypes.String,
	}}
	api, scope := tftypes.NewValue(tftypes.String, "urn:a"), tftypes.NewValue(tftypes.String, "b:c")
	for name, c := range map[string]struct {
		address, typeName string
		state             string
		description       tftypes.Value
		refused           string // Empty: moved.
	}{
		"as it is": {official, typeName, whole, described, ""},
		"without description": {
			official, typeName,
			`{"id":"x","resource_server_identifier":"urn:a","scope":"b:c","description":null,"new":[1]}`,
			none, "",
		},
		"empty description": {
			"registry.opentofu.org/auth0/auth0", typeName,
			`{"resource_server_identifier":"urn:a","scope":"b:c","description":""}`, none, "",
		},
		"imported, not read": {
			official, typeName, `{"id":"urn:a::b:c","resource_server_identifier":null,"scope":""}`,
			none, "",
		},
		"empty": {official, typeName, `{}`, none, "it does not name an API and a scope"},
		"half": {
			official, typeName, `{"id":"urn:a","scope":"b:c"}`, none,
			"it does not name an API and a scope",
		},
		"of other types": {
			official, typeName, `{"scope":["hush"]}`, none,
			"its attribute scope has an unexpected type (array)",
		},
		"of all scopes": {
			official, "auth0_resource_server_scopes", whole, none,
			"does not include support for the given source resource",
		},
		"of another provider": {
			"registry.terraform.io/okta/okta", typeName, whole, none,
			"does not include support for the given source resource",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := protocol.Moved(
				t, "m2m_resource_server_scope", c.address, c.typeName, 0,
				&tfprotov6.RawState{JSON: []byte(c.state)},
			)
			if c.refused != "" {
				if len(resp.Diagnostics) != 1 ||
					!strings.Contains(resp.Diagnostics[0].Detail, c.refused) ||
					strings.Contains(resp.Diagnostics[0].Detail, "hush") {
					t.Errorf("%+v, want %s", resp.Diagnostics, c.refused)
				}
				return
			}
			protocol.NoDiagnostics(t, resp.Diagnostics, nil)
			state, err := resp.TargetState.Unmarshal(object)
			want := tftypes.NewValue(object, map[string]tftypes.Value{
				"id":                         tftypes.NewValue(tftypes.String, "urn:a::b:c"),
				"resource_server_identifier": api, "scope": scope, "description": c.description,
			})
			if err != nil || !state.Equal(want) {
				t.Errorf("%s %v, want %s", state, err, want)
			}
			identity, err := resp.TargetIdentity.IdentityData.Unmarshal(identityType)
			if want := tftypes.NewValue(identityType, map[string]tftypes.Value{
				"resource_server_identifier": api,
				"scope":                      scope,
			}); err != nil || !identity.Equal(want) {
				t.Errorf("identity %s %v, want %s", identity, err, want)
			}
		})
	}
}
