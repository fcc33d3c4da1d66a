// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// A refused login gets the same advice as a refused token.
func TestReport_refusedLogin(t *testing.T) {
	t.Parallel()
	const (
		client = `The client "abc" (client_id from the provider's client_id, client_secret from ` +
			`the environment variable AUTH0_CLIENT_SECRET)`
		noGrantType = "Grant type 'client_credentials' not allowed for the client."
		noGrant     = `You need to create a "client-grant" associated to this API.`
	)
	for _, c := range []struct {
		status              int
		code, message, want string
	}{
		{
			403, "unauthorized_client", noGrantType,
			"The token endpoint answered: 403 Forbidden (unauthorized_client): Grant type " +
				"'client_credentials' not allowed for the client.\n\n" + client + " may not log " +
				"in with client credentials. Allow the grant type client_credentials for the " +
				"client in the tenant. Machine-to-machine applications have it.",
		},
		{
			403, "unauthorized_client", noGrant,
			"The token endpoint answered: 403 Forbidden (unauthorized_client): You need to " +
				"create a \"client-grant\" associated to this API.\n\n" + client + " may not use " +
				"the Management API. Authorize it for the API https://acme/api/v2/",
		},
		{
			429, "too_many_requests", "Client quota exceeded",
			"The token endpoint answered: 429 Too Many Requests (too_many_requests): Client " +
				"quota exceeded.\n\nThe tenant limits the number of tokens",
		},
		{
			400, "invalid_request", "Not on Sundays",
			"The token endpoint answered: 400 Bad Request (invalid_request): Not on Sundays." +
				"\n\nActions of the tenant (trigger credentials-exchange) can refuse a token " +
				"with a message of their own. If this message comes from an action, check what " +
				"it requires of the client \"abc\"",
		},
	} {
		checkReport(t, &rest.LoginError{
			ClientID: "abc", Audience: "https://acme/api/v2/",
			Err: &rest.Error{Status: c.status, Code: c.code, Message: c.message},
		}, c.want)
	}
}
