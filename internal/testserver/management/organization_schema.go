// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"regexp"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

var organizationName = schema.Property{
	Name: "name", Kind: schema.String, Min: 1, Max: 50,
	Pattern:     regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`),
	Description: "The name of this organization",
}

// createOrganizationSchema is the schema of POST (API contract 5.1).
var createOrganizationSchema = schema.Schema{Properties: append([]schema.Property{
	required(organizationName),
	{
		Name: "enabled_connections", Kind: schema.Array,
		Items:       &schema.Property{Kind: schema.Object, Open: true},
		Description: "Connections that will be enabled for this organization",
	},
}, writableOrganizationProperties...)}

// updateOrganizationSchema is the schema of PATCH.
//
// ASSUMED: connections are given on creation only; the real API changes them by endpoints of their
// own.
var updateOrganizationSchema = schema.Schema{Properties: append(
	[]schema.Property{organizationName}, writableOrganizationProperties...,
)}

// ASSUMED: all about these properties but their names, which are all that the contract has.
var writableOrganizationProperties = []schema.Property{
	{
		Name: "display_name", Kind: schema.String, Min: 1, Max: 255,
		Description: "Friendly name of this organization",
	},
	{
		Name: "branding", Kind: schema.Object, Description: "Theme of this organization",
		Properties: []schema.Property{
			{
				Name:        "logo_url",
				Kind:        schema.String,
				Description: "URL of logo to display on login page",
			},
			{
				Name: "colors", Kind: schema.Object, Open: true,
				Values: &schema.Property{Kind: schema.String}, Description: "Color scheme",
			},
		},
	},
	{
		Name: "metadata", Kind: schema.Object, Open: true,
		Values:      &schema.Property{Kind: schema.String, Max: 255},
		Description: "Metadata associated with the organization",
	},
	tokenQuotaProperty,
	{
		Name: "third_party_client_access", Kind: schema.String, Enum: []string{"allow", "block"},
		Description: "Whether this organization can be used in user flows with third-party clients",
	},
	{
		Name:        "is_app_entitlement_active",
		Kind:        schema.Boolean,
		Description: "Whether the app entitlement is active",
	},
}

// listOrganizationsSchema is the query of the list.
var listOrganizationsSchema = schema.Schema{Properties: slices.Concat(
	pagingParameters, notImplemented(
		schema.Property{
			Name: "sort", Kind: schema.String, Description: "Field to sort by, and the order",
		},
		schema.Property{
			Name: "include_client_association_for", Kind: schema.String,
			Description: "Client whose association with each organization is included",
		},
	),
)}

// grantOrganizationsSchema is the query of the list of a grant's organizations (API contract 1.8).
var grantOrganizationsSchema = schema.Schema{Properties: pagingParameters}

// organizationMembersSchema and organizationConnectionsSchema are the queries of lists that are
// always empty, so the server accepts what it has nothing to apply to.
var (
	organizationMembersSchema = schema.Schema{Properties: slices.Concat(
		pagingParameters, fieldParameters,
	)}
	organizationConnectionsSchema = schema.Schema{Properties: append(slices.Clone(
		pagingParameters,
	), schema.Property{
		Name: "is_enabled", Kind: schema.Boolean,
		Description: "Optional filter on whether a connection is enabled",
	})}
)

// pagingParameters are the parameters of both paging styles (API contract 1.8).
var pagingParameters = slices.Concat(offsetParameters(1), checkpointParameters)

// notImplemented marks what a tenant accepts and this server does not.
func notImplemented(properties ...schema.Property) []schema.Property {
	for i := range properties {
		properties[i].NotImplemented = true
	}
	return properties
}

func required(p schema.Property) schema.Property {
	p.Required = true
	return p
}
