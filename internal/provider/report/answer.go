// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func (c *Connection) explainAnswer(op Operation, answer *rest.Error) string {
	if answer.NotJSON || answer.Status < 300 {
		return c.explainForeign(op.Verb, answer)
	}
	said := fmt.Sprintf("The API answered for the %s: %s.", op.Object, Quote(answer))
	switch answer.Status {
	case http.StatusUnauthorized:
		return Paragraphs(said, c.explainUnauthorized(answer))
	case http.StatusForbidden:
		return Paragraphs(said, c.explainForbidden(answer))
	case http.StatusNotFound:
		if op.Verb == Update {
			return Paragraphs(
				said,
				"It was deleted after Terraform last read it. Run terraform plan again; it will "+
					"be recreated.",
			)
		}
		return Paragraphs(
			said, op.Hint,
			"Check that the objects it refers to exist in the tenant "+c.Domain+".",
		)
	case http.StatusConflict:
		// A conflict that is not about an existing object is about a limit (API contract 5.2).
		return Paragraphs(said, "Nothing was changed in the tenant. Remove associations that are "+
			"no longer needed; a grant with allow_any_organization = true needs none.")
	case http.StatusBadRequest:
		if answer.Code == "Bearer" {
			return Paragraphs(
				said, "The request did not carry a Management API token. Check "+c.Login+".",
			)
		}
		return Paragraphs(
			said, "Change the configuration accordingly. Nothing was changed in the tenant.",
		)
	case http.StatusTooManyRequests:
		return Paragraphs(said, rateLimited, Tried(answer.Tries))
	default:
		return Paragraphs(said, cmp.Or(explainFailing(op.Verb, answer), fmt.Sprintf("The "+
			"provider does not expect this answer. Check that the domain %s (from %s) is the "+
			"host of the tenant. If it is, this is a bug in the provider; please report it.",
			c.Domain, c.DomainSource)), Tried(answer.Tries))
	}
}

const rateLimited = "The tenant limits the rate of requests. The request was not carried out. " +
	"Run Terraform again later, or raise the provider's retry_timeout."

// explainFailing explains a server error. For other answers, it returns "".
func explainFailing(verb Verb, answer *rest.Error) string {
	switch {
	case answer.Status != http.StatusRequestTimeout &&
		(answer.Status < 500 || answer.Status == http.StatusNotImplemented):
		return ""
	case verb == Update, verb == Delete:
		return "The tenant is failing. The change may or may not have been made; the next plan " +
			"shows it. Run Terraform again later."
	default:
		return "The tenant is failing. Nothing was changed by this request; run Terraform again " +
			"later."
	}
}

// explainUnauthorized explains an answer that refuses the management token. If the provider logs in
// as a client, that login has succeeded.
func (c *Connection) explainUnauthorized(answer *rest.Error) string {
	expired := strings.HasPrefix(answer.Message, "Expired token")
	switch {
	case expired && c.UsesToken:
		return Capitalize(c.Login) + " has expired. Replace it with a new one. If it should " +
			"still be valid, check the clock of this machine."
	case expired:
		return "The login as " + c.Login + " succeeded, but the token that it returned has " +
			"expired. Check the token lifetime of the Management API, and the clock of this " +
			"machine."
	case c.UsesToken:
		return "It does not accept " + c.Login + ". Check that it has not expired and that it " +
			"belongs to the tenant " + c.Domain + "."
	default:
		return "The login as " + c.Login + " succeeded, but the API does not accept the token " +
			"that it returned. Check that the domain " + c.Domain + " (from " + c.DomainSource +
			") and the provider's audience (or AUTH0_AUDIENCE) belong to the same tenant."
	}
}

func (c *Connection) explainForbidden(answer *rest.Error) string {
	switch answer.Code {
	case "insufficient_scope":
		if c.UsesToken {
			return "Use a token that has the missing management scope instead of " + c.Login +
				". One of the listed scopes is enough."
		}
		return "Grant the missing management scope to " + c.Login +
			". One of the listed scopes is enough."
	case "feature_not_enabled", "insufficient_entitlement":
		return "The tenant's subscription does not include this feature. Remove the attributes " +
			"that the API names from the configuration, or upgrade the subscription."
	default:
		return "Nothing was changed in the tenant. If the answer names something that the tenant " +
			"does not permit, change the configuration accordingly."
	}
}

// explainForeign explains an answer that cannot come from an Auth0 API.
func (c *Connection) explainForeign(verb Verb, answer *rest.Error) string {
	what := fmt.Sprintf(
		"%s %s was answered with status %d", answer.Method, answer.Path, answer.Status,
	)
	switch {
	case answer.Location != "":
		what += " and a redirect to " + answer.Location
	case !answer.NotJSON:
		what += ", but " + answer.Message
	default:
		what += " and " + answer.Body
	}
	failing := explainFailing(verb, answer)
	if answer.Status == http.StatusTooManyRequests {
		failing = rateLimited
	}
	if failing != "" {
		// The servers in front of a tenant answer with a page if the tenant fails or is busy.
		return Paragraphs(what+".", failing, fmt.Sprintf("If this continues, check that the "+
			"domain %s (from %s) is the host of the tenant.", c.Domain, c.DomainSource),
			Tried(answer.Tries))
	}
	return Paragraphs(what+
		".", fmt.Sprintf("This is not an answer from an Auth0 API. Check that the domain %s "+
		"(from %s) is the host of the tenant, and that no proxy or firewall intercepts the "+
		"request.",
		c.Domain, c.DomainSource),
		Tried(answer.Tries))
}
