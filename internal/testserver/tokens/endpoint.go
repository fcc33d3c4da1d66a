// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// TokenAnswer is the reply with a token (API contract 9.2). Scope is absent if no scope was
// granted.
type TokenAnswer struct {
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope,omitzero"`
	ExpiresIn   int    `json:"expires_in"`
	TokenType   string `json:"token_type"`
}

func (s *Service) tokenRoutes() []routing.Route {
	return []routing.Route{
		{
			Method: http.MethodPost, Pattern: routing.TokenPath,
			Does: "Issue an access token for client credentials",
			Form: &tokenSchema, Handle: s.issueToken, Refuses: []*wire.Refusal{
				ErrBodyTooLarge, errTokenBodyJSON, errTokenBodyForm, errTokenParameterTwice,
				errTokenParameterType,
				errNoGrantType, errUnknownGrantType, errGrantTypeNotImplemented,
				errNoClientID, errWrongCredentials, errAssertion, errGrantTypeNotAllowed,
				errAudienceMissing, errAudienceUnknown, errNotGranted, errScopesNotGranted,
				errOrganizationRequired, errOrganizationNotAllowed, errOrganizationInvalid,
				errThirdPartyNotGranted,
				errDeniedInvalidScope, errDeniedInvalidRequest, errDeniedServerError,
				errActionFailed, errClaimsTooLarge,
				errQuotaExceeded,
			},
		},
	}
}

// issueToken checks in the order of API contract 9.4: parameters, client authentication, grant
// type, audience, grant, scopes, organization, action.
//
// ASSUMED: quotas come last, because they count issued tokens.
func (s *Service) issueToken(c *routing.Call) (any, error) {
	params, err := readTokenParams(c)
	if err == nil {
		err = checkGrantType(c, params)
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
		return nil, fmt.Errorf("mint a token: %w", err)
	}
	return wire.RespondToken(http.StatusOK, "no-store", TokenAnswer{
		AccessToken: token,
		Scope:       strings.Join(entitled.scopes, " "),
		ExpiresIn:   entitled.api.TokenLifetime,
		TokenType:   "Bearer",
	}).With(limits), nil
}

func checkGrantType(c *routing.Call, params tokenParams) error {
	given := params["grant_type"]
	switch {
	case given == "":
		return errNoGrantType
	case given == tenant.ClientCredentials:
		return nil
	case slices.Contains(tenant.GrantTypes, given):
		refused := errGrantTypeNotImplemented.With(given)
		c.Warning = refused.Text
		return refused
	default:
		return errUnknownGrantType.With(given)
	}
}
