// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

func (c *Connection) explainLogin(err *m2m.LoginError) string {
	var (
		answer *m2m.Error
		file   *m2m.TokenFileError
	)
	if errors.As(err.Err, &file) {
		return Sentences(Capitalize(c.TokenFileSource)+": "+file.Error()+".",
			"It names a file that must hold a Management API token and nothing else, and that "+
				"this process can read. "+
				"Check the path, and the program that writes the token.")
	}
	if !errors.As(err.Err, &answer) {
		return c.explainTransport(Operation{Object: "token endpoint"}, err.Err)
	}
	said := "The token endpoint answered: " + Quote(answer) + "."
	who := Capitalize(c.Login)
	switch {
	case answer.NotJSON, answer.Status < 300:
		return c.explainForeign(answer)
	case answer.Status == http.StatusUnauthorized:
		check := "Check the id, the secret"
		if c.KeyAlg != "" {
			check = "Check the id, that the client has the public key of this private key as a " +
				"credential for private_key_jwt, with the " +
				"algorithm " + c.KeyAlg + ", the clock of this machine"
		}
		return Sentences(
			said,
			who+" was refused. "+check+", and that the domain "+c.Domain+
				" is the tenant they belong to.",
		)
	case strings.HasPrefix(answer.Message, "Service not enabled"):
		return Sentences(said, fmt.Sprintf("No Management API with the identifier %q is known "+
			"there. Check the domain; "+
			"where it is a custom domain, set the provider's audience (or AUTH0_AUDIENCE) to "+
			"https://TENANT/api/v2/, "+
			"with the tenant's own host and the slash at the end.", err.Audience))
	case answer.Status == http.StatusForbidden:
		return Sentences(said, who+" may not use the Management API. Authorize it for the API "+
			err.Audience+
			" in the tenant's dashboard, with the management scopes that the plan needs.")
	default:
		return Sentences(said, Tried(answer))
	}
}
