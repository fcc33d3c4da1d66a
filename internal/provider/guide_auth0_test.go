// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/incumbent"
)

// playedAuth0 stands in for version 1 of the auth0 provider in a guide. It has the blocks and
// the state of that provider, reads the tenant, and refuses to change anything. It "creates"
// objects that already exist.
type playedAuth0 struct {
	incumbent.Provider
	tenant *acctest.Tenant
}

func (p *playedAuth0) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for name, kind := range playedTypes {
		all = append(all, func() resource.Resource {
			return &playedResource{
				incumbent.Resource{TypeName: name, Attributes: kind.schema},
				kind.id,
				kind.read, p.tenant,
			}
		})
	}
	return all
}

var _ provider.Provider = (*playedAuth0)(nil)

// A playedType finds the id of a resource from its configuration, and its state from its id:
// nil if the object does not exist.
type playedType struct {
	schema schema.Schema
	id     func(config map[string]string) string
	read   func(n *acctest.Tenant, id string) map[string]any
}

var playedTypes = map[string]playedType{
	"auth0_resource_server": {
		schema: playedAPISchema(),
		id:     func(config map[string]string) string { return config["identifier"] },
		read:   playedAPI,
	},
	"auth0_resource_server_scopes": {
		schema: schema.Schema{
			Attributes: computedToo(
				incumbent.StringsSchema("id", "resource_server_identifier"), nil, nil,
			).Attributes,
			Blocks: map[string]schema.Block{"scopes": schema.SetNestedBlock{
				NestedObject: schema.NestedBlockObject{
					Attributes: incumbent.StringsSchema("name", "description").Attributes,
				},
			}},
		},
		id: func(config map[string]string) string { return config["resource_server_identifier"] },
		read: func(n *acctest.Tenant, id string) map[string]any {
			var scopes []any
			for _, scope := range scopesOf(n, id) {
				scopes = append(scopes, map[string]any{
					"name":        scope["value"],
					"description": scope["description"],
				})
			}
			return map[string]any{"id": id, "resource_server_identifier": id, "scopes": scopes}
		},
	},
	"auth0_resource_server_scope": {
		schema: computedToo(
			incumbent.StringsSchema("id", "resource_server_identifier", "scope", "description"), nil,
			nil,
		),
		id: func(config map[string]string) string {
			return config["resource_server_identifier"] + "::" + config["scope"]
		},
		read: func(n *acctest.Tenant, id string) map[string]any {
			api, name, _ := strings.Cut(id, "::")
			for _, scope := range scopesOf(n, api) {
				if scope["value"] == name {
					return map[string]any{
						"id": id, "resource_server_identifier": api, "scope": name,
						"description": scope["description"],
					}
				}
			}
			return nil
		},
	},
	"auth0_client_grant": {
		schema: playedGrantSchema(),
		id: func(config map[string]string) string {
			return config["client_id"] + "::" + config["audience"]
		},
		read: playedGrant,
	},
	"auth0_organization_client_grant": {
		schema: computedToo(incumbent.StringsSchema("id", "organization_id", "grant_id"), nil, nil),
		id: func(config map[string]string) string {
			return config["organization_id"] + "::" + config["grant_id"]
		},
		read: func(n *acctest.Tenant, id string) map[string]any {
			if !slices.Contains(n.Associations(), id) {
				return nil
			}
			organization, grant, _ := strings.Cut(id, "::")
			return map[string]any{"id": id, "organization_id": organization, "grant_id": grant}
		},
	},
}

func blockList(
	attributes map[string]schema.Attribute, blocks map[string]schema.Block,
) schema.Block {
	return schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
		Attributes: attributes,
		Blocks:     blocks,
	}}
}

// computedToo lets the provider set attributes that the configuration omits.
func computedToo(s schema.Schema, bools, numbers []string) schema.Schema {
	for name := range s.Attributes {
		s.Attributes[name] = schema.StringAttribute{Optional: true, Computed: true}
	}
	for _, name := range bools {
		s.Attributes[name] = schema.BoolAttribute{Optional: true, Computed: true}
	}
	for _, name := range numbers {
		s.Attributes[name] = schema.Int64Attribute{Optional: true, Computed: true}
	}
	return s
}

func playedAPISchema() schema.Schema {
	s := computedToo(
		incumbent.StringsSchema(
			"id", "identifier", "name", "signing_alg", "signing_secret", "token_dialect",
			"consent_policy", "verification_location", "client_id",
		),
		[]string{
			"allow_offline_access", "skip_consent_for_verifiable_first_party_clients",
			"enforce_policies", "is_system",
		},
		[]string{"token_lifetime", "token_lifetime_for_web"})
	policy := blockList(incumbent.StringsSchema("policy").Attributes, nil)
	s.Blocks = map[string]schema.Block{
		"subject_type_authorization": blockList(nil, map[string]schema.Block{
			"user":   policy,
			"client": policy,
		}),
		"authorization_policy": blockList(incumbent.StringsSchema("policy_id").Attributes, nil),
	}
	return s
}

