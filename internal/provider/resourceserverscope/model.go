// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

type scopeModel struct {
	ID          types.String `tfsdk:"id"`
	Identifier  types.String `tfsdk:"resource_server_identifier"`
	Scope       types.String `tfsdk:"scope"`
	Description types.String `tfsdk:"description"`
}

type scopeIdentity struct {
	Identifier types.String `tfsdk:"resource_server_identifier"`
	Scope      types.String `tfsdk:"scope"`
}

func (m *scopeModel) fromAPI(found m2m.ResourceServerScope) {
	m.ID = types.StringValue(found.ID())
	m.Identifier = types.StringValue(found.Identifier)
	m.Scope = types.StringValue(found.Value)
	m.Description = types.StringPointerValue(found.Description)
}

func (m *scopeModel) toAPI() m2m.ResourceServerScope {
	return m2m.ResourceServerScope{
		Identifier: m.Identifier.ValueString(),
		Scope: m2m.Scope{
			Value:       m.Scope.ValueString(),
			Description: m.Description.ValueStringPointer(),
		},
	}
}

func (m *scopeModel) identity() scopeIdentity {
	return scopeIdentity{Identifier: m.Identifier, Scope: m.Scope}
}
