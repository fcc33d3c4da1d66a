// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// planNotes says what makes a plan less than complete.
func planNotes(plans []Plan) (found []Note) {
	for _, p := range plans {
		if p.Errored {
			found = append(found, Note{
				Verdict: Unknown, Address: p.Name, Title: "The plan failed",
				Text: "Terraform stopped with an error, so the plan does not hold all changes.",
			})
		} else if p.Incomplete {
			found = append(found, Note{
				Verdict: Unknown, Address: p.Name, Title: "The plan is incomplete",
				Text: "Another plan must follow it, for example because of -target or deferred " +
					"changes.",
			})
		}
	}
	return found
}

// notes says what matters besides the scopes of single clients.
func notes(changes []plan.Change, has *side) (found []Note) {
	r := newResolver(changes)
	for _, change := range changes {
		add := func(verdict Verdict, title, text string) {
			found = append(
				found,
				Note{Verdict: verdict, Address: change.Address, Title: title, Text: text},
			)
		}
		kind, _ := kindOf(change.Type)
		if kind == typeExclusive {
			exclusiveNotes(change, has, add)
			continue
		}
		lifecycleNotes(change, kind, add)
		was, is := before(change), after(change)
		switch {
		case kind == typeServer && was.Exists() && is.Exists() && !change.Forgets():
			settingNotes(was, is, add)
		case kind == typeGrant && is.Exists():
			grantNotes(r, was, is, has, add)
		case kind == typeAssociation && is.Exists() && r.association(is).grant == "":
			add(Unknown, "The grant of an organization is known after the apply", "")
		}
	}
	return found
}

type addNote func(verdict Verdict, title, text string)

// lifecycleNotes says what happens to the object of a resource.
func lifecycleNotes(change plan.Change, kind string, add addNote) {
	thing := map[string]string{
		typeServer: "API", typeScope: "scope", typeScopes: "set of scopes", typeGrant: "grant",
		typeAssociation: "organization's grant", typeClient: "client",
	}[kind]
	if thing == "" {
		return
	}
	switch {
	case change.Forgets():
		add(
			Neutral,
			"Terraform stops managing the "+thing,
			"It stays in the tenant, and so does the access that it gives. Terraform no "+
				"longer manages it.",
		)
	case change.Replaces() && kind == typeServer:
		add(
			Neutral,
			"The API is replaced",
			"Its grants are deleted with it, also grants that this plan does not hold. Clients "+
				"get no "+
				"tokens until their grants are made again, and tokens issued before may be "+
				"refused.",
		)
	case change.Replaces() && (kind == typeGrant || kind == typeAssociation || kind == typeClient):
		add(
			Neutral,
			"The "+thing+" is replaced",
			"There is a gap in access between destroy and create.",
		)
	case change.Deletes() && kind == typeServer:
		add(Neutral, "The API is destroyed",
			"Its grants are deleted with it, also grants that this plan does not hold.")
	case adopts(change):
		add(
			Neutral,
			"The "+thing+" is taken over if it exists",
			"With use_existing, the apply changes an existing object to match the "+
				"configuration. The plan "+
				"JSON does not say what exists: the warnings of the plan and a review with "+
				"-live do.",
		)
	case change.Importing:
		add(Neutral, "The "+thing+" is imported", "Terraform manages it from this apply on.")
	}
}

