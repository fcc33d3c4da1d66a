// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// showOrganization leaves out the connections: they go in, and no answer with them was observed (API contract 5.1).
func showOrganization(o tenant.Organization) any {
	o.EnabledConnections = nil
	return o
}

func (h *handlers) organizationRoutes() []route {
	const all, one = "/api/v2/organizations", "/api/v2/organizations/{id}"
	return []route{
		{
			method: http.MethodPost, pattern: all, scopes: []string{"create:organizations"},
			does: "Create an organization", status: http.StatusCreated, body: &createOrganizationSchema,
			refuses: []*wire.Refusal{tenant.ErrOrganizationTaken}, handle: h.createOrganization,
		},
		{
			method: http.MethodGet, pattern: all, scopes: []string{"read:organizations"},
			does: "List organizations; paging by offset ends after 1,000 of them", query: &listOrganizationsSchema,
			refuses: []*wire.Refusal{errCheckpoint, errPageTooFar}, handle: h.listOrganizations,
		},
		{
			// It stands before the routes of an organization's grants, because `client-grants` is a name as good as any.
			method: http.MethodGet, pattern: "/api/v2/organizations/name/{name}", scopes: []string{"read:organizations"},
			does: "Read an organization by name", query: &schema.Schema{},
			refuses: []*wire.Refusal{tenant.ErrNoOrganization}, handle: h.readOrganizationByName,
		},
		{
			method: http.MethodGet, pattern: one, scopes: []string{"read:organizations"},
			does: "Read an organization by id", query: &schema.Schema{},
			refuses: []*wire.Refusal{tenant.ErrNoOrganizationID}, handle: h.readOrganization,
		},
		{
			method: http.MethodPatch, pattern: one, scopes: []string{"update:organizations"},
			does: "Change an organization", body: &updateOrganizationSchema,
			refuses: []*wire.Refusal{tenant.ErrNoOrganizationID, tenant.ErrOrganizationTaken}, handle: h.updateOrganization,
		},
		{
			method: http.MethodDelete, pattern: one, scopes: []string{"delete:organizations"},
			does: "Delete an organization; the grants associated with it stay", status: http.StatusNoContent,
			handle: h.deleteOrganization,
		},
	}
}

func (h *handlers) createOrganization(c *call) (any, error) {
	added := tenant.NewOrganization()
	added.ID = c.pin("id", added.ID)
	c.given.Overlay(&added)
	if err := h.store.AddOrganization(added); err != nil {
		return nil, err
	}
	return showOrganization(added), nil
}

func (h *handlers) listOrganizations(c *call) (any, error) {
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

func (h *handlers) readOrganization(c *call) (any, error) {
	found, err := h.store.Organization(c.view, c.params["id"])
	if err != nil {
		return nil, err
	}
	return showOrganization(found), nil
}

func (h *handlers) readOrganizationByName(c *call) (any, error) {
	found, err := h.store.OrganizationByName(c.view, c.params["name"])
	if err != nil {
		return nil, err
	}
	return showOrganization(found), nil
}

// updateOrganization takes an empty body for no change.
//
// ASSUMED: as with resource servers; no minimum is known (API contract 3.11).
func (h *handlers) updateOrganization(c *call) (any, error) {
	changed, err := h.store.UpdateOrganization(c.params["id"], func(o *tenant.Organization) { c.given.Overlay(o) })
	if err != nil {
		return nil, err
	}
	return showOrganization(changed), nil
}

func (h *handlers) deleteOrganization(c *call) (any, error) {
	return nil, h.store.DeleteOrganization(c.params["id"])
}
