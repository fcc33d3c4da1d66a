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

func (h *Handlers) resourceServerRoutes() []routing.Route {
	const one = "/api/v2/resource-servers/{id}"
	rules := []*wire.Refusal{
		errFeatureNotEnabled, errWebLifetime, errEncryptionKey, errEncryptionKeyTooShort,
	}
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: "/api/v2/resource-servers",
			Scopes: []string{"create:resource_servers"},
			Does:   "Create a resource server; a system API is made from its template",
			Status: http.StatusCreated, Body: &createResourceServerSchema,
			Refuses: append(rules, errReservedIdentifier, tenant.ErrIdentifierTaken),
			Handle:  h.createResourceServer,
		},
		{
			Method: http.MethodGet, Pattern: "/api/v2/resource-servers",
			Scopes: []string{"read:resource_servers"},
			Does:   "List resource servers", Query: &listResourceServersSchema,
			Handle: h.listResourceServers,
		},
		{
			Method: http.MethodGet, Pattern: one, Scopes: []string{"read:resource_servers"},
			Does:    "Read a resource server, by id or by escaped identifier",
			Query:   &readResourceServerSchema,
			Refuses: []*wire.Refusal{tenant.ErrNoResourceServer}, Handle: h.readResourceServer,
		},
		{
			Method: http.MethodPatch, Pattern: one, Scopes: []string{"update:resource_servers"},
			Does: "Change a resource server", Body: &updateResourceServerSchema,
			Refuses: append(rules, tenant.ErrNoResourceServer, errSystemResourceServerRules),
			Handle:  h.updateResourceServer,
		},
		{
			Method: http.MethodDelete, Pattern: one, Scopes: []string{"delete:resource_servers"},
			Does: "Delete a resource server and its client grants", Status: http.StatusNoContent,
			Refuses: []*wire.Refusal{tenant.ErrSystemResourceServer},
			Handle:  h.deleteResourceServer,
		},
	}
}

func (h *Handlers) createResourceServer(c *routing.Call) (any, error) {
	identifier := c.Given.Text("identifier")
	if identifier == h.store.ManagementIdentifier() {
		// ASSUMED: the Management API's identifier is what the documented refusal of reserved
		// identifiers is for.
		return nil, errReservedIdentifier
	}
	if api, isSystem := h.store.SystemAPITemplate(identifier); isSystem {
		return h.createSystemAPI(c, api)
	}
	api := tenant.NewResourceServer(h.store.Now())
	api.ID = c.Pin("id", api.ID)
	if err := h.applyResourceServer(&api, c.Given); err != nil {
		return nil, err
	}
	if err := h.store.AddResourceServer(api); err != nil {
		return nil, err
	}
	return h.showResourceServer(api), nil
}

func (h *Handlers) listResourceServers(c *routing.Call) (any, error) {
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	found := h.store.ListResourceServers(paging.Window, c.Query.Texts("identifiers"))
	return showPage(h, c, paging, "resource_servers", found, h.showResourceServer), nil
}

func (h *Handlers) readResourceServer(c *routing.Call) (any, error) {
	api, err := h.store.ResourceServer(c.View, c.Params["id"])
	if err != nil {
		return nil, err
	}
	return selectFields(c.Query, h.showResourceServer(api)), nil
}

// updateResourceServer answers 200, whatever the OpenAPI says (API contract 3.11).
func (h *Handlers) updateResourceServer(c *routing.Call) (any, error) {
	api, err := h.store.UpdateResourceServer(c.Params["id"],
		func(api *tenant.ResourceServer) error {
			if api.IsSystem {
				if err := checkSystemPatch(*api, c.Given); err != nil {
					return err
				}
			}
			return h.applyResourceServer(api, c.Given)
		})
	if err != nil {
		return nil, err
	}
	return h.showResourceServer(api), nil
}

func (h *Handlers) deleteResourceServer(c *routing.Call) (any, error) {
	return nil, h.store.DeleteResourceServer(c.Params["id"])
}

// applyResourceServer writes a valid body over an API and checks what no schema can.
func (h *Handlers) applyResourceServer(api *tenant.ResourceServer, given schema.Document) error {
	if err := h.checkPlan(given); err != nil {
		return err
	}
	given.Overlay(api)
	// ASSUMED: the two lifetimes are compared when the web lifetime is sent, and only then: APIs
	// whose web lifetime is the longer one have been seen (API contract 3.12).
	if given.Has("token_lifetime_for_web") && api.TokenLifetimeForWeb > api.TokenLifetime {
		return errWebLifetime
	}
	// A secret that is there already is kept; switching back from HS256 does not drop it either
	// (API contract 3.3).
	if api.SigningAlg == "HS256" && api.SigningSecret == "" {
		api.SigningSecret = tenant.NewSigningSecret()
	}
	if given.Has("token_encryption") && api.TokenEncryption != nil {
		return setThumbprint(&api.TokenEncryption.EncryptionKey)
	}
	return nil
}

// resourceServerAnswer is an API as answers show it. ClientID is the id of the client that
// represents the API (API contract 3.1).
type resourceServerAnswer struct {
	tenant.ResourceServer
	ClientID string `json:"client_id,omitzero"`
}

// showResourceServer hides the encryption key's PEM, which goes in and never comes out (API
// contract 3.6).
func (h *Handlers) showResourceServer(api tenant.ResourceServer) any {
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

// earlyScopes is how many scopes of a system API are there when it has just been made. The others
// arrive before anybody can read it again.
//
// ASSUMED: which of them come first.
const earlyScopes = 3

// createSystemAPI takes nothing from the body but the authorization policy (API contract 3.12).
func (h *Handlers) createSystemAPI(c *routing.Call, api tenant.ResourceServer) (any, error) {
	if policy, given := c.Given["authorization_policy"]; given {
		schema.Document{"authorization_policy": policy}.Overlay(&api)
	}
	if err := h.store.AddResourceServer(api); err != nil {
		return nil, err
	}
	api.Scopes = api.Scopes[:min(earlyScopes, len(api.Scopes))]
	return h.showResourceServer(api), nil
}
