// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
)

// clientGrant lets a client get tokens for an API (API contract 4.1). System grants are not covered: nothing here makes one.
type clientGrant struct {
	ID                        string   `json:"id"`
	ClientID                  string   `json:"client_id,omitzero"`
	DefaultFor                string   `json:"default_for,omitzero"`
	Audience                  string   `json:"audience"`
	Scope                     []string `json:"scope,omitzero"`
	AllowAllScopes            *bool    `json:"allow_all_scopes,omitzero"`
	SubjectType               string   `json:"subject_type"`
	OrganizationUsage         *string  `json:"organization_usage,omitzero"`
	AllowAnyOrganization      *bool    `json:"allow_any_organization,omitzero"`
	AuthorizationDetailsTypes []string `json:"authorization_details_types,omitzero"`
}

// clientSubject is the subject type of grants for machines; other grants are for users.
const clientSubject = "client"

// clientIDFormat is looser than the ids that the API makes.
//
// ASSUMED: the format refuses what cannot be an id at all; its exact rule was not observed (API contract 1.3).
var clientIDFormat = &format{name: "client-id", pattern: regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)}

var subjectTypeProperty = property{
	name: "subject_type", kind: stringKind, enum: []string{clientSubject, "user", "anonymous_user"},
	description: "The type of application access the client grant allows",
}

var defaultForProperty = property{
	name: "default_for", kind: stringKind, enum: []string{"third_party_clients"},
	description: "Applies this client grant as the default for all clients in the specified group",
}

// createClientGrantSchema is that of POST (API contract 4.1).
var createClientGrantSchema = schema{properties: append([]property{
	{name: "client_id", kind: stringKind, format: clientIDFormat, description: "ID of the client"},
	defaultForProperty,
	{name: "audience", kind: stringKind, required: true, min: 1, description: "The audience (API identifier) of this client grant"},
	subjectTypeProperty,
}, writableClientGrantProperties...)}

// updateClientGrantSchema is that of PATCH: the natural key is immutable, and an empty body is refused (API contract 4.7).
var updateClientGrantSchema = schema{properties: writableClientGrantProperties, minProperties: 1}

var writableClientGrantProperties = []property{
	{
		// ASSUMED: duplicates are refused with the message for duplicate items (API contract 4.3).
		name: "scope", kind: arrayKind, nullable: true, unique: "*", items: &property{kind: stringKind, min: 1, max: 280},
		description: "Scopes allowed for this client grant",
	},
	{name: "allow_all_scopes", kind: booleanKind, nullable: true, description: "If enabled, all scopes configured on the resource server are allowed"},
	{
		name: "organization_usage", kind: stringKind, nullable: true, enum: []string{"deny", "allow", "require"},
		description: "Defines whether organizations can be used with client credentials exchanges for this grant",
	},
	{name: "allow_any_organization", kind: booleanKind, nullable: true, description: "If enabled, any organization can be used with this grant"},
	{
		name: "authorization_details_types", kind: arrayKind, items: &property{kind: stringKind, min: 1, max: 255},
		description: "Types of authorization_details allowed for this client grant",
	},
}

// listClientGrantsSchema is the query of the list (API contract 4.6).
var listClientGrantsSchema = schema{properties: slices.Concat([]property{
	{name: "audience", kind: stringKind, description: "Optional filter on audience"},
	{name: "client_id", kind: stringKind, description: "Optional filter on client_id"},
	{name: "allow_any_organization", kind: booleanKind, description: "Optional filter on allow_any_organization"},
	subjectTypeProperty,
	defaultForProperty,
}, offsetParameters(1), checkpointParameters)}

func (s *Server) createClientGrant(c *call) reply {
	given, refused := payload(c, createClientGrantSchema)
	if refused != nil {
		return *refused
	}
	if given.has("client_id") == given.has("default_for") {
		// ASSUMED: the text; the contract says only that exactly one of the two is to be sent.
		return invalidBody("Payload validation error: 'Exactly one of client_id and default_for must be provided'.")
	}
	grant := clientGrant{ID: newClientGrantID(), SubjectType: clientSubject}
	api, err := s.store.resourceServerByIdentifier(given.text("audience"))
	if err == nil {
		err = applyClientGrant(&grant, api, given)
	}
	if err == nil {
		err = s.store.addClientGrant(grant)
	}
	if err != nil {
		return clientGrantProblem(err, given.text("audience"))
	}
	return respond(http.StatusCreated, grant)
}

