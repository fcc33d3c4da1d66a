// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func (c *Connection) explainLogin(err *rest.LoginError) string {
	var (
		answer *rest.Error
		file   *m2m.TokenFileError
	)
	if errors.As(err.Err, &file) {
		return Paragraphs(Capitalize(c.TokenFileSource)+": "+file.Error()+".",
			"The file must contain a Management API token and nothing else, and this process "+
				"must be able to read it. Check the path and the program that writes the token.")
	}
	if !errors.As(err.Err, &answer) {
		return c.explainTransport(Operation{Object: "token endpoint"}, err.Err)
	}
	said := "The token endpoint answered: " + Quote(answer) + "."
	who := Capitalize(c.Login)
	switch {
	case answer.NotJSON, answer.Status < 300:
		return c.explainForeign(Read, answer)
	case answer.Status == http.StatusUnauthorized:
		check := "Check the id and the secret"
		if c.KeyAlg != "" {
			check = "Check the id and the clock of this machine, and that the client has the " +
				"matching public key as a private_key_jwt credential with the algorithm " + c.KeyAlg
		}
		return Paragraphs(
			said,
			who+" was refused. "+check+". Check also that the domain "+c.Domain+
				" is the right tenant.",
		)
	case strings.HasPrefix(answer.Message, "Service not enabled"):
		return Paragraphs(said, fmt.Sprintf("It does not know a Management API with the "+
			"identifier %q. Check the domain. If it is a custom domain, set the provider's "+
			"audience (or AUTH0_AUDIENCE) to https://TENANT/api/v2/, where TENANT is the Auth0 "+
			"host of the tenant. Keep the trailing slash.", err.Audience))
	case isGrantTypeRefused(answer):
		return Paragraphs(said, who+" may not log in with client credentials. "+
			AdviseOnTokenRefusal(answer, err.ClientID))
	case answer.Status == http.StatusForbidden:
		return Paragraphs(said, who+" may not use the Management API. Authorize it for the API "+
			err.Audience+
			" in the tenant's dashboard, with the management scopes that the plan needs.")
	default:
		return Paragraphs(said, AdviseOnTokenRefusal(answer, err.ClientID), Tried(answer.Tries))
	}
}

// AdviseOnTokenRefusal says what to do about a refusal of the token endpoint that is not about the
// requested API. For any other refusal, it returns "".
func AdviseOnTokenRefusal(answer *rest.Error, clientID string) string {
	switch {
	case isGrantTypeRefused(answer):
		return "Allow the grant type client_credentials for the client in the tenant. " +
			"Machine-to-machine applications have it."
	case answer.Status == http.StatusTooManyRequests:
		return "The tenant limits the number of tokens, and each plan and each apply " +
			"requests its own. If a quota is used up, wait until it resets, or raise the token " +
			"quota of the client."
	case answer.Status == http.StatusBadRequest, answer.Code == "server_error":
		return fmt.Sprintf("Actions of the tenant (trigger credentials-exchange) can refuse "+
			"a token with a message of their own. If this message comes from an action, check "+
			"what it requires of the client %q, and look in the log of the tenant.", clientID)
	default:
		return explainFailing(Read, answer)
	}
}

// isGrantTypeRefused reports whether the client may not use client credentials. A third-party
// client without a grant gets the same code (API contract 9.4).
func isGrantTypeRefused(answer *rest.Error) bool {
	return answer.Code == "unauthorized_client" &&
		!strings.Contains(answer.Message, "client-grant")
}
