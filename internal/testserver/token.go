// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// tokenParams are the parameters of a token request; those that the endpoint does not know are ignored (API contract 9.1).
type tokenParams map[string]string

var knownTokenParams = []string{
	"grant_type", "client_id", "client_secret", "client_assertion_type", "client_assertion",
	"audience", "scope", "organization",
}

// tokenError is an error of the token endpoint, whose shape is its own (API contract 9.4).
func tokenError(status int, code, description string) reply {
	return tokenReply(status, "private, no-store, no-cache, must-revalidate", struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}

func tokenReply(status int, caching string, v any) reply {
	return reply{status: status, body: encode(v), header: http.Header{
		"Content-Type":      {"application/json"},
		"Cache-Control":     {caching},
		"Pragma":            {"no-cache"},
		"X-Auth0-Requestid": {randomText(20)},
	}}
}

func accessDenied(format string, args ...any) *reply {
	refusal := tokenError(http.StatusForbidden, "access_denied", fmt.Sprintf(format, args...))
	return &refusal
}

// tokenAnswer is a token (API contract 9.2). Scope is absent when none was granted.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope,omitzero"`
	ExpiresIn   int    `json:"expires_in"`
	TokenType   string `json:"token_type"`
}

// issueToken checks in the order of API contract 9.4: parameters, client authentication, grant type, audience, grant,
// scopes, organization.
func (s *Server) issueToken(c *call) reply {
	params, refused := readTokenParams(c)
	if refused == nil {
		refused = checkGrantType(params)
	}
	if refused != nil {
		return *refused
	}
	who, refused := s.authenticateClient(c.http, params)
	if refused != nil {
		return *refused
	}
	c.clientID = who.ClientID
	entitled, refused := s.entitle(who, params)
	if refused != nil {
		return *refused
	}
	token, err := s.mint(entitled)
	if err != nil {
		s.log.ErrorContext(c.http.Context(), "cannot make a token", "error", err)
		return s.refusal(c, http.StatusInternalServerError)
	}
	return tokenReply(http.StatusOK, "no-store", tokenAnswer{
		AccessToken: token,
		Scope:       strings.Join(entitled.scopes, " "),
		ExpiresIn:   entitled.api.TokenLifetime,
		TokenType:   "Bearer",
	})
}

// readTokenParams takes forms and JSON (API contract 9.1).
//
// ASSUMED: a body that cannot be read is an invalid_request, and so is a parameter of another type than string, while
// null is as good as absent; the contract shows no answer to any.
func readTokenParams(c *call) (tokenParams, *reply) {
	params := tokenParams{}
	mediaType, _, _ := mime.ParseMediaType(c.http.Header.Get("Content-Type"))
	if mediaType == "application/json" {
		var given map[string]any
		if err := parseJSON(c.body, &given); err != nil {
			refusal := tokenError(http.StatusBadRequest, "invalid_request", "Invalid request payload JSON format")
			return nil, &refusal
		}
		for _, name := range knownTokenParams {
			value := given[name]
			text, ok := value.(string)
			if value != nil && !ok {
				refusal := tokenError(http.StatusBadRequest, "invalid_request", "Parameter "+name+" must be a string")
				return nil, &refusal
			}
			params[name] = text
		}
		return params, nil
	}
	values, err := parseForm(c.body)
	if err != nil {
		refusal := tokenError(http.StatusBadRequest, "invalid_request", "Invalid request payload form format")
		return nil, &refusal
	}
	for name := range values {
		params[name] = values.Get(name)
	}
	return params, nil
}

const clientCredentials = "client_credentials"

// ASSUMED: 403 for an unknown grant type, and its text (API contract 9.4).
func checkGrantType(params tokenParams) *reply {
	switch given := params["grant_type"]; given {
	case "":
		refusal := tokenError(http.StatusBadRequest, "invalid_request", "Missing required parameter: grant_type")
		return &refusal
	case clientCredentials:
		return nil
	default:
		refusal := tokenError(http.StatusForbidden, "unsupported_grant_type", "Unsupported grant type: "+given)
		return &refusal
	}
}

