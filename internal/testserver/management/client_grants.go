// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// ClientIDFormat accepts more than the ids that the API makes.
//
// ASSUMED: the format refuses what cannot be an id at all; its exact rule was not observed (API
// contract 1.3).
var ClientIDFormat = &schema.Format{
	Name:    "client-id",
	Pattern: regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`),
}

var subjectTypeProperty = schema.Property{
	Name: "subject_type", Kind: schema.String,
	Enum:        []string{tenant.ClientSubject, "user", "anonymous_user"},
	Description: "The type of application access the client grant allows",
}

var defaultForProperty = schema.Property{
	Name: "default_for", Kind: schema.String, Enum: []string{tenant.ThirdPartyClients},
	Description: "Applies this client grant as the default for all clients in the specified group",
}

// createClientGrantSchema is the schema of POST (API contract 4.1).
var createClientGrantSchema = schema.Schema{Properties: append([]schema.Property{
	{
		Name: "client_id", Kind: schema.String, Format: ClientIDFormat,
		Description: "ID of the client",
	},
	defaultForProperty,
	{
		Name: "audience", Kind: schema.String, Required: true, Min: 1,
		Description: "The audience (API identifier) of this client grant",
	},
	subjectTypeProperty,
}, writableClientGrantProperties...)}

// updateClientGrantSchema is the schema of PATCH: the natural key is immutable, and an empty body
// is refused (API contract 4.7).
var updateClientGrantSchema = schema.Schema{
	Properties:    writableClientGrantProperties,
	MinProperties: 1,
}

var writableClientGrantProperties = []schema.Property{
	{
		// ASSUMED: duplicates are refused with the message for duplicate items (API contract 4.3).
		Name: "scope", Kind: schema.Array, Nullable: true, Unique: "*",
		Items:       &schema.Property{Kind: schema.String, Min: 1, Max: 280},
		Description: "Scopes allowed for this client grant",
	},
	{
		Name: "allow_all_scopes", Kind: schema.Boolean, Nullable: true,
		Description: "If enabled, all scopes configured on the resource server are allowed",
	},
	{
		Name: "organization_usage", Kind: schema.String, Nullable: true,
		Enum: []string{"deny", "allow", "require"},
		Description: "Defines whether organizations can be used with client credentials " +
			"exchanges for this grant",
	},
	{
		Name: "allow_any_organization", Kind: schema.Boolean, Nullable: true,
		Description: "If enabled, any organization can be used with this grant",
	},
	{
		Name: "authorization_details_types", Kind: schema.Array,
		Items:       &schema.Property{Kind: schema.String, Min: 1, Max: 255},
		Description: "Types of authorization_details allowed for this client grant",
	},
}

// listClientGrantsSchema is the query of the list (API contract 4.6).
var listClientGrantsSchema = schema.Schema{Properties: slices.Concat([]schema.Property{
	{Name: "audience", Kind: schema.String, Description: "Optional filter on audience"},
	{Name: "client_id", Kind: schema.String, Description: "Optional filter on client_id"},
	{
		Name:        "allow_any_organization",
		Kind:        schema.Boolean,
		Description: "Optional filter on allow_any_organization",
	},
	subjectTypeProperty,
	defaultForProperty,
}, offsetParameters(1), checkpointParameters)}

func (h *Handlers) clientGrantRoutes() []routing.Route {
	const one = "/api/v2/client-grants/{id}"
	rules := []*wire.Refusal{
		errAllScopesOfSystemAPI, errAllScopesAndScope, errDefaultForSystemAPI, errDefaultForAnyOrg,
	}
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: "/api/v2/client-grants",
			Scopes: []string{"create:client_grants"},
			Does:   "Create a client grant", Status: http.StatusCreated,
			Body: &createClientGrantSchema,
			Refuses: append(rules, errClientOrDefaultFor, tenant.ErrNoAudience, tenant.ErrNoClient,
				tenant.ErrExpressClient, tenant.ErrThirdPartySystemAPI,
				tenant.ErrClientGrantExists),
			Handle: h.createClientGrant,
		},
		{
			Method: http.MethodGet, Pattern: "/api/v2/client-grants",
			Scopes: []string{"read:client_grants"},
			Does:   "List client grants; filters combine with and", Query: &listClientGrantsSchema,
			Refuses: []*wire.Refusal{errNotAnyOrganization, errClientAndDefaultFor, errCheckpoint},
			Handle:  h.listClientGrants,
		},
		{
			Method: http.MethodGet, Pattern: one, Scopes: []string{"read:client_grants"},
			Does: "Read a client grant", Query: &schema.Schema{},
			Refuses: []*wire.Refusal{tenant.ErrNoClientGrant}, Handle: h.readClientGrant,
		},
		{
			Method: http.MethodPatch, Pattern: one, Scopes: []string{"update:client_grants"},
			Does: "Change a client grant", Body: &updateClientGrantSchema,
			Refuses: append(rules, tenant.ErrNoClientGrant, tenant.ErrSystemGrantPatched),
			Handle:  h.updateClientGrant,
		},
		{
			Method: http.MethodDelete, Pattern: one, Scopes: []string{"delete:client_grants"},
			Does: "Delete a client grant", Status: http.StatusNoContent,
			Refuses: []*wire.Refusal{tenant.ErrSystemGrantDeleted}, Handle: h.deleteClientGrant,
		},
	}
}

func (h *Handlers) createClientGrant(c *routing.Call) (any, error) {
	if c.Given.Has("client_id") == c.Given.Has("default_for") {
		return nil, errClientOrDefaultFor
	}
	grant := tenant.ClientGrant{
		ID:          c.Pin("id", tenant.NewClientGrantID()),
		Audience:    c.Given.Text("audience"),
		SubjectType: tenant.ClientSubject,
	}
	return h.store.AddClientGrant(grant,
		func(grant *tenant.ClientGrant, api tenant.ResourceServer) error {
			return applyClientGrant(grant, api, c.Given)
		})
}

func (h *Handlers) listClientGrants(c *routing.Call) (any, error) {
	q := c.Query
	switch {
	case q.Has("allow_any_organization") && !q.IsTrue("allow_any_organization"):
		return nil, errNotAnyOrganization
	case q.Has("client_id") && q.Has("default_for"):
		return nil, errClientAndDefaultFor
	}
	paging, err := h.readPaging(c)
	if err != nil {
		return nil, err
	}
	found := h.store.ListClientGrants(paging.Window, tenant.ClientGrantFilter{
		ClientID:             q.OptionalText("client_id"),
		Audience:             q.OptionalText("audience"),
		SubjectType:          q.OptionalText("subject_type"),
		DefaultFor:           q.OptionalText("default_for"),
		AllowAnyOrganization: q.IsTrue("allow_any_organization"),
	})
	return showPage(
		h, c, paging, "client_grants", found, func(grant tenant.ClientGrant) any { return grant },
	), nil
}

func (h *Handlers) readClientGrant(c *routing.Call) (any, error) {
	return h.store.ClientGrant(c.View, c.Params["id"])
}

func (h *Handlers) updateClientGrant(c *routing.Call) (any, error) {
	return h.store.UpdateClientGrant(c.Params["id"],
		func(grant *tenant.ClientGrant, api tenant.ResourceServer) error {
			return applyClientGrant(grant, api, c.Given)
		})
}

func (h *Handlers) deleteClientGrant(c *routing.Call) (any, error) {
	return nil, h.store.DeleteClientGrant(c.Params["id"])
}

// applyClientGrant writes the properties of a valid body into a grant and checks the rules that no
// schema can express. Scopes that the API does not define are accepted (API contract 4.3).
//
// ASSUMED: null and absence both end as an empty list; turning allow_all_scopes on drops the list
// (API contract 4.7 shows it empty afterwards); allow_all_scopes beside a list that is not empty is
// refused (API contract 4.3).
func applyClientGrant(
	grant *tenant.ClientGrant, api tenant.ResourceServer, given schema.Document,
) error {
	if given["allow_all_scopes"] != nil && api.IsSystem {
		return errAllScopesOfSystemAPI
	}
	given.Overlay(grant)
	switch {
	case grant.DefaultFor != "" && api.IsSystem:
		return errDefaultForSystemAPI
	case grant.DefaultFor != "" && grant.AllowsAnyOrganization():
		return errDefaultForAnyOrg
	case !grant.AllowsAllScopes():
		if grant.Scope == nil {
			grant.Scope = []string{}
		}
	case len(given.Texts("scope")) > 0:
		return errAllScopesAndScope
	default:
		grant.Scope = nil
	}
	return nil
}
