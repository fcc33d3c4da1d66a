// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

func (c *Connection) explainAnswer(op Operation, answer *m2m.Error) string {
	if answer.NotJSON || answer.Status < 300 {
		return c.explainForeign(answer)
	}
	said := fmt.Sprintf("The API answered for the %s: %s.", op.Object, Quote(answer))
	switch answer.Status {
	case http.StatusUnauthorized:
		return Paragraphs(said, "It does not accept "+c.Login+
			". Check that it has not expired and that it belongs to the tenant "+c.Domain+".")
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
			said, "Check that the objects it refers to exist in the tenant "+c.Domain+".",
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
	default:
		return Paragraphs(said, Tried(answer))
	}
}

func (c *Connection) explainForbidden(answer *m2m.Error) string {
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
		return "Nothing was changed in the tenant."
	}
}

// explainForeign explains an answer that cannot come from an Auth0 API.
func (c *Connection) explainForeign(answer *m2m.Error) string {
	what := fmt.Sprintf(
		"%s %s was answered with status %d", answer.Method, answer.Path, answer.Status,
	)
	switch {
	case answer.Location != "":
		what += " and a redirect to " + answer.Location
	case !answer.NotJSON:
		what += ", but " + answer.Message
	case answer.ContentType != "":
		what += " and " + answer.ContentType + " instead of JSON"
	default:
		what += " and a body that is not JSON"
	}
	return Paragraphs(what+
		".", fmt.Sprintf("This is not an answer from an Auth0 API. Check that the domain %s "+
		"(from %s) is the host of the tenant, and that no proxy or firewall intercepts the "+
		"request.",
		c.Domain, c.DomainSource),
		Tried(answer))
}
