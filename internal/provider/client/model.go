// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// clientModel is a client without its secret.
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

// fromAPI sets the values from an answer of the API.
func (m *clientModel) fromAPI(
	ctx context.Context, client m2m.OAuthClient, diags *diag.Diagnostics,
) {
	m.ClientID = types.StringValue(client.ClientID)
	m.Name = types.StringPointerValue(client.Name)
	m.Description = types.StringPointerValue(client.Description)
	m.AppType = types.StringPointerValue(client.AppType)
	m.IsFirstParty = types.BoolPointerValue(client.IsFirstParty)
	m.IsGlobal = types.BoolValue(client.IsGlobal)
	m.GrantTypes = attribute.SetFromAPI(ctx, client.GrantTypes, diags)
	m.TokenEndpointAuthMethod = types.StringPointerValue(client.TokenEndpointAuthMethod)
	m.ClientAuthenticationMethods = attribute.SetFromAPI(
		ctx, slices.Collect(maps.Keys(client.AuthenticationMethods)), diags,
	)
	m.OrganizationUsage = types.StringPointerValue(client.OrganizationUsage)
	m.DefaultOrganization = attribute.ObjectFromAPI(ctx, defaultOrganizationTypes,
		client.DefaultOrganization, diags,
		func(in m2m.DefaultOrganization) any {
			return defaultOrganizationModel{
				types.StringValue(in.OrganizationID), attribute.SetFromAPI(ctx, in.Flows, diags),
			}
		})
	m.ResourceServerIdentifier = types.StringPointerValue(client.ResourceServerIdentifier)
}