func (s *Server) listClientGrants(c *call) reply {
	q, refused := query(c, listClientGrantsSchema)
	if refused != nil {
		return *refused
	}
	if q.has("allow_any_organization") && !q.isTrue("allow_any_organization") {
		return problem(http.StatusBadRequest, "invalid_query_string",
			"Query validation error: 'No enum match for: false' on property allow_any_organization (Optional filter on allow_any_organization).")
	}
	if q.has("client_id") && q.has("default_for") {
		// ASSUMED: the text; the contract says only that the two exclude each other.
		return problem(http.StatusBadRequest, "invalid_query_string",
			"Query validation error: 'client_id and default_for cannot be provided together'.")
	}
	paging := readPaging(q)
	found := s.store.listClientGrants(paging.window, clientGrantFilter{
		clientID:             q.optionalText("client_id"),
		audience:             q.optionalText("audience"),
		subjectType:          q.optionalText("subject_type"),
		defaultFor:           q.optionalText("default_for"),
		allowAnyOrganization: q.isTrue("allow_any_organization"),
	})
	return showPage(q, paging, "client_grants", found, func(grant clientGrant) any { return grant })
}

func (s *Server) readClientGrant(c *call) reply {
	if _, refused := query(c, schema{}); refused != nil {
		return *refused
	}
	grant, err := s.store.clientGrant(c.params["id"])
	if err != nil {
		return clientGrantProblem(err, "")
	}
	return respond(http.StatusOK, grant)
}

func (s *Server) updateClientGrant(c *call) reply {
	given, refused := payload(c, updateClientGrantSchema)
	if refused != nil {
		return *refused
	}
	stored, err := s.store.clientGrant(c.params["id"])
	if err != nil {
		return clientGrantProblem(err, "")
	}
	api, err := s.store.resourceServerByIdentifier(stored.Audience)
	if errors.Is(err, errNoResourceServer) {
		err = errNoClientGrant // The API was deleted this moment, and the grant with it.
	}
	var grant clientGrant
	if err == nil {
		grant, err = s.store.updateClientGrant(stored.ID, func(grant *clientGrant) error {
			return applyClientGrant(grant, api, given)
		})
	}
	if err != nil {
		return clientGrantProblem(err, stored.Audience)
	}
	return respond(http.StatusOK, grant)
}

func (s *Server) deleteClientGrant(c *call) reply {
	s.store.deleteClientGrant(c.params["id"])
	return noContent()
}

var (
	errAllScopesOfSystemAPI = errors.New("all scopes of a system API cannot be granted at once")
	errAllScopesAndScope    = errors.New("all scopes and a list of scopes exclude each other")
	errDefaultForSystemAPI  = errors.New("a system API is never open to third-party clients")
	errDefaultForAnyOrg     = errors.New("a default grant cannot be used with any organization")
)

// applyClientGrant writes a valid body over a grant and checks what no schema can. Scopes that the API does not define
// are accepted (API contract 4.3).
//
// ASSUMED: null and absence both end as an empty list; turning allow_all_scopes on drops the list (API contract 4.7
// shows it empty afterwards); allow_all_scopes beside a list that is not empty is refused (API contract 4.3).
func applyClientGrant(grant *clientGrant, api resourceServer, given document) error {
	if given["allow_all_scopes"] != nil && api.IsSystem {
		return errAllScopesOfSystemAPI
	}
	given.overlay(grant)
	switch {
	case grant.DefaultFor != "" && api.IsSystem:
		return errDefaultForSystemAPI
	case grant.DefaultFor != "" && isTrue(grant.AllowAnyOrganization):
		return errDefaultForAnyOrg
	case !isTrue(grant.AllowAllScopes):
		if grant.Scope == nil {
			grant.Scope = []string{}
		}
	case len(given.texts("scope")) > 0:
		return errAllScopesAndScope
	default:
		grant.Scope = nil
	}
	return nil
}

// clientGrantProblem words what the rules refuse.
//
// ASSUMED: the answers about a missing API or client and the code of the conflict (API contract 15); the texts about
// default grants (API contract 4.1 and 4.5 say only that both are refused).
func clientGrantProblem(err error, audience string) reply {
	switch {
	case errors.Is(err, errNoClientGrant):
		return problem(http.StatusNotFound, "inexistent_client_grant", "The grant does not exist.")
	case errors.Is(err, errNoResourceServer):
		return problem(http.StatusNotFound, "inexistent_resource_server", "No resource with identifier %s", audience)
	case errors.Is(err, errNoClient):
		return problem(http.StatusNotFound, "inexistent_client", "The client does not exist")
	case errors.Is(err, errClientGrantExists):
		return problem(http.StatusConflict, "client_grant_conflict", "client_grant already exists")
	case errors.Is(err, errAllScopesOfSystemAPI):
		return invalidBody("`allow_all_scopes` cannot be provided when `audience` is a system API")
	case errors.Is(err, errAllScopesAndScope):
		return invalidBody("`scope` cannot be provided when `allow_all_scopes` is true")
	case errors.Is(err, errDefaultForSystemAPI):
		return invalidBody("`default_for` cannot be provided when `audience` is a system API")
	case errors.Is(err, errDefaultForAnyOrg):
		return invalidBody("`allow_any_organization` cannot be true when `default_for` is provided")
	default:
		panic(err)
	}
}
