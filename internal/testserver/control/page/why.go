// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page

import (
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// whyView is a question about a token request, and its answer.
type whyView struct {
	question
	Asked  bool
	Answer tokens.Explanation
	Steps  []explainedStep
	Faults []faults.Entry
}

// question is the form for a token request.
type question struct {
	ClientID, Audience, Scope, Organization string

	// What the fields suggest.
	Clients       []tenant.Client
	APIs          []tenant.ResourceServer
	Organizations []tenant.Organization
}

type explainedStep struct {
	tokens.Outcome
	Title string
	Word  string // The result in words.
}

var stepTitles = map[string]string{
	"request": "The request can be read", "grant_type": "It asks for client credentials",
	"client":            "The client authenticates",
	"client_grant_type": "The client can use client credentials",
	"api":               "The API exists", "grant": "The client has a grant",
	"policy": "The API's policy allows clients", "scopes": "The scopes are granted",
	"organization": "The organization is allowed", "action": "The action allows it",
	"quota": "The quota has room",
}

var resultWords = map[tokens.Result]string{
	tokens.Passed: "passed", tokens.Refused: "refused", tokens.NotReached: "not reached",
}

// mostSuggestions bounds the lists below the fields. Other values can be typed.
const mostSuggestions = 300

func readQuestion(s Server, r *http.Request) question {
	some := tenant.Window{Limit: mostSuggestions}
	return question{
		ClientID: strings.TrimSpace(r.Form.Get("client_id")), Audience: r.Form.Get("audience"),
		Scope: r.Form.Get("scope"), Organization: strings.TrimSpace(r.Form.Get("organization")),
		Clients: s.Tenant().ListClients(some, func(c tenant.Client) bool {
			return !c.IsGlobal
		}).Items,
		APIs:          s.Tenant().ListResourceServers(some, nil).Items,
		Organizations: s.Tenant().ListOrganizations(some).Items,
	}
}

// asked returns the question for the token endpoint. Without a secret, the client counts as
// authenticated.
func (q question) asked(r *http.Request) tokens.Question {
	out := tokens.Question{
		ClientID: q.ClientID, Audience: q.Audience, Scope: q.Scope, Organization: q.Organization,
	}
	if secret := r.PostForm.Get("client_secret"); secret != "" {
		out.ClientSecret = &secret
	}
	return out
}

func showWhy(s Server, r *http.Request) any {
	v := whyView{question: readQuestion(s, r)}
	if !r.Form.Has("client_id") {
		return v
	}
	v.Asked, v.Answer = true, s.Explain(v.asked(r))
	v.Faults = faults.EntriesOf(s.TokenFaults())
	for _, outcome := range v.Answer.Steps {
		v.Steps = append(v.Steps, explainedStep{
			outcome, stepTitles[outcome.Step], resultWords[outcome.Result],
		})
	}
	return v
}

// showRequests has no content: a script follows the requests.
func showRequests(Server, *http.Request) any { return nil }
