// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"crypto/subtle"
	"net/http"
	"net/url"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// authenticateClient finds out which client asks for a token.
func (s *Service) authenticateClient(d *decision) (err error) {
	if d.params["client_assertion"] != "" || d.params["client_assertion_type"] != "" {
		d.client, err = s.authenticateByAssertion(d.params)
	} else {
		d.client, err = s.authenticateBySecret(d.call.HTTP, d.params)
	}
	if err != nil {
		return err
	}
	d.clientID, d.call.Caller.ClientID = d.client.ClientID, d.client.ClientID
	return nil
}

// authenticateBySecret returns the client that sent its id and secret.
//
// ASSUMED: Basic is accepted for every authentication method of the client (API contract 15). With
// Basic, a client_secret in the body is ignored, but a client_id in the body must match.
func (s *Service) authenticateBySecret(r *http.Request, params tokenParams) (tenant.Client, error) {
	id, secret := params["client_id"], params["client_secret"]
	if user, password, ok := r.BasicAuth(); ok {
		// Both are form-urlencoded inside Basic (RFC 6749, 2.3.1).
		decodedUser, userErr := url.QueryUnescape(user)
		decodedPassword, passwordErr := url.QueryUnescape(password)
		if userErr != nil || passwordErr != nil || (id != "" && id != decodedUser) {
			return tenant.Client{}, errWrongCredentials
		}
		id, secret = decodedUser, decodedPassword
	}
	if id == "" {
		return tenant.Client{}, errNoClientID
	}
	// An unknown client and a wrong secret get the same refusal (API contract 9.4).
	who, err := s.store.Client(tenant.Present, id)
	if err != nil || !who.UsesSecret() || who.Secret == "" ||
		subtle.ConstantTimeCompare([]byte(secret), []byte(who.Secret)) != 1 {
		return tenant.Client{}, errWrongCredentials
	}
	return who, nil
}