// settingNotes compares settings of an API that decide how safe its tokens are.
func settingNotes(was, is attributes, add addNote) {
	compareLifetimes(was, is, add)
	if from, to := was.text("signing_alg"), is.text("signing_alg"); from != to && from != "" {
		const symmetric = "HS256"
		switch {
		case is.Unknown("signing_alg"):
			add(Unknown, "The signing algorithm is known after the apply", "")
		case to == symmetric:
			add(Widens, "Tokens are signed with HS256 instead of "+from,
				"Everybody who can verify these tokens knows the secret, and so can make them.")
		case from == symmetric:
			add(Narrows, "Tokens are signed with "+to+" instead of HS256",
				"Only the tenant can make tokens. APIs need its public key to verify them.")
		default:
			add(Neutral, "Tokens are signed with "+to+" instead of "+from, "")
		}
	}
	if from, to := dialect(was), dialect(is); from != to {
		add(Neutral, "The token dialect changes from "+from+" to "+to,
			"APIs that read claims such as permissions or client_id may decide differently.")
	}
	toggle(was, is, "allow_offline_access", add,
		"Users can stay signed in with refresh tokens", "Refresh tokens are no longer issued")
	toggle(was, is, "skip_consent_for_verifiable_first_party_clients", add,
		"Users are no longer asked for consent by first-party clients",
		"Users are asked for consent by first-party clients")
	comparePossession(was, is, add)
	if had, has := !was.null("token_encryption"), !is.null("token_encryption"); had != has {
		if has {
			add(Neutral, "Tokens are encrypted", "Only the API can read their claims.")
		} else {
			add(Neutral, "Tokens are no longer encrypted", "Whoever holds a token can read its "+
				"claims.")
		}
	}
	if had, has := was.text("consent_policy"), is.text("consent_policy"); had != has {
		if has == "" || has == "null" {
			add(Widens, "Transactions no longer need consent with MFA", "")
		} else {
			add(Narrows, "Transactions need consent with MFA", "")
		}
	}
}

func dialect(a attributes) string {
	if text := a.text("token_dialect"); text != "" {
		return text
	}
	return "access_token"
}

func compareLifetimes(was, is attributes, add addNote) {
	for _, name := range []string{"token_lifetime", "token_lifetime_for_web"} {
		what := map[string]string{
			"token_lifetime": "Tokens", "token_lifetime_for_web": "Tokens of browser flows",
		}[name]
		from, to := was.number(name), is.number(name)
		switch {
		case is.Unknown(name):
			add(Unknown, what+" last for a time that is known after the apply", "")
		case from == 0 || to == 0 || from == to:
		case to > from:
			add(Widens, fmt.Sprintf("%s last %s instead of %s", what, seconds(to), seconds(from)),
				"A lost access ends later by that much.")
		default:
			add(
				Narrows,
				fmt.Sprintf("%s last %s instead of %s", what, seconds(to), seconds(from)),
				"",
			)
		}
	}
}

func seconds(n float64) string { return Duration(time.Duration(n) * time.Second) }

func toggle(was, is attributes, name string, add addNote, on, off string) {
	switch had, has := was.bool(name), is.bool(name); {
	case is.Unknown(name):
		add(Unknown, name+" is known after the apply", "")
	case has && !had:
		add(Widens, on, "")
	case had && !has:
		add(Narrows, off, "")
	}
}

func comparePossession(was, is attributes, add addNote) {
	required := func(a attributes) bool { return a.first("proof_of_possession").Bool("required") }
	switch had, has := required(was), required(is); {
	case is.Unknown("proof_of_possession"):
		add(Unknown, "The proof of possession is known after the apply", "")
	case had && !has:
		add(
			Widens,
			"Tokens no longer need a proof of possession",
			"Whoever holds a token can use it.",
		)
	case has && !had:
		add(Narrows, "Tokens need a proof of possession", "")
	}
}

// grantNotes says what a grant allows besides the scopes of today.
func grantNotes(r resolver, was, is attributes, has *side, add addNote) {
	if is.bool("allow_all_scopes") && !was.bool("allow_all_scopes") {
		add(Widens, "The grant allows all scopes of the API",
			"It also gives each scope that somebody adds to the API later.")
	}
	var added []string
	for _, name := range is.texts("authorization_details_types") {
		if !was.Exists() || !slices.Contains(was.texts("authorization_details_types"), name) {
			added = append(added, name)
		}
	}
	if len(added) > 0 {
		add(
			Widens,
			"The grant allows more types of authorization details",
			strings.Join(added, ", "),
		)
	}
	g := r.grant(is)
	api, known := has.servers[g.Audience]
	if !known || api.ScopesUnknown || api.ScopesPending || is.change.Forgets() {
		return
	}
	var undefined []string
	for _, scope := range g.Scopes {
		if !slices.Contains(api.Scopes, scope) {
			undefined = append(undefined, scope)
		}
	}
	if len(undefined) > 0 && changesAnything(is.change) {
		slices.Sort(undefined)
		add(
			Neutral,
			"The grant lists scopes that the API does not define",
			"They have no effect: "+strings.Join(
				undefined,
				", ",
			)+". If the API defines one later, the "+
				"client gains it.",
		)
	}
}
