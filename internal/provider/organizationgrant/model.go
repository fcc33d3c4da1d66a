// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

type associationModel struct {
	ID             types.String `tfsdk:"id"`
	OrganizationID types.String `tfsdk:"organization_id"`
	GrantID        types.String `tfsdk:"grant_id"`
}

type associationIdentity struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	GrantID        types.String `tfsdk:"grant_id"`
}

func (m *associationModel) fromAPI(found m2m.OrganizationClientGrant) {
	m.ID = types.StringValue(found.ID())
	m.OrganizationID = types.StringValue(found.OrganizationID)
	m.GrantID = types.StringValue(found.GrantID)
}

func (m *associationModel) toAPI() m2m.OrganizationClientGrant {
	return m2m.OrganizationClientGrant{
		OrganizationID: m.OrganizationID.ValueString(),
		GrantID:        m.GrantID.ValueString(),
	}
}

func (m *associationModel) identity() associationIdentity {
	return associationIdentity{OrganizationID: m.OrganizationID, GrantID: m.GrantID}
}