func playedGrantSchema() schema.Schema {
	s := computedToo(incumbent.StringsSchema(
		"id", "client_id", "audience", "subject_type", "organization_usage", "default_for",
	),
		[]string{"allow_any_organization", "allow_all_scopes", "is_system"}, nil)
	s.Attributes["scopes"] = schema.ListAttribute{
		Optional:    true,
		Computed:    true,
		ElementType: types.StringType,
	}
	s.Attributes["authorization_details_types"] = s.Attributes["scopes"]
	return s
}

// playedAPI accepts the id or the identifier, as the tenant does.
func playedAPI(n *acctest.Tenant, id string) map[string]any {
	state := found(n, acctest.ResourceServerPath(id))
	if state == nil {
		return nil
	}
	var subjects []any
	if given, has := state["subject_type_authorization"].(map[string]any); has {
		user, client := []any{given["user"]}, []any{given["client"]}
		subjects = append(subjects, map[string]any{"user": user, "client": client})
	}
	state["subject_type_authorization"] = subjects
	return state
}

// playedGrant accepts the id, or the client and the audience.
func playedGrant(n *acctest.Tenant, id string) map[string]any {
	var grants []map[string]any
	n.AtDashboard(http.MethodGet, "/api/v2/client-grants?per_page=100", "", &grants)
	for _, grant := range grants {
		if grant["id"] == id || fmt.Sprint(grant["client_id"], "::", grant["audience"]) == id {
			grant["scopes"] = grant["scope"]
			return grant
		}
	}
	return nil
}

func found(n *acctest.Tenant, path string) map[string]any {
	status, answer := n.Dashboard(http.MethodGet, path, "")
	var object map[string]any
	if status != http.StatusOK || json.Unmarshal(answer, &object) != nil {
		return nil
	}
	return object
}

func scopesOf(n *acctest.Tenant, api string) []map[string]any {
	var object struct {
		Scopes []map[string]any `json:"scopes"`
	}
	n.AtDashboard(http.MethodGet, acctest.ResourceServerPath(api), "", &object)
	return object.Scopes
}

// everything returns, as JSON, all objects of the tenant that are moved.
func everything(n *acctest.Tenant) string {
	var all strings.Builder
	for _, list := range []string{"resource-servers", "client-grants"} {
		_, answer := n.Dashboard(http.MethodGet, "/api/v2/"+list+"?per_page=100", "")
		all.Write(answer)
	}
	return all.String() + fmt.Sprint(n.Associations())
}

type playedResource struct {
	incumbent.Resource
	id     func(config map[string]string) string
	read   func(n *acctest.Tenant, id string) map[string]any
	tenant *acctest.Tenant
}

// set writes an object of the tenant into the state as the older SDK does: missing properties
// get the zero value. It reports whether the object exists.
func (r *playedResource) set(
	ctx context.Context, state *tfsdk.State, id string,
) (found bool, err error) {
	values := r.read(r.tenant, id)
	if values == nil {
		return false, nil
	}
	object, _ := r.Attributes.Type().TerraformType(ctx).(tftypes.Object)
	raw, err := json.Marshal(playedObject(object, values))
	if err == nil {
		state.Raw, err = (&tfprotov6.RawState{JSON: raw}).Unmarshal(object)
	}
	return true, err
}

// playedObject has exactly the attributes of a type.
func playedObject(object tftypes.Object, values map[string]any) map[string]any {
	state := map[string]any{}
	for name, kind := range object.AttributeTypes {
		value, has := values[name]
		switch {
		case has && value != nil:
			state[name] = value
		case kind.Is(tftypes.Bool):
			state[name] = false
		case kind.Is(tftypes.Number):
			state[name] = 0
		case kind.Is(tftypes.String):
			state[name] = ""
		default:
			state[name] = []any{}
		}
	}
	return state
}

func (r *playedResource) Create(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse,
) {
	config := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Attributes.Attributes)) {
		var text types.String
		if req.Plan.GetAttribute(ctx, path.Root(name), &text) == nil {
			config[name] = text.ValueString()
		}
	}
	if found, err := r.set(ctx, &resp.State, r.id(config)); err != nil || !found {
		resp.Diagnostics.AddError("Not played", fmt.Sprintf(
			"%s %q: %v", r.TypeName, r.id(config), err,
		))
	}
}

func (r *playedResource) Read(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse,
) {
	var id types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
	found, err := r.set(ctx, &resp.State, id.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Not played", err.Error())
	}
	if !found {
		resp.State.RemoveResource(ctx)
	}
}

func (r *playedResource) Update(
	_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse,
) {
	resp.Diagnostics.AddError("Changed by auth0", r.TypeName)
}

func (r *playedResource) Delete(
	_ context.Context, _ resource.DeleteRequest, resp *resource.DeleteResponse,
) {
	resp.Diagnostics.AddError("Destroyed by auth0", r.TypeName)
}

func (r *playedResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
}
