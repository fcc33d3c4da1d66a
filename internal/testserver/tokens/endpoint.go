// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
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
				errBodyTooLarge, errTokenBodyJSON, errTokenBodyForm, errTokenParameterTwice,
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

// issueToken answers with a token if all steps pass.
func (s *Service) issueToken(c *routing.Call) (any, error) {
	d := &decision{call: c}
	if passed, err := s.decide(d); err != nil {
		c.Reason = reasonOf(passed, err)
		return nil, err
	}
	d.expired = c.TokenExpired
	token, err := s.mint(d.entitlement)
	if err != nil {
		return nil, fmt.Errorf("mint a token: %w", err)
	}
	return wire.RespondToken(http.StatusOK, "no-store", TokenAnswer{
		AccessToken: token,
		Scope:       strings.Join(d.scopes, " "),
		ExpiresIn:   d.api.TokenLifetime,
		TokenType:   "Bearer",
	}).With(d.limits), nil
}
