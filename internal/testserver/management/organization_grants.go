// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"net/http"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// organizationGrantAnswer is a grant as the answer of its association shows it: what is `id`
// elsewhere is `grant_id` here (API contract 5.2).
type organizationGrantAnswer struct {
	GrantID              string   `json:"grant_id"`
	ClientID             string   `json:"client_id,omitzero"`
	Audience             string   `json:"audience"`
	Scope                []string `json:"scope,omitzero"`
	OrganizationUsage    *string  `json:"organization_usage,omitzero"`
	AllowAnyOrganization *bool    `json:"allow_any_organization,omitzero"`
}

var associateGrantSchema = schema.Schema{Properties: []schema.Property{
	{
		Name: "grant_id", Kind: schema.String, Required: true, Min: 1,
		Description: "A Client Grant ID to add to the organization",
	},
}}

// listOrganizationGrantsSchema has offset paging only (API contract 5.2).
var listOrganizationGrantsSchema = schema.Schema{Properties: append([]schema.Property{
	{
		Name:        "audience",
		Kind:        schema.String,
		Description: "Optional filter on audience of the client grant",
	},
	{
		Name:        "client_id",
		Kind:        schema.String,
		Description: "Optional filter on client_id of the client grant",
	},
	{
		Name: "grant_ids", Kind: schema.Array, Max: 10,
		Items:       &schema.Property{Kind: schema.String},
		Description: "Optional filter on the ID of the client grant",
	},
}, offsetParameters(1)...)}

func (h *Handlers) organizationGrantRoutes() []routing.Route {
	const all = "/api/v2/organizations/{id}/client-grants"
	readers := []string{"read:organization_client_grants"}
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: all,
			Scopes: []string{"create:organization_client_grants"},
			Does:   "Associate a client grant with an organization", Status: http.StatusCreated,
			Body: &associateGrantSchema,
			Refuses: []*wire.Refusal{
				tenant.ErrNoOrganizationID, tenant.ErrNoClientGrant, tenant.ErrGrantAssociated,
				tenant.ErrTooManyGrants,
			},
			Handle: h.associateGrant,
		},
		{
			Method: http.MethodGet, Pattern: all, Scopes: readers,
			Does: "List the client grants associated with an organization; filters combine with " +
				"and",
			Query:   &listOrganizationGrantsSchema,
			Refuses: []*wire.Refusal{tenant.ErrNoOrganizationID}, Handle: h.listOrganizationGrants,
		},
		{
			Method: http.MethodDelete, Pattern: all + "/{grant_id}",
			Scopes:  []string{"delete:organization_client_grants"},
			Does:    "End the association of a client grant with an organization",
			Status:  http.StatusNoContent,
			Refuses: []*wire.Refusal{tenant.ErrNoOrganizationID}, Handle: h.dissociateGrant,
		},
		{
			Method: http.MethodGet, Pattern: "/api/v2/client-grants/{id}/organizations",
			Scopes:  readers,
			Does:    "List the organizations that a client grant is associated with",
			Query:   &grantOrganizationsSchema,
			Refuses: []*wire.Refusal{tenant.ErrNoClientGrant, errCheckpoint},
			Handle:  h.listGrantOrganizations,
		},
	}
}

// associateGrant takes any grant.
//
// ASSUMED: one that denies organizations too (API contract 5.2); it permits nothing until that is
// changed.
func (h *Handlers) associateGrant(c *routing.Call) (any, error) {
	grant, err := h.store.Associate(tenant.OrganizationGrant{
		OrganizationID: c.Params["id"],
		GrantID:        c.Given.Text("grant_id"),
	})
	if err != nil {
		return nil, err
	}
	return organizationGrantAnswer{
		GrantID:              grant.ID,
		ClientID:             grant.ClientID,
		Audience:             grant.Audience,
		Scope:                grant.Scope,
		OrganizationUsage:    grant.OrganizationUsage,
		AllowAnyOrganization: grant.AllowAnyOrganization,
	}, nil
}

func (h *Handlers) listOrganizationGrants(c *routing.Call) (any, error) {
	if err := h.checkOrganization(c); err != nil {
		return nil, err
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	ids := c.Query.Texts("grant_ids")
	filter := tenant.ClientGrantFilter{
		ClientID: c.Query.OptionalText("client_id"),
		Audience: c.Query.OptionalText("audience"),
	}
	found := h.store.GrantsOfOrganization(paging.Window, c.Params["id"],
		func(grant tenant.ClientGrant) bool {
			return filter.Matches(grant) && (!c.Query.Has("grant_ids") ||
				slices.Contains(ids, grant.ID))
		})
	return showPage(
		h, c, paging, "client_grants", found, func(grant tenant.ClientGrant) any { return grant },
	), nil
}

func (h *Handlers) dissociateGrant(c *routing.Call) (any, error) {
	return nil, h.store.Dissociate(tenant.OrganizationGrant{
		OrganizationID: c.Params["id"],
		GrantID:        c.Params["grant_id"],
	})
}

func (h *Handlers) listGrantOrganizations(c *routing.Call) (any, error) {
	if _, err := h.store.ClientGrant(c.View, c.Params["id"]); err != nil {
		return nil, err
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	found := h.store.OrganizationsOfGrant(paging.Window, c.Params["id"])
	return showPage(h, c, paging, "organizations", found, showOrganization), nil
}
