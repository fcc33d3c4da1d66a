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

// act runs the tenant's action, which can deny the token or add claims to it.
//
// ASSUMED: denying with an unknown code, or adding a claim that JSON cannot represent, is an error
// of the action and has the same effect as a crash.
func (s *Service) act(d *decision) (err error) {
	if s.action == nil {
		return nil
	}
	defer func() {
		if cause := recover(); cause != nil {
			d.custom, err = nil, s.actionFailed(cause)
		}
	}()
	verdict := s.action(exchangeOf(d))
	if verdict.Deny == nil {
		d.custom, err = encodeCustomClaims(verdict.Claims, d.api)
		return err
	}
	denial, known := denials[verdict.Deny.Code]
	if !known {
		return s.actionFailed(fmt.Sprintf(
			"it denies with the unknown code %q", verdict.Deny.Code,
		))
	}
	return because(denial.With(verdict.Deny.Reason), "The tenant's action denies the token.",
		"Change the action, or send a request that it allows. The error_description is its reason.")
}

func (d *decision) foundAction() string {
	if len(d.custom) == 0 {
		return "No action denies the token or adds claims to it."
	}
	return fmt.Sprintf("The tenant's action adds %d bytes of claims.", len(d.custom))
}

// exchangeOf copies its data, so that an action cannot change the token.
func exchangeOf(d *decision) Exchange {
	parameters := maps.Clone(d.params)
	delete(parameters, "client_secret")
	delete(parameters, "client_assertion")
	return Exchange{
		ClientID:       d.client.ClientID,
		Audience:       d.api.Identifier,
		OrganizationID: d.organization.ID,
		Scopes:         append([]string{}, d.scopes...),
		Parameters:     parameters,
	}
}

func (s *Service) actionFailed(cause any) error {
	s.log.Error("the action failed", "cause", cause)
	return because(errActionFailed, "The tenant's action failed.",
		"Repair the action. The log has the cause.")
}
