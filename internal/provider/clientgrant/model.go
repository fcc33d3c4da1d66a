// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// grantValues are the values in a Management API response. Data sources show them unchanged.
type grantValues struct {
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
}

// grantModel is the model of the resource.
type grantModel struct {
	grantValues

	UseExisting types.Bool `tfsdk:"use_existing"`
}

// key is the natural key of the grant.
func (m *grantValues) key() m2m.ClientGrantKey {
	key := m2m.ClientGrantKey{
		ClientID:   m.ClientID.ValueString(),
		DefaultFor: m.DefaultFor.ValueString(),
		Audience:   m.Audience.ValueString(),
	}
	// A tenant that predates the property only has the default type (API contract 4.1).
	if subject := m.SubjectType.ValueString(); subject != m2m.DefaultSubjectType {
		key.SubjectType = subject
	}
	return key
}

// keyKnown reports whether the natural key of a planned grant is known.
func (m *grantValues) keyKnown() bool {
	return !m.ClientID.IsUnknown() && !m.DefaultFor.IsUnknown() && !m.Audience.IsUnknown() &&
		!m.SubjectType.IsUnknown()
}

// changes returns the properties that differ between prior and m, the plan.
func (m *grantValues) changes(
	ctx context.Context, prior *grantValues, diags *diag.Diagnostics,
) m2m.ClientGrantProperties {
	return m2m.ClientGrantProperties{
		Scope: attribute.Changed(m.Scopes, prior.Scopes, func() []string {
			return attribute.StringsOf(ctx, m.Scopes, diags)
		}),
		// Sent only if it changes: the tenant refuses even false for a system API (API contract
		// 4.1).
		AllowAllScopes: attribute.Changed(
			m.AllowAllScopes, prior.AllowAllScopes, m.AllowAllScopes.ValueBool,
		),
		OrganizationUsage: attribute.ChangedOrCleared(
			m.OrganizationUsage, prior.OrganizationUsage, m.OrganizationUsage.ValueString,
		),
		AllowAnyOrganization: attribute.ChangedOrCleared(
			m.AllowAnyOrganization, prior.AllowAnyOrganization, m.AllowAnyOrganization.ValueBool,
		),
		AuthorizationDetailsTypes: attribute.Changed(m.AuthorizationDetailsTypes,
			emptyIfNone(prior.AuthorizationDetailsTypes),
			func() []string {
				return attribute.StringsOf(ctx, m.AuthorizationDetailsTypes, diags)
			}),
	}
}

// fromAPI sets the values from a Management API response.
func (m *grantValues) fromAPI(ctx context.Context, grant m2m.ClientGrant, diags *diag.Diagnostics) {
	key := grant.Key()
	m.ID = types.StringValue(grant.ID)
	m.ClientID = types.StringPointerValue(grant.ClientID)
	m.DefaultFor = types.StringPointerValue(grant.DefaultFor)
	m.Audience = types.StringValue(grant.Audience)
	m.SubjectType = types.StringValue(key.SubjectType)
	m.AllowAllScopes = types.BoolValue(grant.AllowAllScopes != nil && *grant.AllowAllScopes)
	m.Scopes = attribute.SetFromAPI(ctx, grant.Scope, diags)
	if m.Scopes.IsNull() && !m.AllowAllScopes.ValueBool() {
		m.Scopes = types.SetValueMust(types.StringType, nil)
	}
	m.OrganizationUsage = types.StringPointerValue(grant.OrganizationUsage)
	m.AllowAnyOrganization = types.BoolPointerValue(grant.AllowAnyOrganization)
	m.IsSystem = types.BoolValue(grant.IsSystem)

	// Absent and empty mean the same here, and the tenant cannot change empty back to absent.
	m.AuthorizationDetailsTypes = attribute.SetFromAPI(
		ctx, append([]string{}, grant.AuthorizationDetailsTypes...), diags,
	)
}

// fromAPI sets the values from a Management API response. An empty set of authorization details
// types stays null if it was null.
func (m *grantModel) fromAPI(ctx context.Context, grant m2m.ClientGrant, diags *diag.Diagnostics) {
	omitted := m.AuthorizationDetailsTypes.IsNull() || m.AuthorizationDetailsTypes.IsUnknown()
	m.grantValues.fromAPI(ctx, grant, diags)
	if omitted && len(m.AuthorizationDetailsTypes.Elements()) == 0 {
		m.AuthorizationDetailsTypes = types.SetNull(types.StringType)
	}
	if !grant.IsSystem {
		m.IsSystem = types.BoolNull()
	}
}

// noTypes is the empty set of authorization details types, which means the same as null.
var noTypes = types.SetValueMust(types.StringType, nil)

func emptyIfNone(set types.Set) types.Set {
	if set.IsNull() {
		return noTypes
	}
	return set
}

type grantIdentity struct {
	ID types.String `tfsdk:"id"`
}

func (m *grantValues) identity() grantIdentity { return grantIdentity{ID: m.ID} }
