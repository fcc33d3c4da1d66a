// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// clientModel is a client as lists show it: without its secret.
type clientModel struct {
	ClientID                    types.String `tfsdk:"client_id"`
	Name                        types.String `tfsdk:"name"`
	Description                 types.String `tfsdk:"description"`
	AppType                     types.String `tfsdk:"app_type"`
	IsFirstParty                types.Bool   `tfsdk:"is_first_party"`
	IsGlobal                    types.Bool   `tfsdk:"is_global"`
	GrantTypes                  types.Set    `tfsdk:"grant_types"`
	TokenEndpointAuthMethod     types.String `tfsdk:"token_endpoint_auth_method"`
	ClientAuthenticationMethods types.Set    `tfsdk:"client_authentication_methods"`
	OrganizationUsage           types.String `tfsdk:"organization_usage"`
	DefaultOrganization         types.Object `tfsdk:"default_organization"`
	ResourceServerIdentifier    types.String `tfsdk:"resource_server_identifier"`
}

type defaultOrganizationModel struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	Flows          types.Set    `tfsdk:"flows"`
}

var defaultOrganizationTypes = map[string]attr.Type{
	"organization_id": types.StringType, "flows": types.SetType{ElemType: types.StringType},
}

func clientAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"client_id":   attribute.ShownString("Id of the client."),
		"name":        attribute.ShownString("Name of the client. It is not unique."),
		"description": attribute.ShownString("Description of the client."),
		"app_type": attribute.ShownString("Type of the application, such as `non_interactive` (machine to machine), `regular_web`, `spa` or `native`; " +
			"null where none was chosen."),
		"is_first_party": attribute.ShownBool("Whether the client is the tenant's own, not one of a third party."),
		"is_global":      attribute.ShownBool("Whether this is the client that stands for all applications of the tenant."),
		"grant_types":    attribute.ShownSet("Grant types (OAuth flows) that the client may use; tokens for machines take `client_credentials`."),
		"token_endpoint_auth_method": attribute.ShownString("How the client authenticates with its secret: `client_secret_post` or `client_secret_basic`; " +
			"`none` for a public client."),
		"client_authentication_methods": attribute.ShownSet("Names of the methods that the client authenticates by instead of a secret, such as " +
			"`private_key_jwt`; null where there are none."),
		"organization_usage": attribute.ShownString("Whether users log in to the client through an organization. It is not the setting of a grant."),
		"default_organization": attribute.ShownObject("Organization that tokens are for where a request names none.", map[string]schema.Attribute{
			"organization_id": attribute.ShownString("Id of the organization."),
			"flows":           attribute.ShownSet("Flows that it is the default of."),
		}),
		"resource_server_identifier": attribute.ShownString("Identifier of the API that the client is linked to, where its `app_type` is `resource_server`."),
	}
}

// fromAPI takes the values from an answer of the API.
func (m *clientModel) fromAPI(ctx context.Context, client m2m.Application, diags *diag.Diagnostics) {
	m.ClientID = types.StringValue(client.ClientID)
	m.Name = types.StringPointerValue(client.Name)
	m.Description = types.StringPointerValue(client.Description)
	m.AppType = types.StringPointerValue(client.AppType)
	m.IsFirstParty = types.BoolPointerValue(client.IsFirstParty)
	m.IsGlobal = types.BoolValue(client.IsGlobal)
	m.GrantTypes = attribute.SetFromAPI(ctx, client.GrantTypes, diags)
	m.TokenEndpointAuthMethod = types.StringPointerValue(client.TokenEndpointAuthMethod)
	m.ClientAuthenticationMethods = attribute.SetFromAPI(ctx, slices.Collect(maps.Keys(client.AuthenticationMethods)), diags)
	m.OrganizationUsage = types.StringPointerValue(client.OrganizationUsage)
	m.DefaultOrganization = attribute.ObjectFromAPI(ctx, defaultOrganizationTypes, client.DefaultOrganization, diags,
		func(in m2m.DefaultOrganization) any {
			return defaultOrganizationModel{types.StringValue(in.OrganizationID), attribute.SetFromAPI(ctx, in.Flows, diags)}
		})
	m.ResourceServerIdentifier = types.StringPointerValue(client.ResourceServerIdentifier)
}
