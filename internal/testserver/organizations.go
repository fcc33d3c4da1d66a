// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/json"
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

// organization is a customer of the tenant on whose behalf a machine may ask for tokens (API contract 5.1).
type organization struct {
	ID                     string                `json:"id"`
	Name                   string                `json:"name"`
	DisplayName            string                `json:"display_name,omitzero"`
	Branding               *organizationBranding `json:"branding,omitzero"`
	Metadata               map[string]string     `json:"metadata,omitzero"`
	EnabledConnections     []json.RawMessage     `json:"enabled_connections,omitzero"`
	TokenQuota             *tokenQuota           `json:"token_quota,omitzero"`
	ThirdPartyClientAccess string                `json:"third_party_client_access"`
	IsAppEntitlementActive bool                  `json:"is_app_entitlement_active"`
}

type organizationBranding struct {
	LogoURL string            `json:"logo_url,omitzero"`
	Colors  map[string]string `json:"colors,omitzero"`
}

// newOrganization has what newer answers show of every organization (API contract 5.1). Both properties are about user
// flows, so nothing here depends on them.
//
// ASSUMED: what was seen is the default.
func newOrganization() organization {
	return organization{ID: newOrganizationID(), ThirdPartyClientAccess: "block", IsAppEntitlementActive: true}
}

// shown leaves out the connections: they go in, and no answer with them was observed (API contract 5.1).
func (o organization) shown() any {
	o.EnabledConnections = nil
	return o
}

func (s *Server) organizationRoutes() []route {
	const all, one = "/api/v2/organizations", "/api/v2/organizations/{id}"
	return []route{
		{
			method: http.MethodPost, pattern: all, scopes: []string{"create:organizations"},
			does: "Create an organization", status: http.StatusCreated, body: &createOrganizationSchema,
			refuses: []*wire.Refusal{errOrganizationTaken}, handle: s.createOrganization,
		},
		{
			method: http.MethodGet, pattern: all, scopes: []string{"read:organizations"},
			does: "List organizations; paging by offset ends after 1,000 of them", query: &listOrganizationsSchema,
			refuses: []*wire.Refusal{errCheckpoint, errPageTooFar}, handle: s.listOrganizations,
		},
		{
			// It stands before the routes of an organization's grants, because `client-grants` is a name as good as any.
			method: http.MethodGet, pattern: "/api/v2/organizations/name/{name}", scopes: []string{"read:organizations"},
			does: "Read an organization by name", query: &schema.Schema{},
			refuses: []*wire.Refusal{errNoOrganization}, handle: s.readOrganizationByName,
		},
		{
			method: http.MethodGet, pattern: one, scopes: []string{"read:organizations"},
			does: "Read an organization by id", query: &schema.Schema{},
			refuses: []*wire.Refusal{errNoOrganizationID}, handle: s.readOrganization,
		},
		{
			method: http.MethodPatch, pattern: one, scopes: []string{"update:organizations"},
			does: "Change an organization", body: &updateOrganizationSchema,
			refuses: []*wire.Refusal{errNoOrganizationID, errOrganizationTaken}, handle: s.updateOrganization,
		},
		{
			method: http.MethodDelete, pattern: one, scopes: []string{"delete:organizations"},
			does: "Delete an organization; the grants associated with it stay", status: http.StatusNoContent,
			handle: s.deleteOrganization,
		},
	}
}

func (s *Server) createOrganization(c *call) (any, error) {
	added := newOrganization()
	added.ID = c.pin("id", added.ID)
	c.given.Overlay(&added)
	return added.shown(), s.store.addOrganization(added)
}

func (s *Server) listOrganizations(c *call) (any, error) {
	paging, err := s.readPaging(c)
	if err == nil {
		err = paging.checkEnd()
	}
	if err != nil {
		return nil, err
	}
	found := s.store.listOrganizations(paging.window)
	return showPage(s, c, paging, "organizations", found, organization.shown), nil
}

func (s *Server) readOrganization(c *call) (any, error) {
	found, err := s.store.organization(c.view, c.params["id"])
	return found.shown(), err
}

func (s *Server) readOrganizationByName(c *call) (any, error) {
	found, err := s.store.organizationByName(c.view, c.params["name"])
	return found.shown(), err
}

// updateOrganization takes an empty body for no change.
//
// ASSUMED: as with resource servers; no minimum is known (API contract 3.11).
func (s *Server) updateOrganization(c *call) (any, error) {
	changed, err := s.store.updateOrganization(c.params["id"], func(o *organization) { c.given.Overlay(o) })
	return changed.shown(), err
}

func (s *Server) deleteOrganization(c *call) (any, error) {
	return nil, s.store.deleteOrganization(c.params["id"])
}
