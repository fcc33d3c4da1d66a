// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
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

// tokenAnswer is a token (API contract 9.2). Scope is absent when none was granted.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope,omitzero"`
	ExpiresIn   int    `json:"expires_in"`
	TokenType   string `json:"token_type"`
}

func (s *Server) tokenRoutes() []route {
	return []route{
		{
			method: http.MethodPost, pattern: tokenPattern, does: "Issue an access token for client credentials",
			handle: s.issueToken, refuses: []*refusal{
				errTokenBodyJSON, errTokenBodyForm, errTokenParameterType, errNoGrantType, errUnknownGrantType,
				errNoClientID, errWrongCredentials, errAssertion, errGrantTypeNotAllowed,
				errAudienceMissing, errAudienceUnknown, errNotGranted, errScopesNotGranted,
				errOrganizationRequired, errOrganizationNotAllowed, errOrganizationInvalid,
			},
		},
		{
			method: http.MethodGet, pattern: "/.well-known/jwks.json", does: "Show the keys that tokens are signed with",
			handle: s.showJWKS,
		},
		{
			method: http.MethodGet, pattern: "/.well-known/openid-configuration", does: "Show where a tenant's endpoints are",
			handle: s.showDiscovery,
		},
	}
}

// issueToken checks in the order of API contract 9.4: parameters, client authentication, grant type, audience, grant,
// scopes, organization.
func (s *Server) issueToken(c *call) (any, error) {
	params, err := readTokenParams(c)
	if err == nil {
		err = checkGrantType(params)
	}
	if err != nil {
		return nil, err
	}
	who, err := s.authenticateClient(c.http, params)
	if err != nil {
		return nil, err
	}
	c.clientID = who.ClientID
	entitled, err := s.entitle(who, params)
	if err != nil {
		return nil, err
	}
	token, err := s.mint(entitled)
	if err != nil {
		return nil, fmt.Errorf("make a token: %w", err)
	}
	return tokenReply(http.StatusOK, "no-store", tokenAnswer{
		AccessToken: token,
		Scope:       strings.Join(entitled.scopes, " "),
		ExpiresIn:   entitled.api.TokenLifetime,
		TokenType:   "Bearer",
	}), nil
}

// readTokenParams takes forms and JSON (API contract 9.1).
//
// ASSUMED: null is as good as absent; the contract shows no answer to it.
func readTokenParams(c *call) (tokenParams, error) {
	params := tokenParams{}
	mediaType, _, _ := mime.ParseMediaType(c.http.Header.Get("Content-Type"))
	if mediaType == "application/json" {
		var given map[string]any
		if err := parseJSON(c.body, &given); err != nil {
			return nil, errTokenBodyJSON
		}
		for _, name := range knownTokenParams {
			value := given[name]
			text, ok := value.(string)
			if value != nil && !ok {
				return nil, errTokenParameterType.with(name)
			}
			params[name] = text
		}
		return params, nil
	}
	values, err := parseForm(c.body)
	if err != nil {
		return nil, errTokenBodyForm
	}
	for name := range values {
		params[name] = values.Get(name)
	}
	return params, nil
}

const clientCredentials = "client_credentials"

func checkGrantType(params tokenParams) error {
	switch given := params["grant_type"]; given {
	case "":
		return errNoGrantType
	case clientCredentials:
		return nil
	default:
		return errUnknownGrantType.with(given)
	}
}

// entitle decides what a client that has proved who it is may have.
func (s *Server) entitle(who client, params tokenParams) (entitlement, error) {
	audience := params["audience"]
	switch {
	case !slices.Contains(who.GrantTypes, clientCredentials):
		return entitlement{}, errGrantTypeNotAllowed
	case audience == "":
		return entitlement{}, errAudienceMissing
	}
	api, err := s.store.resourceServerByIdentifier(audience)
	if err != nil {
		return entitlement{}, errAudienceUnknown.with(audience)
	}
	grant, err := s.store.clientGrantByKey(clientGrantKey{
		clientID: who.ClientID, audience: audience, subjectType: clientSubject,
	})
	// ASSUMED: deny_all is refused with the text for a missing grant (API contract 9.4).
	if err != nil || api.SubjectTypeAuthorization.Client.Policy == denyAll {
		return entitlement{}, errNotGranted.with(who.ClientID, audience)
	}
	entitled := entitlement{api: api, clientID: who.ClientID}
	if entitled.scopes, err = narrow(grant.issuable(api), params["scope"]); err != nil {
		return entitlement{}, err
	}
	entitled.organization, err = s.useOrganization(grant, params["organization"])
	return entitled, err
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
func narrow(granted []string, asked string) ([]string, error) {
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
		return nil, errScopesNotGranted.with(strings.Join(missing, ", "))
	}
	kept := slices.DeleteFunc(slices.Clone(granted), func(value string) bool { return !slices.Contains(wanted, value) })
	return kept, nil
}

// useOrganization applies the table of API contract 4.4. Only allow_any_organization permits organizations.
//
// ASSUMED: this tenant allows names in place of ids, so tokens carry `org_name`.
func (s *Server) useOrganization(grant clientGrant, ref string) (organization, error) {
	usage := "deny"
	if grant.OrganizationUsage != nil {
		usage = *grant.OrganizationUsage
	}
	switch {
	case ref == "" && usage == "require":
		return organization{}, errOrganizationRequired
	case ref == "":
		return organization{}, nil
	case usage == "deny":
		return organization{}, errOrganizationNotAllowed
	}
	found, err := s.store.organization(ref)
	if err != nil || !isTrue(grant.AllowAnyOrganization) {
		return organization{}, errOrganizationInvalid.with(ref)
	}
	return found, nil
}
