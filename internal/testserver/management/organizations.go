// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// showOrganization leaves out the connections: they go in, and no answer with them was observed
// (API contract 5.1).
func showOrganization(o tenant.Organization) any {
	o.EnabledConnections = nil
	return o
}

func (h *Handlers) organizationRoutes() []routing.Route {
	const all, one = "/api/v2/organizations", "/api/v2/organizations/{id}"
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: all, Scopes: []string{"create:organizations"},
			Does: "Create an organization", Status: http.StatusCreated,
			Body:    &createOrganizationSchema,
			Refuses: []*wire.Refusal{tenant.ErrOrganizationTaken}, Handle: h.createOrganization,
		},
		{
			Method: http.MethodGet, Pattern: all, Scopes: []string{"read:organizations"},
			Does:    "List organizations; paging by offset ends after 1,000 of them",
			Query:   &listOrganizationsSchema,
			Refuses: []*wire.Refusal{errCheckpoint, errPageTooFar}, Handle: h.listOrganizations,
		},
		{
			// It precedes the routes of an organization's grants, because client-grants is a
			// valid name of an organization.
			Method: http.MethodGet, Pattern: "/api/v2/organizations/name/{name}",
			Scopes: []string{"read:organizations"},
			Does:   "Read an organization by name", Query: &schema.Schema{},
			Refuses: []*wire.Refusal{tenant.ErrNoOrganization}, Handle: h.readOrganizationByName,
		},
		{
			Method: http.MethodGet, Pattern: one, Scopes: []string{"read:organizations"},
			Does: "Read an organization by id", Query: &schema.Schema{},
			Refuses: []*wire.Refusal{tenant.ErrNoOrganization}, Handle: h.readOrganization,
		},
		{
			Method: http.MethodPatch, Pattern: one, Scopes: []string{"update:organizations"},
			Does: "Change an organization", Body: &updateOrganizationSchema,
			Refuses: []*wire.Refusal{tenant.ErrNoOrganization, tenant.ErrOrganizationTaken},
			Handle:  h.updateOrganization,
		},
		{
			Method: http.MethodDelete, Pattern: one, Scopes: []string{"delete:organizations"},
			Does:   "Delete an organization; the grants associated with it stay",
			Status: http.StatusNoContent,
			Handle: h.deleteOrganization,
		},
		{
			Method: http.MethodGet, Pattern: one + "/connections",
			Scopes:  []string{"read:organization_connections"},
			Does:    "List the connections of an organization, which are always none",
			Query:   &organizationConnectionsSchema,
			Refuses: []*wire.Refusal{tenant.ErrNoOrganizationID, errCheckpoint},
			Handle:  h.listOrganizationConnections,
		},
		{
			Method: http.MethodGet, Pattern: one + "/members",
			Scopes: []string{"read:organization_members"},
			Does: "List the members of an organization, which are always none; paging by offset " +
				"ends after 1,000 of them",
			Query:   &organizationMembersSchema,
			Refuses: []*wire.Refusal{tenant.ErrNoOrganizationID, errCheckpoint, errPageTooFar},
			Handle:  h.listOrganizationMembers,
		},
	}
}

// checkOrganization refuses a path below an organization that does not exist (API contract 1.5).
func (h *Handlers) checkOrganization(c *routing.Call) error {
	if _, err := h.store.Organization(c.View, c.Params["id"]); err != nil {
		return tenant.ErrNoOrganizationID
	}
	return nil
}

func (h *Handlers) createOrganization(c *routing.Call) (any, error) {
	added := tenant.NewOrganization()
	added.ID = c.Pin("id", added.ID)
	c.Given.Overlay(&added)
	if err := h.store.AddOrganization(added); err != nil {
		return nil, err
	}
	return showOrganization(added), nil
}

func (h *Handlers) listOrganizations(c *routing.Call) (any, error) {
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	if err := paging.checkEnd(); err != nil {
		return nil, err
	}
	found := h.store.ListOrganizations(paging.Window)
	return showPage(h, c, paging, "organizations", found, showOrganization), nil
}

func (h *Handlers) readOrganization(c *routing.Call) (any, error) {
	found, err := h.store.Organization(c.View, c.Params["id"])
	if err != nil {
		return nil, err
	}
	return showOrganization(found), nil
}

func (h *Handlers) readOrganizationByName(c *routing.Call) (any, error) {
	found, err := h.store.OrganizationByName(c.View, c.Params["name"])
	if err != nil {
		return nil, err
	}
	return showOrganization(found), nil
}

// updateOrganization takes an empty body for no change.
//
// ASSUMED: as with resource servers; no minimum is known (API contract 3.11).
func (h *Handlers) updateOrganization(c *routing.Call) (any, error) {
	changed, err := h.store.UpdateOrganization(
		c.Params["id"], func(o *tenant.Organization) { c.Given.Overlay(o) },
	)
	if err != nil {
		return nil, err
	}
	return showOrganization(changed), nil
}

func (h *Handlers) deleteOrganization(c *routing.Call) (any, error) {
	return nil, h.store.DeleteOrganization(c.Params["id"])
}

// listOrganizationConnections returns none: the server has no connections.
//
// ASSUMED: the list is called `connections`, and connections that were sent on creation, which the
// server does not know, are not listed.
func (h *Handlers) listOrganizationConnections(c *routing.Call) (any, error) {
	if err := h.checkOrganization(c); err != nil {
		return nil, err
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	return showNone(h, c, paging, "connections"), nil
}

// listOrganizationMembers returns none: the server has no users.
func (h *Handlers) listOrganizationMembers(c *routing.Call) (any, error) {
	if err := h.checkOrganization(c); err != nil {
		return nil, err
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	if err := paging.checkEnd(); err != nil {
		return nil, err
	}
	return showNone(h, c, paging, "members"), nil
}
