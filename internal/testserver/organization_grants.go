// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// organizationGrantAnswer is a grant as the answer of its association shows it: what is `id` elsewhere is `grant_id` here
// (API contract 5.2).
type organizationGrantAnswer struct {
	GrantID              string   `json:"grant_id"`
	ClientID             string   `json:"client_id,omitzero"`
	Audience             string   `json:"audience"`
	Scope                []string `json:"scope,omitzero"`
	OrganizationUsage    *string  `json:"organization_usage,omitzero"`
	AllowAnyOrganization *bool    `json:"allow_any_organization,omitzero"`
}

var associateGrantSchema = schema.Schema{Properties: []schema.Property{
	{Name: "grant_id", Kind: schema.String, Required: true, Min: 1, Description: "A Client Grant ID to add to the organization"},
}}

// listOrganizationGrantsSchema has offset paging only (API contract 5.2).
var listOrganizationGrantsSchema = schema.Schema{Properties: append([]schema.Property{
	{Name: "audience", Kind: schema.String, Description: "Optional filter on audience of the client grant"},
	{Name: "client_id", Kind: schema.String, Description: "Optional filter on client_id of the client grant"},
	{
		Name: "grant_ids", Kind: schema.Array, Max: 10, Items: &schema.Property{Kind: schema.String},
		Description: "Optional filter on the ID of the client grant",
	},
}, offsetParameters(1)...)}

func (h *handlers) organizationGrantRoutes() []route {
	const all = "/api/v2/organizations/{id}/client-grants"
	readers := []string{"read:organization_client_grants"}
	return []route{
		{
			method: http.MethodPost, pattern: all, scopes: []string{"create:organization_client_grants"},
			does: "Associate a client grant with an organization", status: http.StatusCreated, body: &associateGrantSchema,
			refuses: []*wire.Refusal{tenant.ErrNoOrganizationID, tenant.ErrNoClientGrant, tenant.ErrGrantAssociated, tenant.ErrTooManyGrants},
			handle:  h.associateGrant,
		},
		{
			method: http.MethodGet, pattern: all, scopes: readers,
			does:  "List the client grants associated with an organization; filters combine with and",
			query: &listOrganizationGrantsSchema, refuses: []*wire.Refusal{tenant.ErrNoOrganizationID}, handle: h.listOrganizationGrants,
		},
		{
			method: http.MethodDelete, pattern: all + "/{grant_id}", scopes: []string{"delete:organization_client_grants"},
			does: "End the association of a client grant with an organization", status: http.StatusNoContent,
			refuses: []*wire.Refusal{tenant.ErrNoOrganizationID}, handle: h.dissociateGrant,
		},
		{
			method: http.MethodGet, pattern: "/api/v2/client-grants/{id}/organizations", scopes: readers,
			does: "List the organizations that a client grant is associated with", query: &listOrganizationsSchema,
			refuses: []*wire.Refusal{tenant.ErrNoClientGrant, errCheckpoint}, handle: h.listGrantOrganizations,
		},
	}
}

// associateGrant takes any grant.
//
// ASSUMED: one that denies organizations too (API contract 5.2); it permits nothing until that is changed.
func (h *handlers) associateGrant(c *call) (any, error) {
	grant, err := h.store.Associate(tenant.OrganizationGrant{OrganizationID: c.params["id"], GrantID: c.given.Text("grant_id")})
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

func (h *handlers) listOrganizationGrants(c *call) (any, error) {
	if _, err := h.store.Organization(c.view, c.params["id"]); err != nil {
		return nil, err
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	ids := c.query.Texts("grant_ids")
	filter := tenant.ClientGrantFilter{ClientID: c.query.OptionalText("client_id"), Audience: c.query.OptionalText("audience")}
	found := h.store.GrantsOfOrganization(paging.Window, c.params["id"], func(grant tenant.ClientGrant) bool {
		return filter.Matches(grant) && (!c.query.Has("grant_ids") || slices.Contains(ids, grant.ID))
	})
	return showPage(h, c, paging, "client_grants", found, func(grant tenant.ClientGrant) any { return grant }), nil
}

func (h *handlers) dissociateGrant(c *call) (any, error) {
	return nil, h.store.Dissociate(tenant.OrganizationGrant{OrganizationID: c.params["id"], GrantID: c.params["grant_id"]})
}

func (h *handlers) listGrantOrganizations(c *call) (any, error) {
	if _, err := h.store.ClientGrant(c.view, c.params["id"]); err != nil {
		return nil, err
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	found := h.store.OrganizationsOfGrant(paging.Window, c.params["id"])
	return showPage(h, c, paging, "organizations", found, showOrganization), nil
}
