// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/printable"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

// The most characters of a text of a plan that are shown.
const (
	longestValue    = 80
	longestSentence = 600
)

// words turns the values of a report into words.
type words struct {
	names map[string]string
}

// subject names a set of clients by their number.
func subject(clients map[string]bool) string {
	single := len(clients)
	var who []string
	for _, group := range []struct{ id, words string }{
		{access.FirstPartyClients, "all first-party clients"},
		{access.ThirdPartyClients, "all third-party clients"},
	} {
		if clients[group.id] {
			single--
			who = append(who, group.words)
		}
	}
	if single > 0 {
		who = slices.Insert(who, 0, count(single, "client", "clients"))
	}
	return strings.Join(who, " and ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// client names a client.
func (w words) client(id string) string {
	switch id {
	case access.ThirdPartyClients:
		return "All third-party clients without a grant of their own"
	case access.FirstPartyClients:
		return "All first-party clients, for their users"
	default:
		return "Client " + w.named(id)
	}
}

// named is the name of an object with its id.
func (w words) named(id string) string {
	if name := w.names[id]; name != "" {
		return shown(name) + " (" + shown(id) + ")"
	}
	return shown(id)
}

// tokens says which tokens a change is about.
func (w words) tokens(c review.Change) string {
	var organization string
	switch c.Organization {
	case access.NoOrganization:
		organization = "outside organizations"
	case access.AnyOrganization:
		organization = "in any organization"
	default:
		organization = "in organization " + w.named(c.Organization)
	}
	switch {
	case c.Client == access.FirstPartyClients:
		return "in and outside organizations" // A policy of an API limits no organization.
	case c.SubjectType != access.User:
		return organization
	case c.Client == access.ThirdPartyClients:
		return "for their users, " + organization
	default:
		return "for its users, " + organization
	}
}

func scope(name string) string {
	switch name {
	case access.NoScope:
		return "a token without scopes"
	case access.AllScopes:
		return "all scopes"
	default:
		return shown(name)
	}
}

// lasts says how long tokens of before the apply stay valid.
func lasts(c review.Change) string {
	until := "until they expire"
	if c.TokensLast > 0 {
		until = "for up to " + review.Duration(c.TokensLast)
	}
	switch c.Effect {
	case access.Lost:
		return "tokens issued before stay valid " + until
	case access.Undecided:
		return "if access is lost, tokens issued before stay valid " + until
	default:
		return ""
	}
}

// shown is a value in one line that is not too long.
func shown(text string) string { return shorten(printable.Line(text), longestValue) }

// sentence is like shown, for sentences.
func sentence(text string) string { return shorten(printable.Line(text), longestSentence) }

func shownAll(texts []string) []string {
	var found []string
	for _, text := range texts {
		found = append(found, shown(text))
	}
	return found
}

// shorten takes characters out of the middle of a text: both ends of names and addresses matter.
func shorten(text string, longest int) string {
	if len(text) <= longest {
		return text
	}
	chars := []rune(text)
	if len(chars) <= longest {
		return text
	}
	head := longest / 2
	tail := longest - head - 1
	return string(chars[:head]) + "…" + string(chars[len(chars)-tail:])
}
