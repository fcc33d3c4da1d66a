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
	switch {
	case d.trusted:
		d.client, err = s.trust(d.params["client_id"])
	case d.params["client_assertion"] != "" || d.params["client_assertion_type"] != "":
		d.client, err = s.authenticateByAssertion(d)
	default:
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
		switch {
		case userErr != nil || passwordErr != nil:
			return tenant.Client{}, because(errWrongCredentials,
				"The id and the secret in the Authorization header are not form-urlencoded.",
				"Form-urlencode both before they are base64-encoded.")
		case id != "" && id != decodedUser:
			return tenant.Client{}, because(errWrongCredentials,
				"The client_id in the body is not the one in the Authorization header.",
				"Send the id in one place only.")
		}
		id, secret = decodedUser, decodedPassword
	}
	who, err := s.clientWithID(id)
	switch {
	case err != nil:
		return who, err
	case !who.UsesSecret():
		return who, because(errWrongCredentials,
			"The client "+nameOf(who)+" cannot authenticate with a secret, because it has other "+
				"client_authentication_methods.",
			"Send a client_assertion that is signed with one of its keys.")
	case who.Secret == "":
		return who, because(errWrongCredentials, "The client "+nameOf(who)+" has no secret.",
			"Use another client.")
	case subtle.ConstantTimeCompare([]byte(secret), []byte(who.Secret)) != 1:
		return who, because(errWrongCredentials,
			"The secret is not the secret of the client "+nameOf(who)+".",
			"Send the client's present secret.")
	}
	return who, nil
}

// clientWithID returns a client, without checking credentials. An unknown client gets the same
// refusal as a wrong secret (API contract 9.4).
func (s *Service) clientWithID(id string) (tenant.Client, error) {
	if id == "" {
		return tenant.Client{}, because(errNoClientID, "The request names no client.",
			"Send client_id and client_secret, or a client_assertion.")
	}
	who, err := s.store.Client(tenant.Present, id)
	if err != nil {
		return who, because(errWrongCredentials, "No client of this tenant has this client_id.",
			"Send the id of a client that exists.")
	}
	return who, nil
}

// trust returns a client as if it had authenticated, if it could.
func (s *Service) trust(id string) (tenant.Client, error) {
	who, err := s.clientWithID(id)
	switch {
	case err != nil:
		return who, err
	case who.UsesSecret() && who.Secret == "":
		return who, because(errWrongCredentials,
			"The client "+nameOf(who)+" has no secret, so it cannot authenticate.",
			"Use another client.")
	case !who.UsesSecret() && len(who.Keys(s.store.Now())) == 0:
		return who, because(errWrongCredentials,
			"The client "+nameOf(who)+" has no key that is valid now, so it cannot authenticate.",
			"Add a credential to the client, and name it in client_authentication_methods.")
	}
	return who, nil
}
