// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func (h *handlers) resourceServerRoutes() []route {
	const one = "/api/v2/resource-servers/{id}"
	rules := []*wire.Refusal{errFeatureNotEnabled, errWebLifetime, errEncryptionKey, errEncryptionKeyTooShort}
	return []route{
		{
			method: http.MethodPost, pattern: "/api/v2/resource-servers", scopes: []string{"create:resource_servers"},
			does: "Create a resource server; a system API is made from its template", status: http.StatusCreated, body: &createResourceServerSchema,
			refuses: append(rules, errReservedIdentifier, tenant.ErrIdentifierTaken), handle: h.createResourceServer,
		},
		{
			method: http.MethodGet, pattern: "/api/v2/resource-servers", scopes: []string{"read:resource_servers"},
			does: "List resource servers", query: &listResourceServersSchema, handle: h.listResourceServers,
		},
		{
			method: http.MethodGet, pattern: one, scopes: []string{"read:resource_servers"},
			does: "Read a resource server, by id or by escaped identifier", query: &readResourceServerSchema,
			refuses: []*wire.Refusal{tenant.ErrNoResourceServer}, handle: h.readResourceServer,
		},
		{
			method: http.MethodPatch, pattern: one, scopes: []string{"update:resource_servers"},
			does: "Change a resource server", body: &updateResourceServerSchema,
			refuses: append(rules, tenant.ErrNoResourceServer, errSystemResourceServerRules), handle: h.updateResourceServer,
		},
		{
			method: http.MethodDelete, pattern: one, scopes: []string{"delete:resource_servers"},
			does: "Delete a resource server and its client grants", status: http.StatusNoContent,
			refuses: []*wire.Refusal{tenant.ErrSystemResourceServer}, handle: h.deleteResourceServer,
		},
	}
}

func (h *handlers) createResourceServer(c *call) (any, error) {
	identifier := c.given.Text("identifier")
	if identifier == h.store.ManagementIdentifier() {
		// ASSUMED: the Management API's identifier is what the documented refusal of reserved identifiers is for.
		return nil, errReservedIdentifier
	}
	if api, isSystem := h.store.SystemAPITemplate(identifier); isSystem {
		return h.createSystemAPI(c, api)
	}
	api := tenant.NewResourceServer(h.store.Now())
	api.ID = c.pin("id", api.ID)
	if err := h.applyResourceServer(&api, c.given); err != nil {
		return nil, err
	}
	if err := h.store.AddResourceServer(api); err != nil {
		return nil, err
	}
	return h.showResourceServer(api), nil
}

func (h *handlers) listResourceServers(c *call) (any, error) {
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	found := h.store.ListResourceServers(paging.Window, c.query.Texts("identifiers"))
	return showPage(h, c, paging, "resource_servers", found, h.showResourceServer), nil
}

func (h *handlers) readResourceServer(c *call) (any, error) {
	api, err := h.store.ResourceServer(c.view, c.params["id"])
	if err != nil {
		return nil, err
	}
	return selectFields(c.query, h.showResourceServer(api)), nil
}

// updateResourceServer answers 200, whatever the OpenAPI says (API contract 3.11).
func (h *handlers) updateResourceServer(c *call) (any, error) {
	api, err := h.store.UpdateResourceServer(c.params["id"], func(api *tenant.ResourceServer) error {
		if api.IsSystem {
			if err := checkSystemPatch(*api, c.given); err != nil {
				return err
			}
		}
		return h.applyResourceServer(api, c.given)
	})
	if err != nil {
		return nil, err
	}
	return h.showResourceServer(api), nil
}

func (h *handlers) deleteResourceServer(c *call) (any, error) {
	return nil, h.store.DeleteResourceServer(c.params["id"])
}

// applyResourceServer writes a valid body over an API and checks what no schema can.
func (h *handlers) applyResourceServer(api *tenant.ResourceServer, given schema.Document) error {
	if err := h.checkPlan(given); err != nil {
		return err
	}
	given.Overlay(api)
	// ASSUMED: the two lifetimes are compared when the web lifetime is sent, and only then: APIs whose web lifetime is
	// the longer one have been seen (API contract 3.12).
	if given.Has("token_lifetime_for_web") && api.TokenLifetimeForWeb > api.TokenLifetime {
		return errWebLifetime
	}
	// A secret that is there already is kept; switching back from HS256 does not drop it either (API contract 3.3).
	if api.SigningAlg == "HS256" && api.SigningSecret == "" {
		api.SigningSecret = tenant.NewSigningSecret()
	}
	if given.Has("token_encryption") && api.TokenEncryption != nil {
		return setThumbprint(&api.TokenEncryption.EncryptionKey)
	}
	return nil
}

// resourceServerAnswer is an API as answers show it. The id is that of the client that plays the API (API contract 3.1).
type resourceServerAnswer struct {
	tenant.ResourceServer
	ClientID string `json:"client_id,omitzero"`
}

// showResourceServer hides the encryption key's PEM, which goes in and never comes out (API contract 3.6).
func (h *handlers) showResourceServer(api tenant.ResourceServer) any {
	if api.TokenEncryption != nil {
		hidden := *api.TokenEncryption
		hidden.EncryptionKey.PEM = ""
		api.TokenEncryption = &hidden
	}
	if api.IsSystem {
		return showSystemAPI(api)
	}
	return resourceServerAnswer{api, h.store.LinkedClient(api.Identifier)}
}
