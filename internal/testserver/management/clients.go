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

func (h *Handlers) clientRoutes() []routing.Route {
	const all, one = "/api/v2/clients", "/api/v2/clients/{id}"
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: all, Scopes: []string{"create:clients"},
			Does: "Create a client, with credentials if they are given", Status: http.StatusCreated,
			Body: &createClientSchema,
			Refuses: slices.Concat(
				clientRules, credentialRules, []*wire.Refusal{tenant.ErrNoAudience},
			), Handle: h.createClient,
		},
		{
			Method: http.MethodGet, Pattern: all, Scopes: clientReaders,
			Does: "List clients", Query: &listClientsSchema,
			Refuses: []*wire.Refusal{
				routing.ErrInsufficientScope, errCheckpoint, errQueryWithFilter,
				errQueryWithoutTake, errQueryTerm,
			},
			Handle: h.listClients,
		},
		{
			Method: http.MethodGet, Pattern: one, Scopes: clientReaders,
			Does: "Read a client", Query: &readClientSchema,
			Refuses: []*wire.Refusal{routing.ErrInsufficientScope, tenant.ErrNoClient},
			Handle:  h.readClient,
		},
		{
			Method: http.MethodPatch, Pattern: one, Scopes: clientWriters,
			Does: "Change a client, attach credentials to it or detach them",
			Body: &updateClientSchema,
			Refuses: slices.Concat(clientRules, []*wire.Refusal{
				errFieldScope, tenant.ErrNoClient, errFirstParty,
			}), Handle: h.updateClient,
		},
		{
			Method: http.MethodDelete, Pattern: one, Scopes: []string{"delete:clients"},
			Does: "Delete a client and its client grants", Status: http.StatusNoContent,
			Refuses: []*wire.Refusal{tenant.ErrGlobalClient}, Handle: h.deleteClient,
		},
		{
			Method: http.MethodPost, Pattern: one + "/rotate-secret",
			Scopes:  []string{updateClientKeys},
			Does:    "Give a client a new secret; the old one stops at once",
			Refuses: []*wire.Refusal{tenant.ErrNoClient}, Handle: h.rotateSecret,
		},
	}
}

func (h *Handlers) createClient(c *routing.Call) (any, error) {
	one := newClient(c.Given)
	one.ClientID, one.Secret = c.Pin("client_id", one.ClientID), c.Pin("client_secret", one.Secret)
	given, err := addInlineCredentials(&one, c.Given, h.store.Now())
	if err != nil {
		return nil, err
	}
	if err := applyClient(&one, complete(given, tenant.Client{})); err != nil {
		return nil, err
	}
	if err := h.store.AddClient(one); err != nil {
		return nil, err
	}
	answer := h.showSecret(one, c.Caller)
	answer.Encrypted = true
	return answer, nil
}

func (h *Handlers) listClients(c *routing.Call) (any, error) {
	q := c.Query
	if err := checkReadableFields(q, c.Caller); err != nil {
		return nil, err
	}
	if err := checkClientQuery(q); err != nil {
		return nil, err
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	var found tenant.Page[tenant.Client]
	switch {
	case q.Has("q"):
		wanted, err := grantsInQuery(q.Text("q"))
		if err != nil {
			return nil, err
		}
		found = h.store.ClientsWithGrant(paging.Window, wanted)
	case filtersClients(q):
		found = h.store.ListClients(paging.Window, func(one tenant.Client) bool {
			return fitsFilters(one, q)
		})
	default:
		found = h.store.ListClients(paging.Window, nil)
	}
	return showPage(h, c, paging, "clients", found, func(one tenant.Client) any {
		return h.showReader(one, c.Caller)
	}), nil
}

func (h *Handlers) readClient(c *routing.Call) (any, error) {
	if err := checkReadableFields(c.Query, c.Caller); err != nil {
		return nil, err
	}
	one, err := h.store.Client(c.View, c.Params["id"])
	if err != nil {
		return nil, err
	}
	return selectFields(c.Query, h.showReader(one, c.Caller)), nil
}

func (h *Handlers) updateClient(c *routing.Call) (any, error) {
	if err := checkWritableFields(c.Given, c.Caller); err != nil {
		return nil, err
	}
	one, err := h.store.UpdateClient(c.Params["id"], func(one *tenant.Client) error {
		if c.Given.Has("is_first_party") && c.Given.IsTrue("is_first_party") != one.IsFirstParty {
			return errFirstParty
		}
		return applyClient(one, complete(c.Given, *one))
	})
	if err != nil {
		return nil, err
	}
	return h.showClient(one, c.Caller), nil
}

// applyClient writes a valid and completed body over a client and checks the rules that no schema
// can express.
func applyClient(one *tenant.Client, given schema.Document) error {
	given.Overlay(one)
	one.CrossOriginAuth = one.CrossOriginAuthentication
	return checkClient(*one)
}

func (h *Handlers) deleteClient(c *routing.Call) (any, error) {
	return nil, h.store.DeleteClient(c.Params["id"])
}

// rotateSecret also gives a client a new secret that cannot use it at the moment (API contract
// 7.3).
func (h *Handlers) rotateSecret(c *routing.Call) (any, error) {
	one, err := h.store.UpdateClient(c.Params["id"], func(one *tenant.Client) error {
		one.Secret = tenant.NewClientSecret()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h.showSecret(one, c.Caller), nil
}
