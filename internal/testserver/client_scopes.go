// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"net/http"
	"slices"
	"strings"
)

const (
	updateClients           = "update:clients"
	updateClientKeys        = "update:client_keys"
	updateClientCredentials = "update:client_credentials"
)

// clientWriters are the scopes that let a PATCH of a client in (API contract 2). What it may change depends on which of
// them the token has.
var clientWriters = []string{updateClients, updateClientKeys, updateClientCredentials}

// clientFieldScopes are the fields of a client that another scope than update:clients is for.
//
// ASSUMED: all but the secret; the contract says that there are such fields (1.4) and names that one (6.1).
var clientFieldScopes = map[string][]string{
	"client_secret":                 {updateClientKeys},
	"encryption_key":                {updateClientKeys},
	"client_authentication_methods": {updateClientCredentials},
	"token_endpoint_auth_method":    {updateClients, updateClientCredentials},
}

// errFieldScope names fields and scopes.
//
// ASSUMED: in these words (API contract 1.4).
var errFieldScope = &refusal{
	status: http.StatusForbidden, code: "insufficient_scope", text: "Insufficient scope, expected %s",
}

// checkClientFields refuses changes of fields that the token may not change.
func checkClientFields(given document, who caller) error {
	var missing []string
	for field := range given {
		scopes, special := clientFieldScopes[field]
		if !special {
			scopes = []string{updateClients}
		}
		if !who.hasAny(scopes) {
			missing = append(missing, "any of: "+strings.Join(scopes, ",")+" for "+field)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return errFieldScope.with(strings.Join(missing, "; "))
}
