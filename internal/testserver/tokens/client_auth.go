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
//
// ASSUMED: Basic is accepted whatever method the client is configured for (API contract 15). When
// it is there, secrets in the body are not looked at, but a client_id in the body must agree with
// it.
func (s *Service) authenticateClient(r *http.Request, params tokenParams) (tenant.Client, error) {
	if params["client_assertion"] != "" || params["client_assertion_type"] != "" {
		return s.authenticateByAssertion(params)
	}
	id, secret := params["client_id"], params["client_secret"]
	if user, password, ok := r.BasicAuth(); ok {
		// Both are form-url-encoded inside Basic (RFC 6749, 2.3.1).
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
	// An unknown client is not told from a wrong secret (API contract 9.4).
	who, err := s.store.Client(tenant.Present, id)
	if err != nil || !who.UsesSecret() || who.Secret == "" ||
		subtle.ConstantTimeCompare([]byte(secret), []byte(who.Secret)) != 1 {
		return tenant.Client{}, errWrongCredentials
	}
	return who, nil
}
