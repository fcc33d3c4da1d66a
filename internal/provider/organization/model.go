// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organization

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// organizationModel is an organization in either data source.
type organizationModel struct {
	OrganizationID         types.String `tfsdk:"organization_id"`
	Name                   types.String `tfsdk:"name"`
	DisplayName            types.String `tfsdk:"display_name"`
	Branding               types.Object `tfsdk:"branding"`
	Metadata               types.Map    `tfsdk:"metadata"`
	ThirdPartyClientAccess types.String `tfsdk:"third_party_client_access"`
	IsAppEntitlementActive types.Bool   `tfsdk:"is_app_entitlement_active"`
}

type brandingModel struct {
	LogoURL types.String `tfsdk:"logo_url"`
	Colors  types.Map    `tfsdk:"colors"`
}

var brandingTypes = map[string]attr.Type{
	"logo_url": types.StringType, "colors": types.MapType{ElemType: types.StringType},
}

// fromAPI sets the values from an answer of the API.
func (m *organizationModel) fromAPI(
	ctx context.Context, found m2m.Organization, diags *diag.Diagnostics,
) {
	m.OrganizationID = types.StringValue(found.ID)
	m.Name = types.StringValue(found.Name)
	m.DisplayName = types.StringPointerValue(found.DisplayName)
	m.Branding = attribute.ObjectFromAPI(ctx, brandingTypes, found.Branding, diags,
		func(in m2m.OrganizationBranding) any {
			return brandingModel{
				types.StringPointerValue(in.LogoURL), mapFromAPI(ctx, in.Colors, diags),
			}
		})
	m.Metadata = mapFromAPI(ctx, found.Metadata, diags)
	m.ThirdPartyClientAccess = types.StringPointerValue(found.ThirdPartyClientAccess)
	m.IsAppEntitlementActive = types.BoolPointerValue(found.IsAppEntitlementActive)
}

// mapFromAPI converts a map of the API. The result is null, not empty, if the property was absent.
func mapFromAPI(
	ctx context.Context, values map[string]string, diags *diag.Diagnostics,
) types.Map {
	out, d := types.MapValueFrom(ctx, types.StringType, values)
	diags.Append(d...)
	return out
}
