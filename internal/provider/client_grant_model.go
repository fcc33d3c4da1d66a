// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

type clientGrantModel struct {
	ID                        types.String `tfsdk:"id"`
	ClientID                  types.String `tfsdk:"client_id"`
	DefaultFor                types.String `tfsdk:"default_for"`
	Audience                  types.String `tfsdk:"audience"`
	Scopes                    types.Set    `tfsdk:"scopes"`
	AllowAllScopes            types.Bool   `tfsdk:"allow_all_scopes"`
	SubjectType               types.String `tfsdk:"subject_type"`
	OrganizationUsage         types.String `tfsdk:"organization_usage"`
	AllowAnyOrganization      types.Bool   `tfsdk:"allow_any_organization"`
	AuthorizationDetailsTypes types.Set    `tfsdk:"authorization_details_types"`
	IsSystem                  types.Bool   `tfsdk:"is_system"`
	UseExisting               types.Bool   `tfsdk:"use_existing"`
}

func (m *clientGrantModel) key() m2m.ClientGrantKey {
	key := m2m.ClientGrantKey{
		ClientID:   m.ClientID.ValueString(),
		DefaultFor: m.DefaultFor.ValueString(),
		Audience:   m.Audience.ValueString(),
	}
	// A tenant that is older than the property knows no other type (API contract 4.1).
	if subject := m.SubjectType.ValueString(); subject != m2m.DefaultSubjectType {
		key.SubjectType = subject
	}
	return key
}

// settings returns what has to be sent so that a grant as in prior becomes one
// as in m, the plan.
func (m *clientGrantModel) settings(ctx context.Context, prior *clientGrantModel, diags *diag.Diagnostics) m2m.ClientGrantSettings {
	return m2m.ClientGrantSettings{
		Scope: attribute.Changed(m.Scopes, prior.Scopes, func() []string { return attribute.StringsOf(ctx, m.Scopes, diags) }),
		// Sent only when it changes: for a system API even false is refused (API contract 4.1).
		AllowAllScopes:       attribute.Changed(m.AllowAllScopes, prior.AllowAllScopes, m.AllowAllScopes.ValueBool),
		OrganizationUsage:    attribute.ChangedOrCleared(m.OrganizationUsage, prior.OrganizationUsage, m.OrganizationUsage.ValueString),
		AllowAnyOrganization: attribute.ChangedOrCleared(m.AllowAnyOrganization, prior.AllowAnyOrganization, m.AllowAnyOrganization.ValueBool),
		AuthorizationDetailsTypes: attribute.Changed(m.AuthorizationDetailsTypes, prior.AuthorizationDetailsTypes,
			func() []string { return attribute.StringsOf(ctx, m.AuthorizationDetailsTypes, diags) }),
	}
}

// fromAPI takes over what the API answered.
func (m *clientGrantModel) fromAPI(ctx context.Context, api m2m.ClientGrant, diags *diag.Diagnostics) {
	key := api.Key()
	m.ID = types.StringValue(api.ID)
	m.ClientID = types.StringPointerValue(api.ClientID)
	m.DefaultFor = types.StringPointerValue(api.DefaultFor)
	m.Audience = types.StringValue(api.Audience)
	m.SubjectType = types.StringValue(key.SubjectType)
	m.AllowAllScopes = types.BoolValue(api.AllowAllScopes != nil && *api.AllowAllScopes)
	m.Scopes = attribute.SetFromAPI(ctx, api.Scope, diags)
	if m.Scopes.IsNull() && !m.AllowAllScopes.ValueBool() {
		m.Scopes = types.SetValueMust(types.StringType, nil)
	}
	m.OrganizationUsage = types.StringPointerValue(api.OrganizationUsage)
	m.AllowAnyOrganization = types.BoolPointerValue(api.AllowAnyOrganization)
	m.IsSystem = types.BoolValue(api.IsSystem)

	// Absent and empty mean the same here, and the API cannot go back from empty
	// to absent.
	m.AuthorizationDetailsTypes = attribute.SetFromAPI(ctx, append([]string{}, api.AuthorizationDetailsTypes...), diags)
}
