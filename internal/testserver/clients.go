// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"maps"
	"net/http"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

func (h *handlers) clientRoutes() []route {
	const all, one = "/api/v2/clients", "/api/v2/clients/{id}"
	return []route{
		{
			method: http.MethodPost, pattern: all, scopes: []string{"create:clients"},
			does: "Create a client, with credentials if they are given", status: http.StatusCreated, body: &createClientSchema,
			refuses: slices.Concat(clientRules, credentialRules, []*wire.Refusal{tenant.ErrNoAudience}), handle: h.createClient,
		},
		{
			method: http.MethodGet, pattern: all, scopes: clientReaders,
			does: "List clients", query: &listClientsSchema,
			refuses: []*wire.Refusal{errInsufficientScope, errCheckpoint, errQueryWithFilter, errQueryWithoutTake, errQueryTerm},
			handle:  h.listClients,
		},
		{
			method: http.MethodGet, pattern: one, scopes: clientReaders,
			does: "Read a client", query: &readClientSchema,
			refuses: []*wire.Refusal{errInsufficientScope, tenant.ErrNoClient}, handle: h.readClient,
		},
		{
			method: http.MethodPatch, pattern: one, scopes: clientWriters,
			does: "Change a client, attach credentials to it or detach them", body: &updateClientSchema,
			refuses: slices.Concat(clientRules, []*wire.Refusal{errFieldScope, tenant.ErrNoClient, errFirstParty}), handle: h.updateClient,
		},
		{
			method: http.MethodDelete, pattern: one, scopes: []string{"delete:clients"},
			does: "Delete a client and its client grants", status: http.StatusNoContent,
			refuses: []*wire.Refusal{tenant.ErrGlobalClient}, handle: h.deleteClient,
		},
		{
			method: http.MethodPost, pattern: one + "/rotate-secret", scopes: []string{updateClientKeys},
			does: "Give a client a new secret; the old one stops at once", refuses: []*wire.Refusal{tenant.ErrNoClient}, handle: h.rotateSecret,
		},
	}
}

func (h *handlers) createClient(c *call) (any, error) {
	one := newClient(c.given)
	one.ClientID, one.Secret = c.pin("client_id", one.ClientID), c.pin("client_secret", one.Secret)
	given, err := addInlineCredentials(&one, c.given, h.store.Now())
	if err != nil {
		return nil, err
	}
	if err := applyClient(&one, given); err != nil {
		return nil, err
	}
	if err := h.store.AddClient(one); err != nil {
		return nil, err
	}
	answer := h.showSecret(one, c.caller)
	answer.Encrypted = true
	return answer, nil
}

func (h *handlers) listClients(c *call) (any, error) {
	q := c.query
	if err := checkReadableFields(q, c.caller); err != nil {
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
		found = h.store.ListClients(paging.Window, func(one tenant.Client) bool { return fitsFilters(one, q) })
	default:
		found = h.store.ListClients(paging.Window, nil)
	}
	return showPage(h, c, paging, "clients", found, func(one tenant.Client) any { return h.showReader(one, c.caller) }), nil
}

func (h *handlers) readClient(c *call) (any, error) {
	if err := checkReadableFields(c.query, c.caller); err != nil {
		return nil, err
	}
	one, err := h.store.Client(c.view, c.params["id"])
	if err != nil {
		return nil, err
	}
	return selectFields(c.query, h.showReader(one, c.caller)), nil
}

func (h *handlers) updateClient(c *call) (any, error) {
	if err := checkWritableFields(c.given, c.caller); err != nil {
		return nil, err
	}
	one, err := h.store.UpdateClient(c.params["id"], func(one *tenant.Client) error {
		if c.given.Has("is_first_party") && c.given.IsTrue("is_first_party") != one.IsFirstParty {
			return errFirstParty
		}
		return applyClient(one, c.given)
	})
	if err != nil {
		return nil, err
	}
	return h.showClient(one, c.caller), nil
}

// applyClient writes a valid body over a client and checks what no schema can.
func applyClient(one *tenant.Client, given schema.Document) error {
	stored := *one
	given.Overlay(one)
	if given.Object("jwt_configuration") != nil && one.JWTConfiguration.SecretEncoded == nil {
		one.JWTConfiguration.SecretEncoded = secretEncoded(stored)
	}
	if changes := given.Object("client_metadata"); len(changes) > 0 {
		one.Metadata = mergedMetadata(stored.Metadata, changes)
	}
	one.CrossOriginAuth = one.CrossOriginAuthentication
	return checkClient(*one)
}

// secretEncoded is in every answer with a jwt_configuration, sent or not; its other keys go when they are not sent (API
// contract 6.1, and recordings of the official provider and deploy tool).
//
// ASSUMED: a change that does not name it keeps it.
func secretEncoded(c tenant.Client) *bool {
	if c.JWTConfiguration == nil || c.JWTConfiguration.SecretEncoded == nil {
		return new(false)
	}
	return c.JWTConfiguration.SecretEncoded
}

// mergedMetadata changes the keys that are named and takes away those that are null. This is the one property that PATCH
// does not replace as a whole: the official provider nulls each key that it removes, and that is how it was recorded.
//
// ASSUMED: an empty object still clears all of it, as is documented for the metadata of users.
func mergedMetadata(stored map[string]string, changes schema.Document) map[string]string {
	merged := map[string]string{}
	maps.Copy(merged, stored)
	for key, value := range changes {
		if value == nil {
			delete(merged, key)
		} else {
			merged[key] = changes.Text(key)
		}
	}
	return merged
}

func (h *handlers) deleteClient(c *call) (any, error) {
	return nil, h.store.DeleteClient(c.params["id"])
}

// rotateSecret also gives a client a new secret that cannot use it at the moment (API contract 7.3).
func (h *handlers) rotateSecret(c *call) (any, error) {
	one, err := h.store.UpdateClient(c.params["id"], func(one *tenant.Client) error {
		one.Secret = tenant.NewClientSecret()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h.showSecret(one, c.caller), nil
}