// entitle decides what a client that has proved who it is may have.
func (s *Server) entitle(who client, params tokenParams) (entitlement, *reply) {
	if !slices.Contains(who.GrantTypes, clientCredentials) {
		refusal := tokenError(http.StatusForbidden, "unauthorized_client",
			"Grant type 'client_credentials' not allowed for the client.")
		return entitlement{}, &refusal
	}
	audience := params["audience"]
	if audience == "" {
		return entitlement{}, accessDenied("Non-global clients are not allowed access to APIv1")
	}
	api, err := s.store.resourceServerByIdentifier(audience)
	if err != nil {
		return entitlement{}, accessDenied("Service not enabled within domain: %s", audience)
	}
	grant, err := s.store.clientGrantByKey(clientGrantKey{
		clientID: who.ClientID, audience: audience, subjectType: clientSubject,
	})
	// ASSUMED: deny_all is refused with the text for a missing grant (API contract 9.4).
	if err != nil || api.SubjectTypeAuthorization.Client.Policy == denyAll {
		return entitlement{}, accessDenied(`Client "%s" is not authorized to access resource server "%s". `+
			`You need to create a "client-grant" associated to this API.`, who.ClientID, audience)
	}
	entitled := entitlement{api: api, clientID: who.ClientID}
	var refused *reply
	if entitled.scopes, refused = narrow(grant.issuable(api), params["scope"]); refused != nil {
		return entitlement{}, refused
	}
	entitled.organization, refused = s.useOrganization(grant, params["organization"])
	return entitled, refused
}

// issuable lists the scopes that a token can carry, in the order of the grant.
//
// ASSUMED: a scope that the API no longer defines is not issued (API contract 10.4).
func (g clientGrant) issuable(api resourceServer) []string {
	defined := api.scopeValues()
	if isTrue(g.AllowAllScopes) {
		return defined
	}
	known := make(map[string]bool, len(defined))
	for _, value := range defined {
		known[value] = true
	}
	return slices.DeleteFunc(slices.Clone(g.Scope), func(value string) bool { return !known[value] })
}

// narrow keeps the scopes that are asked for. One that is not granted fails the request (API contract 10.4).
func narrow(granted []string, asked string) ([]string, *reply) {
	wanted := strings.Fields(asked)
	if len(wanted) == 0 {
		return granted, nil
	}
	var missing []string
	for _, value := range wanted {
		if !slices.Contains(granted, value) && !slices.Contains(missing, value) {
			missing = append(missing, value)
		}
	}
	if len(missing) > 0 {
		return nil, accessDenied("Client has not been granted scopes: %s", strings.Join(missing, ", "))
	}
	kept := slices.DeleteFunc(slices.Clone(granted), func(value string) bool { return !slices.Contains(wanted, value) })
	return kept, nil
}

// useOrganization applies the table of API contract 4.4. Only allow_any_organization permits organizations.
//
// ASSUMED: the statuses and texts, taken from user flows as far as those are known (API contract 9.4); a missing
// organization is a malformed request, hence 400. This tenant allows names in place of ids, so tokens carry `org_name`.
func (s *Server) useOrganization(grant clientGrant, ref string) (organization, *reply) {
	usage := "deny"
	if grant.OrganizationUsage != nil {
		usage = *grant.OrganizationUsage
	}
	switch {
	case ref == "" && usage == "require":
		refusal := tokenError(http.StatusBadRequest, "invalid_request", "parameter organization is required for this client")
		return organization{}, &refusal
	case ref == "":
		return organization{}, nil
	case usage == "deny":
		return organization{}, accessDenied("parameter organization is not allowed for this client")
	}
	found, err := s.store.organization(ref)
	if errors.Is(err, errNoOrganization) || !isTrue(grant.AllowAnyOrganization) {
		return organization{}, accessDenied("parameter organization is invalid: %s", ref)
	}
	return found, nil
}
