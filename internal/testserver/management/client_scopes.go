// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
)

const (
	readClients           = "read:clients"
	readClientKeys        = "read:client_keys"
	readClientCredentials = "read:client_credentials"
)

// clientReaders are the scopes that let a token read clients (API contract 2).
var clientReaders = []string{
	readClients, readClientKeys, readClientCredentials, "read:client_summary",
}

// The fields that not every reader sees (API contract 6.2).
//
// ASSUMED: what a summary has, and that read:client_credentials shows it together with how the
// client authenticates; read:client_keys shows all that there is.
var (
	clientKeyFields     = []string{"client_secret", "encryption_key", "signing_keys"}
	clientSummaryFields = []string{
		"tenant", "global", "client_id", "name", "description", "logo_uri", "app_type",
		"is_first_party",
	}
	clientCredentialFields = append(
		[]string{"token_endpoint_auth_method", "client_authentication_methods"},
		clientSummaryFields...)
)

// mayReadClient reports whether a token may read a field of clients.
func mayReadClient(who routing.Caller, field string) bool {
	switch {
	case who.HasAny([]string{readClientKeys}):
		return true
	case who.HasAny([]string{readClients}):
		return !slices.Contains(clientKeyFields, field)
	case who.HasAny([]string{readClientCredentials}):
		return slices.Contains(clientCredentialFields, field)
	default:
		return slices.Contains(clientSummaryFields, field)
	}
}

// checkReadableFields refuses to name a field that the token may not read; unnamed, it is left out
// (API contract 6.2).
func checkReadableFields(q schema.Document, who routing.Caller) error {
	excluding := q.Has("include_fields") && !q.IsTrue("include_fields")
	if q.Text("fields") == "" || excluding {
		return nil
	}
	for field := range strings.SplitSeq(q.Text("fields"), ",") {
		switch {
		case mayReadClient(who, field):
		case slices.Contains(clientKeyFields, field):
			return routing.ErrInsufficientScope.With(readClientKeys)
		default:
			return routing.ErrInsufficientScope.With(readClients + "," + readClientKeys)
		}
	}
	return nil
}

const (
	updateClients           = "update:clients"
	updateClientKeys        = "update:client_keys"
	updateClientCredentials = "update:client_credentials"
)

// clientWriters are the scopes that permit a PATCH of a client (API contract 2). Which fields it
// may change depends on the scopes of the token.
var clientWriters = []string{updateClients, updateClientKeys, updateClientCredentials}

// clientFieldScopes maps fields of a client to the scope that is needed to change them, if it is
// not update:clients.
//
// ASSUMED: all but the secret; the contract says that there are such fields (1.4) and names that
// one (6.1).
var clientFieldScopes = map[string][]string{
	"client_secret":                 {updateClientKeys},
	"encryption_key":                {updateClientKeys},
	"client_authentication_methods": {updateClientCredentials},
	"token_endpoint_auth_method":    {updateClients, updateClientCredentials},
}

// checkWritableFields refuses changes of fields that the token may not change.
func checkWritableFields(given schema.Document, who routing.Caller) error {
	var missing []string
	for field := range given {
		scopes, special := clientFieldScopes[field]
		if !special {
			scopes = []string{updateClients}
		}
		if !who.HasAny(scopes) {
			missing = append(missing, "any of: "+strings.Join(scopes, ",")+" for "+field)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return errFieldScope.With(strings.Join(missing, "; "))
}
