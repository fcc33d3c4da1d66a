// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"regexp"
	"slices"
)

var organizationName = property{
	name: "name", kind: stringKind, min: 1, max: 50, pattern: regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`),
	description: "The name of this organization",
}

// createOrganizationSchema is that of POST (API contract 5.1).
var createOrganizationSchema = schema{properties: append([]property{
	required(organizationName),
	{
		name: "enabled_connections", kind: arrayKind, items: &property{kind: objectKind, open: true},
		description: "Connections that will be enabled for this organization",
	},
}, writableOrganizationProperties...)}

// updateOrganizationSchema is that of PATCH.
//
// ASSUMED: connections are given on creation only; the real API changes them by endpoints of their own.
var updateOrganizationSchema = schema{properties: append([]property{organizationName}, writableOrganizationProperties...)}

// ASSUMED: all about these properties but their names, which are all that the contract has.
var writableOrganizationProperties = []property{
	{name: "display_name", kind: stringKind, min: 1, max: 255, description: "Friendly name of this organization"},
	{name: "branding", kind: objectKind, description: "Theme of this organization", properties: []property{
		{name: "logo_url", kind: stringKind, description: "URL of logo to display on login page"},
		{name: "colors", kind: objectKind, open: true, values: &property{kind: stringKind}, description: "Color scheme"},
	}},
	{
		name: "metadata", kind: objectKind, open: true, values: &property{kind: stringKind, max: 255},
		description: "Metadata associated with the organization",
	},
	tokenQuotaProperty,
	{
		name: "third_party_client_access", kind: stringKind, enum: []string{"allow", "block"},
		description: "Whether this organization can be used in user flows with third-party clients",
	},
	{name: "is_app_entitlement_active", kind: booleanKind, description: "Whether the app entitlement is active"},
}

// listOrganizationsSchema is the query of the list, and of the list of a grant's organizations (API contract 1.8).
var listOrganizationsSchema = schema{properties: slices.Concat(offsetParameters(1), checkpointParameters)}

func required(p property) property {
	p.required = true
	return p
}
