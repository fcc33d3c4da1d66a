// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
)

func TestAccOrganizationClientGrant_moved(t *testing.T) {
	n := acctest.NewTenant(t)
	acme, grant := n.AddOrganization("acme"), n.AddOrganizationGrant("client")
	n.Associate(acme, grant)
	old := fmt.Sprintf("resource \"auth0_organization_client_grant\" \"acme\" {\n  id = %q\n  "+
		"organization_id = %q\n  grant_id = %q\n}\n",
		acme+"::"+grant, acme, grant)
	n.TestMove(
		map[string]schema.Schema{"auth0_organization_client_grant": incumbent.StringsSchema(
			"id", "organization_id", "grant_id",
		)},
		old, "auth0_organization_client_grant.acme",
		acctest.OrgGrantConfig(acctest.Quoted(acme), acctest.Quoted(grant)), acctest.OrgGrantName,
		acctest.OrgGrantValues(acme, grant)...,
	)
}

func TestOrganizationClientGrant_move(t *testing.T) {
	t.Parallel()
	const (
		typeName = "auth0_organization_client_grant"
		whole    = `{"id":"org_A::cgr_B","organization_id":"org_A","grant_id":"cgr_B"}`
	)
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"id": tftypes.String, "organization_id": tftypes.String, "grant_id": tftypes.String,
	}}
	for name, c := range map[string]struct {
		address, typeName string
		version           int64
		state             string
		refused           string // Empty if the move succeeds.
	}{
		"as it is": {incumbent.Address, typeName, 0, whole, ""},
		"of a later version": {
			incumbent.Address, typeName, 7,
			`{"id":"org_A::cgr_B","organization_id":"org_A","grant_id":"cgr_B","new":[{"a":1}]}`,
			"",
		},
		"from OpenTofu": {"registry.opentofu.org/auth0/auth0", typeName, 0, whole, ""},
		// OpenTofu before 1.11.12 and 1.12.4 sends only the name.
		"from older OpenTofu": {"auth0", typeName, 0, whole, ""},
		"of the first name":   {incumbent.FirstAddress, typeName, 0, whole, ""},
		"from a mirror":       {"mirror.example.com/platform/auth0", typeName, 0, whole, ""},
		"imported, not read": {
			incumbent.Address, typeName, 0,
			`{"id":"org_A::cgr_B","organization_id":null,"grant_id":""}`, "",
		},
		"without its own id": {
			incumbent.Address, typeName, 0, `{"organization_id":"org_A","grant_id":"cgr_B"}`,
			"",
		},
		"with an id of its own": {
			incumbent.Address, typeName, 0,
			`{"id":"x","organization_id":"org_A","grant_id":"cgr_B"}`, "",
		},
		"empty": {
			incumbent.Address, typeName, 0, `{}`, "it does not name an organization and a " +
				"grant",
		},
		"half": {
			incumbent.Address, typeName, 0, `{"id":"org_A","organization_id":"org_A"}`,
			"it does not name an organization and a grant",
		},
		"of other types": {
			incumbent.Address, typeName, 0, `{"organization_id":["hush"]}`,
			"its attribute organization_id has an unexpected type (array)",
		},
		"not JSON": {
			incumbent.Address, typeName, 0, `{hush`, "it is not valid JSON",
		},
		"in the old format": {incumbent.Address, typeName, 0, ``, "it is not stored as JSON"},
		"of another type": {
			incumbent.Address, "auth0_client_grant", 0, whole,
			"does not include support for the given source resource",
		},
		"of another provider": {
			"registry.terraform.io/okta/okta", typeName, 0, whole,
			"does not include support for the given source resource",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := protocol.Moved(
				t, "m2m_organization_client_grant", c.address, c.typeName, c.version,
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
			if err != nil {
				t.Fatal(err)
			}
			want := tftypes.NewValue(object, map[string]tftypes.Value{
				"id":              tftypes.NewValue(tftypes.String, "org_A::cgr_B"),
				"organization_id": tftypes.NewValue(tftypes.String, "org_A"),
				"grant_id":        tftypes.NewValue(tftypes.String, "cgr_B"),
			})
			if !state.Equal(want) {
				t.Errorf("%s, want %s", state, want)
			}
			identityType := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
				"organization_id": tftypes.String,
				"grant_id":        tftypes.String,
			}}
			identity, err := resp.TargetIdentity.IdentityData.Unmarshal(identityType)
			if wantIdentity := tftypes.NewValue(identityType, map[string]tftypes.Value{
				"organization_id": tftypes.NewValue(tftypes.String, "org_A"),
				"grant_id":        tftypes.NewValue(tftypes.String, "cgr_B"),
			}); err != nil || !identity.Equal(wantIdentity) {
				t.Errorf("identity %s %v, want %s", identity, err, wantIdentity)
			}
		})
	}
}
