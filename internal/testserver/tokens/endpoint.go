// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// tokenParams are the parameters of a token request. Those that the endpoint does not know go to the action and are
// ignored otherwise. One of them is `resource`: the tenant setting that makes it stand for `audience` is off (API contract
// 9.1).
type tokenParams map[string]string

// tokenSchema lists the parameters that the endpoint knows, all of them text.
var tokenSchema = schema.Schema{Properties: []schema.Property{
	{Name: "grant_type", Kind: schema.String, Required: true, Enum: []string{tenant.ClientCredentials}, Description: "What is exchanged for a token"},
	{Name: "client_id", Kind: schema.String, Description: "Unless HTTP Basic or the assertion names the client"},
	{Name: "client_secret", Kind: schema.String, Description: "Unless HTTP Basic has it, or an assertion stands for it"},
	{Name: "client_assertion_type", Kind: schema.String, Enum: []string{assertionType}, Description: "That there is an assertion"},
	{Name: "client_assertion", Kind: schema.String, Description: "A JWT that the client has signed"},
	{Name: "audience", Kind: schema.String, Required: true, Description: "The identifier of the API, to the letter"},
	{Name: "scope", Kind: schema.String, Description: "The scopes that are wanted, space-separated; all that are granted otherwise"},
	{Name: "organization", Kind: schema.String, Description: "The id or the name of an organization"},
}}

// TokenAnswer is a token (API contract 9.2). Scope is absent when none was granted.
type TokenAnswer struct {
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope,omitzero"`
	ExpiresIn   int    `json:"expires_in"`
	TokenType   string `json:"token_type"`
}

func (s *Service) tokenRoutes() []routing.Route {
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: routing.TokenPath, Does: "Issue an access token for client credentials",
			Form: &tokenSchema, Handle: s.issueToken, Refuses: []*wire.Refusal{
				ErrBodyTooLarge, errTokenBodyJSON, errTokenBodyForm, errTokenParameterTwice, errTokenParameterType,
				errNoGrantType, errUnknownGrantType,
				errNoClientID, errWrongCredentials, errAssertion, errGrantTypeNotAllowed,
				errAudienceMissing, errAudienceUnknown, errNotGranted, errScopesNotGranted,
				errOrganizationRequired, errOrganizationNotAllowed, errOrganizationInvalid, errThirdPartyNotGranted,
				errDeniedInvalidScope, errDeniedInvalidRequest, errDeniedServerError, errActionFailed, errClaimsTooLarge,
				errQuotaExceeded,
			},
		},
	}
}

// issueToken checks in the order of API contract 9.4: parameters, client authentication, grant type, audience, grant,
// scopes, organization, action.
//
// ASSUMED: quotas come last, because they are about the tokens that are issued.
func (s *Service) issueToken(c *routing.Call) (any, error) {
	params, err := readTokenParams(c)
	if err == nil {
		err = checkGrantType(params)
	}
	if err != nil {
		return nil, err
	}
	who, err := s.authenticateClient(c.HTTP, params)
	if err != nil {
		return nil, err
	}
	c.Caller.ClientID = who.ClientID
	entitled, err := s.entitle(who, params)
	if err != nil {
		return nil, err
	}
	if entitled.custom, err = s.act(entitled, params); err != nil {
		return nil, err
	}
	limits, admitted := s.quotas.take(s.store.Now(), quotasOn(who, entitled.organization))
	if !admitted {
		return nil, errQuotaExceeded.Carrying(limits)
	}
	entitled.expired = c.TokenExpired
	token, err := s.mint(entitled)
	if err != nil {
		return nil, fmt.Errorf("make a token: %w", err)
	}
	return wire.RespondToken(http.StatusOK, "no-store", TokenAnswer{
		AccessToken: token,
		Scope:       strings.Join(entitled.scopes, " "),
		ExpiresIn:   entitled.api.TokenLifetime,
		TokenType:   "Bearer",
	}).With(limits), nil
}

// readTokenParams takes forms and JSON (API contract 9.1).
//
// ASSUMED: null is as good as absent; the contract shows no answer to it.
func readTokenParams(c *routing.Call) (tokenParams, error) {
	mediaType, _, _ := mime.ParseMediaType(c.HTTP.Header.Get("Content-Type"))
	if mediaType == "application/json" {
		var given map[string]any
		if err := wire.ParseJSON(c.Body, &given); err != nil {
			return nil, errTokenBodyJSON
		}
		return stringParams(given)
	}
	values, err := wire.ParseForm(c.Body)
	if err != nil {
		return nil, errTokenBodyForm
	}
	params := tokenParams{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if tokenSchema.Knows(name) && len(values[name]) > 1 {
			return nil, errTokenParameterTwice.With(name) // RFC 6749, 3.2.
		}
		params[name] = values.Get(name)
	}
	return params, nil
}

// stringParams goes through the parameters in order, so that the same body is always refused for the same reason.
//
// ASSUMED: actions see the JSON text of an unknown parameter that is no string.
func stringParams(given map[string]any) (tokenParams, error) {
	params := tokenParams{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		text, ok := given[name].(string)
		switch {
		case given[name] == nil:
			continue
		case !ok && tokenSchema.Knows(name):
			return nil, errTokenParameterType.With(name)
		case !ok:
			text = string(wire.Encode(given[name]))
		}
		params[name] = text
	}
	return params, nil
}

func checkGrantType(params tokenParams) error {
	switch given := params["grant_type"]; given {
	case "":
		return errNoGrantType
	case tenant.ClientCredentials:
		return nil
	default:
		return errUnknownGrantType.With(given)
	}
}
