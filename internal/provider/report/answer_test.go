// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// A refused management token is not the fault of the client that got it.
func TestReport_refusedManagementToken(t *testing.T) {
	t.Parallel()
	const (
		expired = "Expired token received for JSON Web Token validation"
		token   = "the token from the environment variable AUTH0_API_TOKEN"
		client  = `the client "abc" (client_id from the provider's client_id)`
	)
	for _, c := range []struct {
		login, message, want string
	}{
		{
			token, expired,
			"The token from the environment variable AUTH0_API_TOKEN has expired. Replace it " +
				"with a new one. If it should still be valid, check the clock of this machine.",
		},
		{
			token, "Invalid token", "It does not accept the token from the environment variable " +
				"AUTH0_API_TOKEN. Check that it has not expired and that it belongs to the " +
				"tenant acme.eu.auth0.com.",
		},
		{
			client, expired, "The login as " + client + " succeeded, but the token that it " +
				"returned has expired. Check the token lifetime of the Management API, and the " +
				"clock of this machine.",
		},
		{
			client, "Bad audience: https://other/api/v2/",
			"The login as " + client + " succeeded, but the API does not accept the token that " +
				"it returned. Check that the domain acme.eu.auth0.com (from the provider's " +
				"domain) and the provider's audience (or AUTH0_AUDIENCE) belong to the same " +
				"tenant.",
		},
	} {
		var diags diag.Diagnostics
		s := &Connection{
			Domain: "acme.eu.auth0.com", DomainSource: "the provider's domain", Login: c.login,
			UsesToken: c.login == token,
		}
		s.Report(&diags, Operation{Verb: Read, Kind: "client grant", Object: "grant"},
			&rest.Error{Status: 401, Message: c.message})
		said := "The API answered for the grant: 401 Unauthorized: " + c.message + ".\n\n"
		if len(diags) != 1 || diags[0].Detail() != said+c.want {
			t.Errorf("%s\nwant %s", strings.TrimPrefix(diags[0].Detail(), said), c.want)
		}
	}
}
