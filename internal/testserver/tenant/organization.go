// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import "encoding/json"

// Organization is a customer of the tenant. Machines can get tokens for it (API contract 5.1).
type Organization struct {
	ID                     string                `json:"id"`
	Name                   string                `json:"name"`
	DisplayName            string                `json:"display_name,omitzero"`
	Branding               *organizationBranding `json:"branding,omitzero"`
	Metadata               map[string]string     `json:"metadata,omitzero"`
	EnabledConnections     []json.RawMessage     `json:"enabled_connections,omitzero"`
	TokenQuota             *TokenQuota           `json:"token_quota,omitzero"`
	ThirdPartyClientAccess string                `json:"third_party_client_access"`
	IsAppEntitlementActive bool                  `json:"is_app_entitlement_active"`
}

var organizationKind = kind[Organization]{
	name:   "organizations",
	id:     func(o Organization) string { return o.ID },
	key:    func(o Organization) string { return o.Name },
	ownIDs: true,
}

type organizationBranding struct {
	LogoURL string            `json:"logo_url,omitzero"`
	Colors  map[string]string `json:"colors,omitzero"`
}

// NewOrganization returns an organization with the properties that newer replies always show (API
// contract 5.1). Both are about user flows and have no effect here.
//
// ASSUMED: third_party_client_access defaults to the value that was seen.
func NewOrganization() Organization {
	return Organization{ID: newOrganizationID(), ThirdPartyClientAccess: "block"}
}
