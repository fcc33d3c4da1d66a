// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// incumbentGrant is the state of an auth0_client_grant. The auth0 provider stores an unset
// attribute as null or the zero value.
type incumbentGrant struct {
	ID                        string   `json:"id"`
	ClientID                  string   `json:"client_id"`
	DefaultFor                string   `json:"default_for"`
	Audience                  string   `json:"audience"`
	Scopes                    []string `json:"scopes"`
	Scope                     []string `json:"scope"` // The name before version 1.0.
	AllowAllScopes            bool     `json:"allow_all_scopes"`
	SubjectType               string   `json:"subject_type"`
	OrganizationUsage         string   `json:"organization_usage"` // In upper or lower case.
	AllowAnyOrganization      bool     `json:"allow_any_organization"`
	AuthorizationDetailsTypes []string `json:"authorization_details_types"`
	IsSystem                  bool     `json:"is_system"`
}

func (old incumbentGrant) toAPI() m2m.ClientGrant {
	grant := m2m.ClientGrant{
		ID: old.ID, ClientID: attribute.UnlessZero(old.ClientID),
		DefaultFor: attribute.UnlessZero(old.DefaultFor), Audience: old.Audience,
		AllowAllScopes: &old.AllowAllScopes, SubjectType: attribute.UnlessZero(old.SubjectType),
		OrganizationUsage:    attribute.UnlessZero(strings.ToLower(old.OrganizationUsage)),
		AllowAnyOrganization: attribute.UnlessZero(old.AllowAnyOrganization),
		IsSystem:             old.IsSystem,
	}
	if !old.AllowAllScopes {
		grant.Scope = append(old.Scopes, old.Scope...)
	}
	if len(old.AuthorizationDetailsTypes) > 0 {
		grant.AuthorizationDetailsTypes = old.AuthorizationDetailsTypes
	}
	return grant
}

// MoveState accepts the state of an auth0_client_grant.
func (r *grantResource) MoveState(context.Context) []resource.StateMover {
	const typeName = "auth0_client_grant"
	return []resource.StateMover{tfstate.MoveFrom(typeName,
		func(ctx context.Context, old incumbentGrant, resp *resource.MoveStateResponse) {
			if !attribute.GrantID.MatchString(old.ID) {
				tfstate.MoveError(&resp.Diagnostics, typeName, "it does not contain the id of a "+
					"grant")
				return
			}
			var state grantModel
			state.AuthorizationDetailsTypes = noTypes
			state.fromAPI(ctx, old.toAPI(), &resp.Diagnostics)
			tfstate.SetIdentity(ctx, resp.TargetIdentity, state.identity(), &resp.Diagnostics)
			resp.Diagnostics.Append(resp.TargetState.Set(ctx, &state)...)
		})}
}
