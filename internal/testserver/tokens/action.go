// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"maps"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// denials maps the codes that an action can deny with.
var denials = map[string]*wire.Refusal{
	errDeniedInvalidScope.Code:   errDeniedInvalidScope,
	errDeniedInvalidRequest.Code: errDeniedInvalidRequest,
	errDeniedServerError.Code:    errDeniedServerError,
}

// act runs the action for a token and returns the claims that it adds.
//
// ASSUMED: denying with an unknown code, or adding a claim that JSON cannot represent, is an error
// of the action and has the same effect as a crash.
func (s *Service) act(e entitlement, params tokenParams) (custom customClaims, err error) {
	if s.action == nil {
		return nil, nil
	}
	defer func() {
		if cause := recover(); cause != nil {
			custom, err = nil, s.actionFailed(cause)
		}
	}()
	verdict := s.action(exchangeOf(e, params))
	if verdict.Deny == nil {
		return encodeCustomClaims(verdict.Claims, e.api)
	}
	denial, known := denials[verdict.Deny.Code]
	if !known {
		return nil, s.actionFailed(fmt.Sprintf(
			"it denies with the unknown code %q", verdict.Deny.Code,
		))
	}
	return nil, denial.With(verdict.Deny.Reason)
}

// exchangeOf copies its data, so that an action cannot change the token.
func exchangeOf(e entitlement, params tokenParams) Exchange {
	parameters := maps.Clone(params)
	delete(parameters, "client_secret")
	delete(parameters, "client_assertion")
	return Exchange{
		ClientID:       e.clientID,
		Audience:       e.api.Identifier,
		OrganizationID: e.organization.ID,
		Scopes:         append([]string{}, e.scopes...),
		Parameters:     parameters,
	}
}

func (s *Service) actionFailed(cause any) error {
	s.log.Error("the action failed", "cause", cause)
	return errActionFailed
}
