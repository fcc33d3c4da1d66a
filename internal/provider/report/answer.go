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
		return Sentences(said, "It does not accept "+c.Login+
			". Check that it has not expired and that it belongs to the tenant "+c.Domain+".")
	case http.StatusForbidden:
		return Sentences(said, c.explainForbidden(answer))
	case http.StatusNotFound:
		if op.Verb == Update {
			return Sentences(
				said,
				"It was deleted since it was last read. Run terraform plan again: it will be "+
					"planned anew.",
			)
		}
		return Sentences(said, "Check that what it refers to exists in the tenant "+c.Domain+".")
	case http.StatusConflict:
		// What is not about an object that exists is about a limit (API contract 5.2).
		return Sentences(said, "Nothing was changed in the tenant. Take away associations that "+
			"are no longer needed; "+
			"a grant with allow_any_organization = true needs none.")
	case http.StatusBadRequest:
		if answer.Code == "Bearer" {
			return Sentences(said, "What "+c.Login+" holds is not a Management API token.")
		}
		return Sentences(
			said, "Change the configuration accordingly. Nothing was changed in the tenant.",
		)
	default:
		return Sentences(said, Tried(answer))
	}
}

func (c *Connection) explainForbidden(answer *m2m.Error) string {
	switch answer.Code {
	case "insufficient_scope":
		if c.UsesToken {
			return "Use a token that has the missing management scope in place of " + c.Login +
				"; one of those listed is enough."
		}
		return "Grant the missing management scope to " + c.Login +
			"; one of those listed is enough."
	case "feature_not_enabled", "insufficient_entitlement":
		return "The plan of the tenant does not include this. Take the attributes it names out " +
			"of the configuration, or upgrade the plan."
	default:
		return "Nothing was changed in the tenant."
	}
}

// explainForeign is for an answer that an Auth0 API does not give.
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
		what += " and no JSON"
	}
	return Sentences(what+
		".", fmt.Sprintf("That is not what an Auth0 API answers. Check that the domain %s (from "+
		"%s) is the host of the tenant, "+
		"and whether a proxy or a firewall stands in between.", c.Domain, c.DomainSource),
		Tried(answer))
}
