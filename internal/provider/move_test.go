// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	acc "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// incumbent stands in for the provider auth0 in tests of moves: its resources put
// into the state whatever the configuration says and do nothing else.
type incumbent struct{ types map[string]schema.Schema }

func (p *incumbent) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "auth0"
}

func (p *incumbent) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p *incumbent) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (p *incumbent) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *incumbent) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for name, s := range p.types {
		all = append(all, func() resource.Resource { return &incumbentResource{name, s} })
	}
	return all
}

type incumbentResource struct {
	typeName string
	schema   schema.Schema
}

func (r *incumbentResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.typeName
}

func (r *incumbentResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

func (r *incumbentResource) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (r *incumbentResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r *incumbentResource) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (r *incumbentResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// moveTest puts old, a configuration of the incumbent, into a state, and moves it
// to config by blocks from and to. The plan must be empty and nothing be written.
func (n *tenant) moveTest(types map[string]schema.Schema, old, from, config, to string, checks ...statecheck.StateCheck) {
	n.t.Helper()
	both := providerWith(n.env())
	both["auth0"] = providerserver.NewProtocol6WithError(&incumbent{types})
	n.run(acc.TestCase{
		ProtoV6ProviderFactories: both,
		Steps: []acc.TestStep{
			{Config: old},
			{
				Config:            fmt.Sprintf("%s\nmoved {\n  from = %s\n  to = %s\n}\n", config, from, to),
				ConfigPlanChecks:  emptyPlan(),
				ConfigStateChecks: append(checks, n.sent()),
			},
			{Config: config, ConfigPlanChecks: emptyPlan()},
		},
	})
}

// stringsSchema has optional strings only.
func stringsSchema(names ...string) schema.Schema {
	attributes := map[string]schema.Attribute{}
	for _, name := range names {
		attributes[name] = schema.StringAttribute{Optional: true}
	}
	return schema.Schema{Attributes: attributes}
}

func TestAccOrganizationClientGrant_moved(t *testing.T) {
	n := newTenant(t)
	acme, grant := n.AddOrganization("acme"), n.addOrganizationGrant("client")
	n.associate(acme, grant)
	old := fmt.Sprintf("resource \"auth0_organization_client_grant\" \"acme\" {\n  id = %q\n  organization_id = %q\n  grant_id = %q\n}\n",
		acme+"::"+grant, acme, grant)
	n.moveTest(
		map[string]schema.Schema{"auth0_organization_client_grant": stringsSchema("id", "organization_id", "grant_id")},
		old, "auth0_organization_client_grant.acme", orgGrantConfig(quoted(acme), quoted(grant)), orgGrantName,
		orgGrantValues(acme, grant)...,
	)
}

// moved is a move as Terraform asks for it, before it configures a provider.
func moved(t *testing.T, target, address, typeName string, version int64, state *tfprotov6.RawState) *tfprotov6.MoveResourceStateResponse {
	t.Helper()
	p := &protocol{t: t}
	p.start(nil)
	resp, err := p.server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: address, SourceTypeName: typeName, SourceSchemaVersion: version, SourceState: state, TargetTypeName: target,
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp
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
		refused           string // Empty: moved.
	}{
		"as it is":              {official, typeName, 0, whole, ""},
		"of a later version":    {official, typeName, 7, `{"id":"org_A::cgr_B","organization_id":"org_A","grant_id":"cgr_B","new":[{"a":1}]}`, ""},
		"from OpenTofu":         {"registry.opentofu.org/auth0/auth0", typeName, 0, whole, ""},
		"from older OpenTofu":   {"auth0", typeName, 0, whole, ""}, // Before 1.11.12 and 1.12.4 it gives the name alone.
		"of the first name":     {firstName, typeName, 0, whole, ""},
		"from a mirror":         {"mirror.example.com/platform/auth0", typeName, 0, whole, ""},
		"imported, not read":    {official, typeName, 0, `{"id":"org_A::cgr_B","organization_id":null,"grant_id":""}`, ""},
		"without its own id":    {official, typeName, 0, `{"organization_id":"org_A","grant_id":"cgr_B"}`, ""},
		"with an id of its own": {official, typeName, 0, `{"id":"x","organization_id":"org_A","grant_id":"cgr_B"}`, ""},
		"empty":                 {official, typeName, 0, `{}`, "it names no organization and no grant"},
		"half":                  {official, typeName, 0, `{"id":"org_A","organization_id":"org_A"}`, "it names no organization and no grant"},
		"of other types":        {official, typeName, 0, `{"organization_id":["hush"]}`, "its attribute organization_id is of an unexpected type (array)"},
		"not JSON":              {official, typeName, 0, `{hush`, "it is not valid JSON"},
		"in the old format":     {official, typeName, 0, ``, "it is not stored as JSON"},
		"of another type":       {official, "auth0_client_grant", 0, whole, "does not include support for the given source resource"},
		"of another provider":   {"registry.terraform.io/okta/okta", typeName, 0, whole, "does not include support for the given source resource"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := moved(t, "m2m_organization_client_grant", c.address, c.typeName, c.version, &tfprotov6.RawState{JSON: []byte(c.state)})
			if c.refused != "" {
				if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, c.refused) || strings.Contains(resp.Diagnostics[0].Detail, "hush") {
					t.Errorf("%+v, want %s", resp.Diagnostics, c.refused)
				}
				return
			}
			noDiagnostics(t, resp.Diagnostics, nil)
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
			identityType := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"organization_id": tftypes.String, "grant_id": tftypes.String}}
			identity, err := resp.TargetIdentity.IdentityData.Unmarshal(identityType)
			if wantIdentity := tftypes.NewValue(identityType, map[string]tftypes.Value{
				"organization_id": tftypes.NewValue(tftypes.String, "org_A"), "grant_id": tftypes.NewValue(tftypes.String, "cgr_B"),
			}); err != nil || !identity.Equal(wantIdentity) {
				t.Errorf("identity %s %v, want %s", identity, err, wantIdentity)
			}
		})
	}
}
